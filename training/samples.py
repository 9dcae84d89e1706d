"""Prepared faces in memory: what `prepare` writes, as everything after it reads it.

A prepared data set is a folder:

    manifest.json            how it was made and of what, counts, and each shard's SHA-256
    shards/00000.zip …       the faces of the persons whose hash leads there, see `training.shards`
    left_out.jsonl           a line for each picture that is not in it: key, reason
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import SourceError
from training.datasets.base import Split
from training.labels import SCHEMES
from training.shards import FORMAT, MANIFEST, Face, read_shard, read_tables

#: A split is an index into this. "test" is for one final figure.
SPLITS: tuple[Split, ...] = ("train", "valid", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """N faces.

    `crops` and `raw` uint8 (N, S, S) grey: the run-time crop, and the face as its data set frames it. Where
    the detector `found` (bool (N,)) no face, `crops` repeats `raw`; where there is no own framing, `raw`
    repeats `crops`, and where no face has one, it is the same array: write into neither. `labels`: of each
    scheme float32 (N, labels), the votes' shares; rows of zeros where it says nothing. `split` uint8 (N,)
    into `SPLITS`, `keys` str (N,). `source` tells where they come from, see `source_of`.
    """

    crops: NDArray[np.uint8]
    raw: NDArray[np.uint8]
    found: NDArray[np.bool_]
    labels: Mapping[str, NDArray[np.float32]]
    split: NDArray[np.uint8]
    keys: NDArray[np.str_]
    source: str

    def __post_init__(self) -> None:
        count, size = len(self.keys), self.size
        expected = {
            "crops": (count, size, size),
            "raw": (count, size, size),
            "found": (count,),
            "split": (count,),
        }
        have: dict[str, tuple[int, ...]] = {name: getattr(self, name).shape for name in expected}
        expected |= {name: (count, len(SCHEMES[name].labels)) for name in self.labels}
        have |= {name: shares.shape for name, shares in self.labels.items()}
        for name, shape in expected.items():
            if have[name] != shape:
                raise ValueError(f"{name} must be {shape}, not {have[name]}")

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def size(self) -> int:
        """Side of the pictures, px."""
        return int(self.crops.shape[1])

    def select(self, keep: NDArray[Any]) -> Samples:
        """The faces that `keep`, bool (N,) or indices, chooses."""
        crops = self.crops[keep]
        return Samples(
            crops,
            crops if self.raw is self.crops else self.raw[keep],
            self.found[keep],
            {name: shares[keep] for name, shares in self.labels.items()},
            self.split[keep],
            self.keys[keep],
            self.source,
        )

    def of(self, split: Split) -> Samples:
        """The faces of one split."""
        return self.select(self.split == SPLITS.index(split))


def load(folder: Path, size: int = 48) -> Samples:
    """The prepared data set in `folder`, sorted by key, its pictures `size` x `size` px.

    Pictures stored larger are averaged down, smaller ones enlarged; those of that size are as they are
    stored. Raises SourceError when it is not there, not finished, or damaged.
    """
    manifest, source = _manifest(folder)
    shards = [folder / shard["file"] for shard in manifest["shards"]]
    keys, places, framed = _index(shards)
    if len(keys) != manifest["faces"]:
        raise SourceError(f"{folder} has {len(keys)} faces, its manifest {manifest['faces']}: {_AGAIN}")
    schemes = [scheme for scheme in manifest["data"]["schemes"] if scheme in SCHEMES]
    samples = _empty(keys, schemes, size, framed, source)
    done = 0
    # Shard by shard, so that the files' bytes are never in memory all at once.
    for path in shards:
        faces = read_shard(path).faces
        for place, face in zip(places[done : done + len(faces)], faces, strict=True):
            _put(samples, int(place), face)
        done += len(faces)
    return samples


def concatenate(parts: Sequence[Samples]) -> Samples:
    """The faces of all parts, in their order; of a single part it is that part.

    A scheme that only some of them have says nothing of the others' faces.
    """
    if len(parts) == 1:
        return parts[0]
    names = dict.fromkeys(name for part in parts for name in part.labels)
    labels = {
        name: np.concatenate([part.labels.get(name, _nothing(name, len(part))) for part in parts])
        for name in names
    }
    crops = np.concatenate([part.crops for part in parts])
    framed = any(part.raw is not part.crops for part in parts)
    return Samples(
        crops,
        np.concatenate([part.raw for part in parts]) if framed else crops,
        np.concatenate([part.found for part in parts]),
        labels,
        np.concatenate([part.split for part in parts]),
        np.concatenate([part.keys for part in parts]),
        _JOIN.join(part.source for part in parts),
    )


def source_of(folders: Sequence[Path]) -> str:
    """What tells prepared data sets apart: the SHA-256 of each one's manifest, in their order.

    The manifest holds the settings and the SHA-256 of each shard, so that other pictures are another source,
    and a copy in another folder is the same. Raises SourceError as `load` does.
    """
    return _JOIN.join(_manifest(folder)[1] for folder in folders)


def detector_of(folder: Path) -> str:
    """What found the faces in `folder`, as `training.prepare` calls it. Raises SourceError as `load` does."""
    return str(_manifest(folder)[0]["settings"]["detector"])


_AGAIN = "make it again with python -m training.prepare --restart"
_JOIN = "+"


def _manifest(folder: Path) -> tuple[dict[str, Any], str]:
    """The manifest, and the SHA-256 of its file."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        manifest: dict[str, Any] = json.loads(content)
        if manifest["format"] != FORMAT:
            raise SourceError(f"{path} is of format {manifest['format']}, not {FORMAT}: {_AGAIN}")
        manifest["data"]["schemes"], manifest["settings"]["detector"]
        manifest["shards"], manifest["faces"]
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(
            f"{folder} holds no prepared data set, or an unfinished one: see python -m training.prepare"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None
    return manifest, hashlib.sha256(content).hexdigest()


def _index(shards: Sequence[Path]) -> tuple[NDArray[np.str_], NDArray[np.int64], bool]:
    """Of all faces the keys, sorted, and the place among them of each in the shards' order.

    The last says whether any has a framing of its own. The order is known before the pictures are read, so
    that each goes to its place at once: to sort the pictures would take twice their memory.
    """
    found: list[str] = []
    framed = False
    for path in shards:
        records, _ = read_tables(path)
        found += [record["key"] for record in records]
        framed = framed or any(record["raw"] for record in records)
    keys = np.array(found, np.str_)
    order = np.argsort(keys, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return keys[order], places, framed


def _empty(keys: NDArray[np.str_], schemes: Sequence[str], size: int, framed: bool, source: str) -> Samples:
    """Room for the faces of these keys."""
    count = len(keys)
    crops = np.empty((count, size, size), np.uint8)
    return Samples(
        crops,
        np.empty_like(crops) if framed else crops,
        np.empty(count, np.bool_),
        {name: _nothing(name, count) for name in schemes},
        np.empty(count, np.uint8),
        keys,
        source,
    )


def _put(samples: Samples, place: int, face: Face) -> None:
    """Fill in one face."""
    size = samples.size
    samples.crops[place] = _picture(face.crop, face.key, size)
    if samples.raw is not samples.crops:
        samples.raw[place] = samples.crops[place] if face.raw is None else _picture(face.raw, face.key, size)
    samples.found[place] = face.found
    samples.split[place] = SPLITS.index(face.split)
    for name, shares in samples.labels.items():
        if name in face.labels:
            shares[place] = face.labels[name]


def _picture(content: bytes, key: str, size: int) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if picture is None:
        raise SourceError(f"the picture of {key} is damaged: {_AGAIN}")
    if picture.shape != (size, size):
        smaller = size < picture.shape[0]
        picture = cv2.resize(
            picture, (size, size), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        )
    return np.asarray(picture, np.uint8)


def _nothing(scheme: str, count: int) -> NDArray[np.float32]:
    return np.zeros((count, len(SCHEMES[scheme].labels)), np.float32)
