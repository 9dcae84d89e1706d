"""Where on a body the layers of a character hang: shoulders, wrists and hips, from Pose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from avatar_cam.tracking.smoothing import OneEuro, low_pass_share
from avatar_cam.types import Attach, Floats, PoseTrack

#: BlazePose's points that are looked at (Bazarevsky et al., arXiv 2006.10204), the person's left before the
#: right: shoulders, elbows, wrists, hips.
_POINTS = [11, 12, 13, 14, 15, 16, 23, 24]
_SHOULDERS, _ELBOWS, _WRISTS, _HIPS = (0, 1), (2, 3), (4, 5), (6, 7)
#: What is hidden appears at the first visibility, and what is shown disappears below the second.
_APPEAR, _DISAPPEAR = 0.65, 0.4
#: Seconds in which it does so, and for which a body that is not found is still believed.
_FADE, _BELIEVED = 0.2, 0.35
#: Seconds by which points are moved on beyond the last look at the body at most, and the rate at which their
#: velocities are low-passed, Hz.
_AHEAD, _VELOCITY_CUTOFF = 0.12, 3.0
#: A line shorter than so many eye distances is seen from its end, and has no direction.
_SHORT = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Hold:
    """Something to hang a layer on: its place `at` (x, y) px, `right` (x, y), the unit vector that is the
    layer's right, and how much of the layer is shown, 0 to 1.
    """

    at: tuple[float, float]
    right: tuple[float, float]
    opacity: float


class Limbs:
    """The holds of one person's body, frame by frame.

    Pose looks at every second frame at most, and beside the frame loop its looks come late. So points are
    moved on by their velocity, and smoothed once more at the frames' own times. What is hardly seen fades
    out, and in again when it is seen clearly.
    """

    def __init__(self) -> None:
        #: Of the newest frame, seconds.
        self.time = -math.inf
        self._pose: PoseTrack | None = None
        self._velocity: Floats = np.zeros((len(_POINTS), 2), np.float32)
        self._smooth = OneEuro()
        self._shown: dict[Attach, bool] = {}
        self._opacity: dict[Attach, float] = {}

    def follow(self, pose: PoseTrack | None, time: float, eyes: float) -> Mapping[Attach, Hold]:
        """The holds at `time` seconds, for a body whose eyes are `eyes` px apart.

        `pose` is the newest look at it, None where it was not found.
        """
        elapsed, self.time = max(0.0, time - self.time), time
        if pose is not None and pose is not self._pose:
            self._look(pose)
        if self._pose is None:
            return {}
        away = time - self._pose.time
        found = away < _BELIEVED
        points = self._pose.landmarks[_POINTS, :2] + self._velocity * np.float32(min(away, _AHEAD))
        points = self._smooth(points, time, 4 * eyes)
        visible = self._pose.visibility[_POINTS].tolist() if found else [0.0] * len(_POINTS)
        holds = {}
        for attach, at, right, seen in _held(points.tolist(), visible, eyes):
            if opacity := self._faded(attach, seen, elapsed):
                holds[attach] = Hold(at, right, opacity)
        return holds

    def _look(self, pose: PoseTrack) -> None:
        last, self._pose = self._pose, pose
        elapsed = pose.time - last.time if last is not None else math.inf
        if last is None or not 0 < elapsed < _BELIEVED:
            self._velocity = np.zeros_like(self._velocity)
            self._smooth.reset()  # what was away is where it is, not between there and where it was
            return
        velocity = (pose.landmarks - last.landmarks)[_POINTS, :2] / np.float32(elapsed)
        share = np.float32(low_pass_share(_VELOCITY_CUTOFF, elapsed))
        self._velocity = self._velocity + share * (velocity - self._velocity)

    def _faded(self, attach: Attach, seen: float, elapsed: float) -> float:
        """How much of something is shown whose visibility is `seen`."""
        shown = seen > (_DISAPPEAR if self._shown.get(attach, False) else _APPEAR)
        # Who is there from the beginning need not fade in.
        before = self._opacity.get(attach, float(shown))
        step = elapsed / _FADE if math.isfinite(elapsed) else 1.0
        opacity = min(1.0, before + step) if shown else max(0.0, before - step)
        self._shown[attach], self._opacity[attach] = shown, opacity
        return opacity


Point = list[float]
_Held = tuple[Attach, tuple[float, float], tuple[float, float], float]


def _held(points: list[Point], visible: list[float], eyes: float) -> list[_Held]:
    """Each hold, its place, its right and its visibility, of the points in the order of `_POINTS`."""
    across, seen = _across(points, visible, _SHOULDERS, eyes)
    held: list[_Held] = [
        ("left_shoulder", _place(points[_SHOULDERS[0]]), across, seen),
        ("right_shoulder", _place(points[_SHOULDERS[1]]), across, seen),
    ]
    across, seen = _across(points, visible, _HIPS, eyes)
    x, y = ((a + b) / 2 for a, b in zip(*(points[hip] for hip in _HIPS), strict=True))
    held.append(("hips", (x, y), across, seen))
    sides: tuple[Attach, Attach] = ("left_wrist", "right_wrist")
    for attach, elbow, wrist in zip(sides, _ELBOWS, _WRISTS, strict=True):
        up, _ = _direction(points[elbow], points[wrist], eyes, otherwise=(0.0, -1.0))
        held.append((attach, _place(points[wrist]), (-up[1], up[0]), visible[wrist]))
    return held


def _across(
    points: list[Point], visible: list[float], pair: tuple[int, int], eyes: float
) -> tuple[tuple[float, float], float]:
    """The direction from the right to the left one of a pair, and how well it is seen, 0 to 1.

    Of who stands sideways or turns their back it is not seen at all.
    """
    left, right = pair
    direction, clear = _direction(points[right], points[left], eyes)
    facing = points[left][0] > points[right][0]
    return direction, min(visible[left], visible[right]) * clear * facing


def _place(point: Point) -> tuple[float, float]:
    return point[0], point[1]


def _direction(
    start: Point, end: Point, eyes: float, otherwise: tuple[float, float] = (1.0, 0.0)
) -> tuple[tuple[float, float], float]:
    """The unit vector from one point to another, and how clear it is, 0 to 1.

    Of two points that lie over each other it is `otherwise`; of those that are near each other, between.
    """
    x, y = end[0] - start[0], end[1] - start[1]
    clear = min(1.0, math.hypot(x, y) / (_SHORT * eyes))
    x, y = x + otherwise[0] * (1 - clear) * _SHORT * eyes, y + otherwise[1] * (1 - clear) * _SHORT * eyes
    length = math.hypot(x, y)
    return ((x / length, y / length) if length > 1e-6 else otherwise), clear
