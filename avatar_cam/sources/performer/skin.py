"""The skin: a picture of the face from the front, painted anew for each expression over a base that stays."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer.arrays import Array, to_bytes
from avatar_cam.sources.performer.eyes import paint_brow, paint_eye
from avatar_cam.sources.performer.features import Mouth, brow, chin_drop, eye, mouth
from avatar_cam.sources.performer.lips import paint_mouth
from avatar_cam.sources.performer.paint import Canvas, Colour, ellipse, smooth
from avatar_cam.sources.performer.rig import Expression

#: Pixels of the texture per head unit, and what it shows: x from LEFT, y from TOP.
UNIT, LEFT, TOP, RIGHT, BOTTOM = 192.0, -1.25, -1.05, 1.25, 2.15
_WIDTH, _HEIGHT = int((RIGHT - LEFT) * UNIT), int((BOTTOM - TOP) * UNIT)
#: The soft shadows are painted this much smaller.
_COARSE = 4

_SKIN: Colour = (246, 206, 180)
_FOLD: Colour = (158, 92, 74)
_NOSTRIL: Colour = (74, 32, 30)

#: What a full shadow and a full blush leave of red, green and blue.
_SHADOW = np.array([0.40, 0.58, 0.66], np.float32)
_BLUSH = np.array([0.03, 0.30, 0.30], np.float32)
_LIGHT = np.array([-0.10, -0.14, -0.16], np.float32)


def texture(face: Expression, gaze: tuple[float, float]) -> NDArray[np.uint8]:
    """The face from the front, uint8 (H, W, 3) RGB, unlit."""
    lips = mouth(face)
    canvas = Canvas(_toned(face, lips), UNIT, LEFT, TOP)
    _folds(canvas, face, lips)
    _nose(canvas, face)
    for side in (-1, 1):
        paint_eye(canvas, eye(face, side, gaze), face)
        paint_brow(canvas, brow(face, side))
    paint_mouth(canvas, lips, face)
    return canvas.pixels


@lru_cache(maxsize=1)
def _base() -> NDArray[np.uint8]:
    """Bare skin with its grain, uint8."""
    rng = np.random.default_rng(7)
    blotches = cv2.resize(
        rng.normal(0, 1, (26, 20)).astype(np.float32), (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    grain = cv2.GaussianBlur(rng.normal(0, 1, (_HEIGHT, _WIDTH)).astype(np.float32), (0, 0), 1.0)
    tone = 1 + 0.006 * blotches + 0.012 * grain
    red = np.stack([tone, tone - 0.006 * blotches, tone - 0.006 * blotches], axis=-1)
    return to_bytes(np.array(_SKIN, np.float32) * red)


@lru_cache(maxsize=64)
def _spot(x: float, y: float, wide: float, high: float, tilt: float = 0.0, both: bool = True) -> Array:
    """A soft round spot, and its mirror image if `both`, on the coarse grid; its peak is 1."""
    across, down = np.meshgrid(
        LEFT + (np.arange(_WIDTH // _COARSE) + 0.5) * _COARSE / UNIT,
        TOP + (np.arange(_HEIGHT // _COARSE) + 0.5) * _COARSE / UNIT,
    )
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    total = np.zeros(across.shape)
    for side in (1, -1) if both else (1,):
        dx, dy = side * across - x, down - y
        total += np.exp(-0.5 * (((c * dx + s * dy) / wide) ** 2 + ((c * dy - s * dx) / high) ** 2))
    return total.astype(np.float32)


@lru_cache(maxsize=1)
def _resting() -> tuple[Array, Array, Array]:
    """Shadow, blush and light that no expression changes."""
    shadow = (
        0.34 * _spot(0.20, -0.06, 0.075, 0.11)  # beside the bridge of the nose
        + 0.16 * _spot(0.50, -0.15, 0.26, 0.06, -4)  # under the brows
        + 0.20 * _spot(0.50, -0.03, 0.30, 0.13)
        + 0.15 * _spot(0.15, 0.30, 0.05, 0.20, 8)
        + 0.20 * _spot(0.19, 0.58, 0.06, 0.08)
        + 0.22 * _spot(0.0, 0.80, 0.13, 0.045, both=False)  # under the nose
        + 0.22 * _spot(0.335, 0.66, 0.035, 0.07)
        + 0.10 * _spot(0.13, 0.66, 0.05, 0.04)
        + 0.14 * _spot(0.86, 0.85, 0.16, 0.34, 14)  # hollow of the cheeks
        + 0.16 * _spot(0.98, -0.45, 0.14, 0.4)
        + 0.10 * _spot(0.0, -0.95, 0.8, 0.14, both=False)
        + 0.22 * _spot(0.0, 1.86, 0.55, 0.13, both=False)
    )
    blush = (
        0.34 * _spot(0.66, 0.42, 0.26, 0.17, -14)
        + 0.35 * _spot(0.0, 0.58, 0.12, 0.12, both=False)
        + 0.20 * _spot(0.0, 1.55, 0.25, 0.14, both=False)
        + 0.25 * _spot(0.5, -0.12, 0.26, 0.05)
    )
    light = (
        0.36 * _spot(-0.02, 0.30, 0.03, 0.24, both=False)
        + 0.75 * _spot(-0.025, 0.555, 0.045, 0.05, both=False)
        + 0.35 * _spot(0.58, 0.24, 0.20, 0.07, 8)
        + 0.35 * _spot(-0.05, -0.48, 0.36, 0.16, both=False)
        + 0.30 * _spot(-0.02, 1.50, 0.13, 0.08, both=False)
        + 0.18 * _spot(0.07, 0.88, 0.016, 0.05)
    )
    return shadow, blush, light


def _toned(face: Expression, lips: Mouth) -> NDArray[np.uint8]:
    """The base with all soft shadows, a fresh picture."""
    shadow, blush, light = (layer.copy() for layer in _resting())
    low = lips.lower_outer[len(lips.lower_outer) // 2, 1]
    corner_x, corner_y = lips.corner_left
    wrinkle, lift = face.nose_wrinkle, face.upper_lip_raise

    def add(layer: Array, amount: float, spot: Array) -> None:
        if abs(amount) > 0.01:
            cv2.scaleAdd(spot, float(amount), layer, dst=layer)

    add(shadow, 0.30 + 0.15 * face.pout, _moved(_spot(0.0, 1.33, 0.17, 0.045, both=False), 0, low - 1.265))
    add(
        shadow,
        0.10 + 0.42 * face.smile + 0.34 * face.corner_depress + 0.1 * face.lip_press,
        _spot_pair(corner_x + 0.07, corner_y, 0.035, 0.075),
    )
    add(shadow, 0.24 * face.smile + 0.42 * lift + 0.20 * wrinkle, _spot(0.44, 0.78, 0.085, 0.20, 26))
    add(shadow, 0.62 * face.brow_lower + 0.12 * face.brow_inner, _spot(0.0, -0.20, 0.085, 0.10, both=False))
    add(shadow, 0.50 * face.brow_lower, _spot(0.26, -0.12, 0.13, 0.07, 12))
    add(shadow, 0.30 * wrinkle, _spot(0.13, 0.14, 0.06, 0.12))
    add(shadow, 0.12 * face.lid_droop + 0.10 * face.squint, _spot(0.50, 0.19, 0.20, 0.035))
    add(shadow, 0.30 * face.brow_lower * (1 - 0.5 * face.brow_inner), _spot(0.50, -0.06, 0.28, 0.13))
    add(
        shadow,
        0.30 * lift + 0.15 * face.corner_depress,
        _spot_pair(corner_x + 0.10, corner_y + 0.12, 0.06, 0.13),
    )
    add(shadow, 0.12 * face.jaw_drop, _spot(0.70, 1.0, 0.10, 0.30, 10))
    add(light, 0.55 * face.smile + 0.35 * face.cheek_raise + 0.2 * lift, _spot(0.62, 0.46, 0.15, 0.10, -20))
    add(light, -0.30 * face.pout, _spot(0.0, 1.50, 0.13, 0.08, both=False))
    add(shadow, 0.22 * face.pout, _spot(0.0, 1.52, 0.16, 0.07, both=False))
    add(blush, 0.30 * face.smile + 0.2 * wrinkle, _spot(0.66, 0.42, 0.20, 0.14, -14))
    add(light, 0.3 * face.brow_inner, _spot(0.0, -0.62, 0.3, 0.07, both=False))
    tone = np.empty((*shadow.shape, 3), np.float32)
    for band in range(3):
        tone[..., band] = 1 - shadow * _SHADOW[band] - blush * _BLUSH[band] - light * _LIGHT[band]
    np.clip(tone, 0.15, 1.2, out=tone)
    fine = cv2.resize((tone * 200).astype(np.uint8), (_WIDTH, _HEIGHT), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(_base(), fine, scale=1 / 200).astype(np.uint8, copy=False)


def _moved(spot: Array, right: float, down: float) -> Array:
    """A spot shifted by head units."""
    step = UNIT / _COARSE
    shift = np.array([[1, 0, right * step], [0, 1, down * step]], np.float64)
    return np.asarray(cv2.warpAffine(spot, shift, (spot.shape[1], spot.shape[0])), np.float32)


def _spot_pair(x: float, y: float, wide: float, high: float) -> Array:
    """A spot and its mirror image anywhere: the cached one's left half is moved, then mirrored."""
    half = _moved(_spot(0.5, 0.9, wide, high, both=False), x - 0.5, y - 0.9)
    pair: Array = half + half[:, ::-1]
    return pair


