"""The prepared data set: what `prepare` writes and everything else reads."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import SourceError

#: Side of FER2013's pictures and of the network's input, px.
SIZE = 48

#: FER2013's own split; PublicTest is FER+ Valid. PrivateTest is for one final figure.
SPLITS = ("Training", "PublicTest", "PrivateTest")

#: FER+'s columns of votes. The network's first eight are its labels.
VOTES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
LABELS = VOTES[:8]

#: FER2013's labels in the order of its numbers.
FER2013 = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """N faces.

    `aligned` and `raw` uint8 (N, 48, 48) grey: the run-time crop, and FER2013's picture as it is. Where
    FaceMesh `found` (bool (N,)) no face, `aligned` repeats `raw`. `votes` uint8 (N, 10) in the order of
    `VOTES`, `fer2013` uint8 (N,) an index into `FER2013`, `split` uint8 (N,) into `SPLITS`, `names` str (N,).
    """

    aligned: NDArray[np.uint8]
    raw: NDArray[np.uint8]
    found: NDArray[np.bool_]
    votes: NDArray[np.uint8]
    fer2013: NDArray[np.uint8]
    split: NDArray[np.uint8]
    names: NDArray[np.str_]

    def __post_init__(self) -> None:
        count = len(self.names)
        shapes = {"aligned": (SIZE, SIZE), "raw": (SIZE, SIZE), "votes": (len(VOTES),)}
        for field in fields(self):
            have, want = getattr(self, field.name).shape, (count, *shapes.get(field.name, ()))
            if have != want:
                raise ValueError(f"{field.name} must be {want}, not {have}")

    def __len__(self) -> int:
        return len(self.names)

    def select(self, keep: NDArray[np.bool_]) -> Samples:
        """The faces where `keep`, bool (N,), is true."""
        return Samples(**{field.name: getattr(self, field.name)[keep] for field in fields(self)})

    def of(self, split: str) -> Samples:
        """The faces of one of `SPLITS`."""
        return self.select(self.split == SPLITS.index(split))

    def save(self, path: Path) -> None:
        """Write an .npz; the file appears whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with part.open("wb") as file:
                np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def load(path: Path) -> Samples:
    """Read what `Samples.save` wrote."""
    try:
        # Opened here, since NumPy leaves a file open that turns out to be none of its own.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return Samples(**{field.name: archive[field.name] for field in fields(Samples)})
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist: make it with python -m training.prepare") from None
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        reason = str(error).splitlines()[0]
        raise SourceError(
            f"{path} is no prepared data set ({reason}): make it with python -m training.prepare"
        ) from None


def shares(votes: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Each column's share of the votes that count, float32 (N, 10); all 0 where none does.

    As in FER+ (Barsoum et al., 2016): a single vote for a column is taken for a slip and dropped, and the sum
    is what remains, over all ten columns.
    """
    kept = np.where(votes > 1, votes, 0).astype(np.float32)
    return np.asarray(kept / np.maximum(kept.sum(axis=1, keepdims=True), 1), np.float32)


def majority(votes: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Each face's label by FER+'s majority rule, int64 (N,): an index into `LABELS`, or -1 for none.

    The label has more than half of what counts; "unknown" and "NF" are no labels.
    """
    share = shares(votes)
    best = share.argmax(axis=1)
    clear = (share.max(axis=1) > 0.5) & (best < len(LABELS))
    return np.where(clear, best, -1)
