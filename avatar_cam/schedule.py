"""When the slow models run. The pipeline does not know which schedule it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from avatar_cam.emotions.recogniser import Recogniser
from avatar_cam.types import EmotionReading, FaceTrack, Frame

#: Seconds between two readings of one face: an expression takes a third of a second to form.
READING_INTERVAL = 0.1


class Schedule(Protocol):
    """Hands over the newest reading of each face."""

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        """The newest reading of each of `faces`, by id; a face that was not read yet is left out.

        `frame` must still be as the source gave it.
        """

    def close(self) -> None:
        """Free what runs beside the frame loop; may be called twice."""


class Immediate:
    """Reads in order, at fixed times of the source's own clock: the same input gives the same readings."""

    def __init__(self, recogniser: Recogniser, interval: float = READING_INTERVAL) -> None:
        self._recogniser = recogniser
        self._interval = interval
        self._newest: dict[int, EmotionReading] = {}

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        self._newest = {face.id: self._newest[face.id] for face in faces if face.id in self._newest}
        for face in faces:
            if face.via == "face" and self._due(face.id, frame.time):
                crop = self._recogniser.crop(frame.pixels, face.landmarks)
                self._newest[face.id] = EmotionReading(face.id, self._recogniser.read(crop), frame.time)
        return dict(self._newest)

    def close(self) -> None:
        """Nothing runs beside the frame loop."""

    def _due(self, face_id: int, time: float) -> bool:
        last = self._newest.get(face_id)
        if last is None:
            return True
        # Slots of a fixed grid, so that a frame that comes a little early or late does not shift all that follow.
        slot, last_slot = (int(moment / self._interval + 1e-6) for moment in (time, last.time))
        return slot > last_slot
