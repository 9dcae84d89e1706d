"""Room for the newest picture."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from avatar_cam.sources.slot import NewestSlot
from avatar_cam.types import Pixels


def picture(value: int = 0) -> Pixels:
    return np.full((2, 3, 3), value, np.uint8)


def test_gives_the_newest_and_counts_what_it_dropped() -> None:
    slot = NewestSlot()
    pictures = [picture(n) for n in range(4)]
    for n, pixels in enumerate(pictures):
        slot.put(pixels, n / 10)
    taken = slot.take(0)
    assert taken is not None
    assert taken[0] is pictures[3]  # itself, not a copy
    assert taken[1] == 0.3
    assert slot.dropped == 3


def test_gives_every_picture_once() -> None:
    slot = NewestSlot()
    slot.put(picture(), 0.0)
    assert slot.take(0) is not None
    assert slot.take(0) is None
    slot.put(picture(), 1.0)
    assert slot.dropped == 0


@pytest.mark.parametrize("wake", ["put", "close"])
def test_whoever_waits_is_woken(wake: str) -> None:
    slot = NewestSlot()
    timer = threading.Timer(0.02, slot.close if wake == "close" else lambda: slot.put(picture(), 0.0))
    timer.start()
    taken = slot.take(60)  # the test would take that long
    timer.join()
    assert (taken is None) == (wake == "close")


def test_the_rate_is_that_of_the_last_two_seconds() -> None:
    slot = NewestSlot()
    assert slot.rate(0.0) == 0
    for n in range(10):
        slot.put(picture(), n / 5)
    for n in range(60):
        slot.put(picture(), 5 + n / 30)
    assert slot.rate(7.0) == pytest.approx(30)
    assert slot.rate(20.0) == 0
