"""A person's own rest."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.emotions.rest import Rest


def test_it_begins_with_what_is_assumed_and_comes_to_what_is_seen() -> None:
    rest = Rest(0.0)
    assert (rest.mean, rest.known) == (0.0, 0.0)
    means = []
    for _ in range(30):
        rest.learn(1.0, 0.1)
        means.append(rest.mean)
    assert means == sorted(means)
    assert means[4] == pytest.approx(0.5, abs=0.1), "half a second weighs as much as what is assumed"
    assert means[-1] > 0.8 and rest.known > 0.8


@pytest.mark.parametrize("rate", [5, 30])
def test_it_does_not_depend_on_the_rate(rate: int) -> None:
    rest = Rest(0.0)
    for _ in range(2 * rate):
        rest.learn(1.0, 1 / rate)
    assert rest.mean == pytest.approx(0.8, abs=0.02)


def test_it_drifts_with_the_person() -> None:
    rest = Rest(0.0)
    for _ in range(600):
        rest.learn(1.0, 0.1)
    for _ in range(200):
        rest.learn(2.0, 0.1)
    assert rest.mean > 1.8


def test_what_is_fixed_stays() -> None:
    rest = Rest(np.zeros(2))
    rest.fix(np.array([0.25, 0.75]))
    rest.learn(np.array([1.0, 0.0]), 100.0)
    assert rest.mean.tolist() == [0.25, 0.75]
    assert rest.known == 1


def test_what_is_assumed_is_not_written_into() -> None:
    assumed = np.zeros(2)
    Rest(assumed).learn(np.ones(2), 1.0)
    assert assumed.tolist() == [0, 0]
