"""OpenCV's array functions with the types they really have."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def blurred(layer: NDArray[np.floating[Any]], sigma: float) -> Array:
    """A float layer, softened by a standard deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), sigma), np.float32)


def sampled(layer: Array, columns: Array, rows: Array, how: int = cv2.INTER_LINEAR) -> Array:
    """The layer at these columns and rows; beyond its edge it goes on as it ends."""
    found = cv2.remap(layer, columns, rows, how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def to_bytes(values: NDArray[np.floating[Any]]) -> Bytes:
    """0 to 255, clipped, as uint8."""
    return np.asarray(np.clip(values, 0, 255), np.uint8)
