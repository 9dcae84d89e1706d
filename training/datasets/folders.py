"""Pictures sorted into folders by class, as on Kaggle: train/angry/x.jpg, or angry/x.jpg."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar_cam.errors import SourceError
from training.datasets.base import Example, Framing, LeftOut, Split
from training.datasets.tree import PICTURES, Leaf, Tree
from training.datasets.usable import some_usable
from training.datasets.words import known_words, label_named, scheme_of, split_named
from training.labels import Scheme


@dataclass(frozen=True, slots=True)
class ClassFolders:
    """Class folders. The folder right around a picture is its label; any above it may name its split.

    scheme      whose labels the folders name
    framing     how the pictures are framed; nothing says it
    person      a regular expression whose first group, found in a picture's file name, is its person. Without
                one a person is a picture. With one the folders' own splits are not used, since they seldom
                heed persons: the split is then drawn by person
    """

    tree: Tree
    scheme: Scheme
    framing: Framing = "face"
    person: str = ""

    @classmethod
    def at(cls, path: Path, framing: Framing = "face", person: str = "") -> ClassFolders:
        """The data in a folder, and the scheme that knows the folders' names; looks through all of it once.

        Raises SourceError where there are no pictures, or no scheme knows all names.
        """
        tree = Tree.at(path)
        _check_pattern(person)
        labels = {leaf.parts[-1] if leaf.parts else "" for leaf in _pictures(tree)}
        if not labels:
            raise SourceError(f"{path} holds no pictures")
        if "" in labels:
            raise SourceError(
                f"{path} has pictures right in it: give the folder above, with one folder a class"
            )
        scheme = scheme_of(labels)
        if not scheme:
            raise SourceError(_unknown(path, labels))
        return cls(tree, scheme, framing, person)

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The one of the folders' names."""
        return (self.scheme,)

    def read(self, example: Example) -> bytes:
        """The picture's file."""
        return self.tree.read(example)

    def examples(self) -> Iterator[Example | LeftOut]:
        """Every picture. Keys are "label/file", after "split/" where there is one."""
        return some_usable(self._examples(), self.tree.path)

    def _examples(self) -> Iterator[Example | LeftOut]:
        seen: dict[str, int] = {}
        for leaf in _pictures(self.tree):
            label = label_named(self.scheme, leaf.parts[-1]) if leaf.parts else None
            if label is None:
                raise SourceError(_unknown(self.tree.path, {leaf.folder}))
            split = _split(leaf)
            key = "/".join(filter(None, (split, label, leaf.name)))
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                yield LeftOut(f"{key}@{seen[key]}", "another picture of the same name")
            else:
                yield self._example(leaf, key, label, split)

    def _example(self, leaf: Leaf, key: str, label: str, split: Split | None) -> Example | LeftOut:
        person = key
        if self.person:
            match = re.search(self.person, leaf.name)
            if not match or not match[1]:
                return LeftOut(key, "its name says no person")
            person, split = match[1], None
        labels = {self.scheme.name: tuple(float(label == each) for each in self.scheme.labels)}
        return Example(key, leaf.file, leaf.member, person, split, labels)


def _pictures(tree: Tree) -> Iterator[Leaf]:
    return (leaf for leaf in tree.leaves() if leaf.suffix in PICTURES)


def _split(leaf: Leaf) -> Split | None:
    """The split that the nearest folder above the class says, if one does."""
    splits = map(split_named, reversed(leaf.parts[:-1]))
    return next((split for split in splits if split), None)


def _check_pattern(person: str) -> None:
    try:
        groups = re.compile(person).groups
    except re.error as error:
        raise SourceError(f"the pattern of persons {person!r} is no regular expression: {error}") from None
    if person and not groups:
        raise SourceError(f"the pattern of persons {person!r} needs a group, as in '^([^_]+)_'")


def _unknown(path: Path, names: set[str]) -> str:
    strange = sorted(name for name in names if not scheme_of({name}))
    what = f"no class {strange[0]!r}" if strange else "no one set of labels for " + ", ".join(sorted(names))
    return f"{path}: there is {what}; known are {known_words()}"
