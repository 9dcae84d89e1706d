"""A recogniser that reads what it is told to: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from avatar_cam.emotions.card import CardCrop, CardInput, CardScaling, ModelCard
from avatar_cam.emotions.crop import MARGIN, crop_face
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.types import Floats, Pixels

_SIZE = 48


class ScriptedEmotions:
    """Reads the next element of `script` for each face, and its last one for ever after.

    An element gives the probabilities of the emotions it names; what is missing of 1 is shared by the others.
    """

    card = ModelCard(
        name="scripted",
        version="0",
        labels=list(EMOTIONS),
        emotions={emotion: emotion for emotion in EMOTIONS},
        input=CardInput(width=_SIZE, height=_SIZE, channels=1, dtype="float32"),
        scaling=CardScaling(offset=0, factor=1),
        crop=CardCrop(function="landmarks", margin=MARGIN),
        sha256="0" * 64,
        data="none",
        figures={},
        commit="",
    )

    def __init__(self, script: Sequence[Mapping[Emotion, float]]) -> None:
        self._script = [probabilities(reading) for reading in script]
        #: How many faces were read.
        self.faces_read = 0

    def crop(self, pixels: Pixels, landmarks: Floats) -> Pixels:
        return crop_face(pixels, landmarks, _SIZE)

    def read(self, crops: Pixels) -> Floats:
        return np.stack([self._next() for _ in crops])

    def _next(self) -> Floats:
        reading = self._script[min(self.faces_read, len(self._script) - 1)]
        self.faces_read += 1
        return reading


def probabilities(named: Mapping[Emotion, float]) -> Floats:
    """All seven, float32 (7,), summing to 1: those `named`, and the others with equal shares of the rest."""
    others = len(EMOTIONS) - len(named)
    rest = (1 - sum(named.values())) / others if others else 0.0
    return np.array([named.get(emotion, rest) for emotion in EMOTIONS], np.float32)
