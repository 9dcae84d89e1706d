"""Small prepared data sets, made here: noise with a bright spot whose place says the label."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np

from training.datasets.base import Split
from training.labels import SCHEMES
from training.samples import SPLITS, Samples
from training.shards import FORMAT, MANIFEST, SHARDS, Face, Shard, packed

#: FER2013's number of each of FER+'s eight labels; contempt is neutral there.
FER2013_OF = (6, 3, 5, 4, 0, 1, 2, 6)


def make_faces(count: int, side: int = 16, seed: int = 0) -> Samples:
    """`count` faces with labels of both schemes: two thirds to learn from, the others valid and test."""
    chance = np.random.default_rng(seed)
    label = np.arange(count) % 8
    pictures = chance.integers(0, 60, (count, side, side)).astype(np.uint8)
    half, quarter = side // 2, side // 4
    for picture, kind in zip(pictures, label, strict=True):
        y, x = divmod(int(kind), 4)
        picture[y * half : (y + 1) * half, x * quarter : (x + 1) * quarter] += 150
    group = np.arange(count) // 8
    return Samples(
        pictures,
        pictures[:, :, ::-1].copy(),
        np.ones(count, np.bool_),
        {
            "ferplus": np.eye(8, dtype=np.float32)[label],
            "fer2013": np.eye(7, dtype=np.float32)[np.array(FER2013_OF)[label]],
        },
        np.where(group % 3 < 2, 0, 1 + group % 2).astype(np.uint8),
        np.array([f"face{i:05}" for i in range(count)]),
        "made",
    )


def write_prepared(folder: Path, samples: Samples) -> Path:
    """What `prepare` would have written of them, in one shard."""
    faces = [
        Face(
            key=str(key),
            person=str(key),
            split=_split(samples, number),
            labels={name: [float(share) for share in rows[number]] for name, rows in samples.labels.items()},
            found=bool(samples.found[number]),
            crop=_png(samples.crops[number]),
            raw=_png(samples.raw[number]),
        )
        for number, key in enumerate(samples.keys)
    ]
    content = packed(Shard(faces, []))
    (folder / SHARDS).mkdir(parents=True)
    (folder / SHARDS / "00000.zip").write_bytes(content)
    shard = {"file": f"{SHARDS}/00000.zip", "sha256": hashlib.sha256(content).hexdigest()}
    manifest = {
        "format": FORMAT,
        "settings": {"detector": "mediapipe"},
        "data": {"schemes": [name for name in SCHEMES if name in samples.labels]},
        "shards": [shard],
        "faces": len(faces),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return folder


def _split(samples: Samples, number: int) -> Split:
    return SPLITS[int(samples.split[number])]


def _png(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    done, content = cv2.imencode(".png", picture)
    assert done
    return content.tobytes()
