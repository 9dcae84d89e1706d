"""FER2013 with the FER+ votes, as Microsoft's FERPlus tools lay it out.

fer2013new.csv          FER+: ten annotators' votes a face (Barsoum et al., ICMI 2016)
fer2013_labels.csv      image, emotion, usage: FER2013's own labels (Goodfellow et al., 2013); may be absent
ferplus_images.zip      FER2013Train/fer0000000.png …; or those folders, unpacked
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar_cam.errors import SourceError
from training.datasets.base import Example, Framing, LeftOut, Split
from training.datasets.tables import rows
from training.datasets.tree import Leaf, Tree
from training.datasets.usable import some_usable
from training.labels import FER2013, FERPLUS, Scheme

VOTE_TABLE, LABEL_TABLE = "fer2013new.csv", "fer2013_labels.csv"

#: FER+'s columns of votes: its labels, and two that are none.
VOTES = (*FERPLUS.labels, "unknown", "NF")

#: FER2013's own split. PrivateTest is for one final figure.
USAGES: dict[str, Split] = {"Training": "train", "PublicTest": "valid", "PrivateTest": "test"}

_Shares = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FerPlus:
    """FER+, with FER2013's labels where there are any. A person is a picture: nothing says more."""

    tree: Tree

    @classmethod
    def at(cls, path: Path) -> FerPlus:
        """The data in a folder. Raises SourceError where there is none."""
        tree = Tree.at(path)
        if tree.only:
            raise SourceError(f"{path} is a file: give the folder that holds {VOTE_TABLE} and the pictures")
        if not (path / VOTE_TABLE).exists():
            raise SourceError(_absent(path))
        return cls(tree)

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """FER+, and FER2013 if its table is there."""
        return (FERPLUS, FER2013) if (self.tree.folder / LABEL_TABLE).exists() else (FERPLUS,)

    @property
    def framing(self) -> Framing:
        """Faces of 48×48 pixels."""
        return "face"

    def read(self, example: Example) -> bytes:
        """The face, a PNG."""
        return self.tree.read(example)

    def examples(self) -> Iterator[Example | LeftOut]:
        """Every picture; keys are its file names."""
        return some_usable(self._examples(), self.tree.folder)

    def _examples(self) -> Iterator[Example | LeftOut]:
        votes = self._votes()
        labels = self._labels()
        seen: dict[str, int] = {}
        for leaf in self.tree.leaves():
            if leaf.suffix != ".png":
                continue
            seen[leaf.name] = seen.get(leaf.name, 0) + 1
            if seen[leaf.name] > 1:
                yield LeftOut(f"{leaf.name}@{seen[leaf.name]}", "another picture of the same name")
            elif leaf.name not in votes:
                yield LeftOut(leaf.name, f"a picture of which {VOTE_TABLE} says nothing")
            else:
                yield _example(leaf, *votes[leaf.name], labels.get(leaf.name))
        if not seen:
            raise SourceError(
                f"{self.tree.folder} holds no pictures: ferplus_images.zip or its folders are missing"
            )
        for name in sorted(votes.keys() - seen.keys()):
            yield LeftOut(name, "votes without a picture")

    def _votes(self) -> dict[str, tuple[Split, _Shares]]:
        """Each picture's split and shares, by its name: not every row has a picture."""
        path = self.tree.folder / VOTE_TABLE
        result = {}
        for row in rows(path, ("Usage", "Image name", *VOTES)):
            name = row["Image name"]
            if not name:
                continue
            try:
                result[name] = (USAGES[row["Usage"]], shares(tuple(int(row[column]) for column in VOTES)))
            except (KeyError, ValueError):
                raise SourceError(f"{path}: the votes or the usage of {name} make no sense") from None
        return result

    def _labels(self) -> dict[str, _Shares]:
        """FER2013's label of each picture, as shares."""
        path = self.tree.folder / LABEL_TABLE
        if not path.exists():
            return {}
        result = {}
        for row in rows(path, ("image", "emotion")):
            try:
                result[row["image"]] = fer2013_shares(row["emotion"])
            except (KeyError, ValueError):
                raise SourceError(
                    f"{path}: the emotion of {row.get('image')} is no number from 0 to 6"
                ) from None
        return result


def shares(votes: tuple[int, ...]) -> tuple[float, ...]:
    """Each FER+ label's share of the votes that count, from a row's ten.

    As in FER+ (Barsoum et al., 2016): a single vote for a column is taken for a slip and dropped; the sum is
    what remains, over all ten columns, "unknown" and "NF" (not a face) among them. Raises ValueError for
    negative votes.
    """
    if min(votes) < 0:
        raise ValueError("votes below 0")
    kept = [vote if vote > 1 else 0 for vote in votes]
    total = max(sum(kept), 1)
    return tuple(vote / total for vote in kept[: len(FERPLUS.labels)])


def fer2013_shares(number: str) -> tuple[float, ...]:
    """All to the label with FER2013's number, "0" to "6". Raises ValueError for anything else."""
    index = int(number)
    if not 0 <= index < len(FER2013.labels):
        raise ValueError(number)
    return tuple(float(index == each) for each in range(len(FER2013.labels)))


def _example(leaf: Leaf, split: Split, votes: _Shares, label: _Shares | None) -> Example:
    labels = {FERPLUS.name: votes} | ({FER2013.name: label} if label else {})
    return Example(leaf.name, leaf.file, leaf.member, leaf.name, split, labels)


def _absent(path: Path) -> str:
    below = next(path.rglob(VOTE_TABLE), None)
    hint = (
        f"it is in {below.parent}: give that" if below else "give the folder that holds it and the pictures"
    )
    return f"{path} holds no {VOTE_TABLE}: {hint}"
