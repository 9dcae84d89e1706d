"""Whether all parts of the AI-Hub data are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from avatar_cam.emotions.vocabulary import KOREAN
from avatar_cam.errors import SourceError
from training.datasets.aihub_names import Half, acted_emotion
from training.datasets.aihub_records import Record
from training.datasets.tree import Leaf

_KOREAN: dict[str, str] = dict(KOREAN.items())


class Found(NamedTuple):
    """A picture's file."""

    leaf: Leaf
    half: Half


@dataclass(slots=True)
class Labelled:
    """A picture's record, and whether another one of it says something else."""

    record: Record
    half: Half
    copies: int = 1
    contradicted: bool = False


def check_parts(path: Path, pictures: Mapping[str, Found], records: Mapping[str, Labelled]) -> None:
    """Raise SourceError where a half of the data at `path`, or of a part of it, is missing.

    `pictures` and `records` are by the pictures' plain names. That pictures of some records are missing is no
    fault: they are large, and one may begin with a few.
    """
    if not pictures and not records:
        raise SourceError(f"{path} holds neither pictures nor label files: give the folder above Training")
    if not records:
        raise SourceError(
            f"{path} holds pictures but no labels: the zips that begin with [라벨] are missing "
            "(where folders are the labels, the kind is 'folders')"
        )
    if not pictures:
        raise SourceError(f"{path} holds labels but no pictures: the zips that begin with [원천] are missing")
    if not pictures.keys() & records.keys():
        raise SourceError(
            f"{path}: none of the {len(pictures):,} pictures is named in the {len(records):,} records, "
            "so the labels are of other pictures"
        )
    _check_label_files(path, pictures, records)


def _check_label_files(path: Path, pictures: Mapping[str, Found], records: Mapping[str, Labelled]) -> None:
    """Raise SourceError where there are pictures of an emotion in a half, and no record of it there."""
    labelled: dict[str, set[Half]] = {}
    for name, each in records.items():
        labelled.setdefault(acted_emotion(name), set()).add(each.half)
    groups = Counter((acted_emotion(name), each.half) for name, each in pictures.items())
    for (emotion, half), count in groups.items():
        halves = labelled.get(emotion, set())
        if emotion and not (halves & {half, ""} if half else halves):
            where = f" in {half}" if half else ""
            raise SourceError(
                f"{path}: the labels of {_KOREAN[emotion]} ({emotion}){where} are missing, for "
                f"{count:,} pictures: add the zip that begins with [라벨]"
            )
