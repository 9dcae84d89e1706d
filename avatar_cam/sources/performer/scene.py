"""Everything around the head: the room behind, and the body, painted once."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer.arrays import to_bytes
from avatar_cam.sources.performer.paint import Canvas, Colour, ellipse, smooth

#: The body's picture: pixels per head unit, and its corner as seen from the pivot of the head.
BODY_UNIT, BODY_LEFT, BODY_TOP, _BODY_RIGHT, _BODY_BOTTOM = 120.0, -4.0, -1.3, 4.0, 4.6

_SKIN: Colour = (232, 188, 162)
_SKIN_DARK: Colour = (158, 106, 90)
_JUMPER: Colour = (74, 128, 134)
_JUMPER_DARK: Colour = (38, 76, 88)
_JUMPER_LIGHT: Colour = (128, 178, 176)
_HAIR: Colour = (38, 24, 24)


@lru_cache(maxsize=4)
def background(size: tuple[int, int]) -> NDArray[np.uint8]:
    """A calm room, out of focus, uint8 (H, W, 3) RGB. Not to be written into."""
    width, height = size
    x, y = np.meshgrid(
        (np.arange(width, dtype=np.float32) + 0.5) / height - 0.5 * width / height,
        (np.arange(height, dtype=np.float32) + 0.5) / height,
    )
    top, bottom = np.array([196, 205, 216], np.float32), np.array([150, 150, 172], np.float32)
    room = top + (bottom - top) * y[..., None]
    glow = np.exp(-(((x + 0.42) / 0.5) ** 2 + ((y - 0.3) / 0.45) ** 2))[..., None]
    room += glow * np.array([44, 30, 6], np.float32)
    rng = np.random.default_rng(17)
    for _ in range(26):
        cx, cy = rng.uniform(-0.95, 0.95), rng.uniform(0.02, 0.85)
        radius = rng.uniform(0.025, 0.075)
        tint = np.array([255, rng.uniform(218, 246), rng.uniform(190, 232)], np.float32)
        alpha = rng.uniform(0.06, 0.20)
        near = np.ix_(np.abs(y[:, 0] - cy) < radius + 0.01, np.abs(x[0] - cx) < radius + 0.01)
        distance = np.hypot(x[near] - cx, y[near] - cy)
        disc = np.clip((radius - distance) / 0.006 + 0.5, 0, 1)
        rim = 0.75 + 0.25 * np.clip(distance / radius, 0, 1) ** 4
        room[near] += (tint - room[near]) * (disc * rim * alpha)[..., None]
    room *= (1 - 0.30 * np.clip(np.hypot(x * 0.8, y - 0.48) - 0.25, 0, 1))[..., None]
    room += rng.normal(0, 0.8, room.shape[:2]).astype(np.float32)[..., None]  # against banding
    return to_bytes(room)


@lru_cache(maxsize=1)
def body() -> NDArray[np.uint8]:
    """Nape hair, neck, shoulders and jumper, uint8 (H, W, 4) RGB and cover, RGB multiplied by cover."""
    width, height = int((_BODY_RIGHT - BODY_LEFT) * BODY_UNIT), int((_BODY_BOTTOM - BODY_TOP) * BODY_UNIT)
    canvas = Canvas(np.zeros((height, width, 3), np.uint8), BODY_UNIT, BODY_LEFT, BODY_TOP)
    cover = np.zeros((height, width), np.uint8)
    for part in (_nape, _neck, _jumper):
        np.maximum(cover, part(canvas), out=cover)
        if part is _nape:
            canvas.top -= 0.16
    share = cover.astype(np.float32)[..., None] / 255
    return np.dstack([(canvas.pixels * share).astype(np.uint8), cover])


def _shape(canvas: Canvas, outline: NDArray[np.float64], colour: Colour) -> NDArray[np.uint8]:
    """Paint a shape a little larger than it is, so that its edge does not mix with the emptiness behind."""
    canvas.blend(colour, _wider(canvas, outline))
    return canvas.mask(outline, 0.006)


def _wider(canvas: Canvas, outline: NDArray[np.float64]) -> NDArray[np.uint8]:
    grown = (canvas.mask(outline, 0.006) > 0).astype(np.uint8) * 255
    return cv2.dilate(grown, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)


def _nape(canvas: Canvas) -> NDArray[np.uint8]:
    half = [
        (0, -1.0),
        (0.9, -0.9),
        (1.12, -0.2),
        (1.08, 0.20),
        (0.97, 0.44),
        (0.78, 0.55),
        (0.5, 0.55),
        (0, 0.56),
    ]
    right = smooth(half, 8)
    cover = _shape(canvas, np.concatenate([right, (right * [-1, 1])[::-1]]), _HAIR)
    rng = np.random.default_rng(2)
    lines = []
    for x in np.linspace(-1.2, 1.2, 130):
        x += rng.uniform(-0.02, 0.02)
        lines.append(
            smooth([(x * 1.0, -0.6), (x * 1.02, 0.1), (x * (0.85 + rng.uniform(-0.03, 0.02)), 0.65)], 5)
        )
    canvas.hairs(np.array(lines[::2]), 1, (66, 42, 36), 0.35)
    canvas.hairs(np.array(lines[1::2]), 1, (18, 11, 12), 0.4)
    return cover


def _neck(canvas: Canvas) -> NDArray[np.uint8]:
    right = smooth([(0.68, -0.9), (0.67, 0.0), (0.66, 0.50), (0.76, 0.88), (1.15, 1.12), (1.9, 1.30)], 8)
    outline = np.concatenate([right, [(1.9, 2.2), (-1.9, 2.2)], (right * [-1, 1])[::-1]])
    cover = _shape(canvas, outline, _SKIN)
    piece = canvas.copy()
    for side, alpha in ((1.0, 0.75), (-1.0, 0.5)):
        edge = smooth([(0.72, -0.9), (0.71, 0.1), (0.70, 0.5), (0.82, 0.92)], 6) * [side, 1]
        piece.stroke(edge, (0.34, 0.30, 0.30, 0.20), _SKIN_DARK, alpha, 0.09)
    piece.fill(ellipse(0.06, 0.36, 0.75, 0.66), (150, 96, 80), 0.85, 0.17)
    piece.fill(ellipse(0.04, 0.45, 0.6, 0.30), (118, 68, 58), 0.6, 0.10)  # the jaw's shadow
    for side in (-1.0, 1.0):
        tendon = smooth([(0.50, 0.2), (0.36, 0.7), (0.14, 1.12)], 6) * [side, 1]
        piece.stroke(tendon, (0.02, 0.07, 0.07, 0.02), (236, 190, 164), 0.16, 0.05)
        bone = smooth([(0.16, 1.22), (0.5, 1.18), (1.0, 1.12)], 6) * [side, 1]
        piece.stroke(bone, (0.02, 0.07, 0.02), (250, 210, 186), 0.35, 0.03)
    piece.fill(ellipse(0, 1.16, 0.09, 0.10), _SKIN_DARK, 0.45, 0.05)
    canvas.blend(piece.pixels, _wider(canvas, outline))
    return cover


def _jumper(canvas: Canvas) -> NDArray[np.uint8]:
    neckline = smooth([(0, 1.10), (0.34, 1.06), (0.64, 0.93), (0.80, 0.80)], 8)
    shoulder = smooth(
        [(0.80, 0.80), (1.2, 0.98), (1.75, 1.22), (2.25, 1.60), (2.55, 2.3), (2.72, 3.4), (2.8, 4.7)], 8
    )
    right = np.concatenate([neckline, shoulder, [(0, 4.7)]])
    outline = np.concatenate([right, (right * [-1, 1])[::-1]])
    cover = _shape(canvas, outline, _JUMPER)
    piece = canvas.copy()
    piece.fill(ellipse(-1.1, 1.75, 0.75, 0.5, 20), _JUMPER_LIGHT, 0.45, 0.3)
    piece.fill(ellipse(-0.4, 2.9, 0.9, 0.8), _JUMPER_LIGHT, 0.20, 0.4)
    piece.fill(ellipse(2.3, 2.7, 0.7, 1.7, 8), _JUMPER_DARK, 0.75, 0.35)
    piece.fill(ellipse(-2.65, 3.0, 0.35, 1.5), _JUMPER_DARK, 0.55, 0.25)
    piece.fill(ellipse(0.3, 4.6, 2.6, 0.9), _JUMPER_DARK, 0.5, 0.4)
    for side in (-1.0, 1.0):
        for start, end, alpha in (
            ((1.95, 2.0), (1.55, 3.6), 0.5),
            ((0.9, 1.35), (0.4, 1.9), 0.25),
            ((1.6, 1.55), (1.0, 2.3), 0.25),
        ):
            fold = np.array([start, ((start[0] + end[0]) / 2 + 0.06, (start[1] + end[1]) / 2), end]) * [
                side,
                1,
            ]
            piece.stroke(smooth(fold, 6), (0.02, 0.12, 0.04), _JUMPER_DARK, alpha, 0.06)
    ribs = []
    both = np.concatenate([(neckline * [-1, 1])[::-1], neckline[1:]])
    piece.stroke(both + [0, 0.09], (0.20, 0.20), _JUMPER, 1.0, 0.008)
    piece.stroke(both + [0, 0.20], (0.02, 0.035, 0.02), _JUMPER_DARK, 0.7, 0.014)
    piece.stroke(both + [0, 0.045], (0.02, 0.05, 0.02), _JUMPER_LIGHT, 0.45, 0.02)
    for at in np.linspace(0, len(both) - 1, 84):
        x, y = both[int(at)]
        ribs.append(np.array([[x, y], [x * 1.10, y + 0.17]]))
    piece.hairs(np.array(ribs), 1, _JUMPER_DARK, 0.35, 0.004)
    canvas.blend(piece.pixels, _wider(canvas, outline))
    canvas.stroke(both - [0, 0.03], (0.02, 0.06, 0.02), (96, 54, 50), 0.5, 0.03)
    return cover
