"""Which way up a decoded picture is shown: a video's display matrix."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from avatar_cam.types import Pixels


@dataclass(frozen=True, slots=True)
class Orientation:
    """First rows and columns change places, then columns or rows are reversed."""

    transpose: bool = False
    reverse_columns: bool = False
    reverse_rows: bool = False

    @classmethod
    def from_display_matrix(cls, matrix: bytes) -> Orientation:
        """The nearest of the eight upright orientations.

        The matrix is FFmpeg's: nine int32, row by row, of which a, b, c, d take a stored point to
        (a·x + c·y, b·x + d·y).
        """
        a, b, _, c, d = np.frombuffer(matrix, np.int32, count=5).tolist()
        if abs(b) > abs(a):
            return cls(True, c < 0, b < 0)
        return cls(False, a < 0, d < 0)

    def size(self, size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) as shown, of a picture stored with this `size`."""
        return size[::-1] if self.transpose else size

    def apply(self, pixels: Pixels) -> Pixels:
        """`pixels` uint8 (H, W, 3) as shown, contiguous; the same array where nothing is to be turned."""
        if self.transpose:
            pixels = cv2.transpose(pixels).astype(np.uint8, copy=False)
        if self.reverse_columns or self.reverse_rows:
            code = -1 if self.reverse_columns and self.reverse_rows else int(self.reverse_columns)
            pixels = cv2.flip(pixels, code).astype(np.uint8, copy=False)
        return pixels
