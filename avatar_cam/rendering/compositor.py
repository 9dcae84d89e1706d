"""Draw placements into a picture, on the CPU."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from avatar_cam.rendering import native, sampling
from avatar_cam.rendering.mipmap import halved, halvings_of
from avatar_cam.rendering.native import MOST_MESHES, Art, Finish, Mesh
from avatar_cam.types import Pixels, Placement


def draw(pixels: Pixels, placements: Iterable[Placement]) -> None:
    """Draw `placements` in order into `pixels`, uint8 (H, W, 3) RGB or (H, W, 4) premultiplied RGBA.

    Only the placements' boxes are touched.
    """
    for (opacity, light), group in groupby(placements, key=lambda one: (one.opacity, one.light)):
        meshes, finish = [_mesh(placement) for placement in group], Finish(opacity, light)
        if native.library() is None:
            sampling.draw_meshes(pixels, meshes, finish)
        else:
            for start in range(0, len(meshes), MOST_MESHES):
                native.draw_meshes(pixels, meshes[start : start + MOST_MESHES], finish)


def overlay(size: tuple[int, int], placements: Iterable[Placement]) -> Pixels:
    """The placements alone, uint8 (H, W, 4) premultiplied RGBA, for a picture of `size` (width, height)."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    draw(pixels, placements)
    return pixels


def _mesh(placement: Placement) -> Mesh:
    times = halvings_of(placement)
    factor = 0.5**times
    # Artwork point p lies in pixel p - 0.5; a halved picture's pixels are twice as large.
    arts = []
    for texture, share in placement.textures:
        level = halved(texture, times)
        x, y = (at * factor + 0.5 - level.margin for at in texture.origin)
        arts.append(Art(level, factor, (x, y), share))
    return Mesh(placement.box, placement.lattice, placement.uv, tuple(arts))
