"""Where the pointer is, and how much of what belongs to it is to be seen."""

from __future__ import annotations

#: Seconds: how long what the pointer called up stays after it rests, and how it comes and goes.
REST, COMES, GOES = 2.0, 0.12, 0.4


class Pointer:
    """`position` is where it was last, in window px; None where it has never been, or has left."""

    def __init__(self) -> None:
        self.position: tuple[int, int] | None = None
        self._came = self._moved = float("-inf")

    def move(self, position: tuple[int, int], time: float) -> None:
        if self.presence(time) == 0:
            self._came = time
        self.position, self._moved = position, time

    def leave(self, time: float) -> None:
        """It is outside the window."""
        self.position = None
        self._moved = min(self._moved, time - REST)

    def presence(self, time: float) -> float:
        """From 0, it rests, to 1, it has moved just now."""
        going = 1 - (time - self._moved - REST) / GOES
        coming = (time - self._came) / COMES
        # Not quite nothing at first, so that what comes counts as there.
        return min(1.0, max(coming, 0.01)) if going >= 1 else max(0.0, going)
