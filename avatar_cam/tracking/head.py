"""Where the head is and how it is turned, from the landmarks and a mean face."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.types import Floats, HeadPose

#: Landmarks that keep their place on the skull whatever the face does (FaceMesh indices): the forehead, the
#: temples, the eye corners, the bridge and tip of the nose, the ears' side, and, less firmly, the cheekbones.
_RIGID = np.array(
    (
        *(10, 338, 297, 332, 284, 251, 389, 356, 109, 67, 103, 54, 21, 162, 127),
        *(33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 19, 94, 2, 98, 327),
        *(151, 9, 8, 107, 336, 69, 299, 108, 337, 71, 301, 68, 298),
        *(234, 454, 227, 447, 116, 345, 117, 346, 143, 372, 34, 264, 139, 368),
    )
)


@cache
def mean_face() -> Floats:
    """A mean frontal neutral face, float32 (468, 3): eyes' distance 1, origin between the eyes.

    Made by scripts/make_mean_face.py.
    """
    with (files("avatar_cam.tracking") / "mean_face.npy").open("rb") as file:
        face: Floats = np.load(file)
    return face


def fit_rigid(
    source: NDArray[np.floating[Any]], target: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Rotation (3, 3), scale and translation (3,) that bring `source` (N, 3) closest to `target` (N, 3).

    Least squares, without reflection (Umeyama, IEEE PAMI 13(4), 1991):
    target ≈ scale · rotation @ source + translation.
    """
    from_mean, to_mean = source.mean(axis=0, dtype=np.float64), target.mean(axis=0, dtype=np.float64)
    centred = source - from_mean
    covariance = (target - to_mean).T @ centred
    u, s, vt = np.linalg.svd(covariance)
    sign = np.ones(3)
    sign[2] = math.copysign(1.0, np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * sign) @ vt
    scale = float((s * sign).sum() / (centred * centred).sum())
    return rotation, scale, to_mean - scale * rotation @ from_mean


def head_pose(landmarks: Floats) -> HeadPose:
    """The head that wears these landmarks, float32 (468 or 478, 3) px."""
    rotation, scale, translation = fit_rigid(mean_face()[_RIGID], landmarks[_RIGID])
    yaw, pitch, roll = angles(rotation)
    return HeadPose(rotation.astype(np.float32), scale, translation.astype(np.float32), yaw, pitch, roll)


def angles(rotation: NDArray[np.floating[Any]]) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of rotation = Rz(roll) · Ry(yaw) · Rx(pitch); see `HeadPose`."""
    yaw = math.asin(min(1.0, max(-1.0, float(rotation[2, 0]))))
    pitch = math.atan2(-float(rotation[2, 1]), float(rotation[2, 2]))
    roll = math.atan2(float(rotation[1, 0]), float(rotation[0, 0]))
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


def rotation_of(yaw: float, pitch: float, roll: float) -> Floats:
    """The rotation with these angles in degrees, float32 (3, 3); the inverse of `angles`."""
    (cy, sy), (cp, sp), (cr, sr) = (
        (math.cos(math.radians(a)), math.sin(math.radians(a))) for a in (yaw, pitch, roll)
    )
    turned = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    nodded = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    rolled = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    rotation: Floats = (rolled @ turned @ nodded).astype(np.float32)
    return rotation
