"""Where the points of an artwork are seen, by what is drawn and not by how it was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar_cam.characters.character import Character
from avatar_cam.types import Placement, Texture

Point = NDArray[np.float64]


def where_shown(placement: Placement, point: Sequence[float]) -> Point:
    """The point of the picture, px, at which a mesh shows a point of the artwork.

    Newton's method on its cells.
    """
    uv = placement.uv.astype(np.float64)
    rows, columns = uv.shape[:2]
    nearest = int(((uv - point) ** 2).sum(axis=-1).argmin())
    at = np.array([nearest % columns, nearest // columns], np.float64)
    for _ in range(30):
        x, y = (min(max(int(np.floor(a)), 0), n - 2) for a, n in zip(at, (columns, rows), strict=True))
        right, down = at - (x, y)
        (a, b), (c, d) = uv[y : y + 2, x : x + 2]
        seen = (a * (1 - right) + b * right) * (1 - down) + (c * (1 - right) + d * right) * down
        across = (b - a) * (1 - down) + (d - c) * down
        along = (c - a) * (1 - right) + (d - b) * right
        step = np.linalg.solve(np.stack([across, along], axis=1), np.asarray(point) - seen)
        at = at + step
        if np.abs(step).max() < 1e-9:
            break
    left, top, end, bottom = placement.lattice
    return (at + 0.5) * ((end - left) / columns, (bottom - top) / rows) + (left, top)


def anchors_shown(character: Character, placements: Sequence[Placement]) -> dict[str, Point]:
    """Where each anchor is seen, px, on the nearest mesh of the head that shows something there."""
    shown = {}
    for name, point in character.anchors.items():
        on = [one for one in placements if any(_has(texture, point.tolist()) for texture, _ in one.textures)]
        if on:
            shown[name] = where_shown(on[-1], point.tolist())
    return shown


def _has(texture: Texture, point: Sequence[float]) -> bool:
    x, y = (int(at) - start for at, start in zip(point, texture.origin, strict=True))
    height, width = texture.rgba.shape[:2]
    return bool(0 <= x < width and 0 <= y < height and texture.rgba[y, x, 3] > 127)
