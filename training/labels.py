"""The labels that data sets use, and the emotion that each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion


@dataclass(frozen=True, slots=True)
class Scheme:
    """A data set's own labels, in the order in which a network of it gives them."""

    name: str
    meaning: dict[str, Emotion]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in order."""
        return tuple(self.meaning)

    @property
    def emotions(self) -> NDArray[np.int64]:
        """For each label the index of its emotion in `EMOTIONS`, int64 (labels,)."""
        return np.array([EMOTIONS.index(emotion) for emotion in self.meaning.values()])


#: FER+ (Barsoum et al., 2016), in the order of its table; "unknown" and "NF" are no labels.
FERPLUS = Scheme(
    "ferplus",
    {
        "neutral": "neutrality",
        "happiness": "pleasure",
        "surprise": "upset",
        "sadness": "sadness",
        "anger": "anger",
        "disgust": "wound",
        "fear": "unrest",
        "contempt": "wound",
    },
)

#: FER2013 (Goodfellow et al., 2013), in the order of its numbers.
FER2013 = Scheme(
    "fer2013",
    {
        "angry": "anger",
        "disgust": "wound",
        "fear": "unrest",
        "happy": "pleasure",
        "sad": "sadness",
        "surprise": "upset",
        "neutral": "neutrality",
    },
)

#: The Korean AI-Hub data, whose seven emotions are the program's own.
AIHUB = Scheme("aihub", {emotion: emotion for emotion in EMOTIONS})

SCHEMES = {scheme.name: scheme for scheme in (FERPLUS, FER2013, AIHUB)}


def majority(shares: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Each face's label, int64 (N,), or -1 where none has more than half.

    `shares` (N, labels): the votes' shares; what a row lacks to 1 went to none of the labels. That is FER+'s
    majority rule, when the shares were made as `training.datasets.ferplus` makes them.
    """
    return np.where(shares.max(axis=1) > 0.5, shares.argmax(axis=1), -1)
