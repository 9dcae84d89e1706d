"""Meshes drawn with OpenCV: for machines without the compiled kernel, and to hold that to."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from avatar_cam.characters.flattening import around, lay_over
from avatar_cam.rendering.native import Art, Finish, Mesh
from avatar_cam.types import Pixels


def draw_meshes(pixels: Pixels, meshes: Sequence[Mesh], finish: Finish) -> None:
    """As `avatar_cam.rendering.native.draw_meshes`."""
    boxes = [mesh.box for mesh in meshes if mesh.box[0] < mesh.box[2] and mesh.box[1] < mesh.box[3]]
    if not boxes:
        return
    if finish == Finish():
        for mesh in meshes:
            _draw(pixels, (0, 0), mesh)
        return
    # All of them first, else one would show through another.
    x, y, right, bottom = around(boxes)
    face = np.zeros((bottom - y, right - x, 4), np.uint8)
    for mesh in meshes:
        _draw(face, (x, y), mesh)
    if finish.light != (1.0, 1.0, 1.0):
        # Colours may not grow beyond their alpha, which is white.
        lit = face * np.array([*finish.light, 1.0], np.float32) + np.float32(0.5)
        face = np.minimum(lit, face[..., 3:]).astype(np.uint8)
    region = pixels[y : y + face.shape[0], x : x + face.shape[1]]
    lay_over(region, np.asarray(cv2.convertScaleAbs(face, alpha=finish.opacity), np.uint8))


def _draw(pixels: Pixels, origin: tuple[int, int], mesh: Mesh) -> None:
    """One mesh over pixels whose first one is the picture's at `origin` (x, y)."""
    (x0, y0, x1, y1), (left, top) = mesh.box, origin
    if x0 >= x1 or y0 >= y1:
        return
    patch = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
    for art in mesh.arts:
        cv2.scaleAdd(_sampled(art, mesh), art.share, patch, dst=patch)
    lay_over(pixels[y0 - top : y1 - top, x0 - left : x1 - left], patch)


def _sampled(art: Art, mesh: Mesh) -> Pixels:
    """The artwork in the box, linear, uint8 (height, width, 4) premultiplied; empty beyond the artwork."""
    nodes = mesh.uv * np.float32(art.factor) - np.array(art.shift, np.float32)
    (x0, y0, x1, y1), (left, top, right, bottom) = mesh.box, mesh.lattice
    # `cv2.resize` takes its input for the middles of cells, as the lattice's nodes are.
    seen = cv2.resize(nodes, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    sampled = cv2.remap(
        art.level.rgba,
        np.asarray(seen[y0 - top : y1 - top, x0 - left : x1 - left], np.float32),
        None,  # type: ignore[call-overload]
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(0, 0, 0, 0),
    )
    return np.asarray(sampled, np.uint8)
