"""Random changes that leave an expression what it is.

Each picture's chances are keyed by (seed, epoch, index): a resumed run sees the same pictures as one that was
never stopped, whatever the batch, and whatever the threads do. They are drawn for a whole batch at once,
since a generator of NumPy's for each picture takes as long to set up as the picture to warp.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

Chance = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
#: Less than 1, or a picture would be turned inside out.
Share = Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Strength:
    """How much at most.

    Shares of the side for `shift` and `cut`, grey values for `brightness`, `light` and `noise`.
    """

    raw: Chance = 0.2  # of the data set's own framing instead of the run-time crop
    flip: Chance = 0.5
    rotation: Amount = 15.0  # degrees
    scale: Share = 0.15
    stretch: Share = 0.08
    shear: Amount = 0.0  # how far a row moves sideways for each row down
    shift: Amount = 0.07
    contrast: Amount = 0.4
    brightness: Amount = 30.0
    light: Amount = 40.0
    noise: Amount = 6.0
    soften: Chance = 0.35  # of a blur or a sharpening
    cut: Annotated[float, Field(ge=0.1, le=1)] = 0.35
    cut_chance: Chance = 0.5


#: So many chances has a picture; the first decides on its framing, the others are `augment`'s.
DRAWS = 24


def draws(seed: int, epoch: int, indices: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Each picture's chances, float64 (B, DRAWS), evenly from 0 to 1 (1 left out).

    SplitMix64 (Steele, Lea, Flood, 2014), started from the mixed key.
    """
    with np.errstate(over="ignore"):
        state = _mix(_mix(_mix(np.uint64(seed)) + np.uint64(epoch)) + indices.astype(np.uint64))
        steps = np.arange(1, DRAWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        bits = _mix(state[:, None] + steps)
    return (bits >> np.uint64(11)) * 2.0**-53


def _mix(value: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    value = np.asarray(value, np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(value ^ (value >> np.uint64(31)))


class _Chances:
    """A batch's chances, one column after another."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self._columns: Iterator[NDArray[np.float64]] = iter(values.T)

    def between(self, low: float, high: float) -> NDArray[np.float64]:
        return low + (high - low) * next(self._columns)

    def around(self, centre: float, reach: float) -> NDArray[np.float64]:
        return self.between(centre - reach, centre + reach)

    def happen(self, chance: float) -> NDArray[np.bool_]:
        return np.asarray(next(self._columns) < chance)


def augment(
    pictures: NDArray[np.uint8], strength: Strength, values: NDArray[np.float64]
) -> NDArray[np.float32]:
    """`pictures` uint8 (B, S, S) grey → float32 (B, S, S), 0 to 255; `values` float64 (B, DRAWS - 1)."""
    chances = _Chances(values)
    moved = _move(pictures, strength, chances)
    _soften(moved, strength, chances)
    result = _relight(moved, strength, chances)
    _cut(result, strength, chances)
    return np.clip(result, 0, 255, out=result)


def _move(pictures: NDArray[np.uint8], strength: Strength, chances: _Chances) -> NDArray[np.uint8]:
    side = pictures.shape[1]
    angle = np.radians(chances.around(0, strength.rotation))
    scale = chances.around(1, strength.scale)
    stretch = chances.around(1, strength.stretch)
    shear = chances.around(0, strength.shear)
    flip = np.where(chances.happen(strength.flip), -1.0, 1.0)
    shift = np.stack([chances.around(0, strength.shift), chances.around(0, strength.shift)], axis=1)
    # Rotation · shear · scale, about the picture's centre.
    cos, sin = np.cos(angle), np.sin(angle)
    wide, high = scale * stretch * flip, scale / stretch
    matrices = np.empty((len(pictures), 2, 3))
    matrices[:, 0, 0], matrices[:, 0, 1] = cos * wide, (cos * shear - sin) * high
    matrices[:, 1, 0], matrices[:, 1, 1] = sin * wide, (sin * shear + cos) * high
    centre = np.full(2, (side - 1) / 2)
    matrices[:, :, 2] = centre + shift * side - matrices[:, :, :2] @ centre
    moved = np.empty_like(pictures)
    for picture, matrix, target in zip(pictures, matrices, moved, strict=True):
        cv2.warpAffine(
            picture, matrix, (side, side), target, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return moved


def _soften(pictures: NDArray[np.uint8], strength: Strength, chances: _Chances) -> None:
    """Blur, as of a soft drawing or a bad lens, or the opposite, as of a large face shrunk; in place."""
    chosen = chances.happen(strength.soften)
    sigmas, amounts = chances.between(0.4, 1.2), chances.around(0, 1)  # 1: all blur, below 0: sharper
    for index in np.flatnonzero(chosen):
        picture, amount = pictures[index], amounts[index]
        blurred = cv2.GaussianBlur(picture, (0, 0), sigmas[index])
        cv2.addWeighted(picture, 1 - amount, blurred, amount, 0, picture)


def _relight(pictures: NDArray[np.uint8], strength: Strength, chances: _Chances) -> NDArray[np.float32]:
    contrast = chances.around(1, strength.contrast)
    brightness = chances.around(0, strength.brightness)
    angle, light = chances.between(0, 2 * np.pi), chances.between(0, strength.light)
    noise, place = chances.between(0, strength.noise), chances.between(0, 1)
    ramp = np.linspace(-1, 1, pictures.shape[1])
    across = (light * np.cos(angle))[:, None] * ramp
    # Contrast is about the picture's own mean.
    down = (light * np.sin(angle))[:, None] * ramp + (
        brightness + pictures.mean(axis=(1, 2)) * (1 - contrast)
    )[:, None]
    lit = pictures.astype(np.float32)
    lit *= contrast.astype(np.float32)[:, None, None]
    lit += down.astype(np.float32)[:, :, None]
    lit += across.astype(np.float32)[:, None, :]
    if strength.noise:
        bank, count = _noise(), pictures[0].size
        starts = (place * (len(bank) - count)).astype(int)
        for picture, start, sigma in zip(lit, starts, noise.astype(np.float32), strict=True):
            picture += bank[start : start + count].reshape(picture.shape) * sigma
    return lit


@cache
def _noise() -> NDArray[np.float32]:
    """A million normal deviates; each picture takes a stretch of them, which is cheaper than new ones."""
    return np.random.default_rng(0).standard_normal(1 << 20, np.float32)


def _cut(pictures: NDArray[np.float32], strength: Strength, chances: _Chances) -> None:
    """Hide a rectangle, so that no single part decides; in place."""
    side = pictures.shape[1]
    chosen = chances.happen(strength.cut_chance)
    height, width = (np.maximum((chances.between(0.1, strength.cut) * side).astype(int), 1) for _ in range(2))
    top = (chances.between(0, 1) * (side - height + 1)).astype(int)
    left = (chances.between(0, 1) * (side - width + 1)).astype(int)
    grey = chances.between(0, 255)
    for index in np.flatnonzero(chosen):
        y, x = top[index], left[index]
        pictures[index, y : y + height[index], x : x + width[index]] = grey[index]
