"""Silence for libraries that log whatever they are told."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

#: Two threads whose blocks overlap would restore each other's silence.
_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that C++ code writes to standard error gets through.

    mediapipe and LiteRT log to file descriptor 2 whatever their log levels say. For start-up only: the
    redirection holds for the whole process. Where standard error is closed it does nothing.
    """
    if sys.stderr is None:
        yield
        return
    with _one_at_a_time:
        sys.stderr.flush()
        saved = os.dup(2)
        silent = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(silent, 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(silent)
