"""What every sink promises, and what those that write a file share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from avatar_cam.errors import SinkError
from avatar_cam.files import Replacement
from avatar_cam.types import Composite


class Sink(Protocol):
    """Where composites go.

    Composites come in the order of their frames. A sink does not change them, and keeps no reference to a
    frame's pixels after `write` unless it says so. Whoever opens a sink ends it: `close()` finishes the
    output, and the end of a `with` block does so too; an exception in the block, Ctrl-C included, discards
    it. Opening, writing and closing raise `SinkError`, after which nothing is left under the output's name
    but what was there before. Ending twice does nothing.
    """

    def write(self, composite: Composite) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class FileSink(ABC):
    """A sink whose file appears under its name when it is whole, and never before.

    Outputs that belong together are all finished before the first is closed: one that fails takes the others
    with it.

    A subclass writes to `_temporary`, pushes onto `_opened` how to close what it opens, which must bear being
    done twice, and calls `discard()` when it cannot be built.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._replacement = Replacement(path)
        self._temporary = self._replacement.path
        self._opened = ExitStack()
        self._finished = False
        self._ended = False

    @abstractmethod
    def write(self, composite: Composite) -> None:
        """Adds one composite."""

    @abstractmethod
    def _finish(self) -> None:
        """Writes what is still to be written and closes the temporary file, or raises `SinkError`."""

    def finish(self) -> None:
        """Finishes the file, all but its name, which `close` gives it; nothing can be written after this."""
        if self._finished or self._ended:
            return
        try:
            self._finish()
            self._opened.close()
        except BaseException:
            self.discard()
            raise
        self._finished = True

    def close(self) -> None:
        """Finishes the file and puts it under its name."""
        self.finish()
        if self._ended:
            return
        try:
            self._replacement.commit()
        except BaseException:
            self.discard()
            raise
        self._ended = True

    def discard(self) -> None:
        """Leaves nothing behind; what had the file's name before is still there."""
        if self._ended:
            return
        self._ended = True
        # Where the system lets go of a name whose file is open, closing it does no more work on it.
        with suppress(SinkError):
            self._replacement.discard()
        # What closing a file that is thrown away complains of is of no interest.
        with suppress(Exception):
            self._opened.close()
        self._replacement.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def even(size: tuple[int, int]) -> tuple[int, int]:
    """The size without its last column or row where it is odd: video has one colour for two pixels."""
    width, height = size
    return max(2, width // 2 * 2), max(2, height // 2 * 2)
