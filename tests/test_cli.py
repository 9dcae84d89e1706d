"""The command line as its users know it: help, version, and where settings come from."""

from __future__ import annotations

import inspect
import os
import subprocess
from pathlib import Path

import pytest

from avatar_cam import __version__, cli, settings
from avatar_cam.characters.library import installed_folder
from avatar_cam.settings import Settings
from tests.commands import command, names, run, run_apart, write_clip
from tests.factories import MANIFEST, write_pack

Capture = pytest.CaptureFixture[str]


def test_version(here: Path, capfd: Capture) -> None:
    done = run(capfd, "--version")
    assert (done.status, done.out, done.err) == (0, f"avatar-cam {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["-q", "--help"]])
def test_help_names_the_commands(here: Path, capfd: Capture, arguments: list[str]) -> None:
    done = run(capfd, *arguments)
    assert (done.status, done.err) == (0, "")
    for name in ("run", "demo", "render", "classify", "characters"):
        assert name in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], ["--camera", "--list-cameras", "--size", "--fps", "--no-mirror", "--rotate", "--display"]),
        (["demo"], ["--character", "--faces", "--emotion", "--trace", "--config", "--no-pose"]),
        (["render"], ["INPUT", "--output", "-o", "--character-dir", "--model"]),
        (["classify"], ["IMAGE", "--json", "--no-detect", "--model", "--config"]),
        (["characters"], ["list"]),
        (["characters", "list"], ["--character-dir"]),
    ],
    ids=" ".join,
)
def test_help_of_each_command(here: Path, capfd: Capture, arguments: list[str], says: list[str]) -> None:
    done = run(capfd, *arguments, "--help")
    assert (done.status, done.err) == (0, "")
    for word in says:
        assert word in done.out


@pytest.mark.parametrize(("command", "unheeded"), [("classify", "--character"), ("kiosk", "--save-dir")])
def test_a_command_has_only_the_options_that_it_heeds(capfd: Capture, command: str, unheeded: str) -> None:
    assert unheeded not in run(capfd, command, "--help").out
    assert run(capfd, command, unheeded, "here").status == 2


def test_the_script_is_the_same_command(here: Path) -> None:
    assert run_apart("--version", folder=here).out == f"avatar-cam {__version__}\n"


