"""Reading photographs at a reduced scale, and refusing what is none."""

from __future__ import annotations

import io
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.training.prepare.made import grey, jpeg, performer
from training.prepare.pictures import MOST_PIXELS, Picture, Unusable, shrink_for

REDUCED = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}


@pytest.mark.parametrize("shrink", REDUCED)
def test_a_jpeg_is_decoded_at_the_scale_that_libjpeg_offers(shrink: int) -> None:
    content = jpeg(performer(size=(322, 241)))
    other = cv2.imdecode(np.frombuffer(content, np.uint8), REDUCED[shrink] | cv2.IMREAD_IGNORE_ORIENTATION)
    np.testing.assert_array_equal(Picture.of(content).grey(shrink), other)


def test_what_is_no_jpeg_is_averaged_to_the_same_size() -> None:
    picture = performer(size=(322, 241))
    content = cv2.imencode(".png", picture[..., ::-1])[1].tobytes()
    reduced = Picture.of(content).grey(4)
    assert reduced.shape == (61, 81)
    assert np.abs(reduced.astype(int) - Picture.of(jpeg(picture)).grey(4)).mean() < 3


@pytest.mark.parametrize("turn", range(1, 9))
def test_it_is_turned_as_opencv_turns_it(turn: int) -> None:
    content = jpeg(performer(size=(320, 240)), turn)
    picture = Picture.of(content)
    upright = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(picture.orientation.apply(picture.grey()), upright)
    assert picture.shown == upright.shape[::-1]


def test_an_orientation_that_does_not_exist_is_none() -> None:
    content = jpeg(performer(size=(320, 240)), 5).replace(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x05", b"")
    torn = content.replace(b"Exif\0\0", b"Exif\0\0\xff\xff", 1)
    for odd in (content, torn, jpeg(performer(size=(320, 240)), 77)):
        assert Picture.of(odd).shown == (320, 240)


def _png(picture: NDArray[Any]) -> bytes:
    done, content = cv2.imencode(".png", picture)
    assert done
    return content.tobytes()


def _sixteen_bits(picture: NDArray[np.uint8], mode: str) -> bytes:
    """A picture of 8 bits in 16 of them: a PNG, or a PGM."""
    large = picture.astype(np.uint16) * 257
    if mode == "I;16":
        return _png(large)
    return b"P5\n%d %d\n65535\n" % picture.shape[::-1] + large.astype(">u2").tobytes()


@pytest.mark.parametrize("mode", ["I;16", "I"])
def test_of_sixteen_bits_the_upper_ones_are_taken(mode: str) -> None:
    picture = grey(performer(size=(322, 241)))
    content = _sixteen_bits(picture, mode)
    assert Image.open(io.BytesIO(content)).mode == mode
    np.testing.assert_array_equal(Picture.of(content).grey(), picture)
    np.testing.assert_array_equal(Picture.of(content).grey(4), Picture.of(_png(picture)).grey(4))


def _huge() -> bytes:
    """The head of a PNG of 20,000 x 20,000 px."""
    content = bytearray(cv2.imencode(".png", np.zeros((32, 32), np.uint8))[1].tobytes())
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    assert MOST_PIXELS < 20_000**2
    return bytes(content)


WHOLE = jpeg(performer(size=(320, 240)))
UNUSABLE = [
    (b"", "the file is empty"),
    (b"\0" * 2000, "no picture"),
    (b"<html>not here</html>", "no picture"),
    (WHOLE[: len(WHOLE) // 2], "broken or cut off"),
    (WHOLE[:-200], "broken or cut off"),
    (WHOLE[:10], "broken or cut off"),
    (WHOLE[:150], "broken or cut off"),
    (cv2.imencode(".png", np.zeros((48, 48), np.uint8))[1].tobytes()[:-60], "broken or cut off"),
    (jpeg(np.zeros((64, 64, 4), np.uint8)), "CMYK, a picture for printers"),
    (_huge(), "larger than 150 megapixels"),
    (jpeg(np.zeros((64, 8), np.uint8)), "smaller than 16 px"),
    (_png(np.zeros((200_000, 16), np.uint8)), "more than 8 times as long as wide"),
    (jpeg(np.zeros((18, 30_000), np.uint8)), "more than 8 times as long as wide"),
]


@pytest.mark.parametrize(("content", "reason"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_what_cannot_be_used_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unusable) as caught:
        Picture.of(content).grey()
    assert str(caught.value) == reason


def test_a_cut_off_jpeg_is_noticed_at_reduced_scale_too() -> None:
    for shrink in (2, 4, 8):
        with pytest.raises(Unusable, match="cut off"):
            Picture.of(WHOLE[: len(WHOLE) // 2]).grey(shrink)


@pytest.mark.parametrize(
    ("side", "size", "shrink"), [(800, 96, 8), (767, 96, 4), (192, 96, 2), (191, 96, 1), (50, 96, 1)]
)
def test_the_reduction_leaves_enough_pixels(side: float, size: float, shrink: int) -> None:
    assert shrink_for(side, size) == shrink
