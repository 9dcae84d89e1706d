"""Files that appear whole or not at all, and folders that belong to one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avatar_cam.files import explaining
from training.locking import lock


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what shall become `path`: a file beside it, which takes its place at the end.

    The name beside is always the same: what a killed process left there is written over by the next. So only
    one process may write `path`; see `alone`. Raises SinkError where it cannot be written.
    """
    part = path.with_name(f".{path.name}.part{path.suffix}")
    with explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make `folder` and keep other processes out of it; the lock ends with this process, however it ends.

    Raises UsageError if another has it, SinkError where it cannot be made.
    """
    with explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with lock(folder / ".lock", folder, f"{folder} is in use by another process"):
        yield
