"""From grey values to the network's input; written into the card."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: The network's input is (grey value of 0 to 255 - OFFSET) * FACTOR.
OFFSET, FACTOR = 127.5, 1 / 64


def scaled(pictures: NDArray[Any], offset: float = OFFSET, factor: float = FACTOR) -> NDArray[np.float32]:
    """(N, S, S) of 0 to 255 → the network's input, float32 (N, S, S, 1)."""
    return ((pictures.astype(np.float32) - np.float32(offset)) * np.float32(factor))[..., None]
