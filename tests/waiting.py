"""Waiting for what another thread does."""

from __future__ import annotations

import threading
from collections.abc import Callable

#: Seconds after which a test gives up.
PATIENCE = 10.0


def eventually(wanted: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until it is so; AssertionError when it never is."""
    for _ in range(round(patience * 1000)):
        if wanted():
            return
        threading.Event().wait(0.001)
    raise AssertionError("nothing happened")
