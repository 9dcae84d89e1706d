"""The learning rate, its finder, and the average of the weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from avatar_cam.errors import ModelError
from training.rate_finder import HIGHEST, LOWEST, find_rate
from training.schedule import Average, learning_rate


def test_the_rate_rises_then_falls_to_nothing() -> None:
    rates = [learning_rate(step, 100, 10, 0.5) for step in range(100)]
    assert max(rates) == rates[9] == rates[10] == 0.5
    steps = np.diff(rates)
    assert (steps[:9] > 0).all()
    assert (steps[10:] < 0).all()
    assert 0 < rates[-1] < 0.001


def test_the_average_follows() -> None:
    average = Average([np.zeros(2, np.float32)], decay=0.5)
    for _ in range(100):
        average.update([np.array([1, 3], np.float32)])
    np.testing.assert_allclose(average.weights[0], [1, 3], rtol=1e-5)
    average.update([np.array([3, 3], np.float32)])
    np.testing.assert_allclose(average.weights[0], [2, 3], rtol=1e-5)


def test_a_young_average_forgets_its_start() -> None:
    average = Average([np.full(1, 100, np.float32)], decay=0.999)
    for _ in range(50):
        average.update([np.zeros(1, np.float32)])
    assert average.weights[0][0] < 1


def test_seldom_updated_it_keeps_as_much_of_the_old_as_updated_each_step() -> None:
    each, eighth = (Average([np.zeros(1, np.float32)], 0.99, every) for every in (1, 8))
    for step in range(4000):
        weight = [np.full(1, 1.0 if step >= 3000 else 0.0, np.float32)]
        for average in (each, eighth):
            if average.due(step):
                average.update(weight)
        if step in (3007, 3079, 3399):
            np.testing.assert_allclose(each.weights[0], eighth.weights[0], atol=1e-4)
    assert eighth.updates == 500


def test_the_finder_stops_where_the_loss_goes_up() -> None:
    """A loss that is best at a rate of 0.1."""
    asked = []

    def step(batch: int, rate: float) -> float:
        asked.append((batch, rate))
        return 1 + 0.2 * (math.log10(rate) + 1) ** 2 if rate < 0.3 else 100.0

    found = find_rate(range(1000), step)
    assert asked[0] == (0, LOWEST)
    assert found.rates[-1] < asked[-1][1] < HIGHEST
    assert 0.01 < found.suggestion < 0.04  # a tenth of the best, or of a little more: it is smoothed
    assert found.suggestion == pytest.approx(found.rates[found.losses.index(min(found.losses))] / 10)
    assert len(found.rates) == len(found.losses)


def test_a_loss_that_is_no_number_ends_the_search() -> None:
    found = find_rate(range(1000), lambda _, rate: 1.0 if rate < 1e-3 else math.nan)
    assert found.rates[-1] < 1e-3
    with pytest.raises(ModelError, match="no number"):
        find_rate(range(10), lambda *_: math.nan)
