"""When a character's pictures are decoded: as late as may be, since few of those that there are get worn."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from avatar_cam.characters.character import Character
from avatar_cam.closing import Closing
from avatar_cam.errors import PackError

#: What is decoded and not worn is kept up to so many bytes, with what is: then a program that people come to
#: all day takes the same all day. Four people wear 150 MB at most of what is shipped.
KEPT = 160 * 2**20

#: Told of each character that could not be decoded: its id and what is wrong.
Tell = Callable[[str, str], None]


class AtOnce:
    """Decodes a character when it is first asked for, which takes as long as it takes: for files."""

    def __init__(self, characters: Mapping[str, Character], tell: Tell) -> None:
        self._characters, self._tell = characters, tell

    def __call__(self, name: str) -> bool:
        """Always True; PackError, told too, when that cannot be done."""
        character = self._characters[name]
        if not character.is_warm:
            try:
                character.warm()
            except PackError as error:
                self._tell(name, str(error))
                raise
        return True


class Aside(Closing):
    """Decodes characters in a thread of its own, one after another: for what is live.

    Keeps up to `most` bytes of what is not worn any more.
    """

    def __init__(self, characters: Mapping[str, Character], most: int = KEPT) -> None:
        self._characters, self._most = characters, most
        self._broken: dict[str, str] = {}
        self._told: weakref.WeakSet[Character] = weakref.WeakSet()
        # It does not give way to the loop: it takes a third of a second, for which somebody waits.
        self._thread = ThreadPoolExecutor(1, "characters")
        self._decoding: dict[str, tuple[Character, Future[None]]] = {}
        #: Names, those last that were wanted last.
        self._lately: list[str] = []
        #: What was wanted, and what was decoded, when it was last decided what to forget.
        self._judged: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()

    def __call__(self, name: str) -> bool:
        """Whether it is decoded; begins that if not.

        PackError when that could not be done; but the only character there is is just never ready, since a
        program without one can go on.
        """
        character = self._characters[name]
        if character.is_warm:
            return True
        begun = self._decoding.get(name)
        if begun is None or begun[0] is not character:
            self._decoding[name] = character, self._thread.submit(character.warm)
            return False
        if not begun[1].done():
            return False
        error = begun[1].exception()
        if error is None:
            del self._decoding[name]
            return True
        if isinstance(error, PackError):
            if character not in self._told:
                self._told.add(character)
                self._broken[name] = str(error)
            if len(self._characters) == 1:
                return False
        raise error

    def take_broken(self) -> dict[str, str]:
        """What turned out to be broken since this was asked last, and how."""
        broken, self._broken = self._broken, {}
        return broken

    def offer(self, characters: Mapping[str, Character]) -> None:
        """Know these from now on."""
        self._characters = characters

    def keep(self, names: Collection[str]) -> bool:
        """Keep these decoded, and of others what there is room for; whether more or less is decoded now.

        What was wanted last is kept longest.
        """
        for name in [name for name, (_, done) in self._decoding.items() if done.done() and name not in names]:
            del self._decoding[name]
        warm = frozenset(name for name, character in self._characters.items() if character.is_warm)
        wanted, before = frozenset(names), self._judged[1]
        if (wanted, warm) == self._judged:
            return False
        self._judged = wanted, warm
        self._lately = [name for name in self._lately if name not in wanted] + sorted(wanted)
        others = [name for name in self._characters if name not in self._lately]
        excess = sum(character.memory for character in self._characters.values()) - self._most
        forgotten = 0
        for name in [*others, *self._lately]:
            if forgotten < excess and name not in names and name not in self._decoding:
                character = self._characters.get(name)
                forgotten += character.shrink(excess - forgotten) if character else 0
        return forgotten > 0 or warm != before

    def close(self) -> None:
        """Wait for the one that is being decoded."""
        self._thread.shutdown(cancel_futures=True)
