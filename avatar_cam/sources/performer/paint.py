"""Brushes: smooth curves, and soft-edged shapes painted on a piece of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
Colour = tuple[float, float, float]

#: Fractional bits of the coordinates handed to OpenCV.
_SHIFT = 5


def smooth(points: Sequence[Sequence[float]] | Curve, steps: int = 8) -> Curve:
    """A Catmull-Rom curve through `points` (N, 2), `steps` segments between each pair: (M, 2)."""
    knots = np.asarray(points, np.float64)
    curve: Curve = _catmull_rom(len(knots), steps) @ knots
    return curve


@lru_cache(maxsize=64)
def _catmull_rom(count: int, steps: int) -> NDArray[np.float64]:
    """The matrix that takes `count` knots to the points of their curve."""
    padded = np.zeros((count + 2, count))
    padded[1:-1] = np.eye(count)
    padded[0, :2], padded[-1, -2:] = (2, -1), (-1, 2)  # the ends go on straight
    t = np.arange(steps)[None, :, None] / steps
    a, b, c, d = (padded[i : count - 1 + i, None] for i in range(4))
    pieces = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([pieces.reshape(-1, count), np.eye(count)[-1:]])


def ribbon(line: Curve, widths: Sequence[float] | Curve) -> Curve:
    """The outline of a stroke along `line` (N, 2) whose full width runs evenly through `widths`."""
    places = np.linspace(0, len(widths) - 1, len(line))
    half = np.interp(places, np.arange(len(widths)), np.asarray(widths, np.float64)) / 2
    along = np.gradient(line, axis=0)
    length = np.linalg.norm(along, axis=1, keepdims=True)
    across = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(length, 1e-9)
    return np.concatenate([line + across * half[:, None], (line - across * half[:, None])[::-1]])


def ellipse(x: float, y: float, wide: float, high: float, tilt: float = 0.0, steps: int = 40) -> Curve:
    """The outline of an ellipse with half axes `wide` and `high`, turned clockwise by `tilt` degrees."""
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    across, down = wide * np.cos(angle), high * np.sin(angle)
    return np.column_stack([x + c * across - s * down, y + s * across + c * down])


class Canvas:
    """Pixels uint8 (H, W, 3) RGB with coordinates: `unit` pixels per unit, `left` and `top` at its corner."""

    def __init__(self, pixels: NDArray[np.uint8], unit: float, left: float, top: float) -> None:
        self.pixels = pixels
        self.unit = unit
        self.left = left
        self.top = top

    def to_pixels(self, points: Curve) -> Curve:
        """Units to pixels, where whole numbers are centres of pixels."""
        return (np.asarray(points, np.float64) - [self.left, self.top]) * self.unit - 0.5

    def part(self, left: float, top: float, right: float, bottom: float) -> Canvas:
        """A canvas that shares a rectangle of these pixels."""
        height, width = self.pixels.shape[:2]
        x0 = min(max(floor((left - self.left) * self.unit), 0), width - 1)
        y0 = min(max(floor((top - self.top) * self.unit), 0), height - 1)
        x1 = min(max(ceil((right - self.left) * self.unit), x0 + 1), width)
        y1 = min(max(ceil((bottom - self.top) * self.unit), y0 + 1), height)
        return Canvas(
            self.pixels[y0:y1, x0:x1], self.unit, self.left + x0 / self.unit, self.top + y0 / self.unit
        )

    def copy(self) -> Canvas:
        """The same place with pixels of its own."""
        return Canvas(self.pixels.copy(), self.unit, self.left, self.top)

    def mask(self, outline: Curve, blur: float = 0.0) -> NDArray[np.uint8]:
        """How much of each pixel `outline` covers, uint8 (H, W); `blur` is a standard deviation in units."""
        cover = np.zeros(self.pixels.shape[:2], np.uint8)
        fixed = np.round(self.to_pixels(outline) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(cover, [fixed], (255,), cv2.LINE_AA, _SHIFT)
        return self._soften(cover, blur)

    def _soften(self, cover: NDArray[np.uint8], blur: float) -> NDArray[np.uint8]:
        sigma = blur * self.unit
        if sigma < 0.8:  # the outline is smooth to a pixel already
            return cover
        height, width = cover.shape
        shrink = min(int(sigma / 4), 8)
        if shrink > 1:  # a wide blur leaves nothing that a smaller picture could not hold
            cover = np.asarray(
                cv2.resize(cover, (width // shrink + 1, height // shrink + 1), interpolation=cv2.INTER_AREA)
            )
            sigma /= shrink
        soft = cv2.GaussianBlur(cover, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        if shrink > 1:
            soft = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(soft, np.uint8)

    def blend(self, colour: Colour | NDArray[np.uint8], cover: NDArray[np.uint8], alpha: float = 1.0) -> None:
        """Lay a colour, or a picture of the same size, over the pixels where `cover` says."""
        share = cover[..., None].astype(np.float32) * np.float32(alpha / 255)
        old = self.pixels.astype(np.float32)
        new = np.asarray(colour, np.float32)
        np.copyto(self.pixels, (old + (new - old) * share + np.float32(0.5)).astype(np.uint8))

    def fill(self, outline: Curve, colour: Colour, alpha: float = 1.0, blur: float = 0.0) -> None:
        """Paint a shape with a soft edge."""
        if alpha <= 0.004 or len(outline) < 3:
            return
        margin = 2.5 * blur + 2 / self.unit
        low, high = outline.min(axis=0) - margin, outline.max(axis=0) + margin
        piece = self.part(low[0], low[1], high[0], high[1])
        piece.blend(colour, piece.mask(outline, blur), min(alpha, 1.0))

    def stroke(
        self, line: Curve, widths: Sequence[float], colour: Colour, alpha: float = 1.0, blur: float = 0.0
    ) -> None:
        """Paint a tapering stroke."""
        if alpha > 0.004:
            self.fill(ribbon(line, widths), colour, alpha, blur)

    def hairs(self, lines: Curve, thick: int, colour: Colour, alpha: float, blur: float = 0.0) -> None:
        """Paint thin lines (N, points, 2) of the same colour at once, `thick` pixels wide."""
        margin = 2.5 * blur + (thick + 2) / self.unit
        low, high = lines.min(axis=(0, 1)) - margin, lines.max(axis=(0, 1)) + margin
        piece = self.part(low[0], low[1], high[0], high[1])
        cover = np.zeros(piece.pixels.shape[:2], np.uint8)
        fixed = np.round(piece.to_pixels(lines) * (1 << _SHIFT)).astype(np.int32)
        cv2.polylines(cover, list(fixed), False, (255,), thick, cv2.LINE_AA, _SHIFT)
        piece.blend(colour, piece._soften(cover, blur), alpha)
