"""Paints the lips and what is seen between them."""

from __future__ import annotations

import numpy as np

from avatar_cam.sources.performer.features import Mouth
from avatar_cam.sources.performer.paint import Canvas, Colour, ellipse, smooth
from avatar_cam.sources.performer.rig import Expression

_UPPER: Colour = (184, 84, 86)
_LOWER: Colour = (212, 108, 108)
_DARK: Colour = (122, 48, 50)
_SHINE: Colour = (244, 176, 166)
_CAVE: Colour = (58, 16, 20)
_TONGUE: Colour = (186, 84, 86)
_TEETH: Colour = (252, 247, 240)
_GUM: Colour = (176, 86, 88)


def paint_mouth(canvas: Canvas, mouth: Mouth, face: Expression) -> None:
    """The whole mouth, onto the skin."""
    upper = np.concatenate([mouth.upper_outer, mouth.upper_inner[::-1]])
    lower = np.concatenate([mouth.lower_inner, mouth.lower_outer[::-1]])
    canvas.fill(upper, _UPPER, 0.92, 0.008)
    canvas.fill(lower, _LOWER, 0.90, 0.010)
    _shade_lips(canvas, mouth, face)
    if mouth.gap > 0.006:
        _inside(canvas, mouth, face)
    _seam(canvas, mouth, face)


def _shade_lips(canvas: Canvas, mouth: Mouth, face: Expression) -> None:
    """The light on the lower lip and the dusk on the upper one, near the seam."""
    inner, outer = mouth.upper_inner[4:-4], mouth.upper_outer[4:-4]
    canvas.fill(np.concatenate([0.45 * outer + 0.55 * inner, inner[::-1]]), _DARK, 0.35, 0.012)
    inner, outer = mouth.lower_inner[9:-9], mouth.lower_outer[9:-9]
    shine = np.concatenate([0.70 * inner + 0.30 * outer, (0.38 * inner + 0.62 * outer)[::-1]])
    canvas.fill(shine - [0.02, 0], _SHINE, 0.55, 0.016)
    canvas.stroke(mouth.lower_outer[6:-6], (0.004, 0.03, 0.03, 0.004), _DARK, 0.28, 0.012)
    edge = mouth.upper_outer[10:-10] - [0, 0.012]
    canvas.stroke(edge, (0.002, 0.014, 0.014, 0.002), (255, 222, 204), 0.4, 0.008)


def _inside(canvas: Canvas, mouth: Mouth, face: Expression) -> None:
    """Cave, tongue and teeth, cut to the opening."""
    opening = np.concatenate([mouth.upper_inner, mouth.lower_inner[::-1]])
    low, high = opening.min(axis=0) - 0.03, opening.max(axis=0) + 0.03
    place = canvas.part(low[0], low[1], high[0], high[1])
    cave = place.copy()
    cave.pixels[:] = _CAVE
    half = mouth.corner_left[0]
    middle = len(mouth.upper_inner) // 2
    top, bottom = mouth.upper_inner[middle, 1], mouth.lower_inner[middle, 1]
    if mouth.gap > 0.12:
        cave.fill(ellipse(0, bottom + 0.02, 0.58 * half, 0.42 * mouth.gap), _TONGUE, 0.9, 0.025)
        cave.stroke(np.array([[0, bottom - 0.25 * mouth.gap], [0, bottom]]), (0.01, 0.03), _CAVE, 0.3, 0.012)
    if face.teeth > 0.02:
        _teeth(cave, mouth, face, top, bottom)
    rim = np.concatenate([mouth.upper_inner - [0, 0.03], (mouth.upper_inner + [0, 0.018])[::-1]])
    cave.fill(rim, _CAVE, 0.5, 0.012)
    place.blend(cave.pixels, place.mask(opening, 0.004))


def _teeth(cave: Canvas, mouth: Mouth, face: Expression, top: float, bottom: float) -> None:
    """The upper row, and the lower one where lips are drawn back from clenched teeth."""
    half = mouth.corner_left[0] * 0.93
    height = min(0.14 * face.teeth, 1.3 * mouth.gap)
    t = np.linspace(-1, 1, 25)
    upper_edge = np.interp(t * half, mouth.upper_inner[:, 0], mouth.upper_inner[:, 1]) - 0.03
    biting = top + height * (1 - 0.45 * np.abs(t) ** 2.2)
    row = np.concatenate([np.column_stack([t * half, upper_edge]), np.column_stack([t * half, biting])[::-1]])
    cave.fill(row, _TEETH, 1.0, 0.005)
    if face.lower_teeth > 0.02:
        lower_edge = np.interp(t * half, mouth.lower_inner[:, 0], mouth.lower_inner[:, 1]) + 0.03
        start = np.maximum(biting + 0.010, bottom - 0.105 * face.lower_teeth * (1 - 0.4 * np.abs(t) ** 2))
        row = np.concatenate(
            [np.column_stack([t * half, start]), np.column_stack([t * half, lower_edge])[::-1]]
        )
        cave.fill(row, (226, 216, 206), 1.0, 0.005)
    lines = []
    for x in (0.0, 0.082, 0.158, 0.226, 0.285, 0.335):
        lines += [
            np.array([[s * x, top - 0.05], [s * x * 0.99, top + height * (1.0 - 0.5 * (x / half) ** 2)]])
            for s in (1, -1)
        ]
    cave.hairs(np.array(lines), 1, (186, 164, 152), 0.45, 0.002)
    for side in (-1, 1):  # the row bends back into the dark
        cave.fill(ellipse(side * half, (top + bottom) / 2, 0.24 * half, mouth.gap + 0.05), _CAVE, 0.75, 0.045)


def _seam(canvas: Canvas, mouth: Mouth, face: Expression) -> None:
    """The line where the lips meet, and the corners."""
    shut = float(np.clip(1 - mouth.gap / 0.05, 0, 1))
    if shut > 0:
        canvas.stroke(
            mouth.upper_inner,
            (0.012, 0.018, 0.022, 0.018, 0.022, 0.018, 0.012),
            (86, 30, 34),
            0.85 * shut,
            0.004,
        )
    for side, corner in ((-1, mouth.corner_right), (1, mouth.corner_left)):
        canvas.fill(ellipse(corner[0], corner[1], 0.034, 0.022), (100, 42, 42), 0.7, 0.013)
        fall = 0.05 + 0.12 * face.corner_depress
        line = smooth(corner + np.array([[0, 0], [side * 0.022, 0.35 * fall], [side * 0.03, fall]]), 4)
        canvas.stroke(line, (0.03, 0.026, 0.004), (150, 84, 70), 0.35 + 0.4 * face.corner_depress, 0.012)