def test_nothing_heavy_is_loaded_to_say_the_version(here: Path) -> None:
    program = (
        "import sys; from avatar_cam import cli; cli.execute(['--version']);"
        "heavy = {'mediapipe', 'cv2', 'pygame', 'av', 'ai_edge_litert'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert run_apart_python(program, here).splitlines()[-1] == "[]"


def run_apart_python(program: str, folder: Path) -> str:
    import sys

    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def test_whoever_stops_reading_is_no_fault(here: Path) -> None:
    """As `avatar-cam --help | head -1` does."""
    process = subprocess.Popen(
        command("render", "--help"), cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert err == ""


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that `render` was called with."""
    calls: list[Settings] = []

    def called(source: Path, output: Path, settings: Settings) -> None:
        calls.append(settings)

    monkeypatch.setattr("avatar_cam.apps.render.run_render", called)
    return calls


def _render(capfd: Capture, *options: str | Path) -> None:
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4", *options)
    assert (done.status, done.err) == (0, "")


def test_defaults(here: Path, capfd: Capture, chosen: list[Settings]) -> None:
    _render(capfd)
    assert chosen == [Settings()]
    assert (chosen[0].character, chosen[0].faces, chosen[0].pose, chosen[0].emotion) == (
        "auto",
        1,
        True,
        None,
    )


def test_options_over_file_over_defaults(here: Path, capfd: Capture, chosen: list[Settings]) -> None:
    (here / "my.toml").write_text('faces = 3\nemotion = "anger"\npose = false\n', encoding="utf-8")
    _render(capfd, "--config", "my.toml", "--emotion", "sadness")
    assert chosen == [Settings(faces=3, emotion="sadness", pose=False)]
    _render(capfd, "--config", "my.toml", "--pose", "--faces", "1")
    assert chosen[1] == Settings(faces=1, emotion="anger", pose=True)


def test_the_default_config_is_read_when_there_is_one(
    here: Path, capfd: Capture, chosen: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = here / "home" / "config.toml"
    monkeypatch.setattr(settings, "default_config", lambda: home)
    _render(capfd)
    home.parent.mkdir()
    home.write_text('character = "bear"\n', encoding="utf-8")
    _render(capfd)
    assert [one.character for one in chosen] == ["auto", "bear"]


def test_a_file_that_is_named_replaces_the_default_one(
    here: Path, capfd: Capture, chosen: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "home.toml").write_text("faces = 5\n", encoding="utf-8")
    (here / "mine.toml").write_text('character = "bear"\n', encoding="utf-8")
    monkeypatch.setattr(settings, "default_config", lambda: here / "home.toml")
    _render(capfd, "--config", "mine.toml")
    assert (chosen[0].faces, chosen[0].character) == (1, "bear")


def test_paths_start_at_the_file_or_at_the_current_folder(
    here: Path, capfd: Capture, chosen: list[Settings]
) -> None:
    folder = here / "설정"
    folder.mkdir()
    (folder / "my.toml").write_text(
        'character-dir = "packs"\nmodel = "../m.tflite"\ntrace = "t.jsonl"\n', encoding="utf-8"
    )
    _render(capfd, "--config", folder / "my.toml", "--trace", "mine.jsonl")
    (one,) = chosen
    assert one.character_dir == folder / "packs"
    assert one.model.resolve() == (here / "m.tflite").resolve()
    assert one.trace == Path("mine.jsonl")


def test_absolute_paths_and_home_in_a_file(
    here: Path, capfd: Capture, chosen: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME" if os.name != "nt" else "USERPROFILE", str(here))
    (here / "my.toml").write_text(
        f"character-dir = '~/packs'\nmodel = '{here / 'm.tflite'}'\n", encoding="utf-8"
    )
    _render(capfd, "--config", "my.toml")
    assert chosen[0].character_dir == here / "packs"
    assert chosen[0].model == here / "m.tflite"


def test_a_file_may_begin_with_a_byte_order_mark(here: Path, capfd: Capture, chosen: list[Settings]) -> None:
    """Notepad writes one."""
    (here / "my.toml").write_bytes(b"\xef\xbb\xbffaces = 2\r\n")
    _render(capfd, "--config", "my.toml")
    assert chosen[0].faces == 2


def test_every_setting_is_an_option_with_a_word_of_help() -> None:
    assert set(Settings.options(live=False)) <= set(inspect.signature(cli.render).parameters)
    assert set(Settings.options(live=True)) <= set(inspect.signature(cli.run).parameters)
    everywhere = settings.all_options()
    assert set(everywhere) <= set(inspect.signature(cli.config_show).parameters)
    for name, field in Settings.model_fields.items():
        assert field.description
        assert (name in everywhere) != ("only in the config file" in field.description), name


def test_the_list_of_characters_that_ship_fits_into_80_letters(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run(capfd, "characters", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", *sorted(names(installed_folder())), "installed:"]
    assert "avatar-cam" in lines[1], "nothing is folded"


def test_characters_list(here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    write_pack(here / "packs" / "dot", MANIFEST.replace("Dot", "점박이"))
    write_pack(here / "packs" / "broken", "name = 1\n")
    done = run(capfd, "characters", "list", "--character-dir", "packs")
    assert done.status == 0
    lines = done.out.splitlines()
    assert any("bear" in line and "CC0-1.0" in line for line in lines)
    assert any("dot" in line and "점박이" in line for line in lines)
    (fault,) = done.said
    assert fault.startswith(f"avatar-cam: left out: {Path('packs/broken/character.toml')}: line 1: name: ")


def test_quiet_says_nothing_but_errors(here: Path, capfd: Capture) -> None:
    write_pack(here / "packs" / "broken", "name = 1\n")
    write_clip(here / "in.mp4", count=2)
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4", "-q")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert run(capfd, "render", "nobody.mp4", "-o", "out.mp4", "-q").error.startswith("there is no file")
    assert "━" in run(capfd, "render", "in.mp4", "-o", "out.mp4").err, "and the next is not quiet"


@pytest.mark.parametrize(
    ("table", "line", "words"),
    [
        ('mirror = "x"\nrecord = "nonsense"\n', 4, "keys: record: there is no key 'nonsense'"),
        ('mirror = "x"\nmiror = "m"\n', 4, "there is no action 'miror'"),
        ('mirror = "x"\nhold = "x"\n', 2, "the key 'x' is given to both mirror and hold"),
    ],
)
def test_keys_in_a_config_file(here: Path, capfd: Capture, table: str, line: int, words: str) -> None:
    (here / "my.toml").write_text(f"faces = 1\n[keys]\n{table}", encoding="utf-8")
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4", "--config", "my.toml")
    assert done.status == 2
    assert done.error.startswith(f"my.toml: line {line}: ")
    assert words in done.error


def test_a_camera_in_a_config_file_is_looked_for_beside_it(here: Path, capfd: Capture) -> None:
    folder = here / "booth"
    folder.mkdir()
    (folder / "clip.mp4").touch()
    (folder / "my.toml").write_text('camera = "clip.mp4"\nsize = "640x360"\nrotate = 90\n', encoding="utf-8")
    chosen = settings.load_settings(folder / "my.toml", {"fps": 25})
    assert (chosen.camera, chosen.size) == (str(folder / "clip.mp4"), (640, 360))
    assert (chosen.rotate, chosen.fps) == (90, 25)
    (folder / "my.toml").write_text("camera = 1\n", encoding="utf-8")
    assert settings.load_settings(folder / "my.toml", {}).camera == "1"
