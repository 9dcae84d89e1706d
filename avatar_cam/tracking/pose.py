"""mediapipe Pose as a finder of one body, and its smoothing in real time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from avatar_cam.quiet import quiet
from avatar_cam.tracking.landmark_list import landmark_array
from avatar_cam.tracking.mediapipe_import import read_only, solutions
from avatar_cam.tracking.smoothing import OneEuro
from avatar_cam.types import FaceTrack, Pixels, PoseTrack

_NOSE, _SHOULDERS = 0, [11, 12]


class PoseFinder(Protocol):
    """Finds one person's body in one picture after another. One instance belongs to one thread."""

    def find(self, pixels: Pixels) -> PoseTrack | None:
        """The body in `pixels`, uint8 (H, W, 3) RGB, which is not changed."""

    def close(self) -> None:
        """Free the model; may be called twice."""


class Pose:
    """BlazePose, full (Bazarevsky et al., arXiv 2006.10204)."""

    def __init__(self, *, still: bool = False) -> None:
        with quiet():
            # Its own smoothing takes every picture to be 33 ms after the last, which is wrong at 15 Hz.
            self._pose = solutions().pose.Pose(
                static_image_mode=still, model_complexity=1, smooth_landmarks=False
            )
            self._pose.process(np.zeros((64, 64, 3), np.uint8))

    def find(self, pixels: Pixels) -> PoseTrack | None:
        found = self._pose.process(read_only(pixels)).pose_landmarks
        if found is None:
            return None
        height, width = pixels.shape[:2]
        points = landmark_array(found, ("x", "y", "z", "visibility"))
        size = np.array([width, height, width], np.float32)
        return PoseTrack(points[:, :3] * size, np.ascontiguousarray(points[:, 3]))

    def close(self) -> None:
        if self._pose is not None:
            self._pose.close()
            self._pose = None


class SmoothPose:
    """A pose smoothed by the time of its frames."""

    def __init__(self) -> None:
        self._smooth = OneEuro()

    def __call__(self, pose: PoseTrack | None, time: float) -> PoseTrack | None:
        if pose is None:
            self._smooth.reset()
            return None
        one, other = pose.landmarks[_SHOULDERS, :2]
        size = max(float(np.linalg.norm(one - other)), 1.0)
        return PoseTrack(self._smooth(pose.landmarks, time, size), pose.visibility, time)


def face_of(pose: PoseTrack, faces: Sequence[FaceTrack]) -> int | None:
    """The id of the face that has this body's nose in its box; None when there is none."""
    nose = pose.landmarks[_NOSE]
    for face in faces:
        x, y, width, height = face.box
        if x <= nose[0] <= x + width and y <= nose[1] <= y + height:
            return face.id
    return None
