"""What the network is fed: targets once, batches anew for each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.augment import Strength, augment, generator
from training.samples import FER2013, LABELS, Samples, shares
from training.scaling import scaled

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Targets:
    """Of the two heads: `ferplus` float32 (N, 8), `fer2013` float32 (N, 7)."""

    ferplus: NDArray[np.float32]
    fer2013: NDArray[np.float32]


def targets(samples: Samples, balance: float, smoothing: float) -> Targets:
    """Vote shares weighted by class, and smoothed FER2013 labels.

    The shares are not brought to a sum of 1: a face that half of the annotators could not name counts half.
    Every column is multiplied by (mean share / own share over all faces) ** `balance`, and the whole by what
    keeps the mean weight of a vote at 1, so that rare expressions are not swallowed by neutral: 0 leaves them
    as they are, 1 makes all eight count the same.
    """
    share = shares(samples.votes)[:, : len(LABELS)]
    total = share.sum(axis=0)
    weight = np.where(total > 0, total.mean() / np.maximum(total, 1e-6), 0) ** balance
    weight *= total.sum() / (weight * total).sum()
    hard = np.eye(len(FER2013), dtype=np.float32)[samples.fer2013]
    smooth = hard * (1 - smoothing) + smoothing / len(FER2013)
    return Targets((share * weight).astype(np.float32), smooth.astype(np.float32))


def batches(
    samples: Samples, wanted: Targets, strength: Strength, size: int, seed: int, epoch: int
) -> Iterator[Batch]:
    """The epoch's full batches in the epoch's order, each made while the network works on the one before."""
    order = np.random.default_rng((seed, epoch)).permutation(len(samples))
    parts = [order[start : start + size] for start in range(0, len(order) - size + 1, size)]

    def make(part: NDArray[np.int64]) -> Batch:
        pictures = np.stack([_picture(samples, int(index), strength, seed, epoch) for index in part])
        return scaled(pictures), {"ferplus": wanted.ferplus[part], "fer2013": wanted.fer2013[part]}

    with ThreadPoolExecutor(1) as pool:
        ahead = [pool.submit(make, part) for part in parts[:2]]
        for part in [*parts[2:], None, None]:
            if not ahead:
                return
            yield ahead.pop(0).result()
            if part is not None:
                ahead.append(pool.submit(make, part))


def _picture(samples: Samples, index: int, strength: Strength, seed: int, epoch: int) -> NDArray[np.float32]:
    chance = generator(seed, epoch, index)
    source = samples.raw if chance.random() < strength.raw else samples.aligned
    return augment(source[index], strength, chance)
