"""Room for one picture: the newest."""

from __future__ import annotations

import threading
from collections import deque

from avatar_cam.types import Pixels

#: How far back the rate is measured, in seconds.
_WINDOW_S = 2.0
#: Above any camera's pictures in that time.
_MOST = 1000


class NewestSlot:
    """Hands pictures from one thread to another; one that was not taken makes room for the next.

    Pictures are handed on as they are, never copied.
    """

    def __init__(self) -> None:
        #: How many pictures were overwritten before anyone took them.
        self.dropped = 0
        self._picture: tuple[Pixels, float] | None = None
        self._times: deque[float] = deque(maxlen=_MOST)
        self._closed = False
        self._changed = threading.Condition()

    def put(self, pixels: Pixels, taken: float) -> None:
        """Put in a picture, taken at `taken` seconds."""
        with self._changed:
            self.dropped += self._picture is not None
            self._picture = pixels, taken
            self._times.append(taken)
            self._changed.notify_all()

    def take(self, timeout: float) -> tuple[Pixels, float] | None:
        """The newest picture that was not taken yet, and its time; None when none comes in `timeout` s."""
        with self._changed:
            self._changed.wait_for(lambda: self._picture is not None or self._closed, timeout)
            picture, self._picture = self._picture, None
            return picture

    def rate(self, now: float) -> float:
        """Pictures a second that came in the last two seconds before `now`, 0 where it cannot be told."""
        with self._changed:
            times = [time for time in self._times if now - time <= _WINDOW_S]
        span = times[-1] - times[0] if times else 0.0
        return (len(times) - 1) / span if span > 0 else 0.0

    def close(self) -> None:
        """Wake whoever waits, and let nobody wait any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
