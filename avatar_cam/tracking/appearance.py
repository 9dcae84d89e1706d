"""What a head looks like in a few hundred bytes: to know people apart where their places do not say it."""

from __future__ import annotations

import math

import cv2
import numpy as np

from avatar_cam.types import Floats, HeadPose, Pixels

#: Half width and half height of the part of the head that is looked at, and how far below the eyes its middle
#: lies; eye distances. It reaches into the hair, and leaves out what is beside the head.
_WIDE, _HIGH, _BELOW = 1.15, 1.9, 0.1
#: Samples and cells along each side; a cell is the mean of its samples.
_SAMPLES, _CELLS = 32, 8
#: A head darker than this on average, or with less contrast (of 1), tells nothing.
_DARK, _FLAT = 12.0, 0.02
#: A head that is turned further, degrees, shows too much of what is behind it.
_TURN = 40.0
#: Mean difference of two descriptions that are as likely of one person as of two. Measured on seven people:
#: one of them in another light (by a quarter), expression and turn stays below 0.7 of it, another is above
#: 1.1.
_UNLIKE = 0.06
#: Share of a new description in a person's own, so that the own one follows the light but no passer-by.
_LEARNING = 0.15


def describe(pixels: Pixels, head: HeadPose) -> Floats | None:
    """Colours of a head, float32 (N, 3): lightness, red and blue against the head's own mean lightness.

    The head is brought upright and to one size first. None where there is next to nothing to see, or the head
    is turned away.
    """
    if max(abs(head.yaw), abs(head.pitch)) > _TURN:
        return None
    roll = math.radians(head.roll)
    along = np.array([math.cos(roll), math.sin(roll)]) * head.scale * 2 / _SAMPLES
    right, down = along * _WIDE, np.array([-along[1], along[0]]) * _HIGH
    middle = head.translation[:2] + down / _HIGH * _SAMPLES / 2 * _BELOW
    corner = middle - (right + down) * (_SAMPLES - 1) / 2
    to_picture = np.column_stack([right, down, corner])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    samples = cv2.warpAffine(
        pixels, to_picture, (_SAMPLES, _SAMPLES), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    cells = cv2.resize(samples, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)[_INSIDE].astype(np.float32)
    light = cells.mean(axis=1)
    mean = float(light.mean())
    if mean < _DARK or float(light.std()) < _FLAT * mean:
        return None
    described: Floats = np.stack([light, cells[:, 0] - light, cells[:, 2] - light], axis=1) / np.float32(mean)
    return described


def _ellipse() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    middle = (np.arange(_CELLS) + 0.5) / _CELLS * 2 - 1
    return np.hypot(*np.meshgrid(middle, middle)) < 1


_INSIDE = _ellipse()


def unlike(one: Floats, other: Floats) -> float:
    """How different two heads look: 0 the same, below 1 rather one person, above rather two."""
    return float(np.abs(one - other).mean()) / _UNLIKE


def learnt(own: Floats | None, seen: Floats) -> Floats:
    """A person's own description after another one was seen."""
    return seen if own is None else own + np.float32(_LEARNING) * (seen - own)
