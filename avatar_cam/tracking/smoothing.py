"""One-Euro smoothing of landmarks: still when the face is still, without lag when it moves."""

from __future__ import annotations

import math

import numpy as np

from avatar_cam.types import Floats


class OneEuro:
    """The One-Euro filter (Casiez, Roussel, Vogel: CHI 2012) for points of one face.

    Each point is low-passed at `min_cutoff` Hz while it rests; `beta` raises that with its speed, in Hz per
    (size a second). Speeds are relative to the face's size, so near and far faces are smoothed alike, and
    are themselves low-passed at `speed_cutoff` Hz. A point is as fast as itself or as the whole face,
    whichever is more: the mean motion of all points is nearly free of noise, so a head that starts to move
    is believed at once.
    """

    def __init__(self, min_cutoff: float = 1.0, beta: float = 24.0, speed_cutoff: float = 4.0) -> None:
        self.min_cutoff, self.beta, self.speed_cutoff = min_cutoff, beta, speed_cutoff
        self._points: Floats | None = None
        self._raw: Floats | None = None
        self._velocity: Floats | None = None
        self._time = 0.0

    def reset(self) -> None:
        """Forget everything: the next points are taken as they are."""
        self._points = self._raw = self._velocity = None

    def __call__(self, points: Floats, time: float, size: float) -> Floats:
        """Smooth `points`, float32 (N, D) px, of a face `size` px large, seen at `time` seconds."""
        elapsed = time - self._time
        if self._points is None or self._raw is None or self._velocity is None or elapsed <= 0:
            self._points, self._raw, self._time = points, points, time
            self._velocity = np.zeros_like(points)
            return points
        velocity = (points - self._raw) / np.float32(elapsed)
        share = np.float32(low_pass_share(self.speed_cutoff, elapsed))
        self._velocity = self._velocity + share * (velocity - self._velocity)
        local = np.sqrt((self._velocity * self._velocity).sum(axis=1))
        whole = float(np.linalg.norm(self._velocity.mean(axis=0)))
        speed = np.maximum(local, np.float32(whole)) / np.float32(size)
        cutoff = self.min_cutoff + self.beta * speed
        rate = np.float32(2 * math.pi * elapsed) * cutoff
        weight = (rate / (1 + rate))[:, None]
        self._points = self._points + weight * (points - self._points)
        self._raw, self._time = points, time
        return self._points


def low_pass_share(cutoff: float, elapsed: float) -> float:
    """Weight of the newest sample in a first-order low-pass at `cutoff` Hz after `elapsed` seconds."""
    rate = 2 * math.pi * cutoff * elapsed
    return rate / (1 + rate)
