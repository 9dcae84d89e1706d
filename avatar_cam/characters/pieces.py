"""Cut a sparse texture into small ones: two ears are drawn faster than the air between them."""

from __future__ import annotations

import cv2
import numpy as np

from avatar_cam.characters.flattening import around
from avatar_cam.types import Box, Pixels, Texture

#: What a texture more costs to draw, in pixels that could have been drawn instead.
_TOLL = 25_000

#: More than this is glitter, and a box around each grain would cost more than the air between them.
_MOST_ISLANDS = 64


def cut_apart(texture: Texture) -> tuple[Texture, ...]:
    """Textures that together show what `texture` shows, and share its memory; their boxes do not overlap."""
    boxes = _merged(_islands(texture.rgba[..., 3]))
    x, y = texture.origin
    return tuple(Texture(texture.rgba[y0:y1, x0:x1], (x + x0, y + y0)) for x0, y0, x1, y1 in boxes)


def _islands(alpha: Pixels) -> list[Box]:
    """A box around each patch of what is not empty; one around all where these are too many to sort out."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((alpha > 0).astype(np.uint8), connectivity=8)
    if count - 1 > _MOST_ISLANDS:
        return [(0, 0, alpha.shape[1], alpha.shape[0])]
    height, width = alpha.shape
    boxes = (stats[label, :4].tolist() for label in range(1, count))
    # With an empty border, where there is one: so they are drawn faster (see `Level`).
    return [
        (max(x - 1, 0), max(y - 1, 0), min(x + w + 2, width), min(y + h + 2, height)) for x, y, w, h in boxes
    ]


def _merged(boxes: list[Box]) -> list[Box]:
    """Join boxes while they overlap, or while the empty space that a join adds costs less than a box more."""
    boxes = list(boxes)
    while pair := _best_pair(boxes):
        one, other = pair
        joined = around((boxes[one], boxes[other]))
        boxes = [*(box for index, box in enumerate(boxes) if index not in pair), joined]
    return boxes


def _best_pair(boxes: list[Box]) -> tuple[int, int] | None:
    pairs = [
        (more, i, j)
        for i, a in enumerate(boxes)
        for j, b in enumerate(boxes[:i])
        if (more := _area(around((a, b))) - _area(a) - _area(b)) < _TOLL or _overlap(a, b)
    ]
    return min(pairs)[1:] if pairs else None


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
