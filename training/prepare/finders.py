"""What finds the face: FaceMesh, the annotators' boxes, or OpenCV's cascade.

An instance belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from avatar_cam.quiet import quiet
from avatar_cam.tracking.facemesh import simple_face
from avatar_cam.tracking.mediapipe_import import read_only, solutions
from avatar_cam.tracking.search import Search
from training.datasets.base import Box, Framing
from training.prepare.cuts import Cut, Landmarks, Square, around, whole
from training.prepare.pictures import Grey
from training.prepare.settings import Detector

#: What FaceMesh gets is at least so large, px: the face that it cuts out for itself.
_MESH_SIDE = 192
_CONFIDENCE = 0.3
#: A part of a photograph that is to hold one face is brought to this side, px.
_LOOK_SIDE = 256
#: Around an annotator's box: FaceMesh's detector knows faces with something around them best.
_LOOKS = (2.0, 1.4)

#: The run-time crop beside other boxes of the same face: its side in sides of the box, and how much lower its
#: middle lies. A box around the skin from hairline to chin is FaceMesh's, so it gets the run-time margin. The
#: cascade's: median over 14 frames of real clips and 4 of the performer, against the run-time crop.
BOX_MARGIN, BOX_DOWN = 1.05, 0.0
_CASCADE_MARGIN, _CASCADE_DOWN = 1.04, 0.08


class Finder(Protocol):
    """Finds the face in grey pictures, uint8 (H, W)."""

    def in_face(self, picture: Grey) -> Cut | None:
        """In a picture that is a face, cut out already."""

    def in_scene(self, picture: Grey, box: Box | None) -> Cut | None:
        """In a photograph: the one in the box, px, or the most obvious one."""


def finder(detector: Detector, framing: Framing) -> Finder:
    """The finder of that name, for pictures of that kind."""
    match detector:
        case "mediapipe":
            return MeshFinder(refined=framing == "scene")
        case "box":
            return BoxFinder()
        case "haar":
            return CascadeFinder()


class BoxFinder:
    """Believes the annotators and looks at no picture."""

    def in_face(self, picture: Grey) -> Cut | None:
        return None

    def in_scene(self, picture: Grey, box: Box | None) -> Cut | None:
        return around(box, BOX_MARGIN, BOX_DOWN) if box else None


class MeshFinder:
    """FaceMesh, looking at each picture afresh (Kartynnik et al., arXiv 1907.06724).

    `refined`: the camera's own, with refined eyes and lips (arXiv 2006.10962); measured in photographs, its
    crop is 2 % larger than the plain one's. Pictures that are faces get the plain one all the same: the model
    in use was trained on FER2013's, of 48 px, cut out so, and what is prepared from them must match those.
    """

    def __init__(self, refined: bool) -> None:
        with quiet():
            self._mesh: Any = solutions().face_mesh.FaceMesh(
                static_image_mode=True,
                max_num_faces=1,
                refine_landmarks=refined,
                min_detection_confidence=_CONFIDENCE,
            )
            # The graph starts, and logs, with its first picture, and parts of it with the first face.
            self._mesh.process(simple_face())
        self._search = Search()

    def in_face(self, picture: Grey) -> Cut | None:
        longer = max(picture.shape)
        if longer < _MESH_SIDE:
            factor = _MESH_SIDE / longer
            size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
            return self._look(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), picture.shape)
        return self._look(picture, picture.shape)

    def in_scene(self, picture: Grey, box: Box | None) -> Cut | None:
        if box is not None:
            squares: Iterator[Square] = (around(box, zoom) for zoom in _LOOKS)
        else:
            squares = self._squares(picture)
        for square in squares:
            found = self._look_at(picture, square)
            if found is not None and (box is None or _lies_in(found, box)):
                return found
        return None

    def _squares(self, picture: Grey) -> Iterator[Square]:
        """Where a face may be, the likeliest first: the detector for far ones knows near ones as well."""
        colours = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
        yield from (Square(*square) for square in self._search.whole(colours))
        yield whole(picture)
        yield from (Square(*square) for square in self._search.everywhere(colours))

    def _look_at(self, picture: Grey, square: Square) -> Landmarks | None:
        patch = square.patch(picture)
        method = cv2.INTER_AREA if patch.shape[0] > _LOOK_SIDE else cv2.INTER_CUBIC
        found = self._look(cv2.resize(patch, (_LOOK_SIDE, _LOOK_SIDE), interpolation=method), patch.shape)
        if found is None:
            return None
        return Landmarks(found.points + np.array([round(square.left), round(square.top)], np.float32))

    def _look(self, pixels: Any, shape: tuple[int, ...]) -> Landmarks | None:
        """The face in `pixels`, in the coordinates of a picture of this (height, width)."""
        colours = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
        faces = self._mesh.process(read_only(colours)).multi_face_landmarks
        if not faces:
            return None
        points = np.array([(point.x, point.y) for point in faces[0].landmark], np.float32)
        return Landmarks(points * np.array([shape[1], shape[0]], np.float32))


class CascadeFinder:
    """Viola and Jones's cascade for frontal faces, as it comes with OpenCV."""

    def __init__(self) -> None:
        path = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"  # type: ignore[attr-defined]
        self._cascade = cv2.CascadeClassifier(str(path))

    def in_face(self, picture: Grey) -> Cut | None:
        factor = max(_MESH_SIDE / max(picture.shape), 1.0)
        size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
        large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC) if factor > 1 else picture
        found = self._largest(np.asarray(large, np.uint8), None)
        return found.scaled(1 / factor) if found else None

    def in_scene(self, picture: Grey, box: Box | None) -> Cut | None:
        return self._largest(picture, box)

    def _largest(self, picture: Grey, box: Box | None) -> Square | None:
        least = max(min(picture.shape) // 10, 24)
        found = self._cascade.detectMultiScale(picture, 1.1, 4, minSize=(least, least))
        cuts = [
            around(Box(x, y, x + width, y + height), _CASCADE_MARGIN, _CASCADE_DOWN)
            for x, y, width, height in np.asarray(found).reshape(-1, 4).astype(float).tolist()
        ]
        fitting = [cut for cut in cuts if box is None or _lies_in(cut, box)]
        return max(fitting, key=lambda cut: (cut.side, -cut.left, -cut.top), default=None)


def _lies_in(cut: Cut, box: Box) -> bool:
    """Whether the middle of the face lies in the box."""
    x, y = cut.middle
    return box.left <= x <= box.right and box.top <= y <= box.bottom
