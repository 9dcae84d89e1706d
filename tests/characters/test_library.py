"""Where packs are found, which of two namesakes is worn, and what is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avatar_cam.characters import library
from avatar_cam.characters.library import Library
from avatar_cam.errors import PackError, UsageError
from tests.factories import MANIFEST, write_pack


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, which is not there yet."""
    folder = tmp_path / "users"
    monkeypatch.setattr(library, "user_folder", lambda: folder)
    return folder


def _titled(folder: Path, name: str) -> None:
    write_pack(folder, MANIFEST.replace("Dot", name))


def _title(opened: Library, name: str) -> str:
    return opened.get(name).manifest.name


def test_the_bear_ships(users: Path) -> None:
    opened = Library.open()
    assert opened.faults == {}
    assert _title(opened, "bear") == "Bear"


def test_a_later_folder_takes_the_place_of_a_namesake(users: Path, tmp_path: Path) -> None:
    _titled(users / "bear", "the user's")
    _titled(users / "dot", "the user's dot")
    assert _title(Library.open(), "bear") == "the user's"
    _titled(tmp_path / "extra" / "bear", "the extra one")
    opened = Library.open(tmp_path / "extra")
    assert _title(opened, "bear") == "the extra one"
    assert _title(opened, "dot") == "the user's dot"


def test_the_extra_folder_may_be_a_pack_itself(
    users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _titled(tmp_path / "dot", "one pack")
    assert _title(Library.open(tmp_path / "dot"), "dot") == "one pack"
    monkeypatch.chdir(tmp_path / "dot")
    assert _title(Library.open(Path()), "dot") == "one pack", (
        "its name is the folder's, however it is reached"
    )


def test_a_broken_pack_is_left_out_with_one_line(users: Path) -> None:
    _titled(users / "good", "good")
    write_pack(users / "bad", MANIFEST + "colour = 1\n")
    write_pack(users / "worse", "name = [\n")
    opened = Library.open()
    assert {"bear", "good"} <= set(opened.characters)
    assert len(opened.faults) == 2
    assert all("\n" not in fault for fault in opened.faults.values())
    assert "line 9" in next(iter(opened.faults.values()))


def test_a_broken_namesake_does_not_hide_the_one_that_works(users: Path) -> None:
    write_pack(users / "bear", MANIFEST + "colour = 1\n")
    opened = Library.open()
    assert _title(opened, "bear") == "Bear"
    assert len(opened.faults) == 1


def test_asking_for_a_broken_pack_says_what_is_wrong(users: Path) -> None:
    write_pack(users / "bad", MANIFEST + "colour = 1\n")
    with pytest.raises(
        PackError, match=re.escape("line 9: emotions: neutrality: colour: is not a known key")
    ):
        Library.open().get("bad")


def test_asking_for_nobody_says_who_there_is(users: Path) -> None:
    _titled(users / "dot", "dot")
    with pytest.raises(UsageError, match="no character is called 'cat'; there are: bear, dot"):
        Library.open().get("cat")


def test_files_and_other_folders_are_no_packs(users: Path) -> None:
    (users / "notes").mkdir(parents=True)
    (users / "readme.txt").write_text("hello", encoding="utf-8")
    opened = Library.open()
    assert opened.faults == {}
    assert "notes" not in opened.characters


def test_names_in_other_letters(users: Path) -> None:
    _titled(users / "곰", "곰")
    assert _title(Library.open(), "곰") == "곰"


def test_an_extra_folder_that_is_not_there(users: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder of characters"):
        Library.open(tmp_path / "nowhere")


def test_names_are_known_in_capitals_too(users: Path) -> None:
    assert Library.open().get("Bear").id == "bear"


def test_packs_that_were_pointed_at_come_first(users: Path, tmp_path: Path) -> None:
    """With `--character auto` the first one is worn by the first person."""
    _titled(tmp_path / "extra" / "zebra", "zebra")
    _titled(users / "yak", "yak")
    assert list(Library.open(tmp_path / "extra").characters)[:2] == ["zebra", "yak"]
