"""Pictures in which nobody can be made out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from avatar_cam.types import Floats, Pixels

#: Of the whole picture only so many colours along its longer side are left.
_COLOURS = 14
#: They follow the picture with this time constant, seconds, so that motion does not give away what they hide.
_INERTIA = 0.7
#: A veil of part of a picture thins out from its edge to so many times its radius.
_FEATHER = 1.3
#: RGB of the card, and of the two bars on it.
_CARD, _BARS = (44, 51, 66), (120, 131, 152)

#: A place and a radius around it, px.
Disc = tuple[float, float, float]


class Veil:
    """Blurs pictures so strongly, over space and time, that a face is less than two colours wide.

    A picture is `pixels`, uint8 (H, W, 3) RGB, and where it is transparent `alpha`, uint8 (H, W), by which
    they are multiplied. Both are changed in place.
    """

    def __init__(self) -> None:
        self._colours: Floats | None = None
        self._time = -math.inf

    def hide(self, pixels: Pixels, alpha: Pixels | None, time: float) -> None:
        """Blur all of it; `time` is that of the picture, in seconds."""
        veil = self._blurred(pixels, alpha, time)
        pixels[:] = veil[..., :3]
        if alpha is not None:
            alpha[:] = veil[..., 3]

    def hide_discs(self, pixels: Pixels, alpha: Pixels | None, discs: Sequence[Disc], time: float) -> None:
        """Blur what lies inside any of `discs`; around them it gets clear gradually."""
        veil = self._blurred(pixels, alpha, time)
        share = _share((pixels.shape[1], pixels.shape[0]), discs)
        cv2.blendLinear(np.ascontiguousarray(veil[..., :3]), pixels, share, 1 - share, dst=pixels)
        if alpha is not None:
            cv2.blendLinear(np.ascontiguousarray(veil[..., 3]), alpha, share, 1 - share, dst=alpha)

    def _blurred(self, pixels: Pixels, alpha: Pixels | None, time: float) -> Pixels:
        height, width = pixels.shape[:2]
        scale = _COLOURS / max(width, height)
        size = max(2, round(width * scale)), max(2, round(height * scale))
        planes = pixels if alpha is None else np.dstack([pixels, alpha])
        colours = cv2.resize(planes, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        if self._colours is not None and self._colours.shape == colours.shape and time > self._time:
            kept = math.exp((self._time - time) / _INERTIA)
            colours = kept * self._colours + (1 - kept) * colours
        self._colours, self._time = colours, time
        # Twice: cubic steps alone would show the grid.
        soft = cv2.resize(colours, (width // 4 or 1, height // 4 or 1), interpolation=cv2.INTER_CUBIC)
        soft = np.clip(cv2.GaussianBlur(soft, (0, 0), max(width, height) / 4 / _COLOURS / 2), 0, 255)
        blurred = cv2.resize(soft.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(blurred, np.uint8)


def card(pixels: Pixels, alpha: Pixels | None = None) -> None:
    """Put a plain picture with a pause sign in the place of `pixels`; a transparent one is empty then."""
    if alpha is not None:
        pixels[:], alpha[:] = 0, 0
        return
    pixels[:] = _CARD
    height, width = pixels.shape[:2]
    unit = min(width, height) / 20
    for side in (-1, 1):
        x, y = width / 2 + side * 1.3 * unit, height / 2
        corner = round(x - 0.6 * unit), round(y - 2.5 * unit)
        opposite = round(x + 0.6 * unit), round(y + 2.5 * unit)
        cv2.rectangle(pixels, corner, opposite, _BARS, -1)


def _share(size: tuple[int, int], discs: Sequence[Disc]) -> Floats:
    """How much of the veil lies over each pixel of a picture of `size`: float32 (H, W) from 0 to 1."""
    width, height = size
    down, across = np.ogrid[:height, :width]
    share = np.zeros((height, width), np.float32)
    for x, y, radius in discs:
        away = np.sqrt(((across - x) ** 2 + (down - y) ** 2).astype(np.float32)) / np.float32(max(radius, 1))
        np.maximum(share, np.clip((_FEATHER - away) / np.float32(_FEATHER - 1), 0, 1), out=share)
    return share
