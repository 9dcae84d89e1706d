"""Clips made from given material whose people are known: who is where in each frame, and who is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.geometry import eye_distance, place
from avatar_cam.types import Floats, Pixels

FPS = 30.0
SIZE = (1280, 720)
#: The ellipse around a head that is cut out: half width, half height, how far below the eyes; eye distances.
_WIDE, _HIGH, _BELOW = 1.5, 2.3, 0.3
#: The colour of what covers a face.
_BOOK = (60, 70, 110)

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame, and who is in it: between whose eyes, px; None for who is away or hidden."""

    pixels: Pixels
    people: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A head cut out of a picture: `colour` uint8 (h, w, 3), `alpha` float32 (h, w, 1); its eyes, px."""

    colour: Pixels
    alpha: Floats
    eyes: float

    @classmethod
    def of(cls, pixels: Pixels, landmarks: Floats, eyes: float) -> Head:
        """The head with these landmarks, at the size at which its eyes are `eyes` px apart."""
        scale = eyes / eye_distance(landmarks)
        width, height = round(2 * _WIDE * eyes), round(2 * _HIGH * eyes)
        x, y = place(landmarks)
        move = np.array(
            [[scale, 0, width / 2 - scale * x], [0, scale, height / 2 - scale * y - _BELOW * eyes]],
            np.float64,
        )
        colour = cv2.warpAffine(pixels, move, (width, height), flags=cv2.INTER_AREA)
        mask = np.zeros((height, width), np.uint8)
        axes = (width // 2 - 4, height // 2 - 4)
        cv2.ellipse(mask, (width // 2, height // 2), axes, 0, 0, 360, (255,), -1, cv2.LINE_AA)
        alpha = cv2.GaussianBlur(mask, (0, 0), 2).astype(np.float32)[..., None] / np.float32(255)
        return cls(np.asarray(colour, np.uint8), alpha, eyes)

    def paste(self, picture: Pixels, at: Place) -> None:
        """Lay it over the picture with the point between its eyes `at`."""
        height, width = self.colour.shape[:2]
        left = round(at[0] - width / 2)
        top = round(at[1] - height / 2 + _BELOW * self.eyes)
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, picture.shape[1]), min(top + height, picture.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        under = picture[y0:y1, x0:x1]
        mixed = under + self.alpha[part] * (self.colour[part].astype(np.float32) - under)
        under[:] = np.round(mixed).astype(np.uint8)


def frames_of(clip: Path) -> list[Pixels]:
    """All frames of a clip."""
    with VideoFile(clip) as video:
        return [frame.pixels for frame in video]


def faces_of(pictures: Sequence[Pixels]) -> list[Floats]:
    """The landmarks of the face in each; the last known ones where none is found."""
    found: list[Floats] = []
    with FaceMesh() as mesh:
        for pixels in pictures:
            found.extend(mesh.find(pixels)[:1] or found[-1:])
    return found


def room(pixels: Pixels, size: tuple[int, int] = SIZE) -> Pixels:
    """The picture blurred until nobody is in it."""
    blurred = cv2.blur(cv2.resize(pixels, (64, 36), interpolation=cv2.INTER_AREA), (25, 25))
    return np.asarray(cv2.resize(blurred, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def crossing(
    behind: Sequence[Head], before: Sequence[Head], background: Pixels, seconds: float
) -> Iterator[Shown]:
    """Two people walk past each other and back within `seconds`; the second hides the first as they pass.

    The heads of each are shown in turn.
    """
    count = round(seconds * FPS)
    for index in range(count):
        share = (1 - np.cos(2 * np.pi * index / count)) / 2
        left = (0.2 + 0.6 * share) * SIZE[0]
        bob = 0.01 * SIZE[1] * np.sin(index / 4)
        at = (left, 0.45 * SIZE[1] + bob), (SIZE[0] - left, 0.47 * SIZE[1] - bob)
        picture = background.copy()
        first, second = behind[index % len(behind)], before[index % len(before)]
        first.paste(picture, at[0])
        second.paste(picture, at[1])
        hidden = abs(at[0][0] - at[1][0]) < _WIDE * second.eyes
        yield Shown(picture, (None if hidden else at[0], at[1]))


def covered_then_gone(pictures: Sequence[Pixels], covered: float = 1.0, gone: float = 5.0) -> Iterator[Shown]:
    """Two seconds of a clip, then its face is covered, then nobody is there, then two seconds more."""
    faces = faces_of(pictures)
    ends = np.cumsum([2.0, covered, gone, 2.0]) * FPS
    empty = room(pictures[0], (pictures[0].shape[1], pictures[0].shape[0]))
    for index in range(round(ends[-1])):
        # To and fro, so that nobody jumps where the clip begins anew.
        turn = index % (2 * len(pictures))
        which = min(turn, 2 * len(pictures) - 1 - turn)
        picture, face = pictures[which].copy(), faces[which]
        if ends[0] <= index < ends[1]:
            _cover(picture, face)
        elif ends[1] <= index < ends[2]:
            picture = empty.copy()
        yield Shown(picture, (None if ends[0] <= index < ends[2] else place(face),))


def side_by_side(clips: Sequence[Sequence[Pixels]], count: int) -> Iterator[Shown]:
    """Four clips in the quarters of 1920x1080."""
    faces = [faces_of(pictures) for pictures in clips]
    width, height = 960, 540
    for index in range(count):
        picture = np.empty((2 * height, 2 * width, 3), np.uint8)
        people = []
        for which, (pictures, found) in enumerate(zip(clips, faces, strict=True)):
            turn = index % (2 * len(pictures))
            at = min(turn, 2 * len(pictures) - 1 - turn)
            move = _quarter(found[0], pictures[0], (width, height))
            left, top = width * (which % 2), height * (which // 2)
            picture[top : top + height, left : left + width] = cv2.warpAffine(
                pictures[at], move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            x, y = move @ (*place(found[at]), 1.0)
            people.append((float(x) + left, float(y) + top))
        yield Shown(picture, tuple(people))


def _quarter(face: Floats, pixels: Pixels, size: tuple[int, int]) -> Floats:
    """(2, 3): brings the picture into a quarter, its face in the middle."""
    scale = max(size[0] / pixels.shape[1], size[1] / pixels.shape[0]) * 0.8
    x, y = place(face)
    move: Floats = np.array(
        [[scale, 0, size[0] / 2 - scale * x], [0, scale, size[1] / 2 - scale * y]], np.float32
    )
    return move


def _cover(picture: Pixels, face: Floats) -> None:
    """As a book that is held before the face: over the face, not the hair."""
    (x0, y0), (x1, y1) = (face[:, :2].min(axis=0).astype(int), face[:, :2].max(axis=0).astype(int))
    picture[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = _BOOK
