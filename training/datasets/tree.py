"""A folder in which zip files count as folders."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from avatar_cam.errors import SourceError
from training.datasets import zips
from training.datasets.base import Damaged, Example
from training.datasets.names import file_name, is_junk

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".pgm"})

#: One of several parts that make a zip only together: X.zip.part0, X.zip.001, X.z01.
_PART = re.compile(r"(?P<zip>.+\.zip)\.(?:part)?\d+$|(?P<stem>.+)\.z\d\d$", re.IGNORECASE)

#: What browsers and download programs call a file that has not wholly arrived.
_UNFINISHED = re.compile(r"\.(?:crdownload|part|partial|download|aria2|!ut)$", re.IGNORECASE)


class Leaf(NamedTuple):
    """A file in the tree.

    `file` and `member` lead to it, as in `Example`, in whatever encoding and form they have on the disk.
    `folder` ("" or "a/b") and `name` are readable and in NFC; a zip counts as a folder of its name without
    ".zip", so they are the same for what was unpacked into one.
    """

    file: str
    member: str
    folder: str
    name: str

    @property
    def suffix(self) -> str:
        """The name's ending in small letters, ".jpg"."""
        before, dot, after = self.name.rpartition(".")
        return f"{dot}{after.casefold()}" if before else ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders from the top."""
        return tuple(self.folder.split("/")) if self.folder else ()


@dataclass(frozen=True, slots=True)
class Tree:
    """All files below `folder`; or, if `only` names a zip in it, all that this holds."""

    folder: Path
    only: str = ""

    @classmethod
    def at(cls, path: Path) -> Tree:
        """The tree of a folder or of one zip. Raises SourceError where there is neither."""
        if is_folder(path):
            return cls(path)
        if path.suffix.casefold() != ".zip":
            raise SourceError(f"{path} is a file: give the folder that holds the data set, or a zip of it")
        return cls(path.parent, path.name)

    @property
    def path(self) -> Path:
        """What the user gave."""
        return self.folder / self.only

    def leaves(self) -> Iterator[Leaf]:
        """Every file but hidden ones, in a fixed order; reads folders and the tables of zips.

        Raises SourceError where a folder or zip cannot be read.
        """
        if self.only:
            yield from self._in_zip(self.only, "")
            return
        for folder, files in _walk(self.folder):
            readable = "/".join(file_name(part) for part in PurePosixPath(folder).parts)
            for file in files:
                path = f"{folder}/{file}" if folder else file
                name = file_name(file)
                _refuse_pieces(self.folder / path, files)
                if name.casefold().endswith(".zip"):
                    yield from self._in_zip(path, _joined(readable, name[: -len(".zip")]))
                else:
                    yield Leaf(path, "", readable, name)

    def _in_zip(self, file: str, readable: str) -> Iterator[Leaf]:
        folders: dict[str, str] = {}  # so that thousands of leaves share one string
        for member, path in zips.members(self.folder / file):
            within, _, name = path.rpartition("/")
            if within not in folders:
                folders[within] = _joined(readable, within.strip("/"))
            yield Leaf(file, member, folders[within], name)

    def read(self, example: Example | Leaf) -> bytes:
        """Its content. Raises Damaged where that is none, and SourceError where it cannot be had."""
        path = self.folder / example.file
        content = zips.read(path, example.member) if example.member else read_file(path)
        problem = zips.not_the_file(content[:64])
        if problem:
            # Where one file is a pointer, they all are: nobody fetched the data.
            error = SourceError if zips.is_pointer(content) else Damaged
            raise error(f"{self.named(example)} {problem}")
        return content

    def named(self, example: Example | Leaf) -> str:
        """Where it lies, for a message."""
        path = self.folder / example.file
        if not example.member:
            return str(path)
        return f"{path}: {example.name if isinstance(example, Leaf) else example.key}"


def is_folder(path: Path) -> bool:
    """Whether it is a folder and not a file. Raises SourceError where it is neither or out of bounds."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(f"{path} does not exist") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None


def read_file(path: Path) -> bytes:
    """A file's content. Raises SourceError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None


def _walk(top: Path) -> Iterator[tuple[str, list[str]]]:
    """Each folder below `top`, relative to it and with "/", and its files. Links are followed, once each."""

    def fail(error: OSError) -> None:
        raise SourceError(f"{error.filename} cannot be read: {error.strerror}") from None

    seen = set()
    for folder, folders, files in os.walk(top, onerror=fail, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not is_junk(name))
        relative = Path(folder).relative_to(top).as_posix()
        yield "" if relative == "." else relative, sorted(name for name in files if not is_junk(name))


def _refuse_pieces(path: Path, beside: list[str]) -> None:
    """Raise SourceError for a piece of a file, unless the pieces of a zip were joined `beside` them."""
    if _UNFINISHED.search(path.name):
        raise SourceError(f"{path} has not wholly arrived: finish its download, or delete it")
    part = _PART.match(path.name)
    if part and part["zip"] not in beside:
        raise SourceError(f"{path} is one part of a zip: join the parts into one .zip first")


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name
