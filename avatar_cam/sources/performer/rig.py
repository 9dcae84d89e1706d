"""What can be moved: the performer's head and face, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

#: The eyes' distance at `scale` 1, as a share of the picture's height.
EYES_SHARE = 0.168


@dataclass(frozen=True, slots=True)
class Expression:
    """A face, each action from 0 (at rest) to about 1 (as far as it goes).

    Left and right are the performer's own.
    """

    smile: float = 0.0
    mouth_open: float = 0.0
    jaw_drop: float = 0.0
    mouth_width: float = 0.0  # -1 puckered to 1 stretched
    lip_press: float = 0.0
    teeth: float = 0.0
    lower_teeth: float = 0.0
    corner_depress: float = 0.0
    pout: float = 0.0
    upper_lip_raise: float = 0.0
    nose_wrinkle: float = 0.0
    brow_inner: float = 0.0
    brow_outer: float = 0.0
    brow_lower: float = 0.0
    lid_raise: float = 0.0
    lid_droop: float = 0.0
    close_left: float = 0.0
    close_right: float = 0.0
    squint: float = 0.0
    cheek_raise: float = 0.0


@dataclass(frozen=True, slots=True)
class Rig:
    """One instant of the performer.

    Angles in degrees: `yaw` positive to the performer's own left (larger x in the picture), `pitch`
    positive up, `roll` positive clockwise in the picture. `x`, `y`: where the top of the neck, about which
    the head turns, lies, as shares of the picture. `scale`: 1 puts the eyes `EYES_SHARE` of the picture's
    height apart. `gaze_x`, `gaze_y`: where the eyes look, from the straight line, -1 to 1, in the head's
    own x and y.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.5
    y: float = 0.60
    scale: float = 1.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    expression: Expression = Expression()


def eyes_px(rig: Rig, size: tuple[int, int]) -> float:
    """Pixels per unit of the head (the distance between the eyes) in a picture of `size` (width, height)."""
    return rig.scale * EYES_SHARE * size[1]


def blend(first: Expression, second: Expression, share: float) -> Expression:
    """`first` at share 0, `second` at 1, and straight in between."""
    values = {
        field.name: (1 - share) * getattr(first, field.name) + share * getattr(second, field.name)
        for field in fields(Expression)
    }
    return Expression(**values)


def blink(expression: Expression, closed: float) -> Expression:
    """The same face with both lids at least so far `closed`, 0 to 1."""
    return replace(
        expression,
        close_left=max(expression.close_left, closed),
        close_right=max(expression.close_right, closed),
    )


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Rz(roll) · Ry(yaw) · Rx(pitch), float64 (3, 3), from degrees; x right, y down, z away."""
    cy, sy = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    cx, sx = np.cos(np.radians(pitch)), np.sin(np.radians(pitch))
    cz, sz = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    about_x = np.array([[1, 0, 0], [0, cx, sx], [0, -sx, cx]])
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    product: NDArray[np.float64] = about_z @ about_y @ about_x
    return product
