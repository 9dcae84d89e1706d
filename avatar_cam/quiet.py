"""Silence for libraries that log whatever they are told."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that C++ code writes to standard error gets through.

    mediapipe and LiteRT log to file descriptor 2 whatever their log levels say. For start-up only: the
    redirection holds for the whole process.
    """
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
