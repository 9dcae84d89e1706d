"""A lattice over a part of the picture, and where on it a texture is seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from avatar_cam.rendering import native
from avatar_cam.types import Box, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Nodes in the middles of equal cells over `lattice` (see `Placement`), to draw inside of `box`; px.

    `nodes` float32 (rows · columns, 2), row by row.
    """

    box: Box
    lattice: Box
    rows: int
    columns: int
    nodes: Floats

    @classmethod
    def over(
        cls, corners: Floats, size: tuple[int, int], spacing: float, fewest: int, most: int
    ) -> Self | None:
        """A grid around `corners` (N, 2) px, as far as they lie in a picture of `size` (width, height).

        Its nodes lie about `spacing` px apart; there are `fewest` to `most` each way. None where nothing lies
        in the picture.
        """
        x0, y0 = (max(0, math.floor(low)) for low in corners.min(axis=0).tolist())
        x1, y1 = (
            min(end, math.ceil(high)) for end, high in zip(size, corners.max(axis=0).tolist(), strict=True)
        )
        if x0 >= x1 or y0 >= y1:
            return None
        columns, rows = (
            min(most, max(fewest, math.ceil((end - start) / max(spacing, 1e-3)) + 1))
            for start, end in ((x0, x1), (y0, y1))
        )
        left, right = _lattice(x0, x1, columns)
        top, bottom = _lattice(y0, y1, rows)
        x, y = _middles(left, right, columns), _middles(top, bottom, rows)
        nodes = np.empty((rows, columns, 2), np.float32)
        nodes[..., 0], nodes[..., 1] = x, y[:, None]
        return cls((x0, y0, x1, y1), (left, top, right, bottom), rows, columns, nodes.reshape(-1, 2))

    def boxes(self, uv: Floats, which: Sequence[int], extents: Floats) -> list[Box | None]:
        """Where in the picture P textures are seen, whole px; None for one that is not seen at all.

        `uv` float32 (D, rows, columns, 2) says what is seen at the nodes, `which` by each texture of which of
        the D, and `extents` (P, 4) where in the artwork it lies.
        """
        reach = native.reach if native.library() else reached
        return [self._box(cells) for cells in reach(uv, which, extents)]

    def _box(self, cells: Sequence[int]) -> Box | None:
        """What of `box` lies in `cells`, which `reached` gave."""
        edges = []
        for axis, nodes in enumerate((self.columns, self.rows)):
            start, end = self.lattice[axis], self.lattice[axis + 2]
            step = (end - start) / nodes
            low = math.floor(start + (cells[axis] + 0.5) * step)
            high = math.ceil(start + (cells[axis + 2] + 0.5) * step)
            edges.append((max(low, self.box[axis]), min(high, self.box[axis + 2])))
        (left, right), (top, bottom) = edges
        found = cells[2] > 0 and left < right and top < bottom
        return (left, top, right, bottom) if found else None


def reached(uv: Floats, which: Sequence[int], extents: Floats) -> list[list[int]]:
    """As `avatar_cam.rendering.native.reach`, which it is for machines without."""
    # Between four nodes what is seen lies between what is seen at them.
    low = np.minimum(uv[:, :, :-1], uv[:, :, 1:])
    high = np.maximum(uv[:, :, :-1], uv[:, :, 1:])
    low, high = np.minimum(low[:, :-1], low[:, 1:]), np.maximum(high[:, :-1], high[:, 1:])
    # One texel further, since the outermost ones fade out over it.
    which = list(which)
    inside = (low[which] < extents[:, None, None, 2:] + 1) & (high[which] > extents[:, None, None, :2] - 1)
    seen = inside.all(axis=-1)
    (left, right), (top, bottom) = (_ends(seen.any(axis=axis)) for axis in (1, 2))
    cells = np.stack([left, top, right, bottom], axis=1)
    cells[~seen.any(axis=(1, 2))] = 0
    found: list[list[int]] = cells.tolist()
    return found


def _ends(seen: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first of each row (P, N) that is seen, and the one after the last."""
    return seen.argmax(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1)


def _lattice(start: int, end: int, nodes: int) -> tuple[int, int]:
    """The outermost nodes lie in the middle of their cells, so half a cell more on each side is enough."""
    margin = (end - start) // (2 * nodes - 2) + 1
    return start - margin, end + margin


def _middles(start: int, end: int, nodes: int) -> Floats:
    middles: Floats = start + (np.arange(nodes, dtype=np.float32) + np.float32(0.5)) * np.float32(
        (end - start) / nodes
    )
    return middles