def _folds(canvas: Canvas, face: Expression, lips: Mouth) -> None:
    """Lines that come and go: beside the mouth, between the brows, on the forehead, around the eyes."""
    corner_x, corner_y = lips.corner_left
    laugh = (
        0.05
        + 0.62 * face.smile * face.smile
        + 0.75 * face.upper_lip_raise
        + 0.25 * face.nose_wrinkle
        + 0.06 * face.corner_depress
    )
    frown = min(face.brow_lower + 0.25 * face.brow_inner * face.brow_lower, 1.2)
    lined = 0.9 * max(face.brow_inner, 0.8 * face.brow_outer) - 0.2 - 0.15 * face.brow_lower
    lift = face.upper_lip_raise
    foot = corner_y + 0.05 - 0.10 * face.corner_depress
    for side in (-1.0, 1.0):
        out = np.array([side, 1.0])
        fold = (
            smooth(
                [
                    (0.315, 0.585 - 0.03 * face.nose_wrinkle),
                    (0.40 + 0.025 * lift, 0.68 - 0.03 * lift),
                    (0.46 + 0.5 * (corner_x - 0.375) + 0.05 * lift, 0.80 - 0.03 * face.smile),
                    (corner_x + 0.125 + 0.01 * face.smile + 0.075 * lift, foot - 0.15),
                    (corner_x + 0.115 - 0.02 * face.smile + 0.055 * lift, foot - 0.02),
                ],
                6,
            )
            * out
        )
        canvas.stroke(fold, (0.01, 0.042, 0.052, 0.042, 0.004), _FOLD, 0.78 * laugh, 0.016)
        canvas.stroke(
            fold + [side * 0.035, -0.02], (0.004, 0.04, 0.05, 0.004), (255, 224, 204), 0.20 * laugh, 0.020
        )
        crease = (
            smooth([(0.055, -0.08 + 0.02 * frown), (0.075, -0.20), (0.06 + 0.02 * face.brow_inner, -0.33)], 6)
            * out
        )
        canvas.stroke(crease, (0.006, 0.036, 0.004), (112, 58, 48), 0.9 * frown, 0.009)
        canvas.stroke(crease + [side * 0.03, 0], (0.004, 0.03, 0.004), (255, 224, 204), 0.25 * frown, 0.010)
        wrinkle = smooth([(0.16, 0.03), (0.10, 0.075), (0.03, 0.07)], 5) * out
        for lower in (0.0, 0.075):
            canvas.stroke(wrinkle + [0, lower], (0.004, 0.02, 0.004), _FOLD, 0.75 * face.nose_wrinkle, 0.007)
        feet = 0.8 * face.cheek_raise + 0.4 * face.squint - 0.3
        for angle in (-0.35, 0.05, 0.45):
            start = np.array([0.80, -0.005 + 0.05 * angle])
            end = start + 0.12 * np.array([np.cos(angle), np.sin(angle)])
            canvas.stroke(
                np.array([start, (start + end) / 2, end]) * out,
                (0.004, 0.014, 0.002),
                _FOLD,
                0.55 * feet,
                0.006,
            )
    for row, height in enumerate((-0.50, -0.60, -0.70)):
        arch = 0.05 * (face.brow_outer - face.brow_inner)
        line = smooth(
            [
                (-0.55, height + 0.03),
                (-0.25, height + arch),
                (0, height + 0.012),
                (0.25, height + arch),
                (0.55, height + 0.03),
            ],
            6,
        )
        canvas.stroke(line, (0.003, 0.016, 0.018, 0.016, 0.003), _FOLD, (0.34 - 0.05 * row) * lined, 0.008)
    chin_row = 1.42 + 0.9 * chin_drop(face)
    canvas.stroke(
        smooth([(-0.2, chin_row + 0.03), (0, chin_row - 0.012), (0.2, chin_row + 0.03)], 6),
        (0.004, 0.03, 0.004),
        _FOLD,
        0.5 * face.pout + 0.25 * face.lip_press,
        0.012,
    )


