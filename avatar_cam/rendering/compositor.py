"""Draw placements into a picture, on the CPU."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import cv2
import numpy as np

from avatar_cam.rendering import native, sampling
from avatar_cam.rendering.mipmap import halved, halvings_of
from avatar_cam.rendering.native import Art
from avatar_cam.types import Pixels, Placement


def draw(pixels: Pixels, placements: Iterable[Placement]) -> None:
    """Draw `placements` in order into `pixels`, uint8 (H, W, 3) RGB or (H, W, 4) premultiplied RGBA.

    Only the placements' boxes are touched.
    """
    for opacity, group in groupby(placements, key=lambda placement: placement.opacity):
        if opacity >= 1:
            for placement in group:
                _draw(pixels, (0, 0), placement)
        else:
            _draw_faded(pixels, list(group), opacity)


def overlay(size: tuple[int, int], placements: Iterable[Placement]) -> Pixels:
    """The placements alone, uint8 (H, W, 4) premultiplied RGBA, for a picture of `size` (width, height)."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    draw(pixels, placements)
    return pixels


def _draw_faded(pixels: Pixels, placements: Sequence[Placement], opacity: float) -> None:
    """Draw a face that fades: as a whole, else its planes would show through each other."""
    left, top, right, bottom = zip(*(placement.box for placement in placements), strict=True)
    x, y = min(left), min(top)
    face = np.zeros((max(bottom) - y, max(right) - x, 4), np.uint8)
    for placement in placements:
        _draw(face, (x, y), placement)
    region = pixels[y : y + face.shape[0], x : x + face.shape[1]]
    sampling.blend(region, np.asarray(cv2.convertScaleAbs(face, alpha=opacity), np.uint8))


def _draw(pixels: Pixels, origin: tuple[int, int], placement: Placement) -> None:
    """Draw one mesh, whatever its opacity; the first of `pixels` is the picture's at `origin` (x, y)."""
    times = halvings_of(placement)
    factor = 0.5**times
    # Artwork point p lies in pixel p - 0.5; a halved picture's pixels are twice as large.
    arts = [
        Art(
            halved(texture, times),
            factor,
            (texture.origin[0] * factor + 0.5, texture.origin[1] * factor + 0.5),
            share,
        )
        for texture, share in placement.textures
    ]
    draw_mesh = native.draw_mesh if native.library() is not None else sampling.draw_mesh
    draw_mesh(pixels, origin, placement.box, placement.lattice, placement.uv, arts)
