"""A character as a picture that stands still, for sheets and checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from avatar_cam.characters.character import Character, Plane
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.rendering.fitting import artwork_fit
from avatar_cam.rendering.sampling import blend
from avatar_cam.types import Attach, Box, Floats, Pixels, Variant

#: Where the body is below a head that looks at the camera, eye distances from between the eyes: someone who
#: stands with the hands half raised.
_BODY: dict[Attach, tuple[float, float]] = {
    "left_shoulder": (2.7, 3.9),
    "right_shoulder": (-2.7, 3.9),
    "left_wrist": (3.9, 6.6),
    "right_wrist": (-3.9, 6.6),
    "hips": (0.0, 10.5),
}


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One sprite: `rgba` (h, w, 4) premultiplied; `origin` is its upper left corner in the artwork, px."""

    rgba: Pixels
    origin: tuple[int, int]

    def alpha_at(self, points: Floats) -> Floats:
        """How much covers each of (N, 2) artwork points, float32 (N,) from 0 to 1."""
        at = np.floor(points - np.array(self.origin, np.float32)).astype(int)
        height, width = self.rgba.shape[:2]
        inside = (at >= 0).all(axis=1) & (at[:, 0] < width) & (at[:, 1] < height)
        alpha = np.zeros(len(points), np.float32)
        alpha[inside] = self.rgba[at[inside, 1], at[inside, 0], 3] / np.float32(255)
        return alpha


def planes_of(
    character: Character,
    emotion: Emotion,
    variant: Variant = "plain",
    age: float = 0.0,
    *,
    body: bool = False,
) -> list[tuple[Plane, tuple[int, int]]]:
    """Planes in drawing order with their place in the artwork; with `body` those too that hang on it.

    Raises PackError when a picture cannot be decoded.
    """
    scale, offset = artwork_fit(character.anchors)
    placed = []
    for plane in character.planes(emotion, variant, age):
        x, y = plane.whole.origin
        if plane.attach == "head":
            placed.append((plane, (x, y)))
        elif body:
            hangs = np.array(_BODY[plane.attach]) * scale + offset
            placed.append((plane, (round(x + float(hangs[0])), round(y + float(hangs[1])))))
    return placed


def extent(sprites: Iterable[Sequence[tuple[Plane, tuple[int, int]]]]) -> Box:
    """The box around all of them, artwork px; a small one when there is nothing."""
    boxes = [
        (x, y, x + plane.whole.rgba.shape[1], y + plane.whole.rgba.shape[0])
        for sprite in sprites
        for plane, (x, y) in sprite
    ]
    if not boxes:
        return 0, 0, 1, 1
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def composed(sprite: Sequence[tuple[Plane, tuple[int, int]]], box: Box) -> Figure:
    """The planes over each other, as large as `box`, which they do not leave."""
    left, top, right, bottom = box
    rgba = np.zeros((bottom - top, right - left, 4), np.uint8)
    for plane, (x, y) in sprite:
        height, width = plane.whole.rgba.shape[:2]
        blend(rgba[y - top : y - top + height, x - left : x - left + width], plane.whole.rgba)
    return Figure(rgba, (left, top))


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
