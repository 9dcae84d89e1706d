"""Photographs as they come: a look at the head of the file, then grey pixels, at a reduced scale."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from avatar_cam.sources.upright import Orientation

Grey = NDArray[np.uint8]

#: Larger ones are refused before any memory is taken for them, px.
MOST_PIXELS = 150_000_000
#: Smaller ones show no face, px.
LEAST_SIDE = 16
#: A picture that is longer, in its shorter sides, is none of a person, and takes a square of its longer side.
MOST_LENGTH = 8
#: What libjpeg decodes at once to a half, a quarter and an eighth (of the DCT's eight).
SHRINKS = (8, 4, 2, 1)

# Pillow's own limit warns, and is lower than what today's telephones take.
Image.MAX_IMAGE_PIXELS = None

Image.init()
_FORMATS = ("JPEG", "PNG", "PPM", "BMP", "WEBP")

_EXIF_ORIENTATION = 0x0112
#: EXIF 2.32, 4.6.4, Orientation.
_ORIENTATIONS = {
    1: Orientation(),
    2: Orientation(reverse_columns=True),
    3: Orientation(reverse_columns=True, reverse_rows=True),
    4: Orientation(reverse_rows=True),
    5: Orientation(transpose=True),
    6: Orientation(transpose=True, reverse_columns=True),
    7: Orientation(transpose=True, reverse_columns=True, reverse_rows=True),
    8: Orientation(transpose=True, reverse_rows=True),
}


class Unusable(Exception):
    """A picture that is left out; says why, in words that are the same for all its kind."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file's content, with what its head says: the size of the stored picture, px, and how it is shown.

    Raises Unusable, here and in `grey`, for what is no picture.
    """

    content: bytes
    width: int
    height: int
    orientation: Orientation

    @classmethod
    def of(cls, content: bytes) -> Picture:
        """Reads the head only, which takes a tenth of a millisecond."""
        if not content:
            raise Unusable("the file is empty")
        image = _opened(content)
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Unusable(f"larger than {MOST_PIXELS // 1_000_000} megapixels")
        if min(width, height) < LEAST_SIDE:
            raise Unusable(f"smaller than {LEAST_SIDE} px")
        if max(width, height) > MOST_LENGTH * min(width, height):
            raise Unusable(f"more than {MOST_LENGTH} times as long as wide")
        if image.mode == "CMYK":
            raise Unusable("CMYK, a picture for printers")
        return cls(content, width, height, _orientation(image))

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as it is shown, px."""
        return self.orientation.size((self.width, self.height))

    def grey(self, shrink: int = 1) -> Grey:
        """The stored picture, not turned, uint8 (H, W).

        Its sides are divided by `shrink`, one of `SHRINKS`, and rounded up. A JPEG is decoded at that scale,
        and without its colours.
        """
        image = _opened(self.content)
        image.draft("L", (max(self.width // shrink, 1), max(self.height // shrink, 1)))
        try:
            image.load()
            pixels = _eight_bits(image)
        except Exception:  # Pillow's readers raise a dozen kinds for broken files
            raise Unusable("broken or cut off") from None
        if shrink > 1 and pixels.shape == (self.height, self.width):  # not a JPEG
            return _averaged(pixels, shrink)
        return pixels


def _eight_bits(image: Image.Image) -> Grey:
    """A loaded picture in grey; of 16 bits the upper ones, where Pillow would make most of them white."""
    if image.mode == "I" or image.mode.startswith("I;16"):  # in both of them, values up to 65,535
        return (np.asarray(image) >> 8).astype(np.uint8)
    return np.asarray(image if image.mode == "L" else image.convert("L"), np.uint8)


def _averaged(pixels: Grey, shrink: int) -> Grey:
    """As a JPEG is decoded: squares of whole pixels, of which the last ones repeat the edge."""
    height, width = pixels.shape
    fit = cv2.copyMakeBorder(pixels, 0, -height % shrink, 0, -width % shrink, cv2.BORDER_REPLICATE)
    size = (fit.shape[1] // shrink, fit.shape[0] // shrink)
    return np.asarray(cv2.resize(fit, size, interpolation=cv2.INTER_AREA), np.uint8)


def _opened(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as those of telephones' odd heads
            return Image.open(io.BytesIO(content), formats=_FORMATS)
    except UnidentifiedImageError:
        raise Unusable("no picture") from None
    except Exception:  # as above
        raise Unusable("broken or cut off") from None


def _orientation(image: Image.Image) -> Orientation:
    try:
        return _ORIENTATIONS.get(int(image.getexif().get(_EXIF_ORIENTATION, 1)), Orientation())
    except Exception:  # a broken EXIF block does not make the picture a bad one
        return Orientation()


def shrink_for(side: float, size: float) -> int:
    """The strongest reduction after which `side`, px, still has `size` px."""
    return next((shrink for shrink in SHRINKS if side / shrink >= size), 1)
