"""Paints the eyes, their lids and lashes, and the brows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from avatar_cam.sources.performer.features import Brow, Eye
from avatar_cam.sources.performer.paint import Canvas, Colour, Curve, ellipse, ribbon, smooth
from avatar_cam.sources.performer.rig import Expression

_WHITE: Colour = (243, 238, 234)
_WHITE_SHADE: Colour = (158, 132, 128)
_IRIS: Colour = (96, 66, 44)
_IRIS_GLOW: Colour = (176, 124, 74)
_LIMBUS: Colour = (40, 25, 20)
_PUPIL: Colour = (14, 9, 10)
_LASH: Colour = (34, 20, 18)
_LID: Colour = (168, 104, 84)
_CREASE: Colour = (128, 70, 58)
_LID_LIGHT: Colour = (250, 214, 190)
_BROW: Colour = (60, 38, 30)


def paint_eye(canvas: Canvas, eye: Eye, face: Expression) -> None:
    """One eye with its lids, onto the skin."""
    _lid(canvas, eye, face)
    low, high = eye.opening.min(axis=0) - 0.05, eye.opening.max(axis=0) + 0.05
    place = canvas.part(low[0], low[1], high[0], high[1])
    if eye.openness > 0.008:
        ball = place.copy()
        _ball(ball, eye)
        place.blend(ball.pixels, place.mask(eye.opening, 0.003))
    _rims(canvas, eye)


def _lid(canvas: Canvas, eye: Eye, face: Expression) -> None:
    """The crease above the eye, the shadow in it, and the fold below."""
    side = np.array([eye.side, 1.0])
    rise = np.array([0.0, -0.050 - 0.012 * face.lid_raise + 0.022 * face.brow_lower + 0.01 * face.squint])
    crease = eye.upper[3:-2] + rise * np.linspace(0.75, 1.0, len(eye.upper) - 5)[:, None]
    closed = np.clip(1 - eye.openness / 0.15, 0, 1)
    crease = crease + np.array([0.0, -0.075 * closed])
    socket = np.concatenate([eye.upper, (eye.upper + [0, -0.10 - 0.05 * closed])[::-1]])
    canvas.fill(socket, _LID, 0.28, 0.022)
    canvas.stroke(crease, (0.008, 0.022, 0.026, 0.022, 0.006), _CREASE, 0.62, 0.006)
    canvas.stroke(crease + [0, 0.03], (0.004, 0.02, 0.02, 0.004), _LID_LIGHT, 0.25 + 0.25 * closed, 0.010)
    below = eye.lower[4:-3] + [0, 0.055]
    canvas.stroke(below, (0.006, 0.03, 0.03, 0.006), _LID_LIGHT, 0.35, 0.012)
    bag = smooth([(0.31, 0.115), (0.42, 0.165), (0.55, 0.165), (0.68, 0.11)], 5) * side
    canvas.stroke(
        bag - [0, 0.02 * face.squint],
        (0.004, 0.028, 0.026, 0.004),
        _LID,
        0.22 + 0.3 * face.squint + 0.25 * face.cheek_raise,
        0.012,
    )


def _ball(canvas: Canvas, eye: Eye) -> None:
    """White, iris, pupil and highlights, and the shadow that the upper lid throws."""
    x, y, radius = eye.iris[0], eye.iris[1], eye.iris_radius
    canvas.pixels[:] = _WHITE
    for corner in (eye.upper[0], eye.upper[-1]):
        canvas.fill(ellipse(corner[0], corner[1], 0.09, 0.10), _WHITE_SHADE, 0.55, 0.035)
    canvas.fill(ellipse(x, y, radius, radius), _LIMBUS, 1.0, 0.004)
    canvas.fill(ellipse(x, y + 0.004, radius * 0.86, radius * 0.86), _IRIS, 1.0, 0.008)
    canvas.fill(ellipse(x, y + 0.040, radius * 0.62, radius * 0.45), _IRIS_GLOW, 0.85, 0.016)
    canvas.hairs(_spokes() * radius + [x, y], 1, _IRIS_GLOW, 0.35)
    canvas.fill(ellipse(x, y, radius * 0.43, radius * 0.43), _PUPIL, 1.0, 0.005)
    shade = np.concatenate([eye.upper + [0, -0.03], (eye.upper + [0, 0.034])[::-1]])
    canvas.fill(shade, (52, 34, 34), 0.55, 0.014)
    canvas.fill(ellipse(x - 0.036, y - 0.038, 0.025, 0.028), (255, 255, 255), 0.97, 0.003)
    canvas.fill(ellipse(x + 0.036, y + 0.040, 0.013, 0.011), (255, 246, 236), 0.6, 0.004)


@lru_cache(maxsize=1)
def _spokes() -> Curve:
    """Short lines from the pupil outward, in iris radii, (N, 2, 2)."""
    rng = np.random.default_rng(5)
    lines = []
    for angle in np.linspace(0, 2 * np.pi, 30, endpoint=False):
        angle += rng.uniform(-0.1, 0.1)
        toward = np.array([np.cos(angle), np.sin(angle)])
        lines.append(np.array([toward * 0.45, toward * rng.uniform(0.65, 0.82)]))
    return np.array(lines)


def _rims(canvas: Canvas, eye: Eye) -> None:
    """The edges of the lids and the lashes."""
    canvas.stroke(eye.lower[2:], (0.008, 0.014, 0.016, 0.014), (150, 88, 78), 0.75, 0.005)
    canvas.stroke(eye.lower[8:], (0.002, 0.008, 0.014), _LASH, 0.5, 0.004)
    wing = eye.upper[-1] + np.array([0.030 * eye.side, -0.014])
    line = np.concatenate([eye.upper[1:], [wing]])
    canvas.stroke(line - [0, 0.006], (0.012, 0.028, 0.040, 0.042, 0.034, 0.004), _LASH, 0.95, 0.003)
    places, lean, length = _lashes()
    root = eye.upper[(places * (len(eye.upper) - 1)).astype(int)]
    tip = root + np.column_stack([eye.side * lean, np.full(len(lean), -1.0)]) * length[:, None]
    bend = (root + tip) / 2 + [eye.side * 0.012, 0.004]
    knots = np.stack([root, bend, tip], axis=1)
    canvas.hairs(np.array([smooth(lash, 4) for lash in knots]), 1, _LASH, 0.75)


@lru_cache(maxsize=1)
def _lashes() -> tuple[Curve, Curve, Curve]:
    """Place along the lid, lean outward and length of each lash."""
    rng = np.random.default_rng(11)
    places = np.linspace(0.25, 1.0, 22)
    lean = -0.35 + 1.6 * places + rng.uniform(-0.1, 0.1, len(places))
    length = 0.035 + 0.028 * places + rng.uniform(-0.008, 0.004, len(places))
    return places, lean, length


def paint_brow(canvas: Canvas, brow: Brow) -> None:
    """One brow: a soft shape and many short hairs."""
    canvas.fill(ribbon(brow.line, brow.widths), _BROW, 0.62, 0.013)
    canvas.fill(ribbon(brow.line, [0.55 * w for w in brow.widths]), _BROW, 0.55, 0.009)
    along = np.gradient(brow.line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    down = np.column_stack([-along[:, 1], along[:, 0]]) * brow.side
    places = np.linspace(0, len(brow.widths) - 1, len(brow.line))
    widths = np.interp(places, np.arange(len(brow.widths)), brow.widths)
    place, depth, tilt, length = _brow_hairs()
    at = (place * (len(brow.line) - 1)).astype(int)
    root = brow.line[at] + down[at] * (widths[at] * depth)[:, None]
    toward = along[at] * np.cos(tilt)[:, None] - down[at] * np.sin(tilt)[:, None]
    tip = root + toward * (length * (0.5 + widths[at] / 0.17))[:, None]
    canvas.hairs(np.stack([root, tip], axis=1), 1, (42, 25, 20), 0.55)


@lru_cache(maxsize=1)
def _brow_hairs() -> tuple[Curve, Curve, Curve, Curve]:
    """Place along the brow, place across it, tilt upward (radians) and length of each hair."""
    rng = np.random.default_rng(23)
    place = np.linspace(0.0, 0.93, 64)
    depth = rng.uniform(-0.42, 0.5, len(place))
    tilt = np.radians(62 - 75 * place) * (0.5 + depth) + rng.uniform(-0.12, 0.12, len(place))
    return place, depth, tilt, rng.uniform(0.06, 0.10, len(place))
