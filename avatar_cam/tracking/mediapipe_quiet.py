"""Import mediapipe fast and without its chatter."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType


@cache
def solutions() -> ModuleType:
    """mediapipe's `solutions`.

    mediapipe imports TensorFlow when it can, which takes ten times as long and 600 MB; it is kept away from
    it, and left alone for everybody else.
    """
    missing = object()
    before = sys.modules.get("tensorflow", missing)
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # makes `import tensorflow` fail
    try:
        import mediapipe.python.solutions as mediapipe_solutions
    finally:
        if before is missing:
            del sys.modules["tensorflow"]
        else:
            sys.modules["tensorflow"] = before  # type: ignore[assignment]
    module: ModuleType = mediapipe_solutions
    return module


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that C++ code writes to standard error gets through.

    mediapipe logs to file descriptor 2 whatever its log level says. For start-up only: the redirection holds for the whole
    process.
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
