"""The files of a prepared data set: `prepare` writes them, `training.samples` reads them.

A shard is a zip of pictures that are stored, not compressed again, with two tables:

    records.jsonl      a line a face, sorted by key: key, person, split, labels, found, and the names of its
                       pictures: crop, and raw, which is null where the data set has no framing of its own
    left_out.jsonl     a line a picture that is not in it: key, reason
    crop/… raw/…       the pictures, square, grey, JPEG or PNG

The same faces give the same bytes, on every machine and at any time.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from avatar_cam.errors import SourceError
from training.datasets.base import LeftOut, Split

#: In a prepared data set's folder.
MANIFEST, LEFT_OUT, SHARDS = "manifest.json", "left_out.jsonl", "shards"
#: Rises when older programs cannot read what is written any more.
FORMAT = 1

_RECORDS = "records.jsonl"
_PNG = b"\x89PNG"


@dataclass(frozen=True, slots=True)
class Face:
    """One face; `crop` and `raw` are files' bytes, `labels` of each scheme the votes' shares."""

    key: str
    person: str
    split: Split
    labels: Mapping[str, Sequence[float]]
    found: bool
    crop: bytes
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Shard:
    """What one file holds, both sorted by key."""

    faces: list[Face]
    left_out: list[LeftOut]


def joined(shards: Sequence[Shard]) -> Shard:
    """All of them in one."""
    return Shard(
        sorted((face for shard in shards for face in shard.faces), key=lambda face: face.key),
        sorted((one for shard in shards for one in shard.left_out), key=lambda one: one.key),
    )


def packed(shard: Shard) -> bytes:
    """The shard as a file's content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        records: list[dict[str, Any]] = []
        for number, face in enumerate(shard.faces):
            crop = _add(archive, "crop", number, face.crop)
            raw = None if face.raw is None else _add(archive, "raw", number, face.raw)
            record: dict[str, Any] = {"key": face.key, "person": face.person, "split": face.split}
            labels = {scheme: list(shares) for scheme, shares in face.labels.items()}
            records.append(record | {"labels": labels, "found": face.found, "crop": crop, "raw": raw})
        archive.writestr(_entry(_RECORDS), json_lines(records))
        archive.writestr(_entry(LEFT_OUT), json_lines([asdict(one) for one in shard.left_out]))
    return buffer.getvalue()


def read_shard(path: Path) -> Shard:
    """The shard in a file. Raises SourceError where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            faces = [
                Face(
                    **{
                        **record,
                        "crop": archive.read(record["crop"]),
                        "raw": archive.read(record["raw"]) if record["raw"] else None,
                    }
                )
                for record in _table(archive, _RECORDS)
            ]
            return Shard(faces, [LeftOut(**one) for one in _table(archive, LEFT_OUT)])
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise SourceError(f"{path} is damaged: {error}") from None


def read_tables(path: Path) -> tuple[list[dict[str, Any]], list[LeftOut]]:
    """The shard's records and what is left out of it, without the pictures."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _table(archive, _RECORDS), [LeftOut(**one) for one in _table(archive, LEFT_OUT)]
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise SourceError(f"{path} is damaged: {error}") from None


def is_whole(path: Path) -> bool:
    """Whether a shard was written to its end: a look at its last part, where a zip's list of content is."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {_RECORDS, LEFT_OUT} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def json_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A line of JSON a row, UTF-8."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    # Names of files need not be valid Unicode.
    return "".join(lines).encode("utf-8", "backslashreplace")


def _table(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    # Only "\n" ends a line: a name may hold what else Unicode knows as one.
    return [json.loads(line) for line in archive.read(name).decode("utf-8").split("\n") if line]


def _add(archive: zipfile.ZipFile, folder: str, number: int, picture: bytes) -> str:
    name = f"{folder}/{number:06}.{'png' if picture.startswith(_PNG) else 'jpg'}"
    archive.writestr(_entry(name), picture)
    return name


def _entry(name: str) -> zipfile.ZipInfo:
    """A member that says nothing of when and where it was written."""
    entry = zipfile.ZipInfo(name)  # of 1980
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry
