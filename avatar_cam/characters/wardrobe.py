"""What each face wears: which character, which emotion, eyes and mouth open or closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from avatar_cam.emotions.selector import Lesson, Selector
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.types import EmotionReading, FaceTrack, SpriteChoice, Variant

#: Seconds in which one emotion fades into the next.
CROSS_FADE = 0.2
#: Closing and opening thresholds, so that a lid or lip at the edge does not flicker.
EYES_CLOSE, EYES_OPEN = 0.6, 0.4
MOUTH_OPEN, MOUTH_CLOSE = 0.2, 0.12
#: Seconds for which what a person wears is kept after they were seen: longer than any tracker knows them.
REMEMBER = 30.0


@dataclass(slots=True, eq=False)
class _Wearer:
    character: str
    selector: Selector = field(default_factory=Selector)
    eyes_closed: bool = False
    mouth_open: bool = False
    held: Emotion | None = None
    emotion: Emotion | None = None
    since: float = 0.0
    previous: Emotion | None = None
    seen: float = 0.0

    def wear(self, character: str) -> None:
        if character != self.character:
            self.character, self.previous = character, None  # emotions of two characters do not fade


class Wardrobe:
    """Decides, frame by frame, what each face wears, and does what the user asks for.

    `characters` are given out in turn to new faces, and kept; `hold` is an emotion to show whatever is read.
    """

    def __init__(self, characters: Sequence[str], hold: Emotion | None = None) -> None:
        self._characters = tuple(characters)
        self._given_out = 0
        self._chosen: str | None = None
        self._hold = hold
        self._wearers: dict[int, _Wearer] = {}
        self._present: list[_Wearer] = []
        self._taught: list[_Wearer] = []
        #: False takes the characters off all faces.
        self.visible = True

    def choose(
        self, faces: Iterable[FaceTrack], readings: Mapping[int, EmotionReading], time: float
    ) -> dict[int, SpriteChoice]:
        """What each of `faces` wears at `time`; a face with no reading yet wears neutrality."""
        choices = {face.id: self._dress(face, readings.get(face.id), time) for face in faces}
        self._present = [self._wearers[who] for who in choices]
        for wearer in self._taught:
            if wearer not in self._present:
                wearer.selector.interrupt()
        self._wearers = {
            who: wearer for who, wearer in self._wearers.items() if time - wearer.seen <= REMEMBER
        }
        return choices

    def offer(self, characters: Sequence[str]) -> None:
        """Give out these from now on; who wears one that is not among them gets another."""
        self._characters = tuple(characters)
        if self._chosen not in self._characters:
            self._chosen = None
        for wearer in self._wearers.values():
            if wearer.character not in self._characters:
                wearer.wear(self._next())

    @property
    def worn(self) -> str:
        """The character of whoever is in the picture, or of who comes next when nobody is."""
        return self._present[0].character if self._present else self._upcoming()

    def wear(self, character: str) -> None:
        """Everybody wears this one, and who comes later too."""
        self._chosen = character
        for wearer in self._wearers.values():
            wearer.wear(character)

    def step(self, by: int) -> None:
        """Everybody in the picture wears the character `by` places further; after the last comes the first.

        So does who comes later, unless there are several people, each with another one.
        """
        if len(self._present) <= 1:
            self._chosen = self._beside(self.worn, by)
        for wearer in self._present:
            wearer.wear(self._beside(wearer.character, by))

    @property
    def holding(self) -> Emotion | None:
        """The emotion that is held on somebody's face, if one is."""
        return self._hold or next((wearer.held for wearer in self._present if wearer.held), None)

    def toggle_hold(self) -> None:
        """Hold what everybody in the picture shows now, or let it go."""
        if self.holding:
            self._hold = None
            for wearer in self._wearers.values():
                wearer.held = None
        else:
            for wearer in self._present:
                wearer.held = wearer.emotion

    def learn_neutral(self) -> int:
        """Take the faces in the picture, as they are in the next second, for neutral; how many they are."""
        self._taught = list(self._present)
        for wearer in self._taught:
            wearer.selector.learn_neutral()
        return len(self._taught)

    @property
    def lesson(self) -> Lesson | None:
        """How the last learning goes, or ended: learnt is what was learnt of anybody."""
        states = {wearer.selector.lesson for wearer in self._taught}
        return next((state for state in get_args(Lesson) if state in states), None)

    def _dress(self, face: FaceTrack, reading: EmotionReading | None, time: float) -> SpriteChoice:
        wearer = self._wearers.get(face.id) or self._new(face.id)
        wearer.seen = time
        if face.via == "face":
            wearer.selector.look(face)
        if reading is not None:
            wearer.selector.update(reading)
        emotion = self._hold or wearer.held or wearer.selector.shown()[0]
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
            opacity=face.opacity if self.visible else 0.0,
            previous=wearer.previous,
            mix=mix * mix * (3 - 2 * mix),
        )

    def _new(self, face_id: int) -> _Wearer:
        self._wearers[face_id] = _Wearer(self._next())
        return self._wearers[face_id]

    def _next(self) -> str:
        """The character for one more person."""
        character = self._upcoming()
        self._given_out += 1
        return character

    def _upcoming(self) -> str:
        return self._chosen or self._characters[self._given_out % len(self._characters)]

    def _beside(self, character: str, by: int) -> str:
        return self._characters[(self._characters.index(character) + by) % len(self._characters)]


def _variant(wearer: _Wearer, face: FaceTrack) -> Variant:
    closed = sum(face.blink) / 2
    wearer.eyes_closed = closed > (EYES_OPEN if wearer.eyes_closed else EYES_CLOSE)
    wearer.mouth_open = face.mouth_open > (MOUTH_CLOSE if wearer.mouth_open else MOUTH_OPEN)
    if wearer.eyes_closed:
        return "blink_talk" if wearer.mouth_open else "blink"
    return "talk" if wearer.mouth_open else "plain"
