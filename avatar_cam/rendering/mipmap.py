"""Halved copies of textures, for faces that are smaller than the artwork."""

from __future__ import annotations

import math
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.types import Level, Pixels, Placement, Texture

#: From so many artwork pixels between two of the picture on, a halved copy is sampled.
_HALVE_FROM = 1.8
#: Several threads may want the same ones.
_making = Lock()


def halvings_of(placement: Placement) -> int:
    """How many times the placement's textures are to be halved."""
    rows, columns = placement.uv.shape[:2]
    first, last = placement.uv[rows // 2, 0].tolist(), placement.uv[rows // 2, columns - 1].tolist()
    x0, _, x1, _ = placement.lattice
    step = math.dist(first, last) / ((x1 - x0) * (columns - 1) / columns)
    level = 0
    while step >= _HALVE_FROM:
        level, step = level + 1, step / 2
    return level


def halved(texture: Texture, times: int) -> Level:
    """The texture halved so many times."""
    if len(texture.levels) <= times:
        with _making:
            while len(texture.levels) <= times:
                texture.levels.append(
                    _half(texture.levels[-1]) if texture.levels else _level(texture.rgba, 0)
                )
    return texture.levels[times]


def _half(level: Level) -> Level:
    """The level halved, with an empty border of its own."""
    # An odd row or column gets an empty neighbour, so that halves stay aligned.
    bottom, right = (4 + side % 2 for side in level.rgba.shape[:2])
    even = cv2.copyMakeBorder(level.rgba, 2, bottom, 2, right, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    smaller = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _level(np.asarray(smaller, np.uint8), level.margin / 2 + 1)


def _level(rgba: Pixels, margin: float) -> Level:
    return Level(rgba, _filled(rgba[..., 3]), _bordered(rgba[..., 3]), margin)


def _filled(alpha: Pixels) -> NDArray[np.int32]:
    seen = alpha > 0
    first, last = seen.argmax(axis=1), alpha.shape[1] - seen[:, ::-1].argmax(axis=1)
    return np.where(seen.any(axis=1)[:, None], np.stack([first, last], axis=1), 0).astype(np.int32)


def _bordered(alpha: Pixels) -> bool:
    edges = (alpha[0], alpha[-2:], alpha[:, 0], alpha[:, -2:])
    return min(alpha.shape) > 2 and not any(edge.any() for edge in edges)
