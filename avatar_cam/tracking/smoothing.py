"""One-Euro smoothing of landmarks: still when the face is still, without lag when it moves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_cam.types import Floats


class OneEuro:
    """The One-Euro filter (Casiez, Roussel, Vogel: CHI 2012) for the points of one face or body.

    Each point is low-passed at `min_cutoff` Hz while it rests; `beta` raises that with its speed, in Hz per
    (size a second), speeds being low-passed at `speed_cutoff` Hz themselves. Two things are added:

    - A point's speed counts from `own_rest` (sizes a second) on when it moves by itself, and already from
      `common_rest` on as far as all points move alike (are shifted, scaled and rolled): the motion that
      hundreds of points share has next to no noise, so a head that starts to move is believed at once.
    - The first points after a reset are averaged, instead of trusting the very first for long.

    The defaults were chosen on photographs that are moved by known transforms, or stand still with camera
    noise (benchmarks/registration.py).
    """

    def __init__(
        self,
        min_cutoff: float = 0.6,
        beta: float = 70.0,
        speed_cutoff: float = 4.0,
        own_rest: float = 0.2,
        common_rest: float = 0.07,
    ) -> None:
        self.min_cutoff, self.beta, self.speed_cutoff = min_cutoff, beta, speed_cutoff
        self.own_rest, self.common_rest = own_rest, common_rest
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next points are taken as they are."""
        self._smooth: Floats | None = None
        self._raw: Floats | None = None
        self._velocity: Floats | None = None
        self._time = 0.0
        self._count = 0

    def __call__(self, points: Floats, time: float, size: float) -> Floats:
        """Smooth `points`, float32 (N, 2 or 3) px, of something `size` px large, seen at `time` seconds."""
        elapsed = time - self._time
        if self._smooth is None or self._raw is None or self._velocity is None or elapsed <= 0:
            self._smooth, self._raw, self._time, self._count = points, points, time, 1
            self._velocity = np.zeros_like(points)
            return points
        velocity = (points - self._raw) / np.float32(elapsed)
        share = np.float32(low_pass_share(self.speed_cutoff, elapsed))
        self._velocity = self._velocity + share * (velocity - self._velocity)
        self._count += 1
        rate = (2 * math.pi * elapsed) * (self.min_cutoff + self.beta * self._speed(points, size))
        weight = np.maximum(rate / (1 + rate), 1 / self._count).astype(np.float32)
        self._smooth = self._smooth + weight[:, None] * (points - self._smooth)
        self._raw, self._time = points, time
        return self._smooth

    def _speed(self, points: Floats, size: float) -> Floats:
        """How fast each point is beyond its rest, sizes a second, (N,)."""
        assert self._velocity is not None
        own = np.sqrt(np.einsum("ij,ij->i", self._velocity, self._velocity))
        common = np.abs(_common_motion(points[:, :2], self._velocity[:, :2]))
        speed: Floats = np.maximum(own / size - self.own_rest, common / size - self.common_rest)
        return np.maximum(speed, 0)


def _common_motion(points: Floats, velocity: Floats) -> NDArray[np.complex64]:
    """The part of the velocities (N, 2) that is one shift, scaling and roll of the points, as x + iy, (N,).

    In complex numbers that is v = a + b·p, fitted by least squares.
    """
    at, moving = (np.ascontiguousarray(array).view(np.complex64)[:, 0] for array in (points, velocity))
    shift = moving.mean()
    about = at - at.mean()
    turn = np.vdot(about, moving) / max(float(np.vdot(about, about).real), 1e-6)
    motion: NDArray[np.complex64] = (shift + turn * about).astype(np.complex64)
    return motion


def low_pass_share(cutoff: float, elapsed: float) -> float:
    """Weight of the newest sample in a first-order low-pass at `cutoff` Hz after `elapsed` seconds."""
    rate = 2 * math.pi * cutoff * elapsed
    return rate / (1 + rate)
