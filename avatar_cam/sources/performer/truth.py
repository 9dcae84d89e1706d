"""Where the drawn face really is: what a tracker ought to find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from avatar_cam.sources.performer.features import INNER_CORNER, OUTER_CORNER, jaw, mouth
from avatar_cam.sources.performer.form import DEPTH, JAW_TRAVEL, PIVOT, on_skin
from avatar_cam.sources.performer.rig import Rig, eyes_px, rotation


@dataclass(frozen=True, slots=True)
class Truth:
    """`anchors`: the points of `avatar_cam.types.ANCHORS` in px; angles in degrees as in `Rig`."""

    anchors: dict[str, tuple[float, float]]
    yaw: float
    pitch: float
    roll: float


def truth(rig: Rig, size: tuple[int, int]) -> Truth:
    """Anchors and angles of `rig` drawn in a picture of `size` (width, height)."""
    face = rig.expression
    drop = jaw(face)
    lips = mouth(face)
    eye = np.mean([INNER_CORNER, OUTER_CORNER], axis=0)
    corners = on_skin(np.array([lips.corner_left, lips.corner_right]), drop)
    points = {
        "left_eye": np.array([eye[0], eye[1], 0.0]),
        "right_eye": np.array([-eye[0], eye[1], 0.0]),
        "nose_tip": np.array([0.0, 0.645 - 0.02 * face.nose_wrinkle, -0.585 * DEPTH]),
        "mouth_left": corners[0],
        "mouth_right": corners[1],
        "mouth": corners.mean(axis=0),
        "chin": np.array([0.0, 1.69 + JAW_TRAVEL * drop, 0.08 * DEPTH + 0.10 * drop]),
        "forehead": np.array([0.0, -0.82, -0.27 * DEPTH]),
    }
    turn = rotation(rig.yaw, rig.pitch, rig.roll)
    unit = eyes_px(rig, size)
    place = np.array([rig.x * size[0], rig.y * size[1]])
    anchors = {}
    for name, point in points.items():
        x, y = place + unit * (turn @ (point - PIVOT))[:2]
        anchors[name] = (float(x), float(y))
    return Truth(anchors, rig.yaw, rig.pitch, rig.roll)
