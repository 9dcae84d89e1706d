"""A character by itself, as a picture that stands still: for lists, thumbnails, sheets and checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from avatar_cam.characters.character import Character
from avatar_cam.characters.flattening import around, lay_over
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.rendering.fitting import artwork_fit
from avatar_cam.types import Attach, Box, Pixels, Variant

#: Where the body is below a head that looks at the camera, eye distances from between the eyes: someone who
#: stands with the hands half raised.
_BODY: dict[Attach, tuple[float, float]] = {
    "left_shoulder": (2.7, 3.9),
    "right_shoulder": (-2.7, 3.9),
    "left_wrist": (3.9, 6.6),
    "right_wrist": (-3.9, 6.6),
    "hips": (0.0, 10.5),
}
#: The body is drawn no further away than for a head of this size, px an eye distance: one that is covered
#: takes at least 3.5 of them, and a picture is no larger than 2048 px.
_LARGEST = 600.0


#: A premultiplied picture (h, w, 4), and the box that it takes in the artwork, px.
Laid = tuple[Pixels, Box]


def portrait(
    character: Character, side: int, emotion: Emotion = "neutrality", variant: Variant = "plain"
) -> Pixels:
    """What is worn on the head, from the front: uint8 (side, side, 4) premultiplied RGBA, as large as fits.

    Raises PackError when a picture of the pack cannot be decoded.
    """
    sprite = laid_out(character, emotion, variant)
    return fitted(composed(sprite, extent([sprite])), side)


def laid_out(
    character: Character,
    emotion: Emotion,
    variant: Variant = "plain",
    age: float = 0.0,
    *,
    body: bool = False,
) -> list[Laid]:
    """The planes of a sprite in drawing order; with `body` those too that hang on it.

    Raises PackError when a picture cannot be decoded.
    """
    scale, offset = artwork_fit(character.anchors)
    laid = []
    for plane in character.planes(emotion, variant, age):
        x0, y0, x1, y1 = plane.whole.extent
        if plane.attach == "head":
            laid.append((plane.whole.rgba, (x0, y0, x1, y1)))
        elif body:
            x, y = np.rint(np.array(_BODY[plane.attach]) * min(scale, _LARGEST) + offset).astype(int).tolist()
            laid.append((plane.whole.rgba, (x0 + x, y0 + y, x1 + x, y1 + y)))
    return laid


def extent(sprites: Iterable[Sequence[Laid]]) -> Box:
    """The box around all of them, artwork px; a small one when there is nothing."""
    return around([box for sprite in sprites for _, box in sprite] or [(0, 0, 1, 1)])


def composed(sprite: Sequence[Laid], box: Box) -> Pixels:
    """The pictures over each other, premultiplied and as large as `box`, which they do not leave."""
    left, top, right, bottom = box
    rgba = np.zeros((bottom - top, right - left, 4), np.uint8)
    for picture, (x0, y0, x1, y1) in sprite:
        lay_over(rgba[y0 - top : y1 - top, x0 - left : x1 - left], picture)
    return rgba


def fitted(rgba: Pixels, side: int) -> Pixels:
    """A premultiplied picture in the middle of a square of `side` px, uint8 (side, side, 4)."""
    height, width = rgba.shape[:2]
    scale = side / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = np.asarray(cv2.resize(rgba, size, interpolation=cv2.INTER_AREA), np.uint8)
    square = np.zeros((side, side, 4), np.uint8)
    x, y = (side - size[0]) // 2, (side - size[1]) // 2
    square[y : y + size[1], x : x + size[0]] = small
    return square
