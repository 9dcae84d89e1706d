"""Who performs while nobody is there: one character after another, drawn aside, in all emotions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from avatar_cam.beside import give_way
from avatar_cam.characters.character import Character
from avatar_cam.closing import Closing
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError
from avatar_cam.rendering.portrait import portrait
from avatar_cam.types import Pixels, Variant

#: Seconds for which one performs, and for which an emotion is shown.
SHOW, MOOD = 14.0, 2.0
#: Side of the portrait on a picture that was taken, px.
_PORTRAIT = 320
#: Eyes are closed for so long, so often, seconds.
_BLINK, _BLINKS = 0.16, 3.1


@dataclass(frozen=True, slots=True, eq=False)
class Performer:
    """One character: pictures uint8 (side, side, 4), RGB multiplied by alpha, with eyes open and closed."""

    name: str
    title: str
    pictures: Mapping[tuple[Emotion, Variant], Pixels]

    def at(self, time: float) -> Pixels:
        """What is shown `time` seconds after the performance began."""
        return self.of(EMOTIONS[int(time / MOOD) % len(EMOTIONS)], time)

    def of(self, emotion: Emotion, time: float) -> Pixels:
        """An emotion, with eyes that blink."""
        return self.pictures[emotion, "blink" if time % _BLINKS < _BLINK else "plain"]


class Performers(Closing):
    """Draws the character after the present one in a thread of its own; `characters` are those there are.

    A pack that cannot be drawn is passed over. Times are seconds of one clock.
    """

    def __init__(self, characters: Callable[[], Mapping[str, Character]], side: int) -> None:
        self._characters, self._side = characters, side
        self._thread = ThreadPoolExecutor(1, "performers", initializer=give_way)
        self._next: Future[Performer | None] = self._drawing(None)
        self._present: Performer | None = None
        self.began = 0.0
        self._asked: tuple[str | None, Future[Pixels] | None] = (None, None)

    def present(self, now: float) -> Performer | None:
        """Who performs at `now`; None before the first is drawn."""
        if (self._present is None or now - self.began >= SHOW) and self._next.done():
            came = None if self._next.exception() else self._next.result()
            self._present, self.began = came or self._present, now
            self._next = self._drawing(self._present.name if self._present else None)
        return self._present

    def ask(self, character: str | None) -> None:
        """Draw a portrait of this character soon, for `portrait_of`."""
        if character is not None and character != self._asked[0]:
            self._asked = character, self._thread.submit(self._portrait, character)

    def portrait_of(self, character: str | None) -> Pixels | None:
        """The one asked for, smiling, once drawn: uint8 (side, side, 4), RGB multiplied by alpha."""
        name, drawing = self._asked
        if drawing is None or name != character or not drawing.done() or drawing.exception():
            return None
        return drawing.result()

    def close(self) -> None:
        """Wait for what is being drawn; may be called twice."""
        self._thread.shutdown(cancel_futures=True)

    def _drawing(self, after: str | None) -> Future[Performer | None]:
        return self._thread.submit(self._drawn, after)

    def _portrait(self, name: str) -> Pixels:
        return portrait(self._characters()[name].fresh(), _PORTRAIT, "pleasure")

    def _drawn(self, after: str | None) -> Performer | None:
        characters = dict(self._characters())
        names = list(characters)
        first = names.index(after) + 1 if after in names else 0
        for name in names[first:] + names[:first]:
            with suppress(PackError):
                # A copy, which is forgotten at once: others may be using this one.
                return None if name == after else _performer(characters[name].fresh(), self._side)
        return None


def _performer(character: Character, side: int) -> Performer:
    variants: tuple[Variant, ...] = ("plain", "blink")
    pictures = {
        (emotion, variant): portrait(character, side, emotion, variant)
        for emotion in EMOTIONS
        for variant in variants
    }
    return Performer(character.id, character.manifest.name, pictures)
