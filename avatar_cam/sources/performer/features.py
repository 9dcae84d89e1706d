"""Where the features of the face lie in the front view for an expression: curves in head units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from avatar_cam.sources.performer.form import JAW_TRAVEL
from avatar_cam.sources.performer.paint import Curve, smooth
from avatar_cam.sources.performer.rig import Expression


def jaw(face: Expression) -> float:
    """How far the jaw is dropped, 0 to 1, as the form takes it."""
    return float(np.clip(face.jaw_drop + 0.22 * face.mouth_open, 0.0, 1.1))


def chin_drop(face: Expression) -> float:
    """How far the chin lies below its place at rest."""
    return JAW_TRAVEL * jaw(face)


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye. `side` is 1 for the performer's left (larger x), else -1; curves run from the nose outward."""

    side: int
    upper: Curve
    lower: Curve
    openness: float
    iris: tuple[float, float]
    iris_radius: float

    @property
    def opening(self) -> Curve:
        """The outline of what is seen of the eyeball."""
        return np.concatenate([self.upper, self.lower[::-1]])


#: Inner and outer corner of the left eye.
INNER_CORNER, OUTER_CORNER = (0.283, 0.026), (0.722, -0.022)


def eye(face: Expression, side: int, gaze: tuple[float, float]) -> Eye:
    """The lids and the iris of one eye."""
    closed = float(np.clip(face.close_left if side > 0 else face.close_right, 0, 1))
    top = (
        -0.116
        - 0.075 * face.lid_raise
        + 0.055 * face.lid_droop
        + 0.022 * face.squint
        + 0.02 * face.brow_lower
    )
    bottom = 0.078 + 0.012 * face.lid_raise - 0.05 * face.squint - 0.02 * face.cheek_raise
    top = min(top, bottom - 0.02)
    shut = 0.055 - 0.02 * face.squint
    openness = bottom - top
    top, bottom = top + (shut - top) * closed, bottom + (shut + 0.006 - bottom) * closed
    droop = 0.03 * face.lid_droop + 0.02 * face.brow_inner * face.lid_droop
    glare = 0.03 * face.brow_lower * (1 - closed)
    lift = top - 0.0
    inner, outer = INNER_CORNER, OUTER_CORNER
    upper = smooth(
        [
            inner,
            (0.345, 0.62 * lift + 0.008 + 0.012 * closed + glare),
            (0.435, 0.97 * lift + glare * 0.7),
            (0.535, 1.0 * lift + 0.3 * droop),
            (0.63, 0.74 * lift - 0.012 + 0.01 * closed + droop),
            outer,
        ],
        6,
    )
    lower = smooth(
        [
            inner,
            (0.36, 0.60 * bottom + 0.018),
            (0.47, 0.97 * bottom + 0.004),
            (0.58, 0.97 * bottom - 0.004),
            (0.66, 0.62 * bottom - 0.012),
            outer,
        ],
        6,
    )
    mirror = np.array([side, 1.0])
    iris = (side * 0.497 + 0.095 * gaze[0], -0.018 + 0.055 * gaze[1])
    return Eye(side, upper * mirror, lower * mirror, openness * (1 - closed), iris, 0.106)


@dataclass(frozen=True, eq=False)
class Brow:
    """One brow: its middle line from the nose outward, and its widths along it."""

    side: int
    line: Curve
    widths: tuple[float, ...]


def brow(face: Expression, side: int) -> Brow:
    """One brow. Raising lifts it, lowering draws it down and together."""
    inner, outer, low = face.brow_inner, face.brow_outer, face.brow_lower
    line = smooth(
        [
            (0.185 - 0.05 * low - 0.02 * inner, -0.285 - 0.15 * inner + 0.185 * low),
            (0.33 - 0.04 * low, -0.335 - 0.135 * inner - 0.05 * outer + 0.155 * low),
            (0.50 - 0.02 * low, -0.372 - 0.065 * inner - 0.11 * outer + 0.105 * low),
            (0.68, -0.375 + 0.015 * inner - 0.13 * outer + 0.045 * low),
            (0.83, -0.325 + 0.04 * inner - 0.115 * outer + 0.015 * low),
            (0.935, -0.245 + 0.05 * inner - 0.09 * outer),
        ],
        6,
    )
    return Brow(side, line * [side, 1.0], (0.050, 0.080, 0.074, 0.060, 0.040, 0.010))


