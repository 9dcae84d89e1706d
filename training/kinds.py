"""The kinds of numbers in which a .tflite can hold a network, and how far each may read differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

#: float32    as trained
#: float16    weights of half the size, computed with as float32
#: int8       weights of a quarter; each layer's input is brought to int8 by its own range, face by face
#:            ("dynamic range")
#: int8-full  weights and layers' outputs in int8, by ranges learnt from training faces; float32 in and out
Kind: TypeAlias = Literal["float32", "float16", "int8", "int8-full"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two readings of the same faces are apart.

    `largest` and `mean` differences of a probability, the mean over faces of the largest of each; `other` the
    share of faces of which another label is the most probable.
    """

    largest: float
    mean: float
    other: float

    @classmethod
    def between(cls, one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> Difference:
        """Of probabilities (N, labels) of at least one face."""
        apart = np.abs(one - other).max(axis=1)
        changed = one.argmax(axis=1) != other.argmax(axis=1)
        return cls(float(apart.max()), float(apart.mean()), float(changed.mean()))

    def within(self, limit: Difference) -> bool:
        return self.largest <= limit.largest and self.mean <= limit.mean and self.other <= limit.other


#: What is put down to rounding; more is a fault of the conversion. Of int8 the mean counts: a face
#: on the edge between two labels may well be read as the other.
TOLERANCES: dict[Kind, Difference] = {
    "float32": Difference(largest=1e-3, mean=1e-4, other=0.001),
    "float16": Difference(largest=2e-2, mean=1e-3, other=0.005),
    "int8": Difference(largest=0.3, mean=0.015, other=0.02),
    "int8-full": Difference(largest=0.7, mean=0.04, other=0.05),
}
