"""`avatar-cam config`: the file that it writes, and what it shows."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

import pytest

from avatar_cam import settings
from avatar_cam.apps.config_file import config_text
from avatar_cam.controls import DEFAULT_KEYS, merge_keys
from avatar_cam.settings import Settings, load_settings
from tests.commands import names, run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the config file is looked for; nothing is there."""
    path = tmp_path / "설정" / "config.toml"
    monkeypatch.setattr(settings, "default_config", lambda: path)
    monkeypatch.setattr("avatar_cam.apps.config.default_config", lambda: path)
    return path


def in_use(text: str) -> str:
    """The file with every setting in it switched on."""
    return re.sub(r"(?m)^#(?=\S)", "", text)


def test_the_written_file_changes_nothing(home: Path, capfd: Capture) -> None:
    done = run(capfd, "config", "init")
    assert (done.status, done.out, done.err) == (0, f"{home}\n", "")
    assert load_settings(home, {}) == Settings()
    assert names(home.parent) == ["config.toml"]


def test_every_line_of_the_written_file_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(in_use(config_text()), "utf-8")
    loaded = load_settings(file, {})
    assert loaded.model_fields_set == set(Settings.model_fields), "a setting is not in the file"
    assert merge_keys(loaded.keys) == DEFAULT_KEYS


def test_each_line_by_itself_is_valid(tmp_path: Path) -> None:
    """Nobody switches everything on; and what is no example stands there as it is anyway."""
    file = tmp_path / "config.toml"
    lines = config_text().splitlines()
    at = [number for number, line in enumerate(lines) if re.match(r"#\S", line)]
    assert len(at) == len(Settings.model_fields) - 1 + len(DEFAULT_KEYS)
    for number in at:
        file.write_text("\n".join([*lines[:number], lines[number][1:], *lines[number + 1 :]]), "utf-8")
        loaded = load_settings(file, {})
        [name] = loaded.model_fields_set - {"keys"} or {"keys"}
        field = Settings.model_fields[name]
        if name != "keys" and not (field.default is None or field.annotation is Path):
            assert loaded == Settings(), f"{name} is not what it is anyway"


def test_every_setting_is_explained_in_the_file() -> None:
    text = " ".join(config_text().replace("\n# ", " ").split())
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.replace("; only in the config file", "").rstrip(".") in text, name
        assert field.default is not None or field.examples, f"{name}: has no default, so it needs an example"


def test_secrets_of_the_file_are_not_those_of_the_documents() -> None:
    secrets = [name for name, field in Settings.model_fields.items() if not field.repr]
    assert "overlay_token" in secrets
    one, other = (tomllib.loads(in_use(config_text())) for _ in range(2))
    for name in secrets:
        key = name.replace("_", "-")
        [example] = Settings.model_fields[name].examples or []
        assert len({one[key], other[key], example}) == 3


@pytest.mark.skipif(os.name != "posix", reason="such permissions are POSIX's")
def test_nobody_else_may_read_the_written_file(home: Path, capfd: Capture) -> None:
    """There is a password in it."""

    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    run(capfd, "config", "init")
    assert mode(home) == 0o600
    home.chmod(0o644)
    run(capfd, "config", "init", "--force")
    assert mode(home) == 0o600
    assert mode(home.with_name("config.toml.bak")) == 0o644, "what was there stays as it was"


def test_a_file_that_is_there_is_not_touched(home: Path, capfd: Capture) -> None:
    home.parent.mkdir()
    home.write_text("faces = 2\n", "utf-8")
    done = run(capfd, "config", "init")
    assert done.status == 2
    assert done.error == f"{home} is there already; --force replaces it and keeps a copy"
    assert home.read_text("utf-8") == "faces = 2\n"


def test_force_keeps_what_was_there(home: Path, capfd: Capture) -> None:
    home.parent.mkdir()
    for number, before in enumerate(("faces = 2\n", "faces = 3\n"), start=1):
        home.write_text(before, "utf-8")
        done = run(capfd, "config", "init", "--force")
        kept = home.with_name("config.toml.bak" if number == 1 else "config.toml.bak2")
        assert (done.status, done.said) == (0, [f"avatar-cam: what was there is kept as {kept}"])
        assert kept.read_text("utf-8") == before
        assert load_settings(home, {}) == Settings()
    assert names(home.parent) == ["config.toml", "config.toml.bak", "config.toml.bak2"]


def test_a_config_cannot_be_written_over_a_folder(here: Path, capfd: Capture) -> None:
    (here / "config.toml").mkdir()
    done = run(capfd, "config", "init", "--force", "--config", "config.toml")
    assert (done.status, done.error) == (
        1,
        "config.toml cannot be written: it is a folder. Name a file in it",
    )
    assert names(here) == ["config.toml"]


def test_a_config_cannot_be_written_below_a_file(here: Path, capfd: Capture) -> None:
    (here / "file").touch()
    done = run(capfd, "config", "init", "--config", here / "file" / "sub" / "config.toml")
    assert done.status == 1
    assert "cannot be written" in done.error
    assert names(here) == ["file"]


def test_path_tells_where_and_whether(home: Path, capfd: Capture) -> None:
    done = run(capfd, "config", "path")
    assert (done.status, done.out) == (0, f"{home}\n")
    assert done.said == ["avatar-cam: there is no such file yet; avatar-cam config init writes it"]
    run(capfd, "config", "init")
    done = run(capfd, "config", "path")
    assert (done.out, done.err) == (f"{home}\n", "")


def shown(out: str) -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^(\S+) +(.*?)  \((.*)\)$", out, re.MULTILINE)
    return {setting: (value, origin) for setting, value, origin in rows}


def test_show_tells_what_is_in_effect_and_why(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")  # no value is folded
    (here / "my.toml").write_text(
        'faces = 3\nsize = "640x480"\ncamera = "rtsp://me:secret@door/1"\n'
        'overlay-token = "a-secret-of-many-letters"\ncharacter = "[bold]"\n[keys]\nsnapshot = "space"\n',
        "utf-8",
    )
    done = run(capfd, "config", "show", "--config", "my.toml", "--faces", "2", "--no-mirror")
    assert (done.status, done.err) == (0, "")
    rows = shown(done.out)
    assert set(rows) == {name.replace("_", "-") for name in Settings.model_fields}
    assert rows["faces"] == ("2", "--faces")
    assert rows["mirror"] == ("false", "--mirror")
    assert rows["size"] == ('"640x480"', "my.toml, line 2")
    assert rows["character"] == ('"[bold]"', "my.toml, line 5")
    assert rows["keys"] == ('snapshot = ["space"]', "my.toml, line 6")
    assert rows["fps"] == ("30", "default")
    assert rows["trace"] == ("not set", "default")
    assert "secret" not in done.out.replace("secrets", "")
    assert rows["camera"] == ('"rtsp://door"', "my.toml, line 3")


def test_show_tells_what_is_wrong(here: Path, capfd: Capture) -> None:
    (here / "my.toml").write_text("\nfacse = 3\n", "utf-8")
    done = run(capfd, "config", "show", "--config", "my.toml")
    assert (done.status, done.out) == (2, "")
    assert done.error == "my.toml: line 2: facse: is not a known key; did you mean faces?"
