"""The points that were found, as dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_cam.sinks.hud.canvas import ACCENT, WARNING, Colour
from avatar_cam.sinks.picture import Fit
from avatar_cam.types import Composite, Floats

#: A point of the body that is seen less clearly than this is not shown.
_VISIBLE = 0.5


def draw_landmarks(
    window: NDArray[np.uint8], fit: Fit, composite: Composite, unit: float, *, blue_first: bool = True
) -> None:
    """Dots on every face and on the body, written into the window's memory, uint8 (H, W, 4)."""
    small, large = max(1, round(1.6 * unit)), max(3, round(6 * unit))
    for face in composite.faces:
        _dots(window, fit.seen(face.landmarks), small, _ordered(ACCENT, blue_first))
    if composite.pose is not None:
        seen = composite.pose.landmarks[composite.pose.visibility > _VISIBLE]
        _dots(window, fit.seen(seen), large, _ordered(WARNING, blue_first))


def _ordered(colour: Colour, blue_first: bool) -> Colour:
    return colour[::-1] if blue_first else colour


def _dots(window: NDArray[np.uint8], points: Floats, size: int, colour: Colour) -> None:
    """Squares of `size` px around the points (N, 2), all at once; those beyond the window are left out."""
    height, width = window.shape[:2]
    corner = np.floor(points - (size - 1) / 2).astype(np.intp)
    offsets = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1).reshape(-1, 2)
    x, y = (corner[:, None] + offsets).reshape(-1, 2).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    window[y[inside], x[inside], :3] = colour
