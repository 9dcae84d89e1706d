"""The window of a program whose pictures go elsewhere first: it holds them up in no way."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Condition, Thread

from avatar_cam.apps.live import Screen
from avatar_cam.controls import Wish
from avatar_cam.sinks.view import View
from avatar_cam.types import Pixels

#: Seconds between two looks at the window's keys.
_LOOK_EVERY = 0.015
#: Seconds that work which does not end is waited for.
_PATIENCE = 5.0


class NoScreen:
    """Nobody watches, and nobody asks for anything."""

    def actions(self) -> list[Wish]:
        return []

    def show(self, pixels: Pixels | None, view: View) -> None:
        pass


class Preview:
    """A screen for a loop in a thread of its own, and what carries it to the real one and back.

    Windows belong to the main thread, which hangs in them while they are dragged on some systems. So the loop
    shows here, which takes no time, and the main thread takes the newest to the window.
    """

    def __init__(self) -> None:
        self._wishes = SimpleQueue[Wish]()
        self._change = Condition()
        self._shown: tuple[Pixels | None, View] | None = None

    def actions(self) -> list[Wish]:
        """What the window was asked for since the last call."""
        wishes: list[Wish] = []
        try:
            while True:
                wishes.append(self._wishes.get_nowait())
        except Empty:
            return wishes

    def show(self, pixels: Pixels | None, view: View) -> None:
        """Show this next. Nobody may draw into the pixels any more."""
        with self._change:
            self._shown = pixels, view
            self._change.notify()

    def play(self, window: Screen, work: Callable[[], None], quit: Callable[[], None]) -> None:
        """Do `work`, which uses this as its screen, and show in `window` meanwhile what it shows.

        `quit` asks the work to end, where the window fails. What the work raises is raised.
        """
        errors: list[BaseException] = []
        thread = Thread(target=_keeping(errors, work), name="live loop", daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                for wish in window.actions():
                    self._wishes.put(wish)
                shown = self._take()
                if shown is not None:
                    window.show(*shown)
        finally:
            quit()
            thread.join(_PATIENCE)
        for error in errors:
            raise error

    def _take(self) -> tuple[Pixels | None, View] | None:
        with self._change:
            self._change.wait_for(lambda: self._shown is not None, _LOOK_EVERY)
            shown, self._shown = self._shown, None
            return shown


def _keeping(errors: list[BaseException], work: Callable[[], None]) -> Callable[[], None]:
    def kept() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    return kept
