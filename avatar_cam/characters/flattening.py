"""Lay pictures over each other to one texture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from avatar_cam.types import Box, Pixels, Texture

#: A picture's centre in the artwork, px; None of what lies in its upper left corner.
At = tuple[float, float] | None


def frame_of(size: tuple[int, int], at: At) -> Box:
    """(x0, y0, x1, y1) of a picture of `size` (width, height), in whole pixels so that nothing is blurred."""
    width, height = size
    x, y = (0, 0) if at is None else (round(at[0] - width / 2), round(at[1] - height / 2))
    return x, y, x + width, y + height


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box with all of them in it; ValueError for none."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def flatten(pictures: Sequence[tuple[Pixels, At]]) -> Texture:
    """Premultiplied pictures (h, w, 4), the lowest first, as one texture, cut to what is not empty."""
    frames = [frame_of((picture.shape[1], picture.shape[0]), at) for picture, at in pictures]
    left, top, right, bottom = around(frames)
    if len(pictures) == 1:
        return _trimmed(pictures[0][0], (left, top))
    canvas = np.zeros((bottom - top, right - left, 4), np.uint8)
    for (picture, _), (x0, y0, x1, y1) in zip(pictures, frames, strict=True):
        lay_over(canvas[y0 - top : y1 - top, x0 - left : x1 - left], picture)
    return _trimmed(canvas, (left, top))


def lay_over(below: Pixels, above: Pixels) -> None:
    """`above` over `below`, in place: below · (1 - alpha) + above.

    `below` uint8 (h, w, 3) RGB or (h, w, 4) premultiplied RGBA; `above` uint8 (h, w, 4) premultiplied RGBA.
    Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH 1984).
    """
    keep = cv2.bitwise_not(cv2.extractChannel(above, 3))
    if below.shape[2] == 3:
        kept = cv2.multiply(below, cv2.cvtColor(keep, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        above = np.asarray(cv2.cvtColor(above, cv2.COLOR_RGBA2RGB), np.uint8)
    else:
        kept = cv2.multiply(below, cv2.merge([keep] * 4), scale=1 / 255)
    cv2.add(kept, above, dst=below)


def _trimmed(rgba: Pixels, origin: tuple[int, int]) -> Texture:
    """What is not empty, and the empty border with which it is drawn faster (see `Level`)."""
    x, y, width, height = cv2.boundingRect(rgba[..., 3])
    kept = np.zeros((height + 3, width + 3, 4), np.uint8)
    kept[1:-2, 1:-2] = rgba[y : y + height, x : x + width]
    return Texture(kept, (origin[0] + x - 1, origin[1] + y - 1))
