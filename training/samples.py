"""Prepared faces in memory: what `prepare` writes, as everything after it reads it.

A prepared data set is a folder:

    manifest.json            how it was made and of what, counts, and each shard's SHA-256
    shards/00000.zip …       the faces of the persons whose hash leads there, see `training.shards`
    left_out.jsonl           a line for each picture that is not in it: key, reason
"""

from __future__ import annotations

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
from training.shards import FORMAT, MANIFEST, Face, read_shard

#: A split is an index into this. "test" is for one final figure.
SPLITS: tuple[Split, ...] = ("train", "valid", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """N faces.

    `crops` and `raw` uint8 (N, S, S) grey: the run-time crop, and the face as its data set frames it. Where
    the detector `found` (bool (N,)) no face, `crops` repeats `raw`; where there is no own framing, `raw`
    repeats `crops`. `labels`: of each scheme float32 (N, labels), the votes' shares; rows of zeros where it
    says nothing. `split` uint8 (N,) into `SPLITS`, `keys` str (N,).
    """

    crops: NDArray[np.uint8]
    raw: NDArray[np.uint8]
    found: NDArray[np.bool_]
    labels: Mapping[str, NDArray[np.float32]]
    split: NDArray[np.uint8]
    keys: NDArray[np.str_]

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
        return Samples(
            self.crops[keep],
            self.raw[keep],
            self.found[keep],
            {name: shares[keep] for name, shares in self.labels.items()},
            self.split[keep],
            self.keys[keep],
        )

    def of(self, split: Split) -> Samples:
        """The faces of one split."""
        return self.select(self.split == SPLITS.index(split))


def load(folder: Path, size: int = 48) -> Samples:
    """The prepared data set in `folder`, sorted by key, its pictures `size` x `size` px.

    Pictures stored larger are averaged down, smaller ones enlarged; those of that size are as they are
    stored. Raises SourceError when it is not there, not finished, or damaged.
    """
    manifest = _manifest(folder)
    schemes = [scheme for scheme in manifest["data"]["schemes"] if scheme in SCHEMES]
    # Shard by shard, so that the files' bytes are never in memory all at once.
    parts = [
        _decoded(read_shard(folder / shard["file"]).faces, schemes, size) for shard in manifest["shards"]
    ]
    samples = concatenate(parts or [_decoded([], schemes, size)])
    if len(samples) != manifest["faces"]:
        raise SourceError(f"{folder} has {len(samples)} faces, its manifest {manifest['faces']}: {_AGAIN}")
    return samples.select(np.argsort(samples.keys, kind="stable"))


def concatenate(parts: Sequence[Samples]) -> Samples:
    """The faces of all parts, in their order.

    A scheme that only some of them have says nothing of the others' faces.
    """
    names = dict.fromkeys(name for part in parts for name in part.labels)
    labels = {
        name: np.concatenate([part.labels.get(name, _nothing(name, len(part))) for part in parts])
        for name in names
    }
    return Samples(
        np.concatenate([part.crops for part in parts]),
        np.concatenate([part.raw for part in parts]),
        np.concatenate([part.found for part in parts]),
        labels,
        np.concatenate([part.split for part in parts]),
        np.concatenate([part.keys for part in parts]),
    )


_AGAIN = "make it again with python -m training.prepare --restart"


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if manifest["format"] != FORMAT:
            raise SourceError(f"{path} is of format {manifest['format']}, not {FORMAT}: {_AGAIN}")
        manifest["data"]["schemes"], manifest["shards"], manifest["faces"]
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(
            f"{folder} holds no prepared data set, or an unfinished one: see python -m training.prepare"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None
    return manifest


def _decoded(faces: Sequence[Face], schemes: Sequence[str], size: int) -> Samples:
    crops = np.empty((len(faces), size, size), np.uint8)
    raw = np.empty_like(crops)
    for number, face in enumerate(faces):
        crops[number] = _picture(face.crop, face.key, size)
        raw[number] = crops[number] if face.raw is None else _picture(face.raw, face.key, size)
    labels = {name: _nothing(name, len(faces)) for name in schemes}
    for name, shares in labels.items():
        for number, face in enumerate(faces):
            if name in face.labels:
                shares[number] = face.labels[name]
    return Samples(
        crops,
        raw,
        np.array([face.found for face in faces], np.bool_),
        labels,
        np.array([SPLITS.index(face.split) for face in faces], np.uint8),
        np.array([face.key for face in faces], np.str_),
    )


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
