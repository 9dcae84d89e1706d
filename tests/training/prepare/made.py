"""Photographs with a face, and broken ones; workers in this process."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from avatar_cam.sources.performer import Rig, draw, score, truth
from avatar_cam.types import Pixels
from tests.training.made_data import BoxPx
from training.prepare.plan import Chunk
from training.prepare.settings import Settings
from training.prepare.work import work

#: A moment of the score in which the performer smiles at the camera.
SMILING = 2.6
SIZE = (640, 480)

SETTINGS = Settings("haar", 48, "lossless", (0.8, 0.1, 0.1), 0, None, (("kind", "ferplus"),))


def rig(moment: float = SMILING) -> Rig:
    return score(moment)


@cache
def performer(moment: float = SMILING, size: tuple[int, int] = SIZE) -> Pixels:
    picture = draw(score(moment), size)
    picture.flags.writeable = False
    return picture


def grey(picture: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def jpeg(picture: Pixels, turn: int = 1, quality: int = 90) -> bytes:
    """RGB (or grey, or CMYK) pixels as a JPEG; `turn` is its EXIF orientation."""
    image = Image.fromarray(picture, "CMYK") if picture.ndim == 3 and picture.shape[2] == 4 else None
    image = image or Image.fromarray(picture)
    exif = Image.Exif()
    exif[0x0112] = turn
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, exif=exif if turn != 1 else b"")
    return buffer.getvalue()


def head_box(moment: float = SMILING, size: tuple[int, int] = SIZE) -> BoxPx:
    """As an annotator would draw it, around the performer's skin: left, top, right, bottom."""
    anchors = truth(score(moment), size).anchors
    (left_x, y), (right_x, _) = anchors["left_eye"], anchors["right_eye"]
    middle, eyes = (left_x + right_x) / 2, abs(left_x - right_x)
    top, bottom = anchors["forehead"][1], anchors["chin"][1]
    return middle - 1.1 * eyes, min(top, y), middle + 1.1 * eyes, bottom


class Here:
    """Workers in this process."""

    def map(self, job: bytes, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
        for chunk in chunks:
            yield chunk, work(job, chunk.examples)


@contextmanager
def here() -> Iterator[Here]:
    yield Here()


def written(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
