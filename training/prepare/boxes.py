"""Several annotators' boxes of one face, and which way up the picture was when they drew them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from avatar_cam.sources.upright import Orientation
from training.datasets.base import Box
from training.prepare.pictures import Picture, Unusable

#: So much of a box must lie in the picture, as a share of its area.
_INSIDE = 0.5
#: Narrower boxes are slips of the mouse, px.
_NARROWEST = 8.0


def median_box(boxes: Sequence[Box]) -> Box | None:
    """Each edge's median, so that one bad box of three does no harm; None where no box has an extent."""
    good = [box for box in boxes if _is_sound(box)]
    if not good:
        return None
    return Box(
        statistics.median(box.left for box in good),
        statistics.median(box.top for box in good),
        statistics.median(box.right for box in good),
        statistics.median(box.bottom for box in good),
    )


def placed(box: Box, picture: Picture) -> tuple[Box, Orientation]:
    """The box in the upright picture, and what makes the stored picture upright.

    Some tools show a picture as its EXIF data says, some as it is stored, and some copies are turned without
    their EXIF data being changed; so it is taken as the box fits. Where both fit, EXIF is right. Where only
    the stored picture does, a box that is wider than high is of a lying face, which EXIF makes upright.
    Raises Unusable where neither fits.
    """
    as_shown = inside(box, picture.shown)
    as_stored = inside(box, (picture.width, picture.height))
    if max(as_shown, as_stored) < _INSIDE:
        raise Unusable("the box lies outside the picture")
    if as_shown >= as_stored:
        return box, picture.orientation
    if box.right - box.left > box.bottom - box.top:
        return turned(box, picture), picture.orientation
    return box, Orientation()


def inside(box: Box, size: tuple[int, int]) -> float:
    """The share of the box's area that lies in a picture of this (width, height)."""
    across = min(box.right, size[0]) - max(box.left, 0.0)
    down = min(box.bottom, size[1]) - max(box.top, 0.0)
    area = (box.right - box.left) * (box.bottom - box.top)
    return max(across, 0.0) * max(down, 0.0) / area


def turned(box: Box, picture: Picture) -> Box:
    """A box of the stored picture in the picture as it is shown."""
    width, height = picture.shown
    orientation = picture.orientation
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if orientation.transpose:
        left, top, right, bottom = top, left, bottom, right
    if orientation.reverse_columns:
        left, right = width - right, width - left
    if orientation.reverse_rows:
        top, bottom = height - bottom, height - top
    return Box(left, top, right, bottom)


def _is_sound(box: Box) -> bool:
    edges = (box.left, box.top, box.right, box.bottom)
    narrow = min(box.right - box.left, box.bottom - box.top) < _NARROWEST
    return all(map(math.isfinite, edges)) and not narrow
