"""Faces as places and sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from avatar_cam.types import Floats

#: Two faces whose eyes are nearer than this many eye distances are one that was found twice.
DUPLICATE = 0.8
#: Faces nearer to each other than so many eye distances may hide each other in part.
CLEAR = 2.5

_EYE_CORNERS = np.array((33, 133, 362, 263))
_BETWEEN_EYES = 168


def eye_distance(landmarks: Floats) -> float:
    """Distance between the eyes, px, in all three axes, so that a turned face counts in full."""
    right_outer, right_inner, left_inner, left_outer = landmarks[_EYE_CORNERS].tolist()
    left = [(a + b) / 2 for a, b in zip(left_inner, left_outer, strict=True)]
    right = [(a + b) / 2 for a, b in zip(right_outer, right_inner, strict=True)]
    return max(math.dist(left, right), 1.0)


def place(landmarks: Floats) -> tuple[float, float]:
    """Between the eyes, px."""
    x, y, _ = landmarks[_BETWEEN_EYES].tolist()
    return x, y


def apart(one: Floats, other: Floats) -> float:
    """Distance of two faces, between their eyes, in eye distances of the larger one."""
    return math.dist(place(one), place(other)) / max(eye_distance(one), eye_distance(other))


def is_clear(landmarks: Floats, found: Sequence[Floats]) -> bool:
    """Whether a face is so far from all others of those found that none of them can hide it."""
    return all(other is landmarks or apart(landmarks, other) > CLEAR for other in found)


def distinct(found: Sequence[Floats]) -> list[Floats]:
    """The faces without those that were found twice."""
    kept: list[Floats] = []
    for landmarks in found:
        if all(apart(landmarks, other) > DUPLICATE for other in kept):
            kept.append(landmarks)
    return kept
