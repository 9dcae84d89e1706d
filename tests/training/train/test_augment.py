"""Random changes that can be repeated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from training.augment import DRAWS, Strength, augment, draws

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
def faces() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (30, 48, 48)).astype(np.uint8)


def _shown(
    faces: NDArray[np.uint8], strength: Strength, seed: int = 0, epoch: int = 0
) -> NDArray[np.float32]:
    return augment(faces, strength, draws(seed, epoch, np.arange(len(faces)))[:, 1:])


def test_chances_are_keyed_by_seed_epoch_and_index() -> None:
    first = draws(1, 2, np.arange(3))
    np.testing.assert_array_equal(first[2:], draws(1, 2, np.array([2])))
    for seed, epoch, index in ((0, 2, 2), (1, 0, 2), (1, 2, 0), (2, 1, 2)):
        assert (draws(seed, epoch, np.array([index]))[0] != first[2]).all()


def test_chances_are_even_and_know_nothing_of_each_other() -> None:
    values = draws(3, 5, np.arange(20_000))
    assert values.shape == (20_000, DRAWS)
    assert values.min() >= 0
    assert values.max() < 1
    for column in values.T:
        counts = np.histogram(column, 10, (0, 1))[0]
        assert np.abs(counts - 2000).max() < 200  # 4.7 standard deviations
    apart = np.corrcoef(values, rowvar=False) - np.eye(DRAWS)
    assert np.abs(apart).max() < 0.035
    # Neighbours in a set and in time neither.
    assert abs(np.corrcoef(values[:-1, 0], values[1:, 0])[0, 1]) < 0.035
    assert abs(np.corrcoef(values[:, 0], draws(3, 6, np.arange(20_000))[:, 0])[0, 1]) < 0.035


def test_a_picture_is_changed_the_same_in_any_batch(faces: NDArray[np.uint8]) -> None:
    values = draws(1, 2, np.arange(30))[:, 1:]
    strength = Strength(shear=0.2)
    together = augment(faces, strength, values)
    alone = augment(faces[7:8], strength, values[7:8])
    np.testing.assert_array_equal(together[7], alone[0])


def test_of_no_strength_only_the_flip_remains(faces: NDArray[np.uint8]) -> None:
    as_is = np.array([np.array_equal(*pair) for pair in zip(_shown(faces, NONE), faces, strict=True)])
    assert 0 < as_is.sum() < 30
    np.testing.assert_array_equal(_shown(faces, NONE)[~as_is], faces[~as_is, :, ::-1])
    np.testing.assert_array_equal(_shown(faces, replace(NONE, flip=0.0)), faces)


def test_pictures_stay_pictures(faces: NDArray[np.uint8]) -> None:
    before = faces.copy()
    result = _shown(faces, Strength(contrast=0.9, brightness=200, shear=0.3))
    assert result.shape == faces.shape
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 255
    np.testing.assert_array_equal(faces, before)


@pytest.mark.parametrize(
    ("strength", "moves"),
    [
        ({"shift": 0.2}, (True, True)),
        ({"rotation": 30.0}, (True, True)),
        ({"shear": 0.4}, (False, True)),  # rows stay rows
    ],
)
def test_what_moves_a_face(strength: dict[str, float], moves: tuple[bool, bool]) -> None:
    """A spot away from the centre: where its middle is, down and across."""
    picture = np.zeros((1, 48, 48), np.uint8)
    picture[0, 8:12, 10:14] = 255
    spots = np.repeat(picture, 40, axis=0)
    shown = _shown(spots, replace(NONE, flip=0.0, **strength))
    ramp = np.arange(48)
    total = shown.sum(axis=(1, 2))
    down = (shown.sum(axis=2) * ramp).sum(axis=1) / total
    across = (shown.sum(axis=1) * ramp).sum(axis=1) / total
    assert (np.ptp(down) > 0.5, np.ptp(across) > 0.5) == moves
    # To either side alike.
    assert abs(across.mean() - 11.5) < 2


def test_zoom_changes_the_size_as_much_as_it_says() -> None:
    picture = np.zeros((1, 48, 48), np.uint8)
    picture[0, 16:32, 16:32] = 255
    areas = _shown(np.repeat(picture, 60, axis=0), replace(NONE, scale=0.3)).sum(axis=(1, 2)) / 255
    sides = np.sqrt(areas) / 16
    assert 0.68 < sides.min() < 0.78
    assert 1.22 < sides.max() < 1.32


def test_a_cut_hides_one_rectangle(faces: NDArray[np.uint8]) -> None:
    still = replace(NONE, flip=0.0)
    for before, after in zip(faces, _shown(faces, replace(still, cut_chance=1.0)), strict=True):
        rows, columns = np.nonzero(before != after)
        inside = after[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert 0 < inside.size <= (0.35 * 48) ** 2
        assert np.unique(inside).size == 1


def test_noise_is_as_strong_as_it_says(faces: NDArray[np.uint8]) -> None:
    grey = np.full_like(faces, 128)
    spreads = _shown(grey, replace(NONE, noise=6.0)).std(axis=(1, 2))
    assert spreads.max() < 6.3
    assert np.ptp(spreads) > 3
