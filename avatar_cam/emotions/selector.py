"""From readings that waver to an emotion that can be shown."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from avatar_cam.emotions.belief import Belief, Doubles
from avatar_cam.emotions.corners import MouthCorners
from avatar_cam.emotions.rest import Rest
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.types import EmotionReading, FaceTrack

Lesson = Literal["running", "learnt", "failed"]

#: Seconds for which an emotion is shown at least: a little over half a second, whatever frames' times are.
MINIMUM = 0.55
#: Seconds for which a neutral face that is learnt on request is looked at.
LEARNING = 1.0

#: Probabilities below this, and what they rise or fall by, mean nothing: the labels themselves are no surer.
_FAINT = 0.02
#: How much likelier than at rest an emotion must be read, as a logarithm, to speak for itself as much as for
#: rest: about half of what a mildly acted one does.
_MILD = 1.0

_NEUTRALITY, _SADNESS = EMOTIONS.index("neutrality"), EMOTIONS.index("sadness")


class Selector:
    """The emotion of one person.

    A network says how likely each emotion is for anybody. Divided by what it says of this person's face at
    rest, it says what rose: the correction of a classifier for other priors (Saerens, Latinne, Decaestecker:
    Neural Computation 14(1), 2002), where the prior is the person's own. The resting reading is learnt
    silently while the face shows nothing, and as long as it is not known readings are taken as they are.
    What is called neutral is looked at once more: with the corners of the mouth drawn down it is sadness.
    A `Belief` gathers all that, and a minimum time keeps the sprite from flickering.

    `learn_neutral` replaces the resting reading by what is read from now on for a moment, and from then on
    that face is neutral, whatever it looks like to the network.
    """

    def __init__(self) -> None:
        self._rest: Rest[Doubles] = Rest(np.full(len(EMOTIONS), 1 / len(EMOTIONS)))
        self._corners = MouthCorners()
        self._belief: Belief | None = None
        self._lesson: list[tuple[EmotionReading, float | None]] = []
        #: How the learning of the neutral face goes; None when it was never asked for.
        self.lesson: Lesson | None = None
        self._time = -math.inf
        self._shown: Emotion = "neutrality"
        self._since = -math.inf

    def look(self, face: FaceTrack) -> None:
        """Take in the landmarks of a frame; those since the last reading count with the next one."""
        self._corners.look(face)

    def update(self, reading: EmotionReading) -> None:
        """Take in a reading; one that is not newer than the last, or holds no numbers, is passed over."""
        elapsed = reading.time - self._time
        if elapsed <= 0 or not np.isfinite(reading.probabilities).all():
            return
        self._time = reading.time
        drop = self._corners.take()
        probabilities = reading.probabilities.astype(np.float64)
        if self._belief is None:
            self._belief = Belief(probabilities)
            self._show(self._likeliest(self._belief), reading.time)
            return
        self._belief.update(self._scores(probabilities, drop), elapsed)
        if self.lesson == "running":
            self._study(reading, drop)
        else:
            self._learn_rest(probabilities, drop, elapsed)
        likeliest = self._likeliest(self._belief)
        if likeliest != self._shown and reading.time - self._since >= MINIMUM - 1e-6:
            self._show(likeliest, reading.time)

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

    def _scores(self, probabilities: Doubles, drop: float | None) -> Doubles:
        """How much a reading (7,) speaks for each emotion, as logarithms; 0 for neutrality at rest."""
        seen = probabilities
        if drop is not None:
            moved = self._corners.drawn_down(drop) * probabilities[_NEUTRALITY]
            seen = probabilities.copy()
            seen[_SADNESS] += moved
            seen[_NEUTRALITY] -= moved
        scores: Doubles = np.log((seen + _FAINT) / (self._rest.mean + _FAINT)) - _MILD * self._rest.known
        scores[_NEUTRALITY] += _MILD * self._rest.known
        return scores

    def _learn_rest(self, probabilities: Doubles, drop: float | None, elapsed: float) -> None:
        """Learn as much as the face is believed to be at rest, and nothing while something else is shown."""
        assert self._belief is not None
        if self._shown != "neutrality":
            return
        seconds = float(self._belief.shares[_NEUTRALITY]) * min(elapsed, LEARNING)
        self._rest.learn(probabilities, seconds)
        if drop is not None:
            self._corners.learn_rest(drop, seconds)

    def _study(self, reading: EmotionReading, drop: float | None) -> None:
        """Take a reading into the lesson, and end that when it was long enough."""
        self._lesson.append((reading, drop))
        if reading.time - self._lesson[0][0].time < LEARNING - 1e-6:
            return
        self._rest.fix(np.mean([one.probabilities for one, _ in self._lesson], axis=0, dtype=np.float64))
        drops = [drop for _, drop in self._lesson if drop is not None]
        if drops:
            self._corners.fix_rest(float(np.mean(drops)))
        self._belief = Belief(np.eye(len(EMOTIONS))[_NEUTRALITY])
        self.lesson = "learnt"

    def _likeliest(self, belief: Belief) -> Emotion:
        return EMOTIONS[int(belief.shares.argmax())]

    def _show(self, emotion: Emotion, time: float) -> None:
        self._shown, self._since = emotion, time
