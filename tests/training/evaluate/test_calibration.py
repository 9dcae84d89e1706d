"""Calibration errors of readings whose error is known, and temperatures that were put in before."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training.reporting.calibration import (
    COLDEST,
    HOTTEST,
    expected_error,
    fit_temperature,
    reliability,
    softmax,
)


def _sure(confidence: float, right: int, faces: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Faces read as label 0 with this confidence, of which so many are of label 0."""
    rows = np.tile([confidence, 1 - confidence], (faces, 1))
    return rows, np.where(np.arange(faces) < right, 0, 1)


def test_the_error_of_one_bin_is_confidence_less_accuracy() -> None:
    rows, true = _sure(0.9, 60, 100)
    (only,) = reliability(rows, true)
    assert (only.faces, only.accuracy) == (100, 0.6)
    assert only.confidence == pytest.approx(0.9)
    assert expected_error([only]) == pytest.approx(0.3)


def test_bins_count_by_their_faces_and_errors_do_not_cancel() -> None:
    over, over_true = _sure(0.95, 85, 100)  # 0.10 too sure
    under, under_true = _sure(0.6, 240, 300)  # 0.20 too modest
    bins = reliability(np.concatenate([over, under]), np.concatenate([over_true, under_true]))
    assert [one.faces for one in bins] == [300, 100]
    assert expected_error(bins) == pytest.approx((100 * 0.10 + 300 * 0.20) / 400)


def test_a_bin_holds_its_upper_edge() -> None:
    rows = np.array([[1.0, 0], [0.8, 0.2], [0.8001, 0.1999]])
    bins = reliability(rows, np.array([0, 0, 0]), bins=5)
    assert [one.faces for one in bins] == [1, 2]


def test_softmax_is_that_of_cooled_logits() -> None:
    logits = np.array([[1000.0, 1002.0]])
    assert softmax(logits)[0, 1] == pytest.approx(1 / (1 + np.exp(-2)))
    assert softmax(logits, 4)[0, 1] == pytest.approx(1 / (1 + np.exp(-0.5)))


def _drawn(temperature: float, faces: int = 20000) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logits, and labels drawn from what they say at this temperature."""
    chance = np.random.default_rng(1)
    logits = chance.normal(0, 3, (faces, 5))
    edges = softmax(logits, temperature).cumsum(axis=1)
    return logits, np.minimum((chance.random((faces, 1)) > edges).sum(axis=1), 4)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_labels_were_drawn_with_is_found(temperature: float) -> None:
    logits, true = _drawn(temperature)
    found = fit_temperature(logits, true)
    assert found == pytest.approx(temperature, rel=0.05)
    after = expected_error(reliability(softmax(logits, found), true))
    assert after < 0.01
    if temperature != 1:
        assert expected_error(reliability(softmax(logits), true)) > 4 * after


def test_a_fit_of_faces_that_say_nothing_stays_in_its_bounds() -> None:
    logits = np.array([[3.0, 0.0], [0.0, 3.0]])
    assert fit_temperature(logits, np.array([0, 1])) == pytest.approx(COLDEST)
    assert fit_temperature(logits, np.array([1, 0])) == pytest.approx(HOTTEST)
