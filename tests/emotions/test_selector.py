"""From wavering readings to an emotion that can be shown."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import pytest

from avatar_cam.emotions.selector import LEARNING, MINIMUM, Selector
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.types import EmotionReading
from tests.emotions.faces import with_corners
from tests.factories import face_of, reading

#: Readings a second, as the schedule takes them.
RATE = 10
#: From a clear change of the face to the sprite: smoothing, confirmation and one reading's wait.
PROMPT = 0.4


def _at(start: float, seconds: float, rate: float = RATE, **named: float) -> list[EmotionReading]:
    return [reading(start + index / rate, **named) for index in range(round(seconds * rate))]


def _play(selector: Selector, readings: Iterable[EmotionReading]) -> list[tuple[float, Emotion]]:
    """(time, emotion shown) after each reading."""
    shown = []
    for one in readings:
        selector.update(one)
        shown.append((one.time, selector.shown()[0]))
    return shown


def _first(shown: list[tuple[float, Emotion]], emotion: Emotion) -> float:
    return next(time for time, one in shown if one == emotion)


def _runs(shown: list[tuple[float, Emotion]]) -> list[tuple[Emotion, float, float]]:
    """(emotion, first and last time) of each stretch."""
    grouped = (list(group) for _, group in itertools.groupby(shown, key=lambda one: one[1]))
    return [(group[0][1], group[0][0], group[-1][0]) for group in grouped]


def test_neutrality_before_the_first_reading() -> None:
    assert Selector().shown()[0] == "neutrality"


def test_the_first_reading_is_believed_at_once() -> None:
    """Photos have no more than one."""
    selector = Selector()
    selector.update(reading(0.0, pleasure=0.9))
    assert selector.shown() == ("pleasure", 0.0)


def test_a_clear_change_is_shown_promptly() -> None:
    shown = _play(Selector(), _at(0, 2, neutrality=0.9) + _at(2, 1, pleasure=0.9))
    assert 2 < _first(shown, "pleasure") <= 2 + PROMPT


def test_one_stray_reading_shows_nothing() -> None:
    readings = [*_at(0, 2, neutrality=0.9), reading(2.0, anger=0.8), *_at(2.1, 1, neutrality=0.9)]
    assert {emotion for _, emotion in _play(Selector(), readings)} == {"neutrality"}


def test_a_reading_without_numbers_changes_nothing() -> None:
    selector = Selector()
    _play(selector, _at(0, 2, neutrality=0.9))
    broken = EmotionReading(1, np.full(7, np.nan, np.float32), 2.0)
    shown = _play(selector, [broken, *_at(2.1, 1, anger=0.9)])
    assert [emotion for _, emotion in shown[:2]] == ["neutrality", "neutrality"]
    assert shown[-1][1] == "anger"


def test_readings_that_waver_between_two_do_not_flicker() -> None:
    """Hysteresis: nearly as likely is not likelier."""
    readings = [*_at(0, 1, neutrality=0.2, pleasure=0.7)]
    for index in range(100):
        lead = 0.04 * (-1) ** index
        readings.append(reading(1 + index / RATE, pleasure=0.45 + lead, upset=0.45 - lead))
    assert len(_runs(_play(Selector(), readings))) == 1


@pytest.mark.parametrize("seed", range(5))
def test_noisy_readings_do_not_flicker(seed: int) -> None:
    rng = np.random.default_rng(seed)
    readings = []
    for index in range(200):
        noise = rng.dirichlet(np.ones(7)) * 0.35
        share = np.array([0.0, 0, 0, 0, 0, 0, 0.65]) + noise
        readings.append(EmotionReading(1, share.astype(np.float32), index / RATE))
    runs = _runs(_play(Selector(), readings))
    assert runs == [("neutrality", 0.0, 19.9)]


def test_an_emotion_is_shown_for_the_minimum_time() -> None:
    """However wildly the face changes."""
    rng = np.random.default_rng(1)
    names = ("pleasure", "upset", "anger", "sadness", "neutrality")
    readings = [reading(index / 15, **{names[rng.integers(5)]: 0.95}) for index in range(300)]
    runs = _runs(_play(Selector(), readings))
    assert len(runs) > 3, "it does change"
    assert all(later[1] - earlier[1] >= MINIMUM - 1e-6 for earlier, later in itertools.pairwise(runs))


def test_no_two_changes_within_half_a_second_at_any_rate() -> None:
    rng = np.random.default_rng(2)
    for rate in (7, 10, 30):
        names = ("pleasure", "upset", "anger", "sadness", "neutrality")
        readings = [reading(index / rate, **{names[rng.integers(5)]: 0.95}) for index in range(20 * rate)]
        starts = [start for _, start, _ in _runs(_play(Selector(), readings))]
        assert all(later - earlier > 0.5 for earlier, later in itertools.pairwise(starts))


def test_how_long_it_has_been_shown() -> None:
    selector = Selector()
    shown = _play(selector, _at(0, 1, neutrality=0.9) + _at(1, 1, upset=0.9))
    assert selector.shown() == ("upset", _first(shown, "upset"))


@pytest.mark.parametrize(
    "rest",
    [
        {"neutrality": 0.5, "anger": 0.4},
        {"neutrality": 0.6, "sadness": 0.3},
        {"neutrality": 0.7, "anger": 0.2},
    ],
    ids=str,
)
def test_a_resting_frown_is_not_anger(rest: dict[str, float]) -> None:
    """Someone whose face at rest is read so is shown as neutral, from the first reading on."""
    assert {emotion for _, emotion in _play(Selector(), _at(0, 30, **rest))} == {"neutrality"}


def test_someone_with_a_resting_frown_can_still_be_angry() -> None:
    selector = Selector()
    _play(selector, _at(0, 30, neutrality=0.5, anger=0.4))
    wavering = _play(selector, _at(30, 3, neutrality=0.42, anger=0.48))
    assert {emotion for _, emotion in wavering} == {"neutrality"}
    angry = _play(selector, _at(33, 1, neutrality=0.1, anger=0.85))
    assert angry[-1][1] == "anger"


def test_a_long_smile_is_not_taken_for_rest() -> None:
    shown = _play(Selector(), _at(0, 2, neutrality=0.9) + _at(2, 20, pleasure=0.85))
    assert shown[-1][1] == "pleasure"


@pytest.mark.parametrize("rate", [5, 10, 15, 30, 60])
def test_what_is_shown_does_not_depend_on_the_rate(rate: int) -> None:
    script = [
        *_at(0, 2, rate, neutrality=0.9),
        *_at(2, 2, rate, pleasure=0.8),
        *_at(4, 2, rate, anger=0.7),
        *_at(6, 2, rate, neutrality=0.8),
    ]
    runs = _runs(_play(Selector(), script))
    assert [emotion for emotion, _, _ in runs] == ["neutrality", "pleasure", "anger", "neutrality"]
    assert [start for _, start, _ in runs] == pytest.approx([0, 2.2, 4.2, 6.2], abs=0.25)


#: Mild acting, as networks trained on photographs read it: neutral, with a little of what is meant.
REST = {"neutrality": 0.95, "sadness": 0.01}
MILD = {"neutrality": 0.72, "sadness": 0.2}


def test_what_rises_against_rest_is_shown() -> None:
    shown = _play(Selector(), _at(0, 3, **REST) + _at(3, 3, **MILD))
    assert _first(shown, "sadness") - 3 <= 1.2, "what is faint takes a little longer"
    assert shown[-1][1] == "sadness"


def test_somebody_who_always_looks_a_little_sad_is_neutral() -> None:
    assert {emotion for _, emotion in _play(Selector(), _at(0, 30, **MILD))} == {"neutrality"}


def test_rest_is_not_learnt_from_what_is_shown() -> None:
    """However long it is acted, it stays what it is, and rest is what it was."""
    selector = Selector()
    shown = _play(selector, _at(0, 3, **REST) + _at(3, 60, **MILD))
    assert shown[-1][1] == "sadness"
    shown = _play(selector, _at(63, 2, **REST))
    assert _first(shown, "neutrality") - 63 <= 0.5


def test_who_smiles_from_the_start_smiles() -> None:
    """Nothing is known of the rest, so readings are taken as they are."""
    wavering = [0.9, 0.55, 0.95, 0.6, 0.52, 0.9] * 30
    readings = [reading(i / RATE, pleasure=p, neutrality=0.98 - p) for i, p in enumerate(wavering)]
    assert {emotion for _, emotion in _play(Selector(), readings)} == {"pleasure"}


def _acting(selector: Selector, start: float, seconds: float, drawn: float, **named: float) -> set[Emotion]:
    """What is shown while the corners of the mouth hang `drawn` eye distances lower than at rest.

    Frames come at 30 a second, and every third is read.
    """
    shown = set()
    for index in range(round(seconds * 30)):
        selector.look(face_of(with_corners(drawn)))
        if index % 3 == 0:
            selector.update(reading(start + index / 30, **named))
            shown.add(selector.shown()[0])
    return shown


def test_a_downturned_mouth_is_sad_though_the_network_calls_it_neutral() -> None:
    selector = Selector()
    assert _acting(selector, 0, 2, 0.0, neutrality=0.95) == {"neutrality"}
    _acting(selector, 2, PROMPT, 0.05, neutrality=0.93)
    assert _acting(selector, 2 + PROMPT, 3, 0.05, neutrality=0.93) == {"sadness"}
    _acting(selector, 5 + PROMPT, 1, 0.0, neutrality=0.95)
    assert selector.shown()[0] == "neutrality"


def test_a_mouth_that_always_hangs_is_neutral() -> None:
    assert _acting(Selector(), 0, 10, 0.05, neutrality=0.9) == {"neutrality"}


def test_hanging_corners_do_not_overrule_what_is_clearly_read() -> None:
    selector = Selector()
    _acting(selector, 0, 2, 0.0, neutrality=0.95)
    _acting(selector, 2, PROMPT, 0.06, anger=0.85)
    assert _acting(selector, 2 + PROMPT, 2, 0.06, anger=0.85) == {"anger"}


def test_a_hanging_mouth_that_was_learnt_is_neutral() -> None:
    selector = Selector()
    _acting(selector, 0, 2, 0.0, neutrality=0.95)
    selector.learn_neutral()
    _acting(selector, 2, LEARNING + 0.2, 0.05, neutrality=0.93)
    assert selector.lesson == "learnt"
    _acting(selector, 2 + LEARNING + 0.2, MINIMUM, 0.05, neutrality=0.93)
    assert _acting(selector, 4 + LEARNING, 5, 0.05, neutrality=0.93) == {"neutrality"}


def test_a_lesson_that_is_interrupted_changes_nothing() -> None:
    selector = Selector()
    _play(selector, _at(0, 3, **REST))
    selector.learn_neutral()
    _play(selector, _at(3, LEARNING / 2, anger=0.9))
    selector.interrupt()
    assert selector.lesson == "failed"
    assert _play(selector, _at(4, 3, anger=0.9))[-1][1] == "anger"


def test_after_a_pause_a_face_is_read_anew() -> None:
    selector = Selector()
    _play(selector, _at(0, 3, pleasure=0.9))
    shown = _play(selector, _at(60, 1, neutrality=0.9))
    assert _first(shown, "neutrality") - 60 <= 0.1


def test_a_reading_that_is_not_newer_is_passed_over() -> None:
    selector = Selector()
    selector.update(reading(1.0, pleasure=0.9))
    for _ in range(50):
        selector.update(reading(1.0, anger=0.9))
        selector.update(reading(0.5, anger=0.9))
    assert selector.shown() == ("pleasure", 1.0)


#: A face whose rest looks angry to the model.
FROWNING = {"anger": 0.6, "neutrality": 0.3}


def _learnt(resting: dict[str, float]) -> Selector:
    selector = Selector()
    _play(selector, _at(0.0, 1.0, **resting))
    selector.learn_neutral()
    assert selector.lesson == "running"
    _play(selector, _at(1.0, LEARNING + 0.1, **resting))
    assert selector.lesson == "learnt"
    return selector


@pytest.mark.parametrize(
    "resting",
    [FROWNING, {"sadness": 0.9}, {"neutrality": 0.95}, {"anger": 0.4, "sadness": 0.4, "neutrality": 0.1}],
    ids=str,
)
def test_a_neutral_face_that_was_learnt_is_neutral(resting: dict[str, float]) -> None:
    shown = _play(_learnt(resting), _at(2.1, 30.0, **resting))
    assert {emotion for time, emotion in shown if time > 2.1 + PROMPT} == {"neutrality"}


def test_a_neutral_face_is_neutral_as_soon_as_it_was_learnt() -> None:
    selector = Selector()
    _play(selector, _at(0.0, 2.0, anger=0.95))
    selector.learn_neutral()
    shown = _play(selector, _at(2.0, LEARNING + 0.1, anger=0.95))
    assert (selector.lesson, shown[-1][1]) == ("learnt", "neutrality")


@pytest.mark.parametrize("emotion", ["pleasure", "upset", "anger", "sadness"])
def test_a_stronger_expression_than_the_learnt_one_is_seen(emotion: Emotion) -> None:
    shown = _play(_learnt(FROWNING), [*_at(2.1, 2.0, **FROWNING), *_at(4.1, 2.0, **{emotion: 0.95})])
    assert _first(shown, emotion) - 4.1 <= PROMPT


def test_a_learnt_face_does_not_fade_from_memory() -> None:
    """Somebody who smiles for minutes is not taken for one who always looks so."""
    selector = _learnt({"neutrality": 0.95})
    _play(selector, _at(2.1, 300.0, pleasure=0.95))
    assert selector.shown()[0] == "pleasure"
    shown = _play(selector, _at(302.1, 2.0, neutrality=0.95))
    assert _first(shown, "neutrality") - 302.1 <= PROMPT
