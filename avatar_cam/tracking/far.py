"""Faces that are too small in the picture for FaceMesh's own detector."""

from __future__ import annotations

import math

import cv2
import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.quiet import quiet
from avatar_cam.tracking.facemesh import FaceFinder, FaceMesh
from avatar_cam.tracking.mediapipe_import import read_only, solutions
from avatar_cam.types import Floats, Pixels

#: Side of the square that is cut out around a far face, in sides of its box, and of what FaceMesh gets, px.
_ZOOM, _INPUT = 2.2, 256
#: The square stays where it is until the face has moved, or grown or shrunk, by this share of it: FaceMesh
#: answers a square that moves with landmarks that tremble.
_DRIFT = 0.08
#: While somebody is missing, there is one look in every so many pictures; and after so many pictures without
#: anybody coming or going, in every so many.
_SEARCH_EVERY, _PATIENCE, _SELDOM_EVERY = 2, 90, 8
#: A part of the picture that is looked at by itself reaches so far into the next one, as a share of its side.
_OVERLAP = 0.2

Square = tuple[float, float, float]  # left, top, side; px


class NearAndFar(Closing):
    """FaceMesh, and where it finds fewer than `faces`, a search for small ones, which it then reads enlarged.

    The search is mediapipe's full-range detector (BlazeFace's successor, made for up to 5 m), which looks at
    the whole picture and at parts of it in turn. It and the enlarged reading cost nothing while all faces are
    near, and the search next to nothing when nobody has come or gone for some seconds. `near` is closed with
    it.
    """

    def __init__(self, near: FaceFinder, faces: int = 1, *, still: bool = False) -> None:
        self._near, self._faces, self._still = near, faces, still
        self._search = _Search()
        self._zoomed: FaceMesh | None = None
        self._squares: list[Square] = []
        self._present = 0

    def find(self, pixels: Pixels) -> list[Floats]:
        """Landmarks of each face, float32 (478, 3) px of the whole picture; see `FaceFinder`."""
        found = self._near.find(pixels)
        if len(found) >= self._faces:
            self._squares.clear()
            return self._count(found)
        squares = [] if self._still else self._squares
        if self._still:
            squares = self._search.everywhere(pixels)
        elif len(found) + len(squares) < self._faces:
            squares = [*squares, *self._search.now_and_then(pixels)]
        far: list[tuple[Square, Floats]] = []
        for square in squares:
            others = [*found, *(landmarks for _, landmarks in far)]
            if len(others) < self._faces and not any(_looks_at(square, face) for face in others):
                far.extend((square, landmarks) for landmarks in self._read(pixels, square))
        self._squares = [_following(square, landmarks) for square, landmarks in far]
        return self._count(found + [landmarks for _, landmarks in far])

    def close(self) -> None:
        """Free all models; may be called twice."""
        self._near.close()
        self._search.close()
        if self._zoomed is not None:
            self._zoomed.close()

    def _count(self, found: list[Floats]) -> list[Floats]:
        """Search eagerly after somebody has come or gone."""
        if len(found) != self._present:
            self._present = len(found)
            self._search.start_anew()
        return found

    def _read(self, pixels: Pixels, square: Square) -> list[Floats]:
        """The face in a square of the picture, if there is one."""
        self._zoomed = self._zoomed or FaceMesh(1, still=True, confidence=0.3)
        left, top, side = square
        to_picture = np.array([[side / _INPUT, 0, left], [0, side / _INPUT, top]], np.float32)
        crop = cv2.warpAffine(
            pixels, to_picture, (_INPUT, _INPUT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        scale = np.float32(side / _INPUT)
        shift = np.array([left, top, 0], np.float32)
        return [landmarks * scale + shift for landmarks in self._zoomed.find(np.asarray(crop, np.uint8))]


class _Search(Closing):
    """Looks for small faces, at the whole picture and at parts of it in turn.

    The detector sees 192 x 192 px: a face 40 px high is found reliably in a part of 720 px, but not in 1280.
    """

    def __init__(self) -> None:
        self._detector: _Detector | None = None
        self._turn = 0
        self.start_anew()

    def start_anew(self) -> None:
        """Look eagerly for some time."""
        self._pictures = 0

    def now_and_then(self, pixels: Pixels) -> list[Square]:
        """What this picture's look finds, if there is one."""
        every = _SEARCH_EVERY if self._pictures < _PATIENCE else _SELDOM_EVERY
        due = self._pictures % every == 0
        self._pictures += 1
        if not due:
            return []
        parts = _parts(pixels)
        self._turn = (self._turn + 1) % len(parts)
        return self._look(pixels, parts[self._turn - 1])

    def everywhere(self, pixels: Pixels) -> list[Square]:
        """What all looks at one picture find."""
        return [square for part in _parts(pixels) for square in self._look(pixels, part)]

    def close(self) -> None:
        if self._detector is not None:
            self._detector.close()

    def _look(self, pixels: Pixels, part: tuple[slice, slice]) -> list[Square]:
        # Loaded when first needed: most faces are near.
        self._detector = self._detector or _Detector()
        rows, columns = part
        found = self._detector.find(np.ascontiguousarray(pixels[part]))
        return [(left + columns.start, top + rows.start, side) for left, top, side in found]


def _parts(pixels: Pixels) -> list[tuple[slice, slice]]:
    """The whole picture, and the squares that its longer side is made of."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    free = max(height, width) - side
    count = math.ceil(free / (side * (1 - _OVERLAP)))
    starts = [round(free * index / count) for index in range(count + 1)] if count else []
    whole = slice(0, height), slice(0, width)
    if width > height:
        return [whole, *((whole[0], slice(at, at + side)) for at in starts)]
    return [whole, *((slice(at, at + side), whole[1]) for at in starts)]


class _Detector:
    def __init__(self) -> None:
        with quiet():
            self._detection = solutions().face_detection.FaceDetection(
                model_selection=1, min_detection_confidence=0.5
            )
            self._detection.process(np.zeros((64, 64, 3), np.uint8))

    def find(self, pixels: Pixels) -> list[Square]:
        """A square around each face, the largest first."""
        height, width = pixels.shape[:2]
        found = self._detection.process(read_only(pixels)).detections or []
        boxes = [detection.location_data.relative_bounding_box for detection in found]
        squares = [
            _square(
                (box.xmin + box.width / 2) * width,
                (box.ymin + box.height / 2) * height,
                max(box.width * width, box.height * height),
            )
            for box in boxes
        ]
        return sorted(squares, key=lambda square: square[2], reverse=True)

    def close(self) -> None:
        self._detection.close()


def _square(x: float, y: float, side: float) -> Square:
    """The square to cut out around a face of that middle and side."""
    return x - side * _ZOOM / 2, y - side * _ZOOM / 2, side * _ZOOM


def _extent(landmarks: Floats) -> tuple[Floats, Floats]:
    """The corners, (2,) px each, of the box around a face."""
    return landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)


def _looks_at(square: Square, landmarks: Floats) -> bool:
    """Whether the middle of the square lies in that face."""
    low, high = _extent(landmarks)
    left, top, side = square
    middle = np.array([left + side / 2, top + side / 2])
    return bool((low <= middle).all() and (middle <= high).all())


def _following(square: Square, landmarks: Floats) -> Square:
    """Where to look for this face in the next picture."""
    low, high = _extent(landmarks)
    x, y = ((low + high) / 2).tolist()
    wanted = _square(x, y, float((high - low).max()))
    drift = max(abs(new - old) for new, old in zip(wanted, square, strict=True))
    return wanted if drift > _DRIFT * square[2] else square
