"""What every source of pictures promises."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from avatar_cam.types import Frame


class Source(Protocol):
    """Pictures in the order of their time.

    Opening a source raises `SourceError` when it cannot give a single frame. Iterating yields frames
    counted from 0, each in memory of its own that the consumer may draw into; `Frame.time` is 0 for the first
    and grows with every frame, on the source's own clock. Iterating raises `SourceError` where nothing can be
    read at all; what goes wrong after the first frame ends the iteration, is kept in `warning`, and is
    for the app to say. Each iteration starts anew; one at a time.

    Whoever opens a source closes it, by `close()` or `with`; that ends an iteration which is under way, and
    doing it twice does nothing.
    """

    @property
    def name(self) -> str:
        """What messages and the trace call it."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px of every frame, the right way up."""

    @property
    def fps(self) -> float:
        """The nominal rate, above 0; the frames' own times are what counts."""

    @property
    def frame_count(self) -> int | None:
        """How many frames to expect, where that is known: a hint for progress, not a promise."""

    @property
    def warning(self) -> str | None:
        """After an iteration: what went wrong on the way, in one line; None when all was well."""

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
