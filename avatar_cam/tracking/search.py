"""Where faces are that are too small for FaceMesh's own detector."""

from __future__ import annotations

import math

import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.quiet import quiet
from avatar_cam.tracking.mediapipe_import import read_only, solutions
from avatar_cam.types import Floats, Pixels

#: Side of the square that is cut out around a far face, in sides of its box.
_ZOOM = 2.2
#: While somebody is missing, there is one look in every so many pictures; after so many pictures without
#: anybody coming or going, in every so many; and while nobody is missing, in every so many.
SEARCH_EVERY, PATIENCE, SELDOM_EVERY, GLANCE_EVERY = 2, 90, 8, 60
#: A part of the picture that is looked at by itself reaches so far into the next one, as a share of its side.
OVERLAP = 0.2

Square = tuple[float, float, float]  # left, top, side; px


class Search(Closing):
    """Looks for small faces, at the whole picture and at parts of it in turn.

    mediapipe's full-range detector (BlazeFace's successor, made for up to 5 m) sees 192 x 192 px: a face 40
    px high is found reliably in a part of 720 px, but not in 1280. It is loaded when first needed.
    """

    def __init__(self) -> None:
        self._detector: _Detector | None = None
        self._turn = 0
        self.start_anew()

    def start_anew(self) -> None:
        """Look eagerly for some time."""
        self._pictures = 0

    def now_and_then(self, pixels: Pixels) -> list[Square]:
        """What this picture's look at a part of it finds, if there is one."""
        if not self._is_due(SEARCH_EVERY if self._pictures < PATIENCE else SELDOM_EVERY):
            return []
        parts = parts_of(pixels)
        self._turn = (self._turn + 1) % len(parts)
        return self._look(pixels, parts[self._turn - 1])

    def seldom(self, pixels: Pixels) -> list[Square]:
        """What this picture's look at the whole of it finds, if there is one."""
        return self.whole(pixels) if self._is_due(GLANCE_EVERY) else []

    def whole(self, pixels: Pixels) -> list[Square]:
        """What one look at the whole picture finds."""
        return self._look(pixels, parts_of(pixels)[0])

    def everywhere(self, pixels: Pixels) -> list[Square]:
        """What all looks at one picture find."""
        return [square for part in parts_of(pixels) for square in self._look(pixels, part)]

    def close(self) -> None:
        if self._detector is not None:
            self._detector.close()

    def _is_due(self, every: int) -> bool:
        due = self._pictures % every == 0
        self._pictures += 1
        return due

    def _look(self, pixels: Pixels, part: tuple[slice, slice]) -> list[Square]:
        self._detector = self._detector or _Detector()
        rows, columns = part
        found = self._detector.find(np.ascontiguousarray(pixels[part]))
        return [(left + columns.start, top + rows.start, side) for left, top, side in found]


def parts_of(pixels: Pixels) -> list[tuple[slice, slice]]:
    """The whole picture, and the squares that its longer side is made of."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    free = max(height, width) - side
    count = math.ceil(free / (side * (1 - OVERLAP)))
    starts = [round(free * index / count) for index in range(count + 1)] if count else []
    whole = slice(0, height), slice(0, width)
    if width > height:
        return [whole, *((whole[0], slice(at, at + side)) for at in starts)]
    return [whole, *((slice(at, at + side), whole[1]) for at in starts)]


def square_around(landmarks: Floats) -> Square:
    """The square to cut out around a face."""
    low, high = extent(landmarks)
    x, y = ((low + high) / 2).tolist()
    return _square(x, y, float((high - low).max()))


def extent(landmarks: Floats) -> tuple[Floats, Floats]:
    """The corners, (2,) px each, of the box around a face."""
    return landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)


def looks_at(square: Square, landmarks: Floats) -> bool:
    """Whether the middle of the square lies in that face."""
    low, high = extent(landmarks)
    left, top, side = square
    middle = np.array([left + side / 2, top + side / 2])
    return bool((low <= middle).all() and (middle <= high).all())


def _square(x: float, y: float, side: float) -> Square:
    return x - side * _ZOOM / 2, y - side * _ZOOM / 2, side * _ZOOM


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
