"""Whether a model is right as often as it says, and the temperature that makes it so.

Guo, Pleiss, Sun, Weinberger, *On calibration of modern neural networks*, ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Bins of equal width, as in the paper.
BINS = 15

#: Temperatures that a fit may give; beyond these the faces are too few or read without a mistake.
COLDEST, HOTTEST = 0.05, 20.0


@dataclass(frozen=True, slots=True)
class Bin:
    """The faces whose largest probability lies in one bin: how many, its mean, and the share read right."""

    faces: int
    confidence: float
    accuracy: float


def reliability(
    probabilities: NDArray[np.floating[Any]], true: NDArray[np.integer[Any]], bins: int = BINS
) -> list[Bin]:
    """The bins that have faces, from the least confident up.

    `probabilities` (N, labels), `true` (N,) the right labels, all of them known.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == true
    # (0, 1/15], (1/15, 2/15] …
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return [
        Bin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for inside in (place == number for number in range(bins))
        if inside.any()
    ]


def expected_error(bins: list[Bin]) -> float:
    """The expected calibration error: how far confidence and accuracy are apart, on average over faces."""
    faces = sum(part.faces for part in bins)
    return sum(part.faces * abs(part.confidence - part.accuracy) for part in bins) / max(faces, 1)


def softmax(logits: NDArray[np.floating[Any]], temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities (N, labels) of logits divided by `temperature`."""
    cooled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(cooled - cooled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(logits: NDArray[np.floating[Any]], true: NDArray[np.integer[Any]]) -> float:
    """The temperature under which the right labels are most likely.

    `logits` (N, labels), `true` (N,), all of them known. The mean loss is convex in 1 / temperature, so its
    slope is brought to 0 by bisection.
    """
    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(60):
        middle = (low + high) / 2
        if _slope(logits, true, middle) > 0:
            high = middle
        else:
            low = middle
    return 2 / (low + high)


def _slope(logits: NDArray[np.floating[Any]], true: NDArray[np.integer[Any]], inverse: float) -> float:
    """Derivative of the mean loss by 1 / temperature: the logits expected less those of the labels."""
    expected = (softmax(logits, 1 / inverse) * logits).sum(axis=1)
    return float((expected - logits[np.arange(len(true)), true]).mean())
