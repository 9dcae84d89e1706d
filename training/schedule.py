"""The learning rate and the moving average of the weights."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def learning_rate(step: int, steps: int, warmup: int, peak: float) -> float:
    """Of step 0 to `steps` - 1: up to `peak` in a line over `warmup` steps, then down to 0 along a cosine."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(steps - warmup, 1)))


class Average:
    """Exponential moving average of all weights, running means of batch normalisation included."""

    def __init__(self, weights: list[NDArray[np.float32]], decay: float, updates: int = 0) -> None:
        self.weights = [np.array(weight) for weight in weights]
        self.updates = updates
        self._decay = decay

    def update(self, weights: list[NDArray[np.float32]]) -> None:
        self.updates += 1
        # Young averages follow faster; else the random start would be felt for epochs.
        decay = min(self._decay, self.updates / (self.updates + 9))
        for mean, weight in zip(self.weights, weights, strict=True):
            mean += (1 - decay) * (weight - mean)
