"""One mesh drawn with OpenCV: for machines without the compiled kernel, and to hold that to."""

from __future__ import annotations

import cv2
import numpy as np

from avatar_cam.rendering.native import Art
from avatar_cam.types import Box, Floats, Pixels


def draw_mesh(
    pixels: Pixels, origin: tuple[int, int], box: Box, lattice: Box, uv: Floats, arts: list[Art]
) -> None:
    """As `avatar_cam.rendering.native.draw_mesh`."""
    patch: Pixels | None = None
    for art in arts:
        sampled = _sampled(art, box, lattice, uv)
        if patch is None:
            patch = (
                sampled
                if art.share >= 1
                else np.asarray(cv2.convertScaleAbs(sampled, alpha=art.share), np.uint8)
            )
        else:
            cv2.addWeighted(patch, 1, sampled, art.share, 0, dst=patch)
    assert patch is not None
    (x0, y0, x1, y1), (left, top) = box, origin
    blend(pixels[y0 - top : y1 - top, x0 - left : x1 - left], patch)


def blend(region: Pixels, patch: Pixels) -> None:
    """`patch` over `region`, in place: region · (1 - alpha) + patch.

    `region` uint8 (h, w, 3) RGB or (h, w, 4) premultiplied RGBA; `patch` uint8 (h, w, 4) premultiplied RGBA.
    Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH 1984).
    """
    keep = cv2.bitwise_not(cv2.extractChannel(patch, 3))
    if region.shape[2] == 3:
        kept = cv2.multiply(region, cv2.cvtColor(keep, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        patch = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGBA2RGB), np.uint8)
    else:
        kept = cv2.multiply(region, cv2.merge([keep] * 4), scale=1 / 255)
    cv2.add(kept, patch, dst=region)


def _sampled(art: Art, box: Box, lattice: Box, uv: Floats) -> Pixels:
    """The artwork in the box, linear, uint8 (height, width, 4) premultiplied; empty beyond the artwork."""
    nodes = uv * np.float32(art.factor) - np.array(art.shift, np.float32)
    (x0, y0, x1, y1), (left, top, right, bottom) = box, lattice
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
