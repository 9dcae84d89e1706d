"""Names and files: what an output's suffix means, and outputs that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from avatar_cam.errors import SinkError, UsageError

Kind = Literal["video", "photo"]

#: What can be written, by suffix. (WebM takes no H.264, so it is not among them.)
VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")
PHOTO_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def kind_of(path: Path) -> Kind:
    """Whether an output of this name is a video or a photo. Raises `UsageError` for any other suffix."""
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return "video"
    if suffix in PHOTO_SUFFIXES:
        return "photo"
    wrong = f"does not know the suffix {path.suffix}" if suffix else "needs a suffix"
    raise UsageError(
        f"{path}: avatar-cam {wrong}; use {' '.join(VIDEO_SUFFIXES)} for a video, "
        f"{' '.join(PHOTO_SUFFIXES)} for a photo"
    )


def same_file(one: Path, other: Path) -> bool:
    """Whether both names lead to one existing file or folder: by links, hard links or letter case too."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def same_place(one: Path, other: Path) -> bool:
    """Whether writing to one would write to the other as well, be they there yet or not.

    Names that differ in letter case alone count as one, as they are on many systems.
    """
    places = (os.path.realpath(path).casefold() for path in (one, other))
    return same_file(one, other) or next(places) == next(places)


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; False too where that cannot be told, which opening it will explain."""
    try:
        return path.is_dir()
    except OSError:
        return False


def read_bounded(path: Path, most: int) -> bytes | None:
    """The content of a file; None when it is longer than `most` bytes.

    Raises OSError, also for what is no plain file: a pipe would be waited for, and a device may never end.
    """
    # Opened without waiting, since a pipe has nobody at its other end.
    with os.fdopen(os.open(path, os.O_RDONLY | _AT_ONCE | _AS_IT_IS), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is no plain file")
        content = file.read(most + 1) if about.st_size <= most else None
    return content if content is not None and len(content) <= most else None


#: Flags that not every system has.
_AT_ONCE, _AS_IT_IS = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_BINARY", 0)


def legible(name: Path | str) -> str:
    """A name as text that can be written everywhere: names of files need not be valid Unicode."""
    content = str(name).encode("utf-8", sys.getfilesystemencodeerrors())
    return content.decode("utf-8", "backslashreplace")


def sink_error(error: OSError, path: Path) -> SinkError:
    """The line to show when `path` could not be written because of `error`."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            why = "the disk is full. Free some space, or write to another disk"
        case errno.EROFS:
            why = "its disk is read-only. Write to another place"
        case errno.EACCES | errno.EPERM:
            why = "permission denied. Write to another folder, or change its permissions"
        case errno.ENOENT:
            why = f"there is no folder {path.parent}. Create it first"
        case errno.ENOTDIR:
            why = f"{path.parent} is not a folder. Write to another place"
        case errno.EISDIR:
            why = "it is a folder. Name a file in it"
        case errno.ENAMETOOLONG:
            why = "its name is too long. Choose a shorter one"
        case _:
            why = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    return SinkError(f"{path} cannot be written: {why}")


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turns an `OSError` of the block into the `SinkError` that says what is wrong with `path`."""
    try:
        yield
    except OSError as error:
        raise sink_error(error, path) from error


class Replacement:
    """A temporary file beside `target` that takes its place when it is whole.

    `path` exists from the start, empty, hidden, with a name of its own and the target's suffix, in the
    target's folder: so that a target that cannot be written is found out before any work is done, and
    taking its place is one step. A target that is a link stays one; what it leads to is replaced.
    `private`: nobody but this user may read it, whoever may read a file that is there already.

    Exactly one of `commit()` and `discard()` ends it. All of it raises `SinkError`.
    """

    def __init__(self, target: Path, *, private: bool = False) -> None:
        self.target, self._private = target, private
        self._place = Path(os.path.realpath(target))
        with explaining(target):
            self._check()
            # The name does not contain the target's, which may already be as long as names can be.
            self.path = self._place.with_name(f".avatar-cam-{secrets.token_hex(6)}{self._place.suffix}")
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666))

    def _check(self) -> None:
        if not self._place.exists():
            return
        if self._place.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not self._place.is_file():
            raise OSError(errno.EINVAL, "it is a device or a pipe. Name a file")
        if not os.access(self._place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def commit(self) -> None:
        """Puts the file in the target's place, with the permissions that a file there had, if not private."""
        with explaining(self.target):
            if self._place.exists() and not self._private:
                shutil.copymode(self._place, self.path)
            os.replace(self.path, self._place)

    def discard(self) -> None:
        """Removes the file; the target stays as it was."""
        with explaining(self.target):
            self.path.unlink(missing_ok=True)


@contextmanager
def replacing(target: Path, *, private: bool = False) -> Iterator[Path]:
    """A path to write to, which becomes `target` when the block ends well and vanishes when it does not.

    `private`: nobody but this user may read it. Raises `SinkError`, also for any `OSError` of the block,
    whose business is to write that file.
    """
    replacement = Replacement(target, private=private)
    try:
        with explaining(target):
            yield replacement.path
        replacement.commit()
    except BaseException:  # KeyboardInterrupt too leaves nothing behind
        replacement.discard()
        raise
