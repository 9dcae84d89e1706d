"""Silence for libraries that log whatever they are told."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

#: Guards the two below, and is never held while somebody is inside: they may wait for each other.
_lock = threading.Lock()
_inside = 0
_saved: int | None = None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that C++ code writes to standard error gets through.

    mediapipe and LiteRT log to file descriptor 2 whatever their log levels say. For start-up only: the
    redirection holds for the whole process, until the last thread has left such a block. Where standard error
    is closed it does nothing.
    """
    if sys.stderr is None:
        yield
        return
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _saved  # noqa: PLW0603  # the descriptor is the process's, too
    with _lock:
        if _inside == 0:
            sys.stderr.flush()
            _saved = os.dup(2)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 2)
            os.close(silent)
        _inside += 1


def _leave() -> None:
    global _inside, _saved  # noqa: PLW0603
    with _lock:
        _inside -= 1
        if _inside == 0 and _saved is not None:
            os.dup2(_saved, 2)
            os.close(_saved)
            _saved = None
