"""Figures of the last moment."""

from __future__ import annotations

import pytest

from avatar_cam.apps.meter import Meter


def test_nothing_is_known_at_first() -> None:
    meter = Meter()
    assert (meter.fps, meter.latency_ms, meter.pose_fps, meter.stages) == (0.0, None, None, {})


def test_rates_latency_and_stages_of_the_last_second() -> None:
    meter = Meter()
    for index in range(60):  # slow for a second, then fast
        meter.show(index / 20, 0.080, {"track": 9.0}, index)
    for index in range(61):
        meter.show(3 + index / 50, 0.010, {"track": 2.0, "compose": 1.0}, 60 + index // 2)
    assert meter.fps == pytest.approx(50, abs=0.5)
    assert meter.latency_ms == pytest.approx(10)
    assert meter.pose_fps == pytest.approx(25, abs=1)
    assert meter.stages == {"track": 2.0, "compose": 1.0}


def test_bodies_nobody_looks_for_have_no_rate() -> None:
    meter = Meter()
    for index in range(10):
        meter.show(index / 30, 0.01, {}, None)
    assert meter.pose_fps is None
