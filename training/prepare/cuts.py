"""Where a face is, in a way that it can be cut out of the picture at any scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from avatar_cam.emotions.crop import MARGIN, crop_face
from avatar_cam.types import Floats
from training.datasets.base import Box
from training.prepare.pictures import Grey


class Cut(Protocol):
    """A face in a picture."""

    @property
    def side(self) -> float:
        """Side of the square that is cut out, px."""

    @property
    def middle(self) -> tuple[float, float]:
        """x and y of the face's middle, px."""

    def scaled(self, factor: float) -> Cut:
        """The same face in the same picture, `factor` times as large."""

    def out_of(self, picture: Grey, size: int) -> Grey:
        """The face, uint8 (size, size)."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Cut out as at run time: FaceMesh's points, float32 (N >= 468, 2) px."""

    points: Floats

    @property
    def side(self) -> float:
        return float(np.ptp(self.points, axis=0).max()) * MARGIN

    @property
    def middle(self) -> tuple[float, float]:
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        return float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2

    def scaled(self, factor: float) -> Landmarks:
        return Landmarks(self.points * np.float32(factor))

    def out_of(self, picture: Grey, size: int) -> Grey:
        return crop_face(picture, self.points, size)


@dataclass(frozen=True, slots=True)
class Square:
    """An upright square, px; what lies outside the picture repeats its edge."""

    left: float
    top: float
    side: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.side / 2, self.top + self.side / 2

    def scaled(self, factor: float) -> Square:
        return Square(self.left * factor, self.top * factor, self.side * factor)

    def out_of(self, picture: Grey, size: int) -> Grey:
        patch = self.patch(picture)
        method = cv2.INTER_AREA if patch.shape[0] > size else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(patch, (size, size), interpolation=method), np.uint8)

    def patch(self, picture: Grey) -> Grey:
        """What it shows, to whole pixels, uint8 (S, S)."""
        height, width = picture.shape[:2]
        left, top, side = round(self.left), round(self.top), max(round(self.side), 1)
        # A square beside the picture shows the edge that is nearest.
        rows = _within(top, top + side, height)
        columns = _within(left, left + side, width)
        inside = picture[slice(*rows), slice(*columns)]
        before_y, before_x = max(rows[0] - top, 0), max(columns[0] - left, 0)
        before_y, before_x = min(before_y, side - 1), min(before_x, side - 1)
        patch = cv2.copyMakeBorder(
            inside,
            before_y,
            max(side - before_y - inside.shape[0], 0),
            before_x,
            max(side - before_x - inside.shape[1], 0),
            cv2.BORDER_REPLICATE,
        )
        return np.asarray(patch, np.uint8)


def around(box: Box, margin: float, down: float = 0.0) -> Square:
    """The square whose side is `margin` times the box's longer one, moved down by `down` of that."""
    longer = max(box.right - box.left, box.bottom - box.top)
    side = longer * margin
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2 + down * longer
    return Square(x - side / 2, y - side / 2, side)


def whole(picture: Grey) -> Square:
    """The square that holds all of a picture, in its middle."""
    height, width = picture.shape[:2]
    side = max(height, width)
    return Square((width - side) // 2, (height - side) // 2, side)


def _within(start: int, stop: int, limit: int) -> tuple[int, int]:
    """The part of a range that lies in [0, limit), one pixel at least."""
    first = min(max(start, 0), limit - 1)
    return first, min(max(stop, first + 1), limit)
