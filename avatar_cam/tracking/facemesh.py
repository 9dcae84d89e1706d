"""mediapipe FaceMesh as a face finder."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Protocol

import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.quiet import quiet
from avatar_cam.tracking.landmark_list import landmark_array
from avatar_cam.tracking.mediapipe_import import solutions
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
    """

    def __init__(self, faces: int = 1, *, still: bool = False, confidence: float = 0.5) -> None:
        with quiet():
            self._mesh = solutions().face_mesh.FaceMesh(
                static_image_mode=still,
                max_num_faces=faces,
                refine_landmarks=True,
                min_detection_confidence=confidence,
                min_tracking_confidence=confidence,
            )
            # The graph starts with its first picture.
            self._mesh.process(np.zeros((64, 64, 3), np.uint8))
        self._chatty = True

    def find(self, pixels: Pixels) -> list[Floats]:
        # Parts of the graph start, and log, with the first face.
        with quiet() if self._chatty else nullcontext():
            found = self._mesh.process(pixels).multi_face_landmarks or []
        self._chatty = self._chatty and not found
        height, width = pixels.shape[:2]
        size = np.array([width, height, width], np.float32)
        return [landmark_array(face, ("x", "y", "z")) * size for face in found]

    def close(self) -> None:
        if self._mesh is not None:
            self._mesh.close()
            self._mesh = None
