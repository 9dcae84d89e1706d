"""The learning-rate range test (Smith, *Cyclical learning rates*, arXiv 1506.01186)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from avatar_cam.errors import ModelError

Batch = TypeVar("Batch")

#: So many steps from the lowest to the highest rate, at most.
STEPS = 150
LOWEST, HIGHEST = 1e-6, 10.0
_SMOOTHING = 0.9
_DIVERGED = 4.0


@dataclass(frozen=True, slots=True)
class RangeTest:
    """The rates tried, the smoothed loss at each, and a peak rate to train with."""

    rates: list[float]
    losses: list[float]
    suggestion: float


def find_rate(
    batches: Iterable[Batch], step: Callable[[Batch, float], float], steps: int = STEPS
) -> RangeTest:
    """Raise the rate by the same factor each step until the loss has gone up to four times its lowest.

    `step` trains on one of the batches at a rate, and returns the loss. Suggested is a tenth of the rate at
    which the smoothed loss is lowest: there it still falls, and that much below lies what stays stable.
    Raises ModelError where the loss is no number from the start.
    """
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    for number, batch in zip(range(steps), batches, strict=False):
        rate = LOWEST * (HIGHEST / LOWEST) ** (number / max(steps - 1, 1))
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * step(batch, rate)
        smooth = mean / (1 - _SMOOTHING ** (number + 1))
        if not math.isfinite(smooth) or (losses and smooth > _DIVERGED * min(losses)):
            break
        rates.append(rate)
        losses.append(smooth)
    if not rates:
        raise ModelError("the loss is no number from the first step on, at any rate: look at the config")
    return RangeTest(rates, losses, rates[losses.index(min(losses))] / 10)
