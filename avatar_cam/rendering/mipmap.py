"""Halved copies of textures, for faces that are smaller than the artwork."""

from __future__ import annotations

import math
from threading import Lock

import cv2
import numpy as np

from avatar_cam.types import Pixels, Placement, Texture

#: From so many artwork pixels between two of the picture on, a halved copy is sampled.
_HALVE_FROM = 1.8
#: Several threads may want the same halves.
_halving = Lock()


def level_of(placement: Placement) -> int:
    """How many times the placement's textures are to be halved."""
    rows, columns = placement.uv.shape[:2]
    first, last = placement.uv[rows // 2, 0].tolist(), placement.uv[rows // 2, columns - 1].tolist()
    x0, _, x1, _ = placement.lattice
    step = math.dist(first, last) / ((x1 - x0) * (columns - 1) / columns)
    level = 0
    while step >= _HALVE_FROM:
        level, step = level + 1, step / 2
    return level


def halved(texture: Texture, level: int) -> Pixels:
    """The texture halved `level` times, uint8 (h, w, 4) premultiplied."""
    if len(texture.halves) < level:
        with _halving:
            while len(texture.halves) < level:
                _halve(texture)
    return texture.halves[level - 1] if level else texture.rgba


def _halve(texture: Texture) -> None:
    """Halve it once more."""
    last = texture.halves[-1] if texture.halves else texture.rgba
    # An odd row or column gets an empty neighbour, so that halves stay aligned.
    even = cv2.copyMakeBorder(
        last, 0, last.shape[0] % 2, 0, last.shape[1] % 2, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0)
    )
    half = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    texture.halves.append(np.asarray(half, np.uint8))
