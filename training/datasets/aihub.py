"""The AI-Hub data "한국인 감정인식을 위한 복합 영상" (dataSetSn=82): zipped, unpacked, or partly so.

Pictures and labels belong together by the pictures' file names alone, wherever they lie, so it does not
matter how folders and zips are called, or whether they are unpacked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from avatar_cam.errors import SourceError
from training.datasets.aihub_names import Half, half_of, person_of
from training.datasets.aihub_parts import Found, Labelled, check_parts
from training.datasets.aihub_records import Record, parse_records
from training.datasets.base import Example, Framing, LeftOut, Split
from training.datasets.tree import PICTURES, Leaf, Tree
from training.datasets.usable import some_usable
from training.datasets.words import label_named, plain
from training.labels import AIHUB, Scheme

#: What becomes of a picture of which every annotator says something else: it is left out, or its shares are
#: as they are, a third each.
Disagreement: TypeAlias = Literal["drop", "keep"]


@dataclass(frozen=True, slots=True)
class AiHub:
    """The AI-Hub data.

    The label is the vote of the three annotators, who saw the picture; `labels` has each emotion's share. The
    uploader is no fourth voter: what they name is the emotion they were asked to act, and the camera is to
    show what is seen. `disagreement` says what becomes of a picture on which no two agree.

    Persons of the official Validation may be in Training too, so by default no picture has a split, and it is
    drawn by person. With `official`, Training is "train" and Validation "valid", and whoever is in Validation
    is left out of Training, so that nobody is in both; there is no "test" then.

    Needs about 2.5 KB of memory a picture while it is listed, and three times the largest label file.
    """

    tree: Tree
    disagreement: Disagreement = "drop"
    official: bool = False

    @classmethod
    def at(cls, path: Path, disagreement: Disagreement = "drop", official: bool = False) -> AiHub:
        """The data in a folder. Raises SourceError where there is none."""
        return cls(Tree.at(path), disagreement, official)

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The seven emotions."""
        return (AIHUB,)

    @property
    def framing(self) -> Framing:
        """Photographs."""
        return "scene"

    def read(self, example: Example) -> bytes:
        """The photograph, a JPEG; its EXIF data may say that it is to be turned."""
        return self.tree.read(example)

    def examples(self) -> Iterator[Example | LeftOut]:
        """Every picture and record. Keys are the pictures' file names in NFC."""
        return some_usable(self._examples(), self.tree.path)

    def _examples(self) -> Iterator[Example | LeftOut]:
        leaves = list(self.tree.leaves())
        pictures: dict[str, Found] = {}
        yield from _find_pictures(leaves, pictures)
        records: dict[str, Labelled] = {}
        yield from self._find_records(leaves, records)
        del leaves
        check_parts(self.tree.path, pictures, records)
        held_out = self._persons_held_out(pictures)
        for name, labelled in records.items():
            found = pictures.pop(name, None)
            if found is None:
                yield LeftOut(labelled.record.file, "a record without its picture")
            elif labelled.contradicted:
                yield LeftOut(labelled.record.file, "its records contradict each other")
            elif found.half == "Training" and person_of(labelled.record.file) in held_out:
                yield LeftOut(labelled.record.file, "its person is in Validation too")
            else:
                yield self._example(found, labelled.record)
        for found in pictures.values():
            yield LeftOut(found.leaf.name, "a picture without a record")

    def _find_records(self, leaves: Iterable[Leaf], records: dict[str, Labelled]) -> Iterator[LeftOut]:
        """Fill `records`, by the pictures' plain names; give those that are there again."""
        for leaf in leaves:
            if leaf.suffix != ".json":
                continue
            half = half_of(f"{leaf.folder}/{leaf.name}")
            for record in parse_records(self.tree.read(leaf), self.tree.named(leaf)):
                name = plain(record.file)
                first = records.setdefault(name, Labelled(record, half))
                if first.record is record:
                    continue
                first.copies += 1
                first.contradicted |= (first.record.words, first.record.boxes) != (record.words, record.boxes)
                yield LeftOut(f"{first.record.file}#{first.copies}", "another record of the same picture")

    def _persons_held_out(self, pictures: dict[str, Found]) -> set[str]:
        """Who is in Validation, if that is kept. Raises SourceError where a picture is in neither half."""
        if not self.official:
            return set()
        for found in pictures.values():
            if not found.half:
                raise SourceError(
                    f"{self.tree.named(found.leaf)} is neither in Training nor in Validation: "
                    "it has no official split"
                )
        return {person_of(found.leaf.name) for found in pictures.values() if found.half == "Validation"}

    def _example(self, found: Found, record: Record) -> Example | LeftOut:
        person = person_of(record.file)
        if not person:
            return LeftOut(record.file, "the file name does not begin with a person, as PERSON_여_20_기쁨_…")
        labels = [label_named(AIHUB, word) for word in record.words]
        if not labels:
            return LeftOut(record.file, "no annotator names an emotion")
        if None in labels:
            strange = record.words[labels.index(None)]
            return LeftOut(record.file, f"{strange[:20]!r} is none of the seven emotions")
        votes = Counter(labels)
        if self.disagreement == "drop" and len(labels) > 1 and max(votes.values()) == 1:
            return LeftOut(record.file, "no two annotators agree")
        return Example(
            key=record.file,
            file=found.leaf.file,
            member=found.leaf.member,
            person=person,
            split=_SPLIT_OF[found.half] if self.official else None,
            labels={AIHUB.name: tuple(votes[label] / len(labels) for label in AIHUB.labels)},
            boxes=record.boxes,
        )


_SPLIT_OF: dict[Half, Split | None] = {"Training": "train", "Validation": "valid", "": None}


def _find_pictures(leaves: Iterable[Leaf], pictures: dict[str, Found]) -> Iterator[LeftOut]:
    """Fill `pictures`, by their plain names; give those that are there again."""
    copies: Counter[str] = Counter()
    for leaf in leaves:
        if leaf.suffix not in PICTURES:
            continue
        name = plain(leaf.name)
        copies[name] += 1
        if copies[name] == 1:
            pictures[name] = Found(leaf, half_of(leaf.folder))
        else:
            yield LeftOut(f"{pictures[name].leaf.name}@{copies[name]}", "another picture of the same name")
