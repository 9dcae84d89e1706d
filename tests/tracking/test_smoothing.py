"""The One-Euro filter: still, prompt, forgetful when told, and indifferent to the frame rate."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.tracking.smoothing import OneEuro, low_pass_share
from avatar_cam.types import Floats

SIZE = 100.0
FPS = 30.0
#: Of FaceMesh's noise, px, how much may be left on a face at rest.
NOISE, STILL_SHARE = 0.25, 0.5
#: Frames that a face may lag behind which moves steadily by its own eye distance and more a second.
LAG = 0.25
#: Rounding of float32.
EXACT = 1e-4


def _points(count: int = 40) -> Floats:
    return np.random.default_rng(1).uniform(0, 200, (count, 3)).astype(np.float32)


def _lag(step: float, count: int = 60) -> float:
    """Frames behind, of all points moving `step` px a frame."""
    smooth, base = OneEuro(), _points()
    behind = []
    for index in range(count):
        raw = base + np.array([index * step, 0, 0], np.float32)
        behind.append(float((raw - smooth(raw, index / FPS, SIZE))[:, 0].mean()) / step)
    return float(np.mean(behind[count // 4 :]))


def test_the_first_points_are_taken_as_they_are() -> None:
    points = _points()
    assert np.array_equal(OneEuro()(points, 3.0, SIZE), points)


def test_a_face_at_rest_is_still() -> None:
    smooth, base, rng = OneEuro(), _points(), np.random.default_rng(2)
    raw = [base + rng.normal(0, NOISE, base.shape).astype(np.float32) for _ in range(200)]
    out = [smooth(points, index / FPS, SIZE) for index, points in enumerate(raw)][20:]
    assert np.std(out, axis=0).mean() < STILL_SHARE * np.std(raw, axis=0).mean()


@pytest.mark.parametrize("step", [4.0, 8.0, 20.0])
def test_a_face_that_moves_is_not_left_behind(step: float) -> None:
    assert 0 <= _lag(step) < LAG


def test_a_head_that_moves_takes_its_resting_points_along() -> None:
    """A point's own noisy speed does not decide alone: the mean motion frees all of them at once."""
    smooth, base = OneEuro(), _points()
    for index in range(10):
        smooth(base, index / FPS, SIZE)
    moved = base + np.array([12, 0, 0], np.float32)
    out = smooth(moved, 10 / FPS, SIZE)
    assert float((out - base)[:, 0].min()) > 0.5 * 12


def test_sizes_scale() -> None:
    """A face twice as large, and twice as fast, is smoothed alike."""
    small, large, rng = OneEuro(), OneEuro(), np.random.default_rng(3)
    for index in range(20):
        points = _points() + rng.normal(0, 2, (40, 3)).astype(np.float32)
        one = small(points, index / FPS, SIZE)
        two = large(points * 2, index / FPS, SIZE * 2)
        assert np.allclose(one * 2, two, atol=EXACT * 200)


def test_reset_forgets_values_and_speed() -> None:
    smooth = OneEuro()
    for index in range(10):
        smooth(_points() + np.float32(5 * index), index / FPS, SIZE)
    smooth.reset()
    away = _points() + np.float32(500)
    assert np.array_equal(smooth(away, 1.0, SIZE), away)
    fresh = OneEuro()
    fresh(away, 1.0, SIZE)
    after = away + np.float32(0.3)
    assert np.array_equal(smooth(after, 1.1, SIZE), fresh(after, 1.1, SIZE))


def test_irregular_times_follow_the_clock_not_the_count() -> None:
    """The same motion seen at other times ends in the same place, and smoothly."""
    rng = np.random.default_rng(4)
    times = np.cumsum(rng.uniform(0.01, 0.08, 100))
    smooth, base = OneEuro(), _points()
    behind = []
    for time in times:
        raw = base + np.array([120 * time, 0, 0], np.float32)
        behind.append(float((raw - smooth(raw, float(time), SIZE))[:, 0].mean()) / 120 * FPS)
    assert 0 <= np.mean(behind[10:]) < LAG


@pytest.mark.parametrize("elapsed", [0.0, -1.0])
def test_time_that_stands_still_or_goes_back_starts_anew(elapsed: float) -> None:
    smooth = OneEuro()
    smooth(_points(), 1.0, SIZE)
    moved = _points() + np.float32(9)
    assert np.array_equal(smooth(moved, 1.0 + elapsed, SIZE), moved)


def test_low_pass_share_goes_from_nothing_to_all() -> None:
    assert low_pass_share(1.0, 0.0) == 0
    assert low_pass_share(1.0, 1e9) == pytest.approx(1)
    assert low_pass_share(2.0, 0.05) == pytest.approx(low_pass_share(1.0, 0.1))
