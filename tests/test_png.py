"""PNGs are looked through before they are decoded."""

from __future__ import annotations

import struct
import zlib
from time import perf_counter

import cv2
import numpy as np
import pytest

from avatar_cam.png import check_png, only_picture, size_of_png, unpacks_whole
from tests.factories import png_of

WHOLE = cv2.imencode(".png", np.arange(60, dtype=np.uint8).reshape(4, 5, 3))[1].tobytes()


@pytest.mark.parametrize("data", [WHOLE, WHOLE + b"more"])
def test_whole(data: bytes) -> None:
    assert check_png(data) is None


def test_wherever_it_is_cut_off() -> None:
    assert {check_png(WHOLE[:length]) for length in range(8, len(WHOLE))} == {"is cut off"}


def test_whichever_byte_is_wrong() -> None:
    for at in range(len(WHOLE)):
        assert check_png(WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :]) is not None, at


@pytest.mark.parametrize("data", [b"", b"text", WHOLE[1:]])
def test_no_png(data: bytes) -> None:
    assert check_png(data) == "is not a PNG"


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (13, 2)])
def test_pixels_that_are_too_few_or_too_many(size: tuple[int, int], interlaced: bool) -> None:
    """The rows of each pass of an interlaced picture, and a byte for the filter of each, as sliced."""
    width, height = size
    pixels = np.zeros((height, width, 4), np.uint8)
    starts = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    passes = [pixels[y::down, x::across] for x, y, across, down in starts] if interlaced else [pixels]
    needed = sum(part.size + len(part) for part in passes if part.size)
    for unpacked in (needed - 1, needed, needed + 1, 100 * needed):
        png = bytearray(png_of(width, height, zlib.compress(bytes(unpacked))))
        png[28] = interlaced
        assert unpacks_whole(bytes(png)) == (unpacked == needed)


def test_pixels_that_do_not_unpack() -> None:
    assert not unpacks_whole(png_of(2, 2, b"nonsense"))
    assert not unpacks_whole(png_of(2, 2, zlib.compress(bytes(18))[:-6]))


def test_nothing_may_follow_the_pixels() -> None:
    """What comes after their end would be gathered, and copied again with every chunk."""
    packed = zlib.compress(bytes(18))
    assert unpacks_whole(png_of(2, 2, packed))
    assert not unpacks_whole(png_of(2, 2, packed + b"x"))
    assert not unpacks_whole(_chunked(2, 2, [packed, b"x", *[b"y"] * 5]))
    assert unpacks_whole(_chunked(2, 2, [packed[:5], b"", packed[5:], b""]))


def test_many_chunks_after_the_pixels_cost_nothing() -> None:
    png = _chunked(2, 2, [zlib.compress(bytes(18)), *[b"x"] * 300_000])
    start = perf_counter()
    assert not unpacks_whole(png)
    assert perf_counter() - start < 1


def _chunked(width: int, height: int, packed: list[bytes]) -> bytes:
    """A PNG whose packed pixels come in several chunks."""
    whole = png_of(width, height, b"")
    begin, end = whole.index(b"IDAT") - 4, len(whole) - 12
    chunks = (
        struct.pack(">I", len(part)) + b"IDAT" + part + struct.pack(">I", zlib.crc32(b"IDAT" + part))
        for part in packed
    )
    return whole[:begin] + b"".join(chunks) + whole[end:]


def test_what_lies_beside_the_picture_is_left_out() -> None:
    bare = png_of(2, 2, zlib.compress(bytes(18)))
    assert (
        only_picture(png_of(2, 2, zlib.compress(bytes(18)), (b"zTXt", b"x" * 99), (b"acTL", bytes(8))))
        == bare
    )
    assert size_of_png(bare) == (2, 2)
    assert size_of_png(b"GIF89a" + bytes(40)) is None
