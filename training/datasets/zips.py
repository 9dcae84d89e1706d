"""Reads zip files in place, and says in one line what is wrong with one."""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from avatar_cam.errors import SourceError
from training.datasets.base import Damaged
from training.datasets.names import is_junk, member_name

#: Open files are dear, and few data sets have more zips.
_MOST_OPEN = 256

_ENCRYPTED = 0x1

#: What `zipfile` raises for damaged content: struct.error where it ends within a header, UnicodeDecodeError
#: for a name.
_BAD = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    UnicodeDecodeError,
)


def members(path: Path) -> Iterator[tuple[str, str]]:
    """The files in a zip: each one's name as `read` wants it, and as it was meant (see `member_name`).

    Raises SourceError where the zip cannot be used. Leaves no file open.
    """
    with _open(path) as archive:
        for info in archive.infolist():
            name = member_name(info)
            if info.is_dir() or any(map(is_junk, name.split("/"))):
                continue
            if info.flag_bits & _ENCRYPTED:
                raise SourceError(f"{path} is protected by a password: unpack it, and give the folder")
            if name.casefold().endswith(".zip"):
                raise SourceError(f"{path} holds other zip files ({name}): unpack it once")
            if info.compress_type not in _METHODS:
                raise SourceError(
                    f"{path} is packed by method {info.compress_type}, which Python cannot read: unpack it"
                )
            yield info.orig_filename, name


_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})


def read(path: Path, member: str) -> bytes:
    """A member's content; the zip stays open in this process.

    Raises Damaged where that content is, and SourceError where the zip cannot be used or is another one.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    # A process that was forked must not share its parent's place in the file.
    archive = _kept_open(path, state.st_size, state.st_mtime_ns, os.getpid())
    try:
        return archive.read(member)
    except KeyError:
        raise SourceError(f"{path} does not hold {member}") from None
    except OSError as error:
        raise SourceError(f"{path}: {member} cannot be read: {error.strerror or error}") from None
    except _BAD as error:
        raise Damaged(f"{path}: {member} is damaged ({error}): get the zip anew") from None


class _Archive:
    """An open zip with a small table of its members.

    `zipfile` keeps 0.8 KB a member, which is 400 MB a process for 500,000 photos; here it is 40 bytes.
    """

    def __init__(self, path: Path) -> None:
        self._zip = _open(path)
        infos = self._zip.infolist()
        hashes = np.array([hash(info.orig_filename) for info in infos], np.int64)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        rows = [tuple(getattr(info, field) for field, _ in _FIELDS) for info in infos]
        self._table = np.array(rows, _FIELDS)[order]
        self._zip.filelist.clear()
        self._zip.NameToInfo.clear()

    def read(self, member: str) -> bytes:
        """A member's content. Raises KeyError where there is none of that name, and what `zipfile` raises."""
        row = int(np.searchsorted(self._hashes, hash(member)))
        if row == len(self._hashes) or self._hashes[row] != hash(member):
            raise KeyError(member)
        info = zipfile.ZipInfo(member)
        info.orig_filename = member
        for (field, _), value in zip(_FIELDS, self._table[row].tolist(), strict=True):
            setattr(info, field, value)
        # It compares the name with the one beside the content, so a hash that two names share is noticed.
        with self._zip.open(info) as file:
            return file.read()


_FIELDS = [
    ("header_offset", np.int64),
    ("compress_size", np.int64),
    ("file_size", np.int64),
    ("CRC", np.uint32),
    ("compress_type", np.uint16),
    ("flag_bits", np.uint16),
]


@lru_cache(_MOST_OPEN)
def _kept_open(path: Path, _size: int, _changed: int, _process: int) -> _Archive:
    return _Archive(path)


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    except _BAD:
        raise SourceError(f"{path} {_what_is_wrong(path)}") from None


def _what_is_wrong(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"PK\x03\x04"):
        return "is cut off or damaged, its table of contents is missing: download it again"
    return not_the_file(start) or "is no zip file: download it again"


def not_the_file(start: bytes) -> str:
    """What stands in a file's place, told by its first 64 bytes, and what to do; "" if nothing does."""
    if not start:
        return "is empty: download it again"
    if is_pointer(start):
        return "is a Git LFS pointer and not the file itself: run git lfs pull"
    if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
        return "is a web page and not the file itself: log in, and download it again"
    return ""


def is_pointer(start: bytes) -> bool:
    """Whether Git LFS left a note in a file's place, told by its first 64 bytes."""
    return start.startswith(b"version https://git-lfs")
