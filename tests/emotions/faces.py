"""Faces that draw their mouths down."""

from __future__ import annotations

from avatar_cam.tracking.head import rotation_of
from avatar_cam.types import Floats
from tests.factories import landmarks

_CORNERS = [61, 291]


def with_corners(drawn: float, eyes: float = 80.0, **angles: float) -> Floats:
    """A face whose mouth's corners hang `drawn` eye distances lower than at rest, float32 (478, 3) px.

    `angles`: yaw, pitch and roll of the head in degrees.
    """
    points = landmarks(eyes=eyes, **angles)
    turned = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0} | angles
    points[_CORNERS] += rotation_of(**turned)[:, 1] * (drawn * eyes)
    return points
