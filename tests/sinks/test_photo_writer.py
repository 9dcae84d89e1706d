"""Photos that were written, read again."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sources.photos import read_photo
from tests.sources.media import QUARTERS, quarters


@pytest.mark.parametrize(("name", "levels"), [("a.png", 0), ("a.jpg", 8), ("a.JPEG", 8), ("a.webp", 12)])
def test_reads_as_it_was_written(tmp_path: Path, name: str, levels: int) -> None:
    path = tmp_path / name
    write_photo(path, quarters())
    pixels = read_photo(path)
    corners = np.array([pixels[y, x] for y in (5, -6) for x in (5, -6)], int)
    assert pixels.shape == (48, 64, 3)
    assert np.abs(corners - np.array(QUARTERS)).max() <= levels


def test_the_suffix_is_kept_by_what_is_inside(tmp_path: Path) -> None:
    for name, signature in (("a.png", b"\x89PNG"), ("a.jpg", b"\xff\xd8\xff"), ("a.webp", b"RIFF")):
        write_photo(tmp_path / name, quarters())
        assert (tmp_path / name).read_bytes().startswith(signature)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names(tmp_path: Path, form: str) -> None:
    path = tmp_path / unicodedata.normalize(form, "웃는 얼굴.jpg")
    write_photo(path, quarters())
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.png"):
        write_photo(tmp_path / "a.bmp", quarters())


def test_what_does_not_fit_the_format_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="20000x1 is too large"):
        write_photo(tmp_path / "a.webp", np.zeros((1, 20_000, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    write_photo(path, quarters())
    before = path.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cv2, "imencode", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_photo(path, np.zeros((4, 4, 3), np.uint8))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="there is no folder"):
        write_photo(tmp_path / "nowhere" / "a.png", quarters())
