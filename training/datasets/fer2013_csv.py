"""FER2013 as one table: fer2013.csv with `emotion,pixels,Usage` (Goodfellow et al., 2013)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatar_cam.errors import SourceError
from training.datasets import zips
from training.datasets.base import Damaged, Example, Framing, LeftOut
from training.datasets.ferplus import USAGES, fer2013_shares
from training.datasets.tables import require
from training.datasets.tree import Tree, is_folder
from training.datasets.usable import some_usable
from training.labels import FER2013, Scheme

COLUMNS = ("emotion", "pixels", "Usage")

#: Side of its pictures, px.
_SIDE = 48

#: Bytes; what is no table may have no lines.
_LONGEST_HEADER = 1024


@dataclass(frozen=True, slots=True)
class Fer2013Csv:
    """FER2013's table. A person is a picture: nothing says more."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Fer2013Csv:
        """The table, or the only one in a folder. Raises SourceError where there is none, or several."""
        if not is_folder(path):
            return cls(path)
        tables = [
            path / leaf.file for leaf in Tree(path).leaves() if leaf.suffix == ".csv" and not leaf.member
        ]
        if not tables:
            raise SourceError(f"{path} holds no .csv: give fer2013.csv, unpacked")
        fitting = [table for table in tables if set(COLUMNS) <= set(_columns(table))] or tables
        if len(fitting) > 1:
            names = ", ".join(table.name for table in fitting[:5])
            raise SourceError(
                f"{path} holds several tables ({names}): give the one with {', '.join(COLUMNS)}"
            )
        return cls(fitting[0])

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """FER2013."""
        return (FER2013,)

    @property
    def framing(self) -> Framing:
        """Faces of 48×48 pixels."""
        return "face"

    def examples(self) -> Iterator[Example | LeftOut]:
        """Every row. Keys are "fer" and the row's number, from 0; members are "OFFSET+LENGTH" in bytes."""
        return some_usable(self._examples(), self.path)

    def _examples(self) -> Iterator[Example | LeftOut]:
        columns = _columns(self.path)
        require(self.path, columns, COLUMNS)
        try:
            with self.path.open("rb") as file:
                offset = len(file.readline())
                row = 0
                for line in file:
                    if line.strip():
                        yield self._example(row, _cells(line), columns, f"{offset}+{len(line)}")
                        row += 1
                    offset += len(line)
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read: {error.strerror or error}") from None

    def _example(self, row: int, cells: list[str], columns: list[str], member: str) -> Example | LeftOut:
        key = f"fer{row:07}"
        if len(cells) != len(columns):
            return LeftOut(key, "a row with too few or too many columns")
        cell = dict(zip(columns, cells, strict=True))
        try:
            label = fer2013_shares(cell["emotion"])
        except ValueError:
            return LeftOut(key, "an emotion that is no number from 0 to 6")
        usage = cell["Usage"].strip()
        if usage not in USAGES:
            return LeftOut(key, "a usage that is none of FER2013's")
        if len(cell["pixels"].split()) != _SIDE * _SIDE:
            return LeftOut(key, f"not {_SIDE * _SIDE} pixels")
        return Example(key, self.path.name, member, key, USAGES[usage], {FER2013.name: label})

    def read(self, example: Example) -> bytes:
        """The face as a PGM, 48×48.

        Raises Damaged where its pixels are no numbers from 0 to 255, and SourceError where the table cannot
        be read or is shorter than it was.
        """
        offset, length = map(int, example.member.split("+"))
        columns = _columns(self.path)
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                line = file.read(length)
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read: {error.strerror or error}") from None
        if len(line) < length:
            raise SourceError(f"{self.path} is shorter than when it was listed: {example.key} is gone")
        cells = _cells(line)
        try:
            pixels = np.array(cells[columns.index("pixels")].split(), np.int64)
            if pixels.size != _SIDE * _SIDE or pixels.min() < 0 or pixels.max() > 255:
                raise ValueError
        except (ValueError, IndexError, OverflowError):
            raise Damaged(
                f"{self.path}: the pixels of {example.key} are not {_SIDE * _SIDE} numbers from 0 to 255"
            ) from None
        return b"P5\n%d %d\n255\n" % (_SIDE, _SIDE) + pixels.astype(np.uint8).tobytes()


def _columns(path: Path) -> list[str]:
    """The names in a table's first line."""
    try:
        with path.open("rb") as file:
            header = file.readline(_LONGEST_HEADER)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    problem = zips.not_the_file(header)
    if problem:
        raise SourceError(f"{path} {problem}")
    return [name.strip() for name in _cells(header.removeprefix(b"\xef\xbb\xbf"))]


def _cells(line: bytes) -> list[str]:
    # Latin-1 takes any byte; what is no ASCII then fails as a number or name.
    return next(csv.reader([line.decode("latin-1").rstrip("\r\n")]), [])
