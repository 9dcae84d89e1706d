"""What other programs ask a booth for, and what of it a pipeline is to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from avatar_cam.controls import CHARACTERS, Hold, Switch, Wear, Wish
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import UsageError

#: Does all that was asked for meanwhile, by a function that says what came of one wish, or raises UsageError.
DoAll = Callable[[Callable[[Wish], str | None]], None]


def do_nothing(_: Callable[[Wish], str | None]) -> None:
    """A `DoAll` for where nobody can ask."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How whatever pipeline there is shall be, one that is made anew too."""

    #: Shown on everybody, whatever is read; None: what is read.
    emotion: Emotion | None = None
    #: Everybody wears this one; None: each visitor another.
    character: str | None = None
    visible: bool = True
    #: How often the characters were to be loaded anew.
    reloads: int = 0


class Wishes:
    """Turns wishes into what is wanted; `emotion` is held from the start.

    The loop asks, and the pipeline's thread heeds: all that passes between them is replaced in one step.
    """

    def __init__(self, characters: Mapping[str, str], emotion: Emotion | None = None) -> None:
        self.wanted = Wanted(emotion)
        #: Id → name of the characters that can be worn; whoever has the pipeline keeps it up to date.
        self.characters = characters

    def ask(self, wish: Wish, worn: str | None, shown: Emotion | None) -> str:
        """Want this too, and return what is said of it; UsageError, with one line, for what cannot be.

        `worn` and `shown` are of the first person in the picture, None when there is none.
        """
        match wish:
            case Wear(character):
                return self._wear(character)
            case Hold(emotion):
                return self._hold(emotion)
            case "hold":
                return self._toggle_hold(shown)
            case "overlay":
                return self._show(visible=not self.wanted.visible)
            case Switch("overlay", on):
                return self._show(visible=on)
        return self._act(wish, self.wanted.character or worn)

    def _act(self, wish: Wish, present: str | None) -> str:
        match wish:
            case "next":
                return self._step(1, present)
            case "previous":
                return self._step(-1, present)
            case "reload":
                self.wanted = replace(self.wanted, reloads=self.wanted.reloads + 1)
                return "Characters are loaded anew"
        return self._choose(wish)

    def _choose(self, wish: Wish) -> str:
        if wish not in CHARACTERS:
            name = wish.what if isinstance(wish, Switch) else wish
            raise UsageError(
                f"a booth does not do {name}; it does character, {CHARACTERS[0]} to {CHARACTERS[-1]}, next, "
                "previous, hold, overlay, snapshot, reload and quit"
            )
        names = list(self.characters)
        number = CHARACTERS.index(wish)
        if number >= len(names):
            raise UsageError(f"there is no {wish}; there are {len(names)}")
        return self._wear(names[number])

    def _wear(self, character: str) -> str:
        characters = self.characters
        if character not in characters:
            raise UsageError(f"there is no character {character!r}; there are {', '.join(characters)}")
        self.wanted = replace(self.wanted, character=character)
        return characters[character]

    def _step(self, by: int, present: str | None) -> str:
        names = list(self.characters)
        if present not in names:
            return self._wear(names[0])
        return self._wear(names[(names.index(present) + by) % len(names)])

    def _hold(self, emotion: Emotion | None) -> str:
        self.wanted = replace(self.wanted, emotion=emotion)
        return f"Emotion held: {emotion}" if emotion else "Emotion not held"

    def _toggle_hold(self, shown: Emotion | None) -> str:
        if self.wanted.emotion is not None:
            return self._hold(None)
        if shown is None:
            raise UsageError("there is nobody whose emotion could be held; name one")
        return self._hold(shown)

    def _show(self, *, visible: bool) -> str:
        self.wanted = replace(self.wanted, visible=visible)
        return "Characters on" if visible else "Characters off"
