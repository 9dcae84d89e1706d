"""The light that falls on a person, guessed from the picture around their head."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from avatar_cam.rendering.placer import Light
from avatar_cam.tracking.smoothing import low_pass_share
from avatar_cam.types import FaceTrack, Floats, Pixels

#: Points that are looked at: a square around the eyes, of so many eye distances each way, without the head.
_REACH, _HEAD, _SIDE = 4.0, 2.2, 20
#: What counts as ordinary light, of 255, and the share of a difference from it (in powers of ten) that is
#: taken on: a dark wall need not mean that it is dark.
_ORDINARY, _BRIGHTNESS, _TINT = 105.0, 0.5, 0.4
#: No factor is larger than 1: a character is drawn in full light, and what is pale would lose its shades. All
#: colours get at least so much, and one at most so much more or less than all.
_LEAST, _MOST_TINT = 0.55, 1.15
#: Light changes slowly, so that a passing colour does not: Hz.
_CUTOFF = 0.5
_FORGET = 2.0


class Lights:
    """The light on each person, smoothed over time."""

    def __init__(self) -> None:
        self._logs: dict[int, tuple[Floats, float]] = {}

    def on(self, faces: Iterable[FaceTrack], pixels: Pixels, time: float) -> dict[int, Light]:
        """The factors of red, green and blue of each face, 0 to 1, by id.

        `pixels` uint8 (H, W, 3) RGB, the picture of `time` seconds before anything is drawn into it.
        """
        self._logs = {who: known for who, known in self._logs.items() if 0 <= time - known[1] < _FORGET}
        return {face.id: self._one(face, pixels, time) for face in faces}

    def _one(self, face: FaceTrack, pixels: Pixels, time: float) -> Light:
        known, last = self._logs.get(face.id, (None, time))
        seen = _around(face, pixels)
        if seen is None:
            logs = np.zeros(3, np.float32) if known is None else known
        elif known is None:
            logs = _factors(seen)
        else:
            logs = known + np.float32(low_pass_share(_CUTOFF, time - last)) * (_factors(seen) - known)
        self._logs[face.id] = logs, time
        red, green, blue = np.exp(logs).tolist()
        return red, green, blue


def _grid() -> Floats:
    """Points around a head, eye distances from between the eyes, (N, 2)."""
    steps = np.linspace(-_REACH, _REACH, _SIDE, dtype=np.float32)
    points = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    outside: Floats = points[np.abs(points).max(axis=1) > _HEAD]
    return outside


_POINTS = _grid()


def _around(face: FaceTrack, pixels: Pixels) -> Floats | None:
    """The mean colour around a head, (3,); None where too little of that is in the picture."""
    head = face.head
    x, y = (_POINTS * np.float32(head.scale) + head.translation[:2]).astype(np.int32).T
    inside = (x >= 0) & (y >= 0) & (x < pixels.shape[1]) & (y < pixels.shape[0])
    if inside.sum() < len(_POINTS) // 8:
        return None
    mean: Floats = pixels[y[inside], x[inside]].mean(axis=0, dtype=np.float32)
    return mean


def _factors(mean: Floats) -> Floats:
    """Logarithms of the factors for a mean colour (3,)."""
    grey = float(mean @ np.array([0.299, 0.587, 0.114], np.float32)) + 1
    brightness = max(math.log(_LEAST), _BRIGHTNESS * math.log(grey / _ORDINARY))
    tint = np.clip(_TINT * np.log((mean + 1) / grey), -math.log(_MOST_TINT), math.log(_MOST_TINT))
    factors: Floats = np.asarray(brightness + tint, np.float32)
    return factors - max(float(factors.max()), 0.0)
