"""Random changes that leave an expression what it is.

Each picture has a generator of its own, keyed by (seed, epoch, index): a resumed run sees the same pictures
as one that was never stopped, whatever the threads do.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Strength:
    """How much at most.

    Shares of the side for `shift` and `cut`, grey values for `brightness`, `light` and `noise`.
    """

    raw: float = 0.2  # chance of FER2013's own framing instead of the run-time crop
    rotation: float = 15.0  # degrees
    scale: float = 0.15
    stretch: float = 0.08
    shift: float = 0.07
    contrast: float = 0.4
    brightness: float = 30.0
    light: float = 40.0
    noise: float = 6.0
    soften: float = 0.35  # chance of a blur or a sharpening
    cut: float = 0.35
    cut_chance: float = 0.5


def generator(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The picture's own source of chance."""
    return np.random.Generator(np.random.SFC64((seed, epoch, index)))


def augment(
    picture: NDArray[np.uint8], strength: Strength, chance: np.random.Generator
) -> NDArray[np.float32]:
    """`picture` uint8 (S, S) grey → float32 (S, S), 0 to 255."""
    result = _move(picture, strength, chance).astype(np.float32)
    if chance.random() < strength.soften:
        result = _soften(result, chance)
    result = _relight(result, strength, chance)
    if chance.random() < strength.cut_chance:
        _cut(result, strength, chance)
    return np.clip(result, 0, 255, out=result)


def _move(picture: NDArray[np.uint8], strength: Strength, chance: np.random.Generator) -> NDArray[np.uint8]:
    side = picture.shape[0]
    angle = np.radians(chance.uniform(-strength.rotation, strength.rotation))
    scale = 1 + chance.uniform(-strength.scale, strength.scale)
    stretch = 1 + chance.uniform(-strength.stretch, strength.stretch)
    flip = -1 if chance.random() < 0.5 else 1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.empty((2, 3))
    matrix[:, :2] = turn @ np.diag([scale * stretch * flip, scale / stretch])
    centre = np.full(2, (side - 1) / 2)
    matrix[:, 2] = centre + chance.uniform(-strength.shift, strength.shift, 2) * side - matrix[:, :2] @ centre
    moved = cv2.warpAffine(
        picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return moved.astype(np.uint8, copy=False)


def _soften(picture: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    """Blur, as of a soft drawing or a bad lens, or the opposite, as of a large face shrunk."""
    blurred = cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.4, 1.2))
    amount = chance.uniform(-1, 1)  # 1: all blur, below 0: sharper
    return np.asarray(picture + np.float32(amount) * (blurred - picture), np.float32)


def _relight(
    picture: NDArray[np.float32], strength: Strength, chance: np.random.Generator
) -> NDArray[np.float32]:
    side = picture.shape[0]
    contrast = 1 + chance.uniform(-strength.contrast, strength.contrast)
    brightness = chance.uniform(-strength.brightness, strength.brightness)
    angle, light = chance.uniform(0, 2 * np.pi), chance.uniform(0, strength.light)
    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    shade = light * (np.cos(angle) * ramp[None, :] + np.sin(angle) * ramp[:, None])
    mean = picture.mean()
    lit = (picture - mean) * contrast + mean + brightness + shade
    if strength.noise:
        lit += chance.standard_normal(picture.shape, np.float32) * chance.uniform(0, strength.noise)
    return np.asarray(lit, np.float32)


def _cut(picture: NDArray[np.float32], strength: Strength, chance: np.random.Generator) -> None:
    """Hide a rectangle, so that no single part decides."""
    side = picture.shape[0]
    height, width = (max(int(chance.uniform(0.1, strength.cut) * side), 1) for _ in range(2))
    y, x = int(chance.integers(0, side - height + 1)), int(chance.integers(0, side - width + 1))
    picture[y : y + height, x : x + width] = chance.uniform(0, 255)
