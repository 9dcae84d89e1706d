"""Zips read in place, and what is wrong with them."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest

from avatar_cam.errors import SourceError
from tests.training.made_data import ZipNames, write_zip
from training.datasets import zips
from training.datasets.base import Damaged

KOREAN = "기쁨/여_도심 환경.jpg"


def _listed(path: Path) -> list[str]:
    return [name for _, name in zips.members(path)]


def _set_in_headers(path: Path, local: int, central: int, value: bytes) -> None:
    """Write `value` at these places of the only member's two headers."""
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = data.index(signature) + place
        data[at : at + len(value)] = value
    path.write_bytes(data)


@pytest.mark.parametrize("names", ["utf8", "utf8 without its flag", "cp949"])
def test_names_are_read_in_whatever_encoding_they_are(tmp_path: Path, names: ZipNames) -> None:
    path = write_zip(tmp_path / "x.zip", {KOREAN: b"picture", "b.jpg": b"other"}, names)
    members = {name: zips.read(path, member) for member, name in zips.members(path)}
    assert members == {KOREAN: b"picture", "b.jpg": b"other"}


def test_the_flag_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    """The zips that the tests make are the ones that they speak of."""
    for names, flag in (("utf8", 0x800), ("utf8 without its flag", 0), ("cp949", 0)):
        path = write_zip(tmp_path / f"{names}.zip", {KOREAN: b""}, names)
        with zipfile.ZipFile(path) as archive:
            assert archive.infolist()[0].flag_bits & 0x800 == flag
        encoding = "cp949" if names == "cp949" else "utf-8"
        assert path.read_bytes().count(KOREAN.encode(encoding)) == 2


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_every_member_of_a_large_zip_is_found(tmp_path: Path, method: int) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for i in range(500):
            archive.writestr(f"folder/{i}.jpg", f"content {i}" * 5)
    assert [zips.read(path, member) for member, _ in zips.members(path)] == [
        f"content {i}".encode() * 5 for i in range(500)
    ]


def test_folders_and_what_systems_add_are_no_members(tmp_path: Path) -> None:
    files = {"a/": b"", "a/x.jpg": b"1", "__MACOSX/a/._x.jpg": b"2", "a/.DS_Store": b"3"}
    assert _listed(write_zip(tmp_path / "x.zip", files)) == ["a/x.jpg"]


def test_a_zip_that_changed_is_opened_anew(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.jpg": b"old"})
    assert zips.read(path, "a.jpg") == b"old"
    path.unlink()
    write_zip(path, {"b.jpg": b"", "a.jpg": b"newer"})
    assert zips.read(path, "a.jpg") == b"newer"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_opens_the_zip_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else both would move one place in one file."""
    path = write_zip(tmp_path / "x.zip", {"a.jpg": b"a"})
    opened = []

    def open_it(path: Path) -> zipfile.ZipFile:
        opened.append(path)
        return zipfile.ZipFile(path)

    monkeypatch.setattr(zips, "_open", open_it)
    zips.read(path, "a.jpg")
    zips.read(path, "a.jpg")
    assert len(opened) == 1
    monkeypatch.setattr(os, "getpid", lambda: -1)
    zips.read(path, "a.jpg")
    assert len(opened) == 2


def test_a_member_that_is_not_there(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.jpg": b"a"})
    with pytest.raises(SourceError, match=r"does not hold b\.jpg"):
        zips.read(path, "b.jpg")


def test_two_names_with_one_hash_are_not_mistaken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "hash", lambda _: 7, raising=False)
    path = write_zip(tmp_path / "same.zip", {"a.jpg": b"a", "b.jpg": b"b"})
    assert zips.read(path, "a.jpg") == b"a"
    with pytest.raises(SourceError, match=r"b\.jpg is damaged"):
        zips.read(path, "b.jpg")


def test_content_that_was_damaged_is_noticed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.jpg": b"picture"})
    path.write_bytes(path.read_bytes().replace(b"picture", b"pixture"))
    with pytest.raises(Damaged, match=r"x\.zip: a\.jpg is damaged .*CRC"):
        zips.read(path, "a.jpg")


def test_whatever_is_damaged_in_a_members_head_is_that_members_fault(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"기쁨.jpg": b"picture"})
    whole = path.read_bytes()
    (member,) = [member for member, _ in zips.members(path)]
    damaged = 0
    for at in range(whole.index(b"PK\x01\x02")):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        os.utime(path, ns=(at, at))  # quicker than the clock ticks
        try:
            assert zips.read(path, member) == b"picture"
        except Damaged:
            damaged += 1
    assert damaged >= len("PK34") + len("기쁨.jpg".encode()) + len(b"picture")


def _truncated(path: Path) -> None:
    write_zip(path, {"a.jpg": b"x" * 1000})
    path.write_bytes(path.read_bytes()[:500])


def _with_password(path: Path) -> None:
    write_zip(path, {"a.jpg": b"x"})
    _set_in_headers(path, 6, 8, struct.pack("<H", 1))


def _deflate64(path: Path) -> None:
    write_zip(path, {"a.jpg": b"x"})
    _set_in_headers(path, 8, 10, struct.pack("<H", 9))


BROKEN = {
    "truncated": (_truncated, "is cut off or damaged, its table of contents is missing: download it again"),
    "with a password": (_with_password, "is protected by a password: unpack it, and give the folder"),
    "an unknown method": (_deflate64, "is packed by method 9, which Python cannot read: unpack it"),
    "nested": (
        lambda path: write_zip(path, {"in/[원천]EMOIMG_기쁨.ZIP": b""}),
        "holds other zip files (in/[원천]EMOIMG_기쁨.ZIP): unpack it once",
    ),
    "empty": (lambda path: path.write_bytes(b""), "is empty: download it again"),
    "Git LFS": (
        lambda path: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        "is a Git LFS pointer and not the file itself: run git lfs pull",
    ),
    "a web page": (
        lambda path: path.write_bytes(b"\n<!DOCTYPE html><html>Log in"),
        "is a web page and not the file itself: log in, and download it again",
    ),
    "something else": (lambda path: path.write_bytes(b"Rar!\x1a\x07"), "is no zip file: download it again"),
    "absent": (lambda path: None, "does not exist"),
    "a folder": (lambda path: path.mkdir(), "cannot be read: Is a directory"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_zip_is_one_clear_line(tmp_path: Path, case: str) -> None:
    break_it, message = BROKEN[case]
    path = tmp_path / "x.zip"
    break_it(path)
    with pytest.raises(SourceError) as caught:
        list(zips.members(path))
    assert str(caught.value) == f"{path} {message}"
