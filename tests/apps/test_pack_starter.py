"""`characters new`: a pack that works at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.apps import pack_starter
from avatar_cam.apps.pack_check import Report, examine
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import user_folder
from avatar_cam.emotions.vocabulary import EMOTIONS
from tests.commands import names, run


def test_it_works_at_once(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = run(capfd, "characters", "new", "my-fox", "--dir", "packs")
    assert done.status == 0
    assert "--character my-fox --character-dir packs" in done.err
    report = examine(here / "packs" / "my-fox")
    assert report == Report()
    pack = Character.load(here / "packs" / "my-fox")
    assert pack.manifest.name == "My fox"
    looks = {
        pack.planes(emotion, variant)[0] for emotion in EMOTIONS for variant in ("plain", "blink", "talk")
    }
    assert len(looks) == 21
    sparkles = {pack.planes("pleasure", "plain", age / 60)[1] for age in range(60)}
    assert len(sparkles) == 4
    assert names(here / "packs") == ["my-fox"], "nothing else is left"


def test_among_the_users_own_packs(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "characters", "new", "여우").status == 0
    assert (user_folder() / "여우" / "drawing.svg").is_file()
    listed = run(capfd, "characters", "list").out
    assert "여우" in listed and "yours" in listed


def test_the_name_of_a_built_in_character(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = {name: run(capfd, "characters", "new", name).said for name in ("Bear", "bear-2")}
    assert [line for line in said["Bear"] if "built-in character of that name: yours is worn instead" in line]
    assert not [line for line in said["bear-2"] if "built-in" in line]


def test_nothing_is_overwritten(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "fox").mkdir()
    done = run(capfd, "characters", "new", "fox", "--dir", ".")
    assert (done.status, done.error) == (2, "fox: is there already; choose another name, or another --dir")
    (here / "dead").symlink_to("nowhere")
    assert run(capfd, "characters", "new", "dead", "--dir", ".").status == 2
    assert names(here / "fox") == []


@pytest.mark.parametrize("name", ["../fox", "a/b", ".fox", "-", "con", "LPT1", "a b", "", "x" * 41, "fox\n"])
def test_names_that_are_no_names_of_folders(here: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    assert run(capfd, "characters", "new", "--dir", ".", "--", name).status == 2
    assert names(here) == []


def test_where_nothing_can_be_written(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "file").touch()
    done = run(capfd, "characters", "new", "fox", "--dir", "file")
    assert done.status == 1
    assert "cannot be written" in done.error


def test_half_a_pack_is_none(
    here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_starter, "MANIFEST", "nowhere.toml")
    assert run(capfd, "characters", "new", "fox", "--dir", ".").status == 1
    assert names(here) == []
