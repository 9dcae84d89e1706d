"""What each face wears: which character, which emotion, eyes and mouth open or closed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from avatar_cam.emotions.selector import Selector
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.types import EmotionReading, FaceTrack, SpriteChoice, Variant

#: Seconds in which one emotion fades into the next.
CROSS_FADE = 0.2
#: Closing and opening thresholds, so that a lid or lip at the edge does not flicker.
EYES_CLOSE, EYES_OPEN = 0.6, 0.4
MOUTH_OPEN, MOUTH_CLOSE = 0.2, 0.12


@dataclass(slots=True)
class _Wearer:
    character: str
    selector: Selector = field(default_factory=Selector)
    eyes_closed: bool = False
    mouth_open: bool = False
    emotion: Emotion | None = None
    since: float = 0.0
    previous: Emotion | None = None


class Wardrobe:
    """Decides, frame by frame, what each face wears.

    `characters` are given out in turn to new faces, and kept; `hold` is an emotion to show whatever is read.
    """

    def __init__(self, characters: Sequence[str], hold: Emotion | None = None) -> None:
        self._turn = itertools.cycle(characters)
        self._hold = hold
        self._wearers: dict[int, _Wearer] = {}

    def choose(
        self, faces: Iterable[FaceTrack], readings: Mapping[int, EmotionReading], time: float
    ) -> dict[int, SpriteChoice]:
        """What each of `faces` wears at `time`; a face with no reading yet wears neutrality."""
        faces = tuple(faces)
        present = {face.id for face in faces}
        self._wearers = {who: wearer for who, wearer in self._wearers.items() if who in present}
        return {face.id: self._dress(face, readings.get(face.id), time) for face in faces}

    def _dress(self, face: FaceTrack, reading: EmotionReading | None, time: float) -> SpriteChoice:
        wearer = self._wearers.get(face.id) or self._new(face.id)
        if reading is not None:
            wearer.selector.update(reading)
        emotion = self._hold or wearer.selector.shown()[0]
        if emotion != wearer.emotion:
            # Nothing fades in from what was never shown, nor on the first reading of a face.
            wearer.previous = wearer.emotion
            wearer.emotion, wearer.since = emotion, time
        mix = min(1.0, (time - wearer.since) / CROSS_FADE) if wearer.previous else 1.0
        if mix >= 1.0:
            wearer.previous = None
        return SpriteChoice(
            face_id=face.id,
            character=wearer.character,
            emotion=emotion,
            since=wearer.since,
            variant=_variant(wearer, face),
            opacity=face.opacity,
            previous=wearer.previous,
            mix=mix * mix * (3 - 2 * mix),
        )

    def _new(self, face_id: int) -> _Wearer:
        self._wearers[face_id] = _Wearer(next(self._turn))
        return self._wearers[face_id]


def _variant(wearer: _Wearer, face: FaceTrack) -> Variant:
    closed = sum(face.blink) / 2
    wearer.eyes_closed = closed > (EYES_OPEN if wearer.eyes_closed else EYES_CLOSE)
    wearer.mouth_open = face.mouth_open > (MOUTH_CLOSE if wearer.mouth_open else MOUTH_OPEN)
    if wearer.eyes_closed:
        return "blink_talk" if wearer.mouth_open else "blink"
    return "talk" if wearer.mouth_open else "plain"
