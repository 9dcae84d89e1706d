"""Squares and landmarks cut out of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.emotions.crop import crop_face
from training.datasets.base import Box
from training.prepare.cuts import Landmarks, Square, around, whole

PICTURE = np.random.default_rng(0).integers(0, 256, (50, 70)).astype(np.uint8)


@pytest.mark.parametrize(
    "square",
    [
        Square(10, 5, 20),
        Square(-8, 5, 20),
        Square(60, 40, 30),
        Square(-10, -10, 100),
        Square(200, 5, 20),
        Square(-90, -90, 20),
        Square(9.6, 4.4, 20.3),
    ],
)
def test_what_lies_outside_repeats_the_edge(square: Square) -> None:
    left, top, side = round(square.left), round(square.top), round(square.side)
    rows = np.clip(np.arange(top, top + side), 0, 49)
    columns = np.clip(np.arange(left, left + side), 0, 69)
    np.testing.assert_array_equal(square.patch(PICTURE), PICTURE[np.ix_(rows, columns)])


def test_a_square_is_averaged_down() -> None:
    crop = Square(10, 10, 20).out_of(PICTURE, 10)
    mean = PICTURE[10:30, 10:30].reshape(10, 2, 10, 2).mean(axis=(1, 3))
    assert np.abs(crop - mean).max() <= 0.5


def test_all_of_a_picture_is_in_the_whole_square() -> None:
    patch = whole(PICTURE).patch(PICTURE)
    assert patch.shape == (70, 70)
    np.testing.assert_array_equal(patch[10:60], PICTURE)
    np.testing.assert_array_equal(whole(PICTURE[:, :50]).out_of(PICTURE[:, :50], 50), PICTURE[:, :50])


def test_a_square_lies_around_its_box() -> None:
    square = around(Box(10, 20, 30, 60), 1.5, 0.1)
    assert square == Square(20 - 30, 40 + 4 - 30, 60)
    assert square.middle == (20, 44)


def test_landmarks_are_cut_out_as_at_run_time() -> None:
    points = np.random.default_rng(1).uniform(12, 40, (468, 2)).astype(np.float32)
    cut = Landmarks(points)
    np.testing.assert_array_equal(cut.out_of(PICTURE, 24), crop_face(PICTURE, points, 24))
    twice = np.kron(PICTURE, np.ones((2, 2), np.uint8))
    np.testing.assert_array_equal(cut.scaled(2).out_of(twice, 24), crop_face(twice, points * 2, 24))
    assert cut.scaled(2).side == pytest.approx(2 * cut.side)
