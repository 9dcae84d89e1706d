"""Photographs of several megapixels as a telephone takes them, made here, with a face whose box is known."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer import draw, score, truth
from training.datasets.base import Box, Example, Framing, LeftOut
from training.labels import AIHUB, Scheme

#: The performer is drawn so large, px, and enlarged from there: what is between its pixels is noise anyway.
_DRAWN = (1000, 750)
_LABEL = tuple(float(index == 0) for index in range(len(AIHUB.labels)))


@dataclass(frozen=True, slots=True)
class Shots:
    """`count` examples of the photographs in a zip: where there are fewer of them they come again.

    Of those, `boxes` has one a photograph.
    """

    path: Path
    boxes: tuple[Box, ...]
    count: int

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Any will do."""
        return (AIHUB,)

    @property
    def framing(self) -> Framing:
        """Photographs."""
        return "scene"

    def examples(self) -> Iterator[Example | LeftOut]:
        """Each of its own person."""
        for number in range(self.count):
            photograph = number % len(self.boxes)
            yield Example(
                f"{number:06}",
                self.path.name,
                f"{photograph}.jpg",
                f"{number:06}",
                None,
                {AIHUB.name: _LABEL},
                (self.boxes[photograph],),
            )

    def read(self, example: Example) -> bytes:
        """A JPEG."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(example.member)


def make_shots(path: Path, photographs: int, width: int, count: int) -> Shots:
    """Write a zip of photographs, `width` px and three quarters of that high."""
    chance = np.random.default_rng(0)
    boxes = []
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(photographs):
            rig = score(1.0 + number)
            anchors = truth(rig, _DRAWN).anchors
            points = np.array(list(anchors.values())) * (width / _DRAWN[0])
            eyes = abs(anchors["left_eye"][0] - anchors["right_eye"][0]) * width / _DRAWN[0]
            (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
            boxes.append(Box(float(left - 0.6 * eyes), float(top), float(right + 0.6 * eyes), float(bottom)))
            archive.writestr(f"{number}.jpg", _photograph(draw(rig, _DRAWN), width, chance))
    return Shots(path, tuple(boxes), count)


def _photograph(picture: NDArray[np.uint8], width: int, chance: np.random.Generator) -> bytes:
    """With a sensor's noise, some of it smeared by the camera's own sharpening: 3 MB at 12 megapixels."""
    size = (width, width * 3 // 4)
    coarse = chance.standard_normal(picture.shape, np.float32) * 8
    large = cv2.resize(picture.astype(np.float32) + coarse, size, interpolation=cv2.INTER_CUBIC)
    fine = chance.standard_normal(large.shape, np.float32) * 5
    pixels = np.clip(large + fine, 0, 255).astype(np.uint8)
    done, content = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92]
    )
    assert done
    return bytes(content.tobytes())
