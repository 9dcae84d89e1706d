"""Random changes that can be repeated."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training.augment import Strength, augment, generator

NONE = Strength(
    rotation=0,
    scale=0,
    stretch=0,
    shift=0,
    contrast=0,
    brightness=0,
    light=0,
    noise=0,
    soften=0,
    cut_chance=0,
)


@pytest.fixture
def face() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)


def test_the_same_key_gives_the_same_picture(face: NDArray[np.uint8]) -> None:
    first = augment(face, Strength(), generator(1, 2, 3))
    np.testing.assert_array_equal(first, augment(face, Strength(), generator(1, 2, 3)))
    for other in ((0, 2, 3), (1, 0, 3), (1, 2, 0)):
        assert not np.array_equal(first, augment(face, Strength(), generator(*other)))


def test_of_no_strength_only_the_flip_remains(face: NDArray[np.uint8]) -> None:
    seen = set()
    for index in range(20):
        result = augment(face, NONE, generator(0, 0, index))
        as_is, flipped = np.array_equal(result, face), np.array_equal(result, face[:, ::-1])
        assert as_is or flipped
        seen.add(as_is)
    assert seen == {True, False}


def test_pictures_stay_pictures(face: NDArray[np.uint8]) -> None:
    before = face.copy()
    for index in range(30):
        result = augment(face, Strength(contrast=0.9, brightness=200), generator(0, 0, index))
        assert result.shape == (48, 48)
        assert result.dtype == np.float32
        assert result.min() >= 0
        assert result.max() <= 255
    np.testing.assert_array_equal(face, before)


def test_a_cut_hides_one_rectangle(face: NDArray[np.uint8]) -> None:
    strength = Strength(
        **{name: getattr(NONE, name) for name in NONE.__slots__ if name != "cut_chance"}, cut_chance=1
    )
    result = augment(face, strength, generator(0, 0, 0))
    original = min((face, face[:, ::-1]), key=lambda picture: float((picture != result).sum()))
    rows, columns = np.nonzero(original != result)
    inside = result[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert 0 < inside.size < 0.35**2 * 48**2
    assert np.unique(inside).size == 1
