"""All that is to be done, in an order that depends on the data alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from avatar_cam.errors import SourceError
from training.datasets.base import DataSet, Example, LeftOut
from training.prepare.settings import Settings
from training.prepare.splits import shard_of, splits

#: Pictures that a process gets at a time: seconds of work, which is what a kill costs at most.
CHUNK = 32
#: Pictures a shard, about.
_SHARD = 4096


@dataclass(frozen=True, slots=True)
class Chunk:
    """The `number`-th part of a shard."""

    shard: int
    number: int
    examples: list[Example]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a data set holds.

    shards       each shard's examples, sorted by key, every one with its split
    left_out     what the data set itself leaves out, sorted by key
    schemes      names of the labels' schemes, the main one first
    fingerprint  SHA-256 of all that is known of the data without looking into pictures
    files        SHA-256 of its files' names and sizes, which other copies of the same data may not share
    """

    shards: list[list[Example]]
    left_out: list[LeftOut]
    schemes: list[str]
    framing: str
    fingerprint: str
    files: str

    @property
    def examples(self) -> int:
        """How many pictures there are to look at."""
        return sum(map(len, self.shards))

    def chunks(self) -> Iterator[Chunk]:
        """All the work, shard by shard."""
        for shard in range(len(self.shards)):
            yield from self.chunks_of(shard)

    def chunks_of(self, shard: int) -> Iterator[Chunk]:
        """The work on one shard."""
        examples = self.shards[shard]
        for start in range(0, len(examples), CHUNK):
            yield Chunk(shard, start // CHUNK, examples[start : start + CHUNK])

    def as_json(self) -> dict[str, Any]:
        """The data as the manifest names it: nothing of where it lies."""
        return {
            "schemes": self.schemes,
            "framing": self.framing,
            "pictures": self.examples,
            "fingerprint": self.fingerprint,
        }


def make_plan(data: DataSet, path: Path, settings: Settings, found: Iterable[Example | LeftOut]) -> Plan:
    """The plan for all that was `found` in `data`, which lies at `path`. Raises SourceError."""
    examples: list[Example] = []
    left_out: list[LeftOut] = []
    for one in found:
        if isinstance(one, Example):
            examples.append(one)
        else:
            left_out.append(one)
    examples.sort(key=lambda example: example.key)
    left_out.sort(key=lambda one: (one.key, one.reason))
    _refuse_doubles(examples)
    split_of = splits(examples, settings.shares, settings.seed)
    count = settings.shards or max(round(len(examples) / _SHARD), 1)
    shards: list[list[Example]] = [[] for _ in range(count)]
    for example in examples:
        person = example.person
        shards[shard_of(person, count)].append(replace(example, split=split_of[person]))
    return Plan(
        shards,
        left_out,
        [scheme.name for scheme in data.schemes],
        data.framing,
        _fingerprint(examples, left_out),
        _files(examples, path if path.is_dir() else path.parent),
    )


def _refuse_doubles(examples: list[Example]) -> None:
    for one, next_one in pairwise(examples):
        if one.key == next_one.key:
            raise SourceError(f"the data set has two pictures of the name {one.key}")


def _fingerprint(examples: list[Example], left_out: list[LeftOut]) -> str:
    """The same for the same data, zipped or not, and whatever the names of its files are composed of."""
    digest = hashlib.sha256()
    rows: list[Example | LeftOut] = [*(replace(one, file="", member="") for one in examples), *left_out]
    for one in rows:
        digest.update(json.dumps(asdict(one), separators=(",", ":"), sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def _files(examples: list[Example], folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted({one.file for one in examples}):
        digest.update(f"{json.dumps(file)} {_size(folder / file)}\n".encode())
    return digest.hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
