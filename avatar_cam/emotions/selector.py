"""From readings that waver to an emotion that can be shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.types import EmotionReading, Floats

Lesson = Literal["running", "learnt", "failed"]


@dataclass(frozen=True, slots=True)
class SelectorSettings:
    """Times in seconds."""

    #: Time constant of the low-pass over readings.
    smoothing: float = 0.12
    #: How much more probable than the shown emotion another must be.
    margin: float = 0.12
    #: How long it must be so.
    confirm: float = 0.08
    #: How long an emotion is shown at least.
    minimum: float = 0.4
    #: Time constant of the person's resting reading, while neutral; else ten times slower.
    resting: float = 8.0
    #: Power of the division by the resting reading: 0 leaves readings as they are.
    resting_power: float = 0.5
    #: How long a neutral face that is learnt on request is looked at.
    learning: float = 1.0
    #: What any other emotion may come to on a learnt neutral face, of what neutrality comes to there.
    learnt_lead: float = 0.3


#: What the resting reading starts from: nothing is known of the person, and readings are taken as they are.
_UNKNOWN_REST = np.full(len(EMOTIONS), 1 / len(EMOTIONS), np.float32)


class Selector:
    """The emotion of one person.

    Readings are low-passed and divided by the person's own resting reading, a slow average, so that a
    resting frown is not anger and a small change from rest is seen; then hysteresis and a minimum time keep
    the sprite from flickering. `learn_neutral` replaces the slow average by what is read from now on for a
    moment, and from then on that face is neutral, whatever it looks like to the model.
    """

    def __init__(self, settings: SelectorSettings | None = None) -> None:
        self._settings = settings or SelectorSettings()
        self._smooth: Floats | None = None
        self._rest: Floats = _UNKNOWN_REST
        self._weights: Floats = np.ones(len(EMOTIONS), np.float32)
        self._lesson: list[EmotionReading] = []
        #: How the learning of the neutral face goes; None when it was never asked for.
        self.lesson: Lesson | None = None
        self._learnt = False
        self._time = -math.inf
        self._shown: Emotion = "neutrality"
        self._since = -math.inf
        self._rival: tuple[Emotion, float] | None = None

    def update(self, reading: EmotionReading) -> None:
        """Take in a reading; one that is not newer than the last is passed over."""
        elapsed = reading.time - self._time
        if elapsed <= 0:
            return
        first = self._smooth is None
        if self._smooth is None:
            self._smooth = reading.probabilities
        else:
            share = np.float32(1 - math.exp(-elapsed / self._settings.smoothing))
            self._smooth = self._smooth + share * (reading.probabilities - self._smooth)
            self._learn_rest(reading, elapsed)
        self._time = reading.time
        self._decide(reading.time, first)

    def shown(self) -> tuple[Emotion, float]:
        """The emotion to show and the time since when, in seconds."""
        return self._shown, self._since

    def learn_neutral(self) -> None:
        """Take the readings of the next moment for this person's neutral face, and keep to that."""
        self._lesson, self.lesson = [], "running"

    def interrupt(self) -> None:
        """The person is not there: what is being learnt is not learnt."""
        if self.lesson == "running":
            self.lesson = "failed"

    def _learn_rest(self, reading: EmotionReading, elapsed: float) -> None:
        if self.lesson == "running":
            self._lesson.append(reading)
            if reading.time - self._lesson[0].time >= self._settings.learning - 1e-6:
                self._finish_lesson(self._lesson)
            return
        if self._learnt:
            return
        constant = self._settings.resting * (1 if self._shown == "neutrality" else 10)
        share = np.float32(1 - math.exp(-elapsed / constant))
        self._rest = self._rest + share * (reading.probabilities - self._rest)

    def _finish_lesson(self, lesson: list[EmotionReading]) -> None:
        self._rest = np.mean([reading.probabilities for reading in lesson], axis=0, dtype=np.float32)
        self._learnt, self.lesson = True, "learnt"
        at_rest = self._relative(self._rest)
        neutral = at_rest[EMOTIONS.index("neutrality")]
        most = np.float32(self._settings.learnt_lead) * neutral
        self._weights = np.minimum(1, most / np.maximum(at_rest, np.float32(1e-9)))
        self._weights[EMOTIONS.index("neutrality")] = 1

    def _relative(self, probabilities: Floats) -> Floats:
        """Readings (7,) in relation to the resting one."""
        relative: Floats = probabilities / (self._rest + np.float32(0.02)) ** np.float32(
            self._settings.resting_power
        )
        return relative

    def _decide(self, time: float, first: bool) -> None:
        assert self._smooth is not None
        relative = self._relative(self._smooth) * self._weights
        relative = relative / relative.sum()
        best = EMOTIONS[int(relative.argmax())]
        lead = float(relative[EMOTIONS.index(best)] - relative[EMOTIONS.index(self._shown)])
        if first:
            self._show(best, time)
        elif best == self._shown or lead < self._settings.margin:
            self._rival = None
        else:
            if self._rival is None or self._rival[0] != best:
                self._rival = (best, time)
            waited = time - self._rival[1] >= self._settings.confirm - 1e-6
            if waited and time - self._since >= self._settings.minimum - 1e-6:
                self._show(best, time)

    def _show(self, emotion: Emotion, time: float) -> None:
        self._shown, self._since, self._rival = emotion, time, None
