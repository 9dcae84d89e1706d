"""The learning rate and the moving average of the weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def learning_rate(step: int, steps: int, warmup: int, peak: float) -> float:
    """Of step 0 to `steps` - 1: up to `peak` in a line over `warmup` steps, then down to 0 along a cosine."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(steps - warmup, 1)))


class Average:
    """Exponential moving average of all weights, running means of batch normalisation included.

    To take the weights out of the network costs a tenth of a step, so it is updated only each `every` steps,
    by as much as that many would have.
    """

    def __init__(self, weights: Sequence[NDArray[np.float32]], decay: float, every: int = 1) -> None:
        self.weights = [np.array(weight) for weight in weights]
        self.updates = 0
        self._decay, self._every = decay, every

    def due(self, step: int) -> bool:
        """Whether to update after this step, counted from 0 over the whole run."""
        return (step + 1) % self._every == 0

    def update(self, weights: Sequence[NDArray[np.float32]]) -> None:
        self.updates += 1
        # Young averages follow faster; else the random start would be felt for epochs.
        steps = self.updates * self._every
        decay = min(self._decay, steps / (steps + 9)) ** self._every
        for mean, weight in zip(self.weights, weights, strict=True):
            mean += np.float32(1 - decay) * (weight - mean)
