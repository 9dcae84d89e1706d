"""Reads FER2013 with the FER+ votes, as FER+'s own tools lay it out."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import SourceError
from training.samples import FER2013, SIZE, SPLITS, VOTES

IMAGES, VOTE_TABLE, LABEL_TABLE = "ferplus_images.zip", "fer2013new.csv", "fer2013_labels.csv"


@dataclass(frozen=True, slots=True)
class Entry:
    """One face; `member` is its picture in the zip, `fer2013` and `split` are indices."""

    name: str
    member: str
    votes: tuple[int, ...]
    fer2013: int
    split: int


def read_entries(folder: Path) -> list[Entry]:
    """Every face that has a picture, sorted by name.

    The two tables are joined by the picture's name: 173 rows of FER+ have no picture and no name, and its
    numbering runs on past them.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder: --data needs the one that holds {IMAGES}")
    votes = {row["Image name"]: row for row in _rows(folder / VOTE_TABLE, ("Image name", *VOTES))}
    labels = {row["image"]: row for row in _rows(folder / LABEL_TABLE, ("image", "emotion", "usage"))}
    entries = []
    for member in sorted(_members(folder / IMAGES), key=lambda path: Path(path).name):
        name = Path(member).name
        try:
            entry = Entry(
                name,
                member,
                tuple(int(votes[name][column]) for column in VOTES),
                int(labels[name]["emotion"]),
                SPLITS.index(labels[name]["usage"]),
            )
        except KeyError:
            table = VOTE_TABLE if name not in votes else LABEL_TABLE
            raise SourceError(f"{folder / table} says nothing of {name}, which is in {IMAGES}") from None
        except (ValueError, TypeError):
            raise SourceError(f"{folder}: the votes, label or split of {name} are no valid numbers") from None
        if not 0 <= entry.fer2013 < len(FER2013) or not all(0 <= vote <= 255 for vote in entry.votes):
            raise SourceError(f"{folder}: the votes or the label of {name} are out of range")
        entries.append(entry)
    if not entries:
        raise SourceError(f"{folder / IMAGES} holds no .png")
    return entries


def read_pictures(folder: Path, entries: list[Entry]) -> Iterator[NDArray[np.uint8]]:
    """The entries' pictures, uint8 (48, 48) grey, in their order."""
    path = folder / IMAGES
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in entries:
                data = np.frombuffer(archive.read(entry.member), np.uint8)
                picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
                if picture is None or picture.shape != (SIZE, SIZE):
                    raise SourceError(f"{path}: {entry.member} is no {SIZE}x{SIZE} picture")
                yield picture.astype(np.uint8, copy=False)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None
    reader = csv.DictReader(io.StringIO(text))
    absent = [column for column in columns if column not in (reader.fieldnames or ())]
    if absent:
        raise SourceError(f"{path} has no column {absent[0]!r}")
    return list(reader)


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [name for name in archive.namelist() if name.endswith(".png")]
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None
