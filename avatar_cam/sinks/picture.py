"""A picture put into a window's memory: mirrored, resized, in the window's order of colours."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.types import Floats, Pixels

#: Rows that are mirrored at a time: few enough to stay in the processor's cache until their colours are
#: put in order.
_ROWS = 48


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lies in a window: in the middle, as large as it fits, its shape kept.

    `source` is the picture's (width, height); `x`, `y`, `width`, `height` are window pixels.
    """

    source: tuple[int, int]
    x: int
    y: int
    width: int
    height: int
    mirror: bool

    @classmethod
    def inside(cls, source: tuple[int, int], window: tuple[int, int], *, mirror: bool) -> Fit:
        scale = min(window[0] / source[0], window[1] / source[1])
        width, height = (max(1, round(length * scale)) for length in source)
        return cls(source, (window[0] - width) // 2, (window[1] - height) // 2, width, height, mirror)

    def seen(self, points: Floats) -> Floats:
        """Where points (N, 2 or more) of the picture, px, are in the window: float32 (N, 2)."""
        x = points[:, 0] * np.float32(self.width / self.source[0])
        y = points[:, 1] * np.float32(self.height / self.source[1])
        return np.stack([self.x + (self.width - x if self.mirror else x), self.y + y], axis=-1)


class PictureWriter:
    """Writes pictures of one size after another, in memory of its own that is used again."""

    def __init__(self) -> None:
        self._scratch: dict[tuple[str, tuple[int, ...]], Pixels] = {}

    def write(self, pixels: Pixels, window: NDArray[np.uint8], fit: Fit, *, blue_first: bool = True) -> None:
        """Put `pixels`, uint8 (h, w, 3) RGB, into its place in `window`, uint8 (H, W, 4), black around it.

        The window's bytes are B, G, R and one that does not count, or R, G, B and that one.
        """
        target = window[fit.y : fit.y + fit.height, fit.x : fit.x + fit.width]
        window[: fit.y], window[fit.y + fit.height :] = 0, 0
        window[:, : fit.x], window[:, fit.x + fit.width :] = 0, 0
        code = cv2.COLOR_RGB2BGRA if blue_first else cv2.COLOR_RGB2RGBA
        height, width = pixels.shape[:2]
        # Whichever way the fewer pixels are mirrored.
        if fit.width < width:
            pixels = self._shrunk(pixels, (fit.width, fit.height))
            self._order(pixels, target, code, mirror=fit.mirror)
        elif (fit.width, fit.height) == (width, height):
            self._order(pixels, target, code, mirror=fit.mirror)
        else:
            ordered = self._memory("ordered", (height, width, 4))
            self._order(pixels, ordered, code, mirror=fit.mirror)
            cv2.resize(ordered, (fit.width, fit.height), dst=target, interpolation=cv2.INTER_LINEAR)

    def _shrunk(self, pixels: Pixels, size: tuple[int, int]) -> Pixels:
        # Linear sampling leaves pixels out beyond a factor of two, and halving is quick.
        while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
            half = self._memory("half", (pixels.shape[0] // 2, pixels.shape[1] // 2, 3))
            pixels = _resized(pixels, half, cv2.INTER_AREA)
        return _resized(pixels, self._memory("shrunk", (size[1], size[0], 3)), cv2.INTER_LINEAR)

    def _order(self, pixels: Pixels, target: Pixels, code: int, *, mirror: bool) -> None:
        """The same picture with its colours in the window's order."""
        if not mirror:
            cv2.cvtColor(pixels, code, dst=target)
            return
        rows = self._memory("rows", (_ROWS, *pixels.shape[1:]))
        for y in range(0, len(pixels), _ROWS):
            some = pixels[y : y + _ROWS]
            cv2.flip(some, 1, dst=rows[: len(some)])
            cv2.cvtColor(rows[: len(some)], code, dst=target[y : y + len(some)])

    def _memory(self, purpose: str, shape: tuple[int, ...]) -> Pixels:
        if (purpose, shape) not in self._scratch:
            if len(self._scratch) > 8:  # the window has been resized again and again
                self._scratch.clear()
            self._scratch[purpose, shape] = np.empty(shape, np.uint8)
        return self._scratch[purpose, shape]


def _resized(pixels: Pixels, target: Pixels, interpolation: int) -> Pixels:
    if pixels.shape == target.shape:
        return pixels
    cv2.resize(pixels, (target.shape[1], target.shape[0]), dst=target, interpolation=interpolation)
    return target
