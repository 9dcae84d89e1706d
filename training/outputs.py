"""Folders whose files appear whole, or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avatar_cam.files import explaining


@contextmanager
def gathered(folder: Path, last: str) -> Iterator[Path]:
    """A place for files that move into `folder` when the block ends well, `last` after all others.

    Whoever finds a new `last` finds what belongs to it. Raises SinkError where `folder` cannot be written,
    also for any OSError of the block, whose business is to write there.
    """
    with explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as made:
            place = Path(made)
            yield place
            for file in sorted(place.iterdir(), key=lambda path: (path.name == last, path.name)):
                file.replace(folder / file.name)
