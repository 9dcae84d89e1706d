"""What a user keeps of what is live: names for recordings and snapshots, and the snapshots themselves."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.files import explaining
from avatar_cam.sinks.photo import write_photo
from avatar_cam.types import Pixels


def new_file(folder: Path, suffix: str, now: datetime) -> Path:
    """A new, empty file in `folder`, such as `avatar-cam 2026-11-21 14.03.05.mp4`.

    The folder is made when it is not there. A name that is taken gets -2, -3 and so on: nothing is ever
    overwritten, not even by two programs at once. Raises `SinkError`.
    """
    # No colons: Windows does not allow them in names.
    stem = now.strftime("avatar-cam %Y-%m-%d %H.%M.%S")
    with explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        with explaining(path), suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path
    raise AssertionError("numbers do not run out")


class Snapshots(Closing):
    """Saves pictures in `folder`, in a thread of its own, so that no frame waits for it.

    `suffix` says as what: PNG by default. Pictures are neither mirrored nor labelled. It keeps a reference to
    the pixels until they are saved: nobody may draw into them after `take`.
    """

    def __init__(self, folder: Path, suffix: str = ".png") -> None:
        self.folder = folder
        self._suffix = suffix
        self._thread = ThreadPoolExecutor(1, "snapshots")
        self._tickets = count(1)
        self._pending = deque[tuple[int, Future[Path]]]()

    def take(self, pixels: Pixels, now: datetime) -> int:
        """Save the picture, uint8 (H, W, 3) RGB, under a name with the time `now`.

        The ticket tells which picture it is that `poll` speaks of.
        """
        ticket = next(self._tickets)
        self._pending.append((ticket, self._thread.submit(_save, pixels, self.folder, self._suffix, now)))
        return ticket

    def poll(self) -> tuple[int, Path | SinkError] | None:
        """The next picture's ticket, and where it was saved or why not; None when there is nothing new.

        Each is told once, in the order in which they were taken.
        """
        if not self._pending or not self._pending[0][1].done():
            return None
        ticket, saving = self._pending.popleft()
        error = saving.exception()
        return ticket, error if isinstance(error, SinkError) else saving.result()

    def close(self) -> None:
        """Wait until all that were taken are saved; may be called twice."""
        self._thread.shutdown()


def _save(pixels: Pixels, folder: Path, suffix: str, now: datetime) -> Path:
    path = new_file(folder, suffix, now)
    try:
        write_photo(path, pixels)
    except SinkError:
        with suppress(OSError):
            path.unlink()
        raise
    return path
