"""The records in the AI-Hub data's label files."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from avatar_cam.errors import SourceError
from training.datasets.base import Box
from training.datasets.names import composed

ANNOTATORS = ("annot_A", "annot_B", "annot_C")

_CORNERS = ("minX", "minY", "maxX", "maxY")

#: What may stand between two records.
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Record:
    """What the label file says of one picture.

    file      the picture's file name, in NFC
    words     what each annotator called its expression, as written; who said nothing is missing
    boxes     the annotators' boxes that have an area, at least part of it where pictures can be
    """

    file: str
    words: tuple[str, ...]
    boxes: tuple[Box, ...]


def parse_records(content: bytes, where: str) -> Iterator[Record]:
    """The records in a label file, one by one; `where` names it in messages.

    The text is held whole, 2 bytes a letter beside the file's own, but its objects, which take ten times as
    much, one at a time. Raises SourceError where the file is no list of records.
    """
    text = _decoded(content, where)
    del content
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    many = text[at : at + 1] == "["
    at = _skip(text, at + 1) if many else at
    while at < len(text) and text[at] != "]":
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{where} is no whole JSON ({error}): get it anew") from None
        yield _record(value, where)
        at = _skip(text, at)
    if many and at >= len(text):
        raise SourceError(f"{where} breaks off in the middle: get it anew")


def _skip(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def _decoded(content: bytes, where: str) -> str:
    """UTF-8, with a byte-order mark or without, or CP949, of which EUC-KR is a part."""
    if not content.strip():
        raise SourceError(f"{where} is empty: get it anew")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(f"{where} is neither in UTF-8 nor in CP949: get it anew")


def _record(value: Any, where: str) -> Record:
    name = value.get("filename") if isinstance(value, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise SourceError(
            f"{where} is no list of records with a 'filename': move it away if it is no label file"
        )
    annotations = [value[by] for by in ANNOTATORS if isinstance(value.get(by), dict)]
    words = [annotation.get("faceExp") for annotation in annotations]
    boxes = [_box(annotation.get("boxes")) for annotation in annotations]
    return Record(
        composed(name).replace("\\", "/").rpartition("/")[2].strip(),
        tuple(sys.intern(composed(word).strip()) for word in words if isinstance(word, str) and word.strip()),
        tuple(box for box in boxes if box),
    )


def _box(value: Any) -> Box | None:
    """The box, unless it is missing, empty, no numbers, or all left of or above the picture."""
    if not isinstance(value, dict):
        return None
    try:
        corners = [float(value[corner]) for corner in _CORNERS]
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    left, top, right, bottom = corners
    if not all(map(math.isfinite, corners)) or right <= max(left, 0) or bottom <= max(top, 0):
        return None
    return Box(left, top, right, bottom)