def _nose(canvas: Canvas, face: Expression) -> None:
    """Nostrils, wings and the tip's underside."""
    up = -0.035 * face.nose_wrinkle - 0.015 * face.upper_lip_raise
    flare = 0.02 * face.nose_wrinkle + 0.012 * face.brow_lower
    canvas.fill(
        smooth([(-0.20, 0.70), (-0.1, 0.735), (0, 0.755), (0.1, 0.735), (0.20, 0.70), (0, 0.68)], 6),
        _FOLD,
        0.30,
        0.022,
    )
    for side in (-1.0, 1.0):
        out = np.array([side, 1.0])
        wing = smooth(
            [
                (0.262 + flare, 0.565 + up),
                (0.283 + flare, 0.60 + up),
                (0.275 + flare, 0.68 + up),
                (0.21 + flare, 0.715 + up),
            ],
            6,
        )
        canvas.stroke(wing * out, (0.004, 0.02, 0.026, 0.012), _FOLD, 0.28 + 0.35 * face.nose_wrinkle, 0.013)
        canvas.fill(
            ellipse(side * (0.122 + 0.5 * flare), 0.700 + 0.6 * up, 0.060, 0.022, -14 * side),
            _NOSTRIL,
            0.85,
            0.009,
        )
        canvas.fill(ellipse(side * (0.212 + flare), 0.615 + up, 0.035, 0.032), (255, 224, 204), 0.25, 0.02)
