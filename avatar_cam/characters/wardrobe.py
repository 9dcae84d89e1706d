"""What each face wears: which character, which emotion, eyes and mouth open or closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from avatar_cam.emotions.selector import Lesson, Selector
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import PackError
from avatar_cam.types import EmotionReading, FaceTrack, SpriteChoice, Variant

#: Seconds in which one emotion fades into the next.
CROSS_FADE = 0.25
#: Closing and opening thresholds, so that a lid or lip at the edge does not flicker.
EYES_CLOSE, EYES_OPEN = 0.6, 0.4
MOUTH_OPEN, MOUTH_CLOSE = 0.2, 0.12
#: Seconds for which what a person wears is kept after they were seen: longer than any tracker knows them.
REMEMBER = 30.0
#: Seconds for which who is not seen has only turned away: what they wear stays decoded, however much that is.
TURNED_AWAY = 2.5


#: Whether the character of that id can be shown now; PackError when it turns out to be broken.
Ready = Callable[[str], bool]


def _always(_: str) -> bool:
    return True


@dataclass(slots=True, eq=False)
class _Wearer:
    #: What is meant for them, and what they have on until that is ready.
    character: str
    on: str | None = None
    selector: Selector = field(default_factory=Selector)
    eyes_closed: bool = False
    mouth_open: bool = False
    held: Emotion | None = None
    emotion: Emotion | None = None
    since: float = 0.0
    previous: Emotion | None = None
    previous_since: float = 0.0
    seen: float = 0.0

    def put_on(self, character: str) -> None:
        if character != self.on:
            self.on, self.previous = character, None  # emotions of two characters do not fade


class Wardrobe:
    """Decides, frame by frame, what each face wears, and does what the user asks for.

    `characters` are given out in turn to new faces, and kept; `hold` is an emotion to show whatever is read.
    `ready` is asked, frame by frame, for each character that is to be put on; until it is, people keep what
    they have on. One that is broken is given to nobody any more; PackError when it was the last.
    """

    def __init__(
        self, characters: Sequence[str], hold: Emotion | None = None, ready: Ready = _always
    ) -> None:
        self._characters = tuple(characters)
        self._given_out = 0
        self._chosen: str | None = None
        self._hold = hold
        self._ready = ready
        self._wearers: dict[int, _Wearer] = {}
        self._present: list[_Wearer] = []
        self._lately: list[_Wearer] = []
        self._taught: list[_Wearer] = []
        #: False takes the characters off all faces.
        self.visible = True

    def choose(
        self, faces: Iterable[FaceTrack], readings: Mapping[int, EmotionReading], time: float
    ) -> dict[int, SpriteChoice]:
        """What each of `faces` wears at `time`; a face with no reading yet wears neutrality."""
        choices = {face.id: self._dress(face, readings.get(face.id), time) for face in faces}
        self._present = [self._wearers[who] for who in choices]
        self._lately = [wearer for wearer in self._wearers.values() if time - wearer.seen <= TURNED_AWAY]
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
                wearer.character = self._next()
            if wearer.on not in self._characters:
                wearer.on = None

    def forget(self) -> None:
        """Nobody has been here: who comes next gets the next character, and shows nothing of those before."""
        self._wearers.clear()
        self._present, self._lately, self._taught = [], [], []

    @property
    def in_use(self) -> set[str]:
        """The characters that somebody wears, or is to wear."""
        return _worn_by(self._wearers.values()) | {self.worn}

    @property
    def shown(self) -> set[str]:
        """The characters of those who are in the picture, or have turned away, and of who comes next."""
        return _worn_by(self._lately) | {self.worn}

    @property
    def worn(self) -> str:
        """The character of whoever is in the picture, or of who comes next when nobody is."""
        return self._present[0].character if self._present else self._upcoming()

    def wear(self, character: str) -> None:
        """Everybody wears this one, and who comes later too."""
        self._chosen = character
        for wearer in self._wearers.values():
            wearer.character = character

    def step(self, by: int) -> None:
        """Everybody in the picture wears the character `by` places further; after the last comes the first.

        So does who comes later, unless there are several people, each with another one.
        """
        if len(self._present) <= 1:
            self._chosen = self._beside(self.worn, by)
        for wearer in self._present:
            wearer.character = self._beside(wearer.character, by)

    @property
    def holding(self) -> Emotion | None:
        """The emotion that is held on somebody's face, if one is."""
        return self._hold or next((wearer.held for wearer in self._present if wearer.held), None)

    def hold(self, emotion: Emotion | None) -> None:
        """Show this on everybody, whatever is read, and on who comes later; None: what is read."""
        self._hold = emotion
        for wearer in self._wearers.values():
            wearer.held = None

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
        self._put_on(wearer)
        if face.via == "face":
            wearer.selector.look(face)
        if reading is not None:
            wearer.selector.update(reading)
        emotion = self._hold or wearer.held or wearer.selector.shown()[0]
        if emotion != wearer.emotion:
            # Nothing fades in from what was never shown, nor on the first reading of a face.
            wearer.previous, wearer.previous_since = wearer.emotion, wearer.since
            wearer.emotion, wearer.since = emotion, time
        mix = min(1.0, (time - wearer.since) / CROSS_FADE) if wearer.previous else 1.0
        if mix >= 1.0:
            wearer.previous = None
        return SpriteChoice(
            face_id=face.id,
            character=wearer.on or wearer.character,
            emotion=emotion,
            since=wearer.since,
            variant=_variant(wearer, face),
            opacity=face.opacity if self.visible and wearer.on else 0.0,
            previous=wearer.previous,
            mix=mix * mix * (3 - 2 * mix),
            age=time - wearer.since,
            previous_age=time - wearer.previous_since if wearer.previous else 0.0,
        )

    def _new(self, face_id: int) -> _Wearer:
        self._wearers[face_id] = _Wearer(self._next())
        return self._wearers[face_id]

    def _put_on(self, wearer: _Wearer) -> None:
        """Show what is meant for them as soon as that can be shown."""
        if wearer.on is not None and not self._is_decoded(wearer.on):
            wearer.on = None  # forgotten while they were away
        while wearer.character != wearer.on:
            try:
                if self._ready(wearer.character):
                    wearer.put_on(wearer.character)
                return
            except PackError:
                if not self._take_out(wearer.character):
                    raise
                wearer.character = wearer.on if wearer.on in self._characters else self._next()

    def _is_decoded(self, character: str) -> bool:
        try:
            return self._ready(character)
        except PackError:
            return False

    def _take_out(self, broken: str) -> bool:
        """Give this one to nobody any more; False when it was the last."""
        self._characters = tuple(character for character in self._characters if character != broken)
        if self._chosen == broken:
            self._chosen = None
        return bool(self._characters)

    def _next(self) -> str:
        """The character for one more person."""
        character = self._upcoming()
        self._given_out += 1
        return character

    def _upcoming(self) -> str:
        """The one that is chosen for all; else the next in turn that nobody wears, or the next."""
        if self._chosen:
            return self._chosen
        count, start = len(self._characters), self._given_out
        in_turn = [self._characters[(start + further) % count] for further in range(count)]
        taken = {wearer.character for wearer in self._wearers.values()}
        return next((character for character in in_turn if character not in taken), in_turn[0])

    def _beside(self, character: str, by: int) -> str:
        known = self._characters
        return known[(known.index(character) + by) % len(known)] if character in known else known[0]


def _worn_by(wearers: Iterable[_Wearer]) -> set[str]:
    return {name for wearer in wearers for name in (wearer.character, wearer.on) if name}


def _variant(wearer: _Wearer, face: FaceTrack) -> Variant:
    closed = sum(face.blink) / 2
    wearer.eyes_closed = closed > (EYES_OPEN if wearer.eyes_closed else EYES_CLOSE)
    wearer.mouth_open = face.mouth_open > (MOUTH_CLOSE if wearer.mouth_open else MOUTH_OPEN)
    if wearer.eyes_closed:
        return "blink_talk" if wearer.mouth_open else "blink"
    return "talk" if wearer.mouth_open else "plain"
