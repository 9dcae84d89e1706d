"""What the network is fed: targets once, batches anew for each epoch."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from training.augment import Strength, augment, draws
from training.config import Head
from training.scaling import scaled

#: Pictures float32 (B, S, S, 1), scaled, and of each head float32 (B, labels).
Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]


def target(shares: NDArray[np.float32], head: Head) -> NDArray[np.float32]:
    """What a head shall say: the votes' shares (N, labels), smoothed, and weighted by class.

    The rows are not brought to a sum of 1: a face that half of the annotators could not name counts half, one
    without labels nothing. Every column is multiplied by (mean column's sum / its own) ** `balance`, and the
    whole by what keeps the mean weight of a vote at 1, so that rare expressions are not swallowed by neutral:
    0 leaves them as they are, 1 makes all labels count the same.
    """
    total = shares.sum(axis=0)
    weight = np.where(total > 0, total.mean() / np.maximum(total, 1e-6), 0) ** head.balance
    weight *= total.sum() / (weight * total).sum()
    spread = shares.sum(axis=1, keepdims=True) / shares.shape[1]
    smooth = shares * (1 - head.smoothing) + spread * head.smoothing
    return np.asarray(smooth * weight, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """The faces to learn from and how they are shown.

    `crops` and `raw` uint8 (N, S, S); `targets` of each head float32 (N, labels).
    """

    crops: NDArray[np.uint8]
    raw: NDArray[np.uint8]
    targets: Mapping[str, NDArray[np.float32]]
    strength: Strength
    mixup: float
    size: int
    seed: int

    @property
    def steps(self) -> int:
        """Full batches in an epoch; the faces that are left over have their turn in another."""
        return len(self.crops) // self.size

    def epoch(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """The epoch's batches from number `first` on, made while the network works on those before."""
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.crops))
        # Each thread keeps about a core busy; the network needs the others.
        threads = max(1, (os.cpu_count() or 1) // 4)
        with ThreadPoolExecutor(threads, "feed") as pool:
            numbers = iter(range(first, self.steps))

            def submit(number: int) -> Future[Batch]:
                part = order[number * self.size : (number + 1) * self.size]
                return pool.submit(self._make, part, epoch, number)

            ahead = deque(submit(number) for number in islice(numbers, threads + 1))
            while ahead:
                batch = ahead.popleft().result()
                ahead.extend(submit(number) for number in islice(numbers, 1))
                yield batch

    def _make(self, part: NDArray[np.int64], epoch: int, number: int) -> Batch:
        values = draws(self.seed, epoch, part)
        own = values[:, 0] < self.strength.raw
        pictures = np.where(own[:, None, None], self.raw[part], self.crops[part])
        shown = augment(pictures, self.strength, values[:, 1:])
        wanted = {name: rows[part] for name, rows in self.targets.items()}
        if self.mixup:
            chance = np.random.default_rng((self.seed, epoch, number))
            shown, wanted = mixed(shown, wanted, self.mixup, chance)
        return scaled(shown), wanted


def mixed(
    pictures: NDArray[np.float32],
    wanted: dict[str, NDArray[np.float32]],
    alpha: float,
    chance: np.random.Generator,
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Each picture laid over another of the batch, its targets likewise (Zhang et al., arXiv 1710.09412)."""
    other = chance.permutation(len(pictures))
    share = chance.beta(alpha, alpha, len(pictures)).astype(np.float32)
    share = np.maximum(share, 1 - share)  # the first is the one that shows more

    def mix(rows: NDArray[np.float32]) -> NDArray[np.float32]:
        own = share.reshape(-1, *[1] * (rows.ndim - 1))
        mixed: NDArray[np.float32] = own * rows + (1 - own) * rows[other]
        return mixed

    return mix(pictures), {name: mix(rows) for name, rows in wanted.items()}
