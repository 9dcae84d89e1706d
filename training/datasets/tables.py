"""Reads CSV tables, and says in one line what is wrong with one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from avatar_cam.errors import SourceError
from training.datasets import zips
from training.datasets.tree import read_file


def rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """A small table's rows by column; spaces around the columns' names do not count.

    Raises SourceError where it cannot be read or lacks one of `columns`.
    """
    content = read_file(path)
    problem = zips.not_the_file(content[:64])
    if problem:
        raise SourceError(f"{path} {problem}")
    try:
        text = content.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""))
        names = [name.strip() for name in next(reader, [])]
        require(path, names, columns)
        return [dict(zip(names, row, strict=False)) for row in reader if row]
    except UnicodeDecodeError:
        raise SourceError(f"{path} is no text in UTF-8") from None
    except csv.Error as error:
        raise SourceError(f"{path} is no CSV table: {error}") from None


def require(path: Path, names: list[str], columns: tuple[str, ...]) -> None:
    """Raise SourceError unless all `columns` are among a table's `names`."""
    absent = [column for column in columns if column not in names]
    if absent:
        raise SourceError(
            f"{path} has no column {absent[0]!r}: its first line must name {', '.join(columns)}"
        )
