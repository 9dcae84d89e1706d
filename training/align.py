"""Cuts a face out of a small grey picture just as the program cuts one out of a camera's."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.crop import crop_face
from avatar_cam.quiet import quiet
from avatar_cam.tracking.mediapipe_import import solutions
from training.samples import SIZE

#: FaceMesh expects faces of about this size, px.
_MESH_SIZE = 192
_CONFIDENCE = 0.3


class Aligner:
    """Finds the face with FaceMesh; one instance belongs to one thread."""

    def __init__(self) -> None:
        with quiet():
            self._mesh: Any = solutions().face_mesh.FaceMesh(
                static_image_mode=True,
                max_num_faces=1,
                refine_landmarks=False,
                min_detection_confidence=_CONFIDENCE,
            )
            # The graph writes its start-up lines when it first runs.
            self._mesh.process(np.zeros((_MESH_SIZE, _MESH_SIZE, 3), np.uint8))

    def align(self, picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
        """The run-time crop of the face in `picture`, and whether there is one; if not, the picture itself.

        Both uint8 (48, 48) grey.
        """
        large = cv2.resize(picture, (_MESH_SIZE, _MESH_SIZE), interpolation=cv2.INTER_CUBIC)
        faces = self._mesh.process(cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)).multi_face_landmarks
        if not faces:
            return picture, False
        # Without refined eyes 468 points: the first of the run-time mesh, and all that the crop looks at.
        points = np.array([(point.x, point.y) for point in faces[0].landmark], np.float32) * SIZE
        return crop_face(picture, points, SIZE), True
