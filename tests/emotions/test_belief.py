"""What is believed, reading by reading."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.emotions.belief import Belief, Doubles
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion

AT_REST = np.eye(len(EMOTIONS))[EMOTIONS.index("neutrality")]


def _scores(lead: float, emotion: Emotion = "anger") -> Doubles:
    """Speaking for one emotion and against all others alike."""
    scores = np.full(len(EMOTIONS), -lead)
    scores[EMOTIONS.index(emotion)] = 0
    return scores


def _likeliest(belief: Belief) -> str:
    return EMOTIONS[int(belief.shares.argmax())]


def _seconds_until(lead: float, rate: float) -> float:
    """How long a face at rest must be read as angry until it is believed."""
    belief = Belief(AT_REST)
    for _ in range(50):  # long at rest
        belief.update(_scores(5, "neutrality"), 1 / rate)
    for index in range(1, 1000):
        belief.update(_scores(lead), 1 / rate)
        if _likeliest(belief) == "anger":
            return index / rate
    raise AssertionError("never")


def test_it_is_always_a_distribution() -> None:
    belief = Belief(np.array([2.0, 1, 1, 0, 0, 0, 0]))
    rng = np.random.default_rng(0)
    for _ in range(100):
        assert belief.shares.sum() == pytest.approx(1)
        assert (belief.shares >= 0).all()
        belief.update(rng.normal(0, 20, len(EMOTIONS)), float(rng.uniform(0, 2)))


def test_what_is_clear_is_believed_soon_and_what_is_faint_when_it_lasts() -> None:
    clear, faint = _seconds_until(5.0, 10), _seconds_until(0.8, 10)
    assert clear <= 0.3
    assert clear < faint <= 1.0


def test_one_stray_reading_overturns_nothing() -> None:
    belief = Belief(AT_REST)
    for _ in range(20):
        belief.update(_scores(5, "neutrality"), 0.1)
    belief.update(_scores(50), 0.1)
    assert _likeliest(belief) == "neutrality"


@pytest.mark.parametrize("lead", [0.8, 5.0])
def test_it_does_not_depend_on_the_rate(lead: float) -> None:
    assert _seconds_until(lead, 60) == pytest.approx(_seconds_until(lead, 10), abs=0.11)


def test_without_readings_that_say_anything_it_forgets() -> None:
    belief = Belief(np.eye(len(EMOTIONS))[EMOTIONS.index("anger")])
    for _ in range(100):
        belief.update(np.zeros(len(EMOTIONS)), 0.1)
    assert _likeliest(belief) == "neutrality"
