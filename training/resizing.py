"""Pictures of another side."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def resized(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """(N, S, S) → (N, side, side); the same array where nothing changes."""
    if pictures.shape[1] == side:
        return pictures
    method = cv2.INTER_AREA if side < pictures.shape[1] else cv2.INTER_CUBIC
    result = np.empty((len(pictures), side, side), np.uint8)
    for picture, target in zip(pictures, result, strict=True):
        cv2.resize(picture, (side, side), target, interpolation=method)
    return result
