"""People and characters without a room: the transparency of a picture."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from avatar_cam.rendering.compositor import overlay
from avatar_cam.types import Pixels, Placement


def with_overlay(alpha: Pixels, placements: Iterable[Placement]) -> Pixels:
    """`alpha`, uint8 (H, W), and over it that of `placements`: what of each pixel is not transparent."""
    height, width = alpha.shape
    over = overlay((width, height), placements)[..., 3]
    shown = cv2.multiply(alpha, 255 - over, scale=1 / 255)
    return np.asarray(cv2.add(over, shown), np.uint8)


def straight(pixels: Pixels, alpha: Pixels) -> Pixels:
    """(H, W, 4) RGBA with straight alpha, as virtual cameras take it.

    `pixels` uint8 (H, W, 3) are multiplied by `alpha`, uint8 (H, W), which none of them exceeds but by
    rounding.
    """
    factors = np.zeros(alpha.shape, np.float32)
    np.divide(np.float32(255), alpha, out=factors, where=alpha > 0)
    colours = cv2.multiply(pixels, cv2.merge([factors] * 3), dtype=cv2.CV_8U)
    return np.asarray(cv2.merge([*cv2.split(colours), alpha]), np.uint8)