@dataclass(frozen=True, eq=False)
class Mouth:
    """The lips' four lines from the performer's right corner to the left one, all of the same length."""

    upper_outer: Curve
    upper_inner: Curve
    lower_inner: Curve
    lower_outer: Curve
    gap: float

    @property
    def corner_left(self) -> Curve:
        """The performer's left corner, (2,)."""
        corner: Curve = self.upper_inner[-1]
        return corner

    @property
    def corner_right(self) -> Curve:
        """The performer's right corner, (2,)."""
        corner: Curve = self.upper_inner[0]
        return corner


def mouth(face: Expression) -> Mouth:
    """The lips."""
    smile, down, wide = face.smile, face.corner_depress, face.mouth_width
    pucker = max(-wide, 0.0)
    drop = jaw(face)
    half = 0.375 + 0.155 * smile + 0.085 * max(wide, 0.0) - 0.15 * pucker - 0.035 * drop - 0.015 * down
    corner = 1.092 - 0.160 * smile + 0.125 * down + 0.10 * drop - 0.02 * face.upper_lip_raise
    middle = 1.086 + 0.012 * smile - 0.030 * smile * face.mouth_open - 0.035 * face.mouth_open
    middle += -0.075 * face.upper_lip_raise - 0.035 * face.pout + 0.012 * drop
    gap = max(0.135 * face.mouth_open + 0.33 * drop - 0.03 * face.lip_press, 0.0)
    tight = 1 - 0.72 * face.lip_press
    upper_thick = 0.108 * tight * (1 - 0.28 * smile) * (1 + 0.25 * pucker) * (1 - 0.12 * face.upper_lip_raise)
    lower_thick = 0.158 * tight * (1 - 0.22 * smile) * (1 + 0.2 * pucker) + 0.03 * face.pout

    t = np.linspace(-1, 1, 41)
    far = np.abs(t)
    x = half * np.sign(t) * (1.12 * far - 0.12 * far**2)
    bend = 2.0 + 0.5 * down
    seam = middle + (corner - middle) * far**bend
    bow = 0.010 * np.exp(-((t / 0.16) ** 2)) - 0.008 * np.exp(-(((far - 0.36) / 0.16) ** 2))
    seam = (
        seam
        + bow * (1 - 0.6 * face.lip_press)
        - 0.045 * face.upper_lip_raise * np.exp(-(((far - 0.45) / 0.22) ** 2))
    )
    flat = 1 - 0.6 * pucker
    cupid = (
        1.0 + 0.10 * flat * np.exp(-(((far - 0.28) / 0.12) ** 2)) - 0.16 * flat * np.exp(-((t / 0.11) ** 2))
    )
    taper = (1 - far**2.2) ** 0.85
    # A wide open mouth is round below; and it opens from the corners' line, not from the lifted seam.
    roundness = 0.48 + 0.37 * (1 - min(gap / 0.35, 1.0))
    roundness *= 1 - 0.45 * min(face.lower_teeth, 1.0)  # bared teeth: a square mouth
    lower_seam = seam + gap * (1 - far**2.3) ** roundness
    belly = (1 - far**2.6) ** 0.7
    upper, lower = np.column_stack([x, seam]), np.column_stack([x, lower_seam])
    return Mouth(
        upper - _downward(upper) * (upper_thick * cupid * taper)[:, None],
        upper,
        lower,
        lower + _downward(lower) * (lower_thick * belly)[:, None],
        gap,
    )


def _downward(line: Curve) -> Curve:
    """Unit normals of a line to larger x, pointing down: a lip is as thick at its side as in its middle."""
    along = np.gradient(line, axis=0)
    along[:, 0] = np.maximum(along[:, 0], 1e-4)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.linalg.norm(along, axis=1, keepdims=True)
    normal[:, 1] = np.maximum(normal[:, 1], 0.35)
    return np.asarray(normal, np.float64)
