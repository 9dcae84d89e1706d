"""How a mask bends with the head that wears it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from avatar_cam.types import Floats, HeadPose

#: The middle of the head in the mean face's axes (eye distances): the point about which a mask turns.
_CENTRE = np.array([0.0, 0.35, 0.75], np.float32)
#: How far the mask bulges towards the viewer before that point, and its half axes in the picture plane.
_BULGE = 0.82
_HALF_AXES = np.array([2.4, 2.7], np.float32)
#: Share of a turned face's foreshortening that the whole bulge takes on; the rest comes with the pull on the
#: anchors. With all of it the mask's near side would fold at 55°.
_SHORTEN = 0.6
#: The bulge turns no further than this, degrees, and slowly towards it: its picture shows the front only.
_MOST = 48.0


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """N points of the picture on a mask: `surface` (N, 2) the points of its surface that are seen there,
    `before` and `behind` (N, 2) how much further back (on the surface) lies what is seen of parts one eye
    distance before and behind it.

    All in eye distances, from between the eyes.
    """

    surface: Floats
    before: Floats
    behind: Floats

    def at(self, depths: Floats) -> Floats:
        """What is seen of parts so far before the surface (..., 1), broadcast against (N, 2)."""
        seen: Floats = self.surface - np.where(depths < 0, self.behind, self.before) * depths
        return seen


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """The way from the picture to a head's mask.

    A real head that turns keeps its outline, more or less. So the mask keeps its own, and what is painted on
    it slides over a bulging surface and is foreshortened. It has no far side that could fold over, and covers
    the head at every angle.
    """

    centre: Floats
    upright: Floats
    scale: float
    shift: Floats
    shorten: Floats

    @classmethod
    def of(cls, head: HeadPose) -> Bend:
        """The bend of a head's mask."""
        yaw, pitch = (math.radians(_MOST * math.tanh(angle / _MOST)) for angle in (head.yaw, head.pitch))
        roll = math.radians(head.roll)
        cos, sin = math.cos(roll), math.sin(roll)
        return cls(
            (head.rotation @ _CENTRE * np.float32(head.scale) + head.translation)[:2],
            np.array([[cos, sin], [-sin, cos]], np.float32),
            head.scale,
            np.array([math.sin(yaw), -math.sin(pitch)], np.float32),
            np.array([1 - math.cos(yaw), 1 - math.cos(pitch)], np.float32) * np.float32(_SHORTEN),
        )

    def flat(self, points: Floats) -> Floats:
        """Picture points (..., 2) px → upright, in eye distances from the head's middle."""
        flat: Floats = (points - self.centre) @ (self.upright.T / np.float32(self.scale))
        return flat

    def picture(self, flat: Floats) -> Floats:
        """The inverse of `flat`."""
        points: Floats = flat @ (self.upright * np.float32(self.scale)) + self.centre
        return points

    def seen(self, flat: Floats) -> Seen:
        """What of the mask is seen at points (N, 2) that `flat` gave."""
        bulge = _bulge(flat)[:, None]
        back = 1 / (1 - bulge * self.shorten)
        before = self.shift * back
        # What lies behind bulges less: else an ear would be drawn out over the bulge's edge.
        behind = before * (bulge + 1) / 2
        return Seen(flat * back - bulge * before * np.float32(_BULGE) + _CENTRE[:2], before, behind)

    def around(self, low: Floats, high: Floats, nearest: float, furthest: float) -> tuple[Floats, Floats]:
        """Two corners (2,), as `flat` gives them, around all that is seen of the mask's box `low` to `high`.

        Its parts lie `furthest` to `nearest` before the surface, eye distances.
        """
        shifts = self.shift * np.array([[min(furthest, 0.0)], [max(nearest, 0.0) + _BULGE]], np.float32)
        # What is foreshortened lies nearer to the middle than it would.
        low = np.minimum(low - _CENTRE[:2], 0) + shifts.min(axis=0)
        high = np.maximum(high - _CENTRE[:2], 0) + shifts.max(axis=0)
        return low, high


def _bulge(flat: Floats) -> Floats:
    """How much the mask's surface stands out at points (..., 2): 1 in its middle, 0 from its edge on.

    It ends without a kink, which a mesh could not follow.
    """
    x, y = flat[..., 0] / _HALF_AXES[0], flat[..., 1] / _HALF_AXES[1]
    inside = np.maximum(1 - x * x - y * y, 0)
    bulge: Floats = inside * np.sqrt(inside)
    return bulge
