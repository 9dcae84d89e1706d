"""The one function that cuts a face out for the classifier, in training and at run time."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.types import Pixels

#: FaceMesh: outer and inner corner of the right eye, then of the left one.
_RIGHT_EYE, _LEFT_EYE = [33, 133], [362, 263]

#: Side of the square, in sides of the landmarks' box; chosen on FER+ Valid.
MARGIN = 1.05


def crop_face(
    pixels: Pixels, landmarks: NDArray[np.floating[Any]], size: int, margin: float = MARGIN
) -> Pixels:
    """Cut out the face as an upright grey square.

    `pixels` uint8 (H, W, 3) RGB or (H, W) grey; `landmarks` (N >= 468, 2 or more) px, FaceMesh's order.
    Returns uint8 (size, size): the eyes level, the side `margin` times the longer side of the landmarks'
    box in that rotation; what lies outside the picture repeats its edge. Large faces are averaged down, not
    sampled, so that the classifier sees the same softness at every distance.
    """
    points = np.asarray(landmarks, np.float64)[:, :2]
    across = points[_LEFT_EYE].mean(axis=0) - points[_RIGHT_EYE].mean(axis=0)
    across /= max(float(np.hypot(*across)), 1e-6)
    upright = np.array([[across[0], across[1]], [-across[1], across[0]]])  # rolls the eyes level
    turned = points @ upright.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    side = max(float((high - low).max()) * margin, 1.0)
    corner = (low + high) / 2 - side / 2

    # (crop pixel + 0.5) · side / size + corner = upright @ (picture pixel + 0.5)
    step = side / size
    to_picture = np.empty((2, 3))
    to_picture[:, :2] = upright.T * step
    to_picture[:, 2] = upright.T @ (corner + step / 2) - 0.5

    patch, offset = _around(pixels, to_picture, size)
    shrink = int(step)
    if shrink >= 2:
        height, width = patch.shape[:2]
        # Whole multiples only, so that the averaged grid stays aligned with the picture's.
        patch = patch[: max(height // shrink, 1) * shrink, : max(width // shrink, 1) * shrink]
        fit = (max(patch.shape[1] // shrink, 1), max(patch.shape[0] // shrink, 1))
        patch = np.asarray(cv2.resize(patch, fit, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        shrink = 1
    if patch.ndim == 3:
        patch = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), np.uint8)
    to_picture[:, 2] = (to_picture[:, 2] - offset + 0.5) / shrink - 0.5
    to_picture[:, :2] /= shrink
    crop = cv2.warpAffine(
        patch,
        to_picture,
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(crop, np.uint8)


def _around(pixels: Pixels, to_picture: NDArray[np.float64], size: int) -> tuple[Pixels, NDArray[np.float64]]:
    """The part of the picture that the crop shows, and where it begins, (2,) px."""
    corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]], np.float64)
    reach = corners @ to_picture.T
    height, width = pixels.shape[:2]
    limit = np.array([width, height])
    start = np.clip(np.floor(reach.min(axis=0)) - 2, 0, limit - 1).astype(int)
    stop = np.clip(np.ceil(reach.max(axis=0)) + 3, start + 1, limit).astype(int)
    part = pixels[start[1] : stop[1], start[0] : stop[0]]
    return part, start.astype(np.float64)
