"""Where packs are found, which of two namesakes is worn, and what is left out."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avatar_cam.characters import library
from avatar_cam.characters.library import Library, where
from avatar_cam.errors import PackError, UsageError
from tests.factories import MANIFEST, disc, hollow_png, write_pack, write_png


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
    with pytest.raises(UsageError, match=r"no character is called 'dragon'; there are: .*bear.*, dot"):
        Library.open().get("dragon")
    with pytest.raises(
        UsageError, match=r"no character is called 'beer'; did you mean bear\? There are: .*bear"
    ):
        Library.open().get("beer")


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


def test_what_has_not_changed_is_the_same_object(users: Path) -> None:
    _titled(users / "dot", "before")
    _titled(users / "other", "other")
    opened = Library.open()
    opened.characters["dot"].warm()
    assert opened.look() == opened.stamps
    again = opened.renewed()
    assert again.characters == opened.characters
    _titled(users / "dot", "after")
    write_png(users / "dot" / "neutrality.png", disc(70))
    assert opened.look() != opened.stamps
    again = opened.renewed(worn={"dot"})
    assert _title(again, "dot") == "after"
    assert again.characters["dot"].is_warm, "somebody wears it"
    assert again.characters["other"] is opened.characters["other"]
    assert not again.characters["other"].is_warm


def test_a_pack_that_breaks_stays_as_it_was(users: Path) -> None:
    _titled(users / "bear", "mine")
    opened = Library.open()
    (users / "bear" / "character.toml").write_text("name = ", encoding="utf-8")
    again = opened.renewed()
    assert again.characters["bear"] is opened.characters["bear"], "and not the one that ships"
    assert "line 1" in again.faults["bear"]
    _titled(users / "bear", "mended")
    assert _title(again.renewed(), "bear") == "mended"


def test_a_pack_whose_pixels_break_while_it_is_worn_stays_as_it_was(users: Path) -> None:
    _titled(users / "dot", "dot")
    opened = Library.open()
    (users / "dot" / "neutrality.png").write_bytes(hollow_png(64, 64))
    again = opened.renewed(worn={"dot"})
    assert again.characters["dot"] is opened.characters["dot"]
    assert "broken PNG" in again.faults["dot"]


def test_leaving_one_out_changes_nothing_for_who_goes_through_them(users: Path) -> None:
    """Another thread may be in the middle of it."""
    _titled(users / "dot", "dot")
    opened = Library.open()
    going = iter(opened.characters.items())
    names = [next(going)[0]]
    fewer = opened.leave_out("bear", "broken")
    names += [name for name, _ in going]
    assert {"bear", "dot"} <= set(names)
    assert set(opened.characters) - set(fewer.characters) == {"bear"}
    assert (opened.faults, fewer.faults) == ({}, {"bear": "broken"})
    assert fewer.renewed().folders == opened.folders


def test_a_folder_that_cannot_be_listed(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _titled(users / "dot", "dot")

    def denied(listed: Callable[[Path], Any]) -> Callable[[Path], Any]:
        def listing(place: Path) -> Any:
            if place == users:
                raise PermissionError(errno.EACCES, "Permission denied")
            return listed(place)

        return listing

    opened = Library.open()
    monkeypatch.setattr(Path, "iterdir", denied(Path.iterdir))
    monkeypatch.setattr("avatar_cam.characters.bare.os.scandir", denied(os.scandir))
    assert opened.look() != opened.stamps
    again = opened.renewed()
    assert "bear" in again.characters
    assert again.faults == {"users": f"{users}: cannot be read: Permission denied"}
    assert again.look() == again.stamps, "it is said once"


def test_packs_that_come_and_go(users: Path) -> None:
    _titled(users / "dot", "dot")
    opened = Library.open()
    shutil.rmtree(users / "dot")
    _titled(users / "new", "new")
    again = opened.renewed()
    assert "dot" not in again.characters
    assert _title(again, "new") == "new"


def test_whose_packs_they_are(users: Path, tmp_path: Path) -> None:
    _titled(users / "dot", "dot")
    _titled(tmp_path / "extra" / "zebra", "zebra")
    opened = Library.open(tmp_path / "extra")
    whose = {name: where(opened.characters[name].folder) for name in ("bear", "dot", "zebra")}
    assert whose == {"bear": "installed", "dot": "yours", "zebra": "given"}
