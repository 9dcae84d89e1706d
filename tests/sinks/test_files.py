"""Outputs appear whole or not at all, and what stands in the way is said in one line."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path

import pytest

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.files import (
    Replacement,
    is_folder,
    kind_of,
    legible,
    read_bounded,
    replacing,
    same_file,
    same_place,
    sink_error,
)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp4", "video"), ("a.MOV", "video"), ("가.mkv", "video"), ("a.b.JPG", "photo")]
)
def test_the_suffix_tells_the_kind(name: str, kind: str) -> None:
    assert kind_of(Path(name)) == kind


@pytest.mark.parametrize("name", ["a.webm", "a", "a.mp4.txt", ".mp4"])
def test_another_suffix_is_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        kind_of(Path(name))
    assert str(caught.value).startswith(f"{name}: ")
    assert ".mp4" in str(caught.value)
    assert ".png" in str(caught.value)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_appears_under_its_name_when_it_is_whole(tmp_path: Path, form: str) -> None:
    target = tmp_path / unicodedata.normalize(form, "웃는 얼굴.txt")
    with replacing(target) as path:
        path.write_text("whole")
        assert path.parent == tmp_path
        assert path.name.startswith(".")
        assert path.suffix == ".txt"
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_everything_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.txt"
    target.write_text("before")
    with pytest.raises(error):
        _fail_midway(target, error)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def _fail_midway(target: Path, error: type[BaseException]) -> None:
    with replacing(target) as path:
        path.write_text("half")
        raise error


def test_two_runs_do_not_meet(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with replacing(target) as one, replacing(target) as other:
        assert one != other


def test_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    target = tmp_path / ("가" * 83 + ".txt")
    with replacing(target) as path:
        path.write_text("whole")
    assert target.read_text() == "whole"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    real = tmp_path / "folder" / "real.txt"
    real.write_text("before")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    with replacing(link) as path:
        path.write_text("after")
    assert link.is_symlink()
    assert real.read_text() == "after"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_permissions_stay(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.touch(0o600)
    with replacing(target) as path:
        path.write_text("after")
    assert target.stat().st_mode & 0o777 == 0o600


def test_what_stands_in_the_way_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()
    for target, says in (
        (tmp_path / "nowhere" / "a.mp4", "there is no folder"),
        (tmp_path / "file" / "a.mp4", "is not a folder"),
        (tmp_path / "folder.mp4", "it is a folder"),
        (tmp_path / ("a" * 300 + ".mp4"), "too long"),
    ):
        with pytest.raises(SinkError) as caught:
            Replacement(target)
        message = str(caught.value)
        assert message.startswith(f"{target} cannot be written: ")
        assert says in message
        assert "\n" not in message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with pytest.raises(SinkError, match="a device or a pipe"):
        Replacement(pipe)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not hold back the superuser"
)
def test_permission_denied(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o500)
    protected = tmp_path / "protected.mp4"
    protected.touch(0o400)
    for target in (closed / "a.mp4", protected):
        with pytest.raises(SinkError, match="permission denied"):
            Replacement(target)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_errors_while_writing_are_explained(tmp_path: Path, number: int, says: str) -> None:
    with pytest.raises(SinkError, match=says), replacing(tmp_path / "a.txt"):
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_an_error_without_a_number_has_a_line_too() -> None:
    assert str(sink_error(OSError(), Path("a.mp4"))) == "a.mp4 cannot be written: OSError"


def test_same_file(tmp_path: Path) -> None:
    file, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    file.write_bytes(b"1")
    other.write_bytes(b"1")
    (tmp_path / "soft.mp4").symlink_to(file)
    (tmp_path / "hard.mp4").hardlink_to(file)
    (tmp_path / "folder").mkdir()
    assert same_file(file, file)
    assert same_file(file, tmp_path / "folder" / ".." / "a.mp4")
    assert same_file(file, tmp_path / "soft.mp4")
    assert same_file(tmp_path / "hard.mp4", file)
    assert same_file(tmp_path, tmp_path / ".")
    assert not same_file(file, other)
    assert not same_file(file, tmp_path / "nothing.mp4")


def test_same_place(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "soft.mp4").symlink_to(tmp_path / "new.mp4")
    new = tmp_path / "new.mp4"
    assert same_place(new, tmp_path / "folder" / ".." / "new.mp4")
    assert same_place(new, tmp_path / "soft.mp4")
    assert same_place(new, tmp_path / "NEW.mp4")
    assert not same_place(new, tmp_path / "folder" / "new.mp4")


def test_is_folder(tmp_path: Path) -> None:
    assert is_folder(tmp_path)
    assert not is_folder(tmp_path / "nothing")
    assert not is_folder(tmp_path / ("a" * 300))


def test_legible() -> None:
    assert legible(Path("얼굴.png")) == "얼굴.png"
    if os.name != "nt":
        assert legible(Path(os.fsdecode(b"a\xff.png"))) == "a\\xff.png"


def test_reading_no_more_than_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_bounded(file, 5) == b"12345"
    assert read_bounded(file, 4) is None
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "nothing", 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path(os.devnull)):
        with pytest.raises(OSError, match=r"no plain file|directory"):
            read_bounded(path, 4)
