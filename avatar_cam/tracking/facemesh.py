"""mediapipe FaceMesh as a face finder."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.quiet import quiet
from avatar_cam.tracking.landmark_list import landmark_array
from avatar_cam.tracking.mediapipe_import import read_only, solutions
from avatar_cam.types import Floats, Pixels


class FaceFinder(Protocol):
    """Finds the faces of one picture after another.

    One instance belongs to one thread. The order of faces says nothing about who they are.
    """

    def find(self, pixels: Pixels) -> list[Floats]:
        """Landmarks of each face, float32 (478, 3) px, z in the same unit; empty when there is none.

        `pixels` uint8 (H, W, 3) RGB, contiguous; not changed.
        """

    def close(self) -> None:
        """Free the model; may be called twice."""


class FaceMesh(Closing):
    """FaceMesh with refined landmarks (Kartynnik et al., arXiv 1907.06724; 2006.10962).

    It follows faces from one picture to the next; `still=True` makes it look at each picture afresh.
    How sure, from 0 to 1, its detector must be of a face (`detection`), and then its landmarks in every
    picture (`presence`).
    """

    def __init__(
        self, faces: int = 1, *, still: bool = False, detection: float = 0.5, presence: float = 0.5
    ) -> None:
        with quiet():
            self._mesh = solutions().face_mesh.FaceMesh(
                static_image_mode=still,
                max_num_faces=faces,
                refine_landmarks=True,
                min_detection_confidence=detection,
                min_tracking_confidence=presence,
            )
            # The graph starts, and logs, with its first picture, and parts of it with the first face.
            self._mesh.process(simple_face())
            self.forget()

    def find(self, pixels: Pixels) -> list[Floats]:
        found = self._mesh.process(read_only(pixels)).multi_face_landmarks or []
        height, width = pixels.shape[:2]
        size = np.array([width, height, width], np.float32)
        return [landmark_array(face, ("x", "y", "z")) * size for face in found]

    def forget(self) -> None:
        """Follow nobody any more: a picture without a face does that."""
        self._mesh.process(np.zeros((64, 64, 3), np.uint8))

    def close(self) -> None:
        if self._mesh is not None:
            self._mesh.close()
            self._mesh = None


def simple_face() -> Pixels:
    """As much of a face as it takes to be found as one."""
    picture = np.full((128, 128, 3), 90, np.uint8)
    cv2.ellipse(picture, (64, 66), (34, 44), 0, 0, 360, (224, 180, 150), -1, cv2.LINE_AA)
    for x in (50, 78):
        cv2.ellipse(picture, (x, 56), (7, 4), 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 56), 4, (50, 30, 20), -1, cv2.LINE_AA)
        cv2.ellipse(picture, (x, 47), (9, 3), 0, 180, 360, (60, 40, 30), 2, cv2.LINE_AA)
    cv2.ellipse(picture, (64, 74), (5, 3), 0, 0, 180, (170, 120, 95), 2, cv2.LINE_AA)
    cv2.ellipse(picture, (64, 90), (12, 4), 0, 0, 360, (170, 70, 70), -1, cv2.LINE_AA)
    return picture
