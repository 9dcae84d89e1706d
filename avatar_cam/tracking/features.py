"""Blink and mouth opening, in the head's own axes, so that a turned head changes them little."""

from __future__ import annotations

import math

import numpy as np

from avatar_cam.tracking.smoothing import low_pass_share
from avatar_cam.types import Floats, HeadPose

#: FaceMesh: outer corner, inner corner, three points of the upper lid, the three below them.
_LEFT_EYE = (263, 362, 387, 386, 385, 373, 374, 380)
_RIGHT_EYE = (33, 133, 160, 159, 158, 144, 145, 153)
_EYES = np.array(_LEFT_EYE + _RIGHT_EYE)
#: Inner lips: upper and lower middle.
_LIPS = np.array((13, 14))

#: Eye aspect ratio (height by width) of an open eye, to begin with, and the range in which a person's own
#: may lie.
_OPEN_EYE, _OPEN_RANGE = 0.26, (0.16, 0.36)
#: Share of the open eye's ratio at which FaceMesh's lids of a closed eye come to rest.
_CLOSED = 0.42
#: Gap between the lips, in eye distances, of a closed and of a wide open mouth.
_LIP_GAP = (0.02, 0.45)


def in_head_axes(points: Floats, head: HeadPose) -> Floats:
    """Picture points, float32 (N, 3) px, as points of the mean face (eye distances)."""
    local: Floats = (points - head.translation) @ head.rotation / np.float32(head.scale)
    return local


def mouth_open(landmarks: Floats, head: HeadPose) -> float:
    """0 closed to 1 wide open."""
    upper, lower = in_head_axes(landmarks[_LIPS], head).tolist()
    gap = math.dist(upper, lower)
    return min(1.0, max(0.0, (gap - _LIP_GAP[0]) / (_LIP_GAP[1] - _LIP_GAP[0])))


class Blink:
    """How far one person's eyes are closed.

    The eye aspect ratio (Soukupová, Čech: CVWW 2016) of an open eye differs between people by a factor of
    two, so each person's own is learnt: it rises to what is seen within half a second, and falls slowly.
    """

    def __init__(self) -> None:
        self._open = _OPEN_EYE
        self._time: float | None = None

    def __call__(self, landmarks: Floats, head: HeadPose, time: float) -> tuple[float, float]:
        """(left, right), 0 open to 1 closed."""
        points = in_head_axes(landmarks[_EYES], head).tolist()
        left, right = _aspect(points[:8]), _aspect(points[8:])
        self._learn(max(left, right), time)
        return self._closed(left), self._closed(right)

    def _learn(self, aspect: float, time: float) -> None:
        elapsed = 0.0 if self._time is None else max(0.0, time - self._time)
        self._time = time
        cutoff = 0.5 if aspect > self._open else 0.01
        level = self._open + low_pass_share(cutoff, elapsed) * (aspect - self._open)
        self._open = min(_OPEN_RANGE[1], max(_OPEN_RANGE[0], level))

    def _closed(self, aspect: float) -> float:
        relative = aspect / self._open
        # The uppermost fifth still counts as open: lids move a little all the time.
        return min(1.0, max(0.0, (0.8 - relative) / (0.8 - _CLOSED)))


def _aspect(eye: list[list[float]]) -> float:
    width = math.dist(eye[0], eye[1])
    heights = (math.dist(upper, lower) for upper, lower in zip(eye[2:5], eye[5:8], strict=True))
    return sum(heights) / 3 / max(width, 1e-6)
