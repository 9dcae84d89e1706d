"""Draw placements into a picture, on the CPU."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import groupby
from threading import Lock

import cv2
import numpy as np

from avatar_cam.types import Pixels, Placement, Texture

_EMPTY = (0, 0, 0, 0)
#: Several threads may want the same halves.
_halving = Lock()
#: Pixels of an overlay, the boxes of all its parts together, from which on two threads are worth their while:
#: several people, or one who is very near in a large picture.
_LARGE = 700_000


def draw(pixels: Pixels, placements: Iterable[Placement]) -> None:
    """Draw `placements` in order into `pixels`, uint8 (H, W, 3) RGB or (H, W, 4) premultiplied RGBA.

    Only the placements' boxes are touched. Source-over with premultiplied alpha (Porter, Duff: SIGGRAPH
    1984).
    """
    for opacity, group in groupby(placements, key=lambda placement: placement.opacity):
        if opacity >= 1:
            whole = list(group)
            for placement, patch in zip(whole, _patches(whole), strict=True):
                x0, y0, x1, y1 = placement.box
                blend(pixels[y0:y1, x0:x1], patch)
        else:
            _draw_faded(pixels, list(group), opacity)


def _draw_faded(pixels: Pixels, placements: Sequence[Placement], opacity: float) -> None:
    """Draw a face that fades: as a whole, else its planes would show through each other."""
    left, top, right, bottom = zip(*(placement.box for placement in placements), strict=True)
    x, y = min(left), min(top)
    face = np.zeros((max(bottom) - y, max(right) - x, 4), np.uint8)
    for placement in placements:
        x0, y0, x1, y1 = placement.box
        blend(face[y0 - y : y1 - y, x0 - x : x1 - x], _patch(placement))
    region = pixels[y : y + face.shape[0], x : x + face.shape[1]]
    blend(region, np.asarray(cv2.convertScaleAbs(face, alpha=opacity), np.uint8))


def blend(region: Pixels, patch: Pixels) -> None:
    """`patch` over `region`, in place: region · (1 - alpha) + patch.

    `region` uint8 (h, w, 3) RGB or (h, w, 4) premultiplied RGBA; `patch` uint8 (h, w, 4) premultiplied RGBA.
    """
    keep = cv2.bitwise_not(cv2.extractChannel(patch, 3))
    if region.shape[2] == 3:
        kept = cv2.multiply(region, cv2.cvtColor(keep, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        patch = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGBA2RGB), np.uint8)
    else:
        kept = cv2.multiply(region, cv2.merge([keep] * 4), scale=1 / 255)
    cv2.add(kept, patch, dst=region)


def overlay(size: tuple[int, int], placements: Iterable[Placement]) -> Pixels:
    """The placements alone, uint8 (H, W, 4) premultiplied RGBA, for a picture of `size` (width, height)."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    draw(pixels, placements)
    return pixels


def _patches(placements: Sequence[Placement]) -> Iterator[Pixels]:
    """`_patch` of each; of a large overlay by two threads, since sampling takes most of the time."""
    area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (placement.box for placement in placements))
    return map(_patch, placements) if area < _LARGE else _threads().map(_patch, placements)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "sampling")


def _patch(placement: Placement) -> Pixels:
    """The placement's box filled, uint8 (height, width, 4) premultiplied, without its opacity."""
    step = _artwork_step(placement)
    patch: Pixels | None = None
    for texture, share in placement.textures:
        sampled = _sampled(texture, placement, step)
        if patch is None:
            patch = sampled if share >= 1 else np.asarray(cv2.convertScaleAbs(sampled, alpha=share), np.uint8)
        else:
            cv2.addWeighted(patch, 1, sampled, share, 0, dst=patch)
    assert patch is not None
    return patch


def _artwork_step(placement: Placement) -> float:
    """How many artwork pixels lie between two pixels of the picture, on average."""
    rows, columns = placement.uv.shape[:2]
    first, last = placement.uv[rows // 2, 0].tolist(), placement.uv[rows // 2, columns - 1].tolist()
    x0, _, x1, _ = placement.lattice
    return math.dist(first, last) / ((x1 - x0) * (columns - 1) / columns)


def _sampled(texture: Texture, placement: Placement, step: float) -> Pixels:
    """The texture in the placement's box, linear; beyond the texture it is empty."""
    level = 0
    while step >= 1.8:
        level, step = level + 1, step / 2
    # Artwork point p lies in pixel p - 0.5; a halved picture's pixels are twice as large.
    factor = 0.5**level
    shift = np.array(texture.origin, np.float32) * np.float32(factor) + np.float32(0.5)
    nodes = placement.uv * np.float32(factor) - shift
    left, top, right, bottom = placement.lattice
    x0, y0, x1, y1 = placement.box
    # `cv2.resize` takes its input for the middles of cells, as the lattice's nodes are.
    seen = cv2.resize(nodes, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    sampled = cv2.remap(
        _halved(texture, level),
        np.asarray(seen[y0 - top : y1 - top, x0 - left : x1 - left], np.float32),
        None,  # type: ignore[call-overload]
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_EMPTY,
    )
    return np.asarray(sampled, np.uint8)


def _halved(texture: Texture, level: int) -> Pixels:
    """The texture halved `level` times."""
    with _halving:
        while len(texture.halves) < level:
            _halve(texture)
    return texture.halves[level - 1] if level else texture.rgba


def _halve(texture: Texture) -> None:
    """Halve it once more."""
    last = texture.halves[-1] if texture.halves else texture.rgba
    # An odd row or column gets an empty neighbour, so that halves stay aligned.
    even = cv2.copyMakeBorder(
        last, 0, last.shape[0] % 2, 0, last.shape[1] % 2, cv2.BORDER_CONSTANT, value=_EMPTY
    )
    half = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    texture.halves.append(np.asarray(half, np.uint8))
