"""When the slow models run. The pipeline does not know which schedule it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from avatar_cam.emotions.recogniser import Recogniser
from avatar_cam.tracking.pose import PoseFinder, SmoothPose
from avatar_cam.types import EmotionReading, FaceTrack, Frame, PoseTrack

#: Seconds between two readings of one face: an expression takes a third of a second to form.
READING_INTERVAL = 0.1
#: Seconds between two looks at the body, whose model takes longest.
POSE_INTERVAL = 1 / 15


class Schedule(Protocol):
    """Hands over the newest results of the models that do not run on every frame."""

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        """The newest reading of each of `faces`, by id; a face that was not read yet is left out.

        `frame` must still be as the source gave it.
        """

    def pose(self, frame: Frame) -> PoseTrack | None:
        """The newest known body; None when there is none or nobody looks for it."""

    def close(self) -> None:
        """Free what runs beside the frame loop; may be called twice."""


class Immediate:
    """Works in order, at fixed times of the source's own clock: the same input gives the same results.

    `pose_finder` is closed with it; without one nobody looks for bodies. `still`: every frame is a picture of
    its own, and looked at afresh.
    """

    def __init__(
        self, recogniser: Recogniser, pose_finder: PoseFinder | None = None, *, still: bool = False
    ) -> None:
        self._recogniser = recogniser
        self._still = still
        self._readings: dict[int, EmotionReading] = {}
        self._pose_finder = pose_finder
        self._smooth_pose = SmoothPose()
        self._pose: PoseTrack | None = None
        self._pose_time: float | None = None

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        self._readings = {face.id: self._readings[face.id] for face in faces if face.id in self._readings}
        for face in faces:
            last = self._readings.get(face.id)
            due = self._still or _due(frame.time, last.time if last else None, READING_INTERVAL)
            if face.via == "face" and due:
                crop = self._recogniser.crop(frame.pixels, face.landmarks)
                self._readings[face.id] = EmotionReading(face.id, self._recogniser.read(crop), frame.time)
        return dict(self._readings)

    def pose(self, frame: Frame) -> PoseTrack | None:
        if self._pose_finder is None:
            return None
        if self._still:
            return self._pose_finder.find(frame.pixels)
        if _due(frame.time, self._pose_time, POSE_INTERVAL):
            self._pose = self._smooth_pose(self._pose_finder.find(frame.pixels), frame.time)
            self._pose_time = frame.time
        return self._pose

    def close(self) -> None:
        if self._pose_finder is not None:
            self._pose_finder.close()


def _due(time: float, last: float | None, interval: float) -> bool:
    """Whether `time` lies in a later slot than `last`.

    Slots of a fixed grid, so that a frame that comes a little early or late does not shift all that follow.
    """
    if last is None:
        return True
    slot, last_slot = (int(moment / interval + 1e-6) for moment in (time, last))
    return slot > last_slot
