"""Ctrl-C, and whatever else asks the program to end, between two frames instead of anywhere."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def heeded(quit: Callable[[], None]) -> Iterator[None]:
    """Inside, being interrupted calls `quit`, and KeyboardInterrupt is raised at the end.

    The second time it is raised at once. Belongs to the main thread.
    """
    numbers = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
    # What is ignored, as with `nohup`, or somebody else's, stays so.
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number in numbers if before[number] is signal.default_int_handler]
    came = False

    def heed(number: int, frame: FrameType | None) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True
        quit()

    for number in ours:
        signal.signal(number, heed)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
    if came:
        raise KeyboardInterrupt
