"""The files of a prepared data set."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from avatar_cam.errors import SourceError
from training.datasets.base import LeftOut
from training.shards import Face, Shard, is_whole, joined, packed, read_shard, read_tables

JPEG, PNG = b"\xff\xd8 crop", b"\x89PNG raw"


def _face(key: str, raw: bytes | None = PNG) -> Face:
    return Face(key, "somebody", "valid", {"aihub": [0.0, 1 / 3, 2 / 3, 0, 0, 0, 0]}, True, JPEG, raw)


#: What file names can hold: Korean, lines that only Unicode knows, and bytes that are no text at all.
ODD = "기쁨/\u2028\x85\udcff.jpg"


def test_what_is_packed_is_read(tmp_path: Path) -> None:
    shard = Shard([_face("a/b.jpg"), _face(ODD, None)], [LeftOut("c", "no face found"), LeftOut(ODD, "x")])
    path = tmp_path / "00000.zip"
    path.write_bytes(packed(shard))
    assert read_shard(path) == shard
    records, left_out = read_tables(path)
    assert [record["crop"] for record in records] == ["crop/000000.jpg", "crop/000001.jpg"]
    assert [record["raw"] for record in records] == ["raw/000000.png", None]
    assert left_out == shard.left_out


def test_nothing_says_when_it_was_packed(tmp_path: Path) -> None:
    path = tmp_path / "00000.zip"
    path.write_bytes(packed(Shard([_face("a")], [])))
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_shards_are_joined_by_key() -> None:
    one = Shard([_face("b")], [LeftOut("z", "x")])
    other = Shard([_face("a"), _face("c")], [LeftOut("y", "x")])
    whole = joined([one, other])
    assert [face.key for face in whole.faces] == ["a", "b", "c"]
    assert [left.key for left in whole.left_out] == ["y", "z"]
    assert packed(joined([other, one])) == packed(whole)


@pytest.mark.parametrize("length", [0, 10, 200, -30])
def test_a_damaged_one_is_noticed(tmp_path: Path, length: int) -> None:
    path = tmp_path / "00000.zip"
    content = packed(Shard([_face("a")], []))
    path.write_bytes(content)
    assert is_whole(path)
    path.write_bytes(content[:length])
    assert not is_whole(path)
    with pytest.raises(SourceError, match=r"00000\.zip is damaged"):
        read_shard(path)
    assert not is_whole(tmp_path / "nowhere")
