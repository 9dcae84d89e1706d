"""Draw placements into a picture, on the CPU."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

import cv2
import numpy as np

from avatar_cam.types import Floats, Pixels, Placement, Texture

_EMPTY = (0, 0, 0, 0)
#: Below this many pixels waking a second thread takes longer than it saves.
_WORTH_SHARING = 60_000


def draw(pixels: Pixels, placements: Iterable[Placement]) -> None:
    """Draw `placements` in order into `pixels`, uint8 (H, W, 3) RGB or (H, W, 4) premultiplied RGBA.

    Only the placements' boxes are touched. Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH
    1984).
    """
    placements = tuple(placements)
    if sum(_area(placement) for placement in placements) < _WORTH_SHARING:
        _draw_rows(pixels, placements, 0, pixels.shape[0])
        return
    # The upper and the lower half at the same time: bands share no pixel.
    middle = _middle_row(placements)
    lower = _second_hand().submit(_draw_rows, pixels, placements, middle, pixels.shape[0])
    _draw_rows(pixels, placements, 0, middle)
    lower.result()


@cache
def _second_hand() -> ThreadPoolExecutor:
    # OpenCV's own threads would split what is split already.
    cv2.setNumThreads(1)
    return ThreadPoolExecutor(1, "compositor")


def _area(placement: Placement) -> float:
    x0, y0, x1, y1 = placement.box
    return (x1 - x0) * (y1 - y0)


def _middle_row(placements: Sequence[Placement]) -> int:
    """A row with about half of the area above it."""
    weighted = sum(_area(p) * (p.box[1] + p.box[3]) / 2 for p in placements)
    return round(weighted / sum(_area(p) for p in placements))


def _draw_rows(pixels: Pixels, placements: Sequence[Placement], first: int, last: int) -> None:
    """Draw what lies in the rows from `first` to before `last`."""
    for placement in placements:
        x0, y0, x1, y1 = (int(v) for v in placement.box)
        top, bottom = max(y0, first), min(y1, last)
        if top < bottom:
            patch = _patch(placement, slice(top - y0, bottom - y0))
            _blend(pixels[top:bottom, x0:x1], patch)


def overlay(size: tuple[int, int], placements: Iterable[Placement]) -> Pixels:
    """The placements alone, uint8 (H, W, 4) premultiplied RGBA, for a picture of `size` (width, height)."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    draw(pixels, placements)
    return pixels


def _patch(placement: Placement, rows: slice) -> Pixels:
    """Some rows of the placement's box filled, uint8 (rows, width, 4) premultiplied."""
    x0, y0, x1, y1 = (int(v) for v in placement.box)
    across = _weights(x1 - x0, placement.uv.shape[1])
    down = _weights(y1 - y0, placement.uv.shape[0])[rows]
    step = _artwork_step(placement)
    patch: Pixels | None = None
    for texture, share in placement.textures:
        sampled = _sampled(texture, placement.uv, step, across, down)
        weight = share * placement.opacity
        if patch is None:
            patch = (
                sampled if weight >= 1 else np.asarray(cv2.convertScaleAbs(sampled, alpha=weight), np.uint8)
            )
        else:
            cv2.addWeighted(patch, 1, sampled, weight, 0, dst=patch)
    assert patch is not None
    return patch


@lru_cache(maxsize=4096)
def _weights(pixels: int, nodes: int) -> Floats:
    """Linear interpolation from nodes on a box's edges to pixel centres, float32 (pixels, nodes)."""
    at = (np.arange(pixels, dtype=np.float32) + 0.5) * np.float32((nodes - 1) / pixels)
    distance = np.abs(at[:, None] - np.arange(nodes, dtype=np.float32))
    weights: Floats = np.maximum(1 - distance, 0)
    return weights


def _artwork_step(placement: Placement) -> float:
    """How many artwork pixels lie between two pixels of the picture, on average."""
    rows, columns = placement.uv.shape[:2]
    start, stop = placement.uv[rows // 2, 0], placement.uv[rows // 2, columns - 1]
    return math.dist(start, stop) / max(placement.box[2] - placement.box[0], 1.0)


def _sampled(texture: Texture, uv: Floats, step: float, across: Floats, down: Floats) -> Pixels:
    """The texture at the mesh's points, linear; beyond it is empty."""
    level = 0
    while step >= 1.8:
        level, step = level + 1, step / 2
    # Artwork point p lies in pixel p - 0.5; a halved picture's pixels are twice as large.
    factor = 0.5**level
    nodes = (
        uv * np.float32(factor) - np.float32(factor) * np.array(texture.origin, np.float32) - np.float32(0.5)
    )
    # `cv2.resize` puts nodes at cell centres, not on the box's edges, so the interpolation is two products.
    map_x: Floats = down @ (nodes[..., 0] @ across.T)
    map_y: Floats = down @ (nodes[..., 1] @ across.T)
    sampled = cv2.remap(
        _halved(texture, level),
        map_x,
        map_y,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_EMPTY,
    )
    return np.asarray(sampled, np.uint8)


def _halved(texture: Texture, level: int) -> Pixels:
    """The texture halved `level` times."""
    while len(texture.halves) < level:
        last = texture.halves[-1] if texture.halves else texture.rgba
        # An odd row or column gets an empty neighbour, so that halves stay aligned.
        even = cv2.copyMakeBorder(
            last, 0, last.shape[0] % 2, 0, last.shape[1] % 2, cv2.BORDER_CONSTANT, value=_EMPTY
        )
        half = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        texture.halves.append(np.asarray(half, np.uint8))
    return texture.halves[level - 1] if level else texture.rgba


def _blend(region: Pixels, patch: Pixels) -> None:
    """`patch` over `region`, in place: region · (1 - alpha) + patch."""
    keep = cv2.bitwise_not(cv2.extractChannel(patch, 3))
    if region.shape[2] == 3:
        kept = cv2.multiply(region, cv2.cvtColor(keep, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        patch = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGBA2RGB), np.uint8)
    else:
        kept = cv2.multiply(region, cv2.merge([keep] * 4), scale=1 / 255)
    cv2.add(kept, patch, dst=region)
