"""Annotators' boxes, and which way up the picture was."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.training.prepare.made import jpeg
from training.datasets.base import Box
from training.prepare.boxes import inside, median_box, placed, turned
from training.prepare.pictures import Picture, Unusable

WIDE = np.zeros((90, 160), np.uint8)


def test_one_bad_box_of_three_does_no_harm() -> None:
    boxes = [Box(10, 20, 60, 80), Box(12, 22, 62, 82), Box(500, 0, 900, 30)]
    assert median_box(boxes) == Box(12, 20, 62, 80)


def test_empty_boxes_do_not_count() -> None:
    nothing = [Box(5, 5, 5, 5), Box(60, 80, 10, 20), Box(0, 0, math.nan, 50)]
    assert median_box(nothing) is None
    assert median_box([]) is None
    assert median_box([*nothing, Box(10, 20, 60, 80)]) == Box(10, 20, 60, 80)


def test_the_share_of_a_box_in_a_picture() -> None:
    assert inside(Box(-10, 0, 10, 20), (100, 100)) == 0.5
    assert inside(Box(90, 90, 110, 110), (100, 100)) == 0.25
    assert inside(Box(200, 0, 220, 20), (100, 100)) == 0


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_box_of_the_stored_picture_is_turned_with_it(turn: int) -> None:
    stored = WIDE.copy()
    stored[20:50, 100:120] = 255
    picture = Picture.of(jpeg(stored, turn, quality=100))
    shown = picture.orientation.apply(picture.grey())
    box = turned(Box(100, 20, 120, 50), picture)
    marked = np.zeros_like(shown, bool)
    marked[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = True
    np.testing.assert_array_equal(shown > 128, marked)


def test_a_box_that_fits_as_shown_is_believed() -> None:
    picture = Picture.of(jpeg(WIDE, 6))
    box = Box(20, 100, 70, 155)
    assert placed(box, picture) == (box, picture.orientation)


def test_where_both_fit_exif_is_right() -> None:
    picture = Picture.of(jpeg(WIDE, 6))
    box = Box(10, 10, 60, 70)
    assert placed(box, picture) == (box, picture.orientation)


def test_a_lying_face_in_the_stored_picture_is_made_upright() -> None:
    picture = Picture.of(jpeg(WIDE, 6))
    box, orientation = placed(Box(100, 20, 155, 70), picture)
    assert orientation == picture.orientation
    assert box == Box(20, 100, 70, 155)


def test_an_upright_face_in_the_stored_picture_stays_so() -> None:
    picture = Picture.of(jpeg(WIDE, 6))
    box = Box(105, 20, 150, 80)
    assert placed(box, picture) == (box, Picture.of(jpeg(WIDE)).orientation)


def test_a_box_beside_the_picture_is_refused() -> None:
    with pytest.raises(Unusable, match="outside"):
        placed(Box(300, 300, 400, 400), Picture.of(jpeg(WIDE, 6)))
