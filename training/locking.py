"""A lock that ends with its process, however that ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avatar_cam.errors import UsageError
from avatar_cam.files import explaining

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def lock(path: Path, output: Path, refusal: str) -> Iterator[None]:
    """Holds the file `path`, which is made if need be. UsageError(refusal) where another process holds it.

    The file may be removed by its holder. Raises SinkError, about `output`, where it cannot be made.
    """
    with explaining(output):
        # Not inherited by the processes that are started meanwhile, so these cannot hold it on.
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        try:
            _take(handle)
            # Whoever held it may have removed it just before letting go: then this one guards nothing.
            same = os.path.samestat(os.fstat(handle), path.stat())
        except OSError:
            same = False
        if not same:
            raise UsageError(refusal)
        yield
    finally:
        os.close(handle)
