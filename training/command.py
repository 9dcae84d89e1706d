"""What the commands share."""

from __future__ import annotations

import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from avatar_cam.errors import AvatarCamError

Result = TypeVar("Result")


def fail_in_one_line(main: Callable[[list[str] | None], Result]) -> Callable[..., Result]:
    """A command whose expected errors are one line on stderr and an exit status, not a traceback."""

    @functools.wraps(main)
    def run(arguments: list[str] | None = None) -> Result:
        try:
            return main(arguments)
        except AvatarCamError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(error.exit_status)
        except KeyboardInterrupt:
            sys.exit(130)

    return run


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until this is done; then it is raised as ever."""
    pressed = threading.Event()
    with answering_ctrl_c(lambda *_: pressed.set()):
        yield
    if pressed.is_set():
        raise KeyboardInterrupt


@contextmanager
def answering_ctrl_c(answer: Callable[..., None] | signal.Handlers) -> Iterator[None]:
    """Ctrl-C is answered so meanwhile; it is the main thread's, and in another nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
