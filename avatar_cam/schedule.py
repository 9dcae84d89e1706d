"""When the slow models run. The pipeline does not know which schedule it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import Protocol

import numpy as np

from avatar_cam.beside import Beside
from avatar_cam.emotions.recogniser import Recogniser
from avatar_cam.tracking.pose import PoseFinder, SmoothPose
from avatar_cam.types import EmotionReading, FaceTrack, Floats, Frame, Pixels, PoseTrack

#: Seconds between two readings of one face: an expression takes a third of a second to form.
READING_INTERVAL = 0.1
#: Seconds between two looks at the body, whose model takes longest.
POSE_INTERVAL = 1 / 15
#: The same while nobody wants it. Pose finds nobody anew whose face is covered, so it must know them before.
IDLE_POSE_INTERVAL = 0.5
#: The same beside the frame loop, where a look that comes late is made up for by none: a little more often.
LIVE_POSE_INTERVAL = 1 / 16


class Schedule(Protocol):
    """Hands over the newest results of the models that do not run on every frame.

    Frames come in order, as the source gave them, with nothing drawn into them.
    """

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        """The newest reading of each of `faces`, by id; a face that was not read yet is left out."""

    def pose(self, frame: Frame, *, wanted: bool) -> PoseTrack | None:
        """The newest known body; None when there is none or nobody looks for it.

        `wanted`: a face is missing that the body could stand in for, or somebody wears something on the body.
        """

    def close(self) -> None:
        """Free what runs beside the frame loop; may be called twice."""


OpenPose = Callable[[], PoseFinder]


class Immediate:
    """Works in order, at fixed times of the source's own clock: the same input gives the same results.

    `open_pose` opens the finder of bodies, once it is needed; without it nobody looks for them. `always`: not
    only when a body is wanted, as for a trace. `still`: every frame is a picture of its own, and looked at
    afresh.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        open_pose: OpenPose | None = None,
        *,
        always: bool = False,
        still: bool = False,
    ) -> None:
        self._recogniser = recogniser
        self._open_pose = open_pose
        self._always, self._still = always, still
        self._readings: dict[int, EmotionReading] = {}
        self._pose_finder: PoseFinder | None = None
        self._smooth_pose = SmoothPose()
        self._pose: PoseTrack | None = None
        self._pose_time: float | None = None

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        self._readings = _of_those(self._readings, faces)
        due = [face for face in faces if face.via == "face" and self._is_due(face, frame.time)]
        if due:
            job = _Crops.of(self._recogniser, frame, due)
            self._readings |= job.read_by(self._recogniser)
        return dict(self._readings)

    def pose(self, frame: Frame, *, wanted: bool) -> PoseTrack | None:
        if self._open_pose is None:
            return None
        if self._still and not (self._always or wanted):
            return None
        interval = POSE_INTERVAL if wanted or self._always else IDLE_POSE_INTERVAL
        if self._still or _due(frame.time, self._pose_time, interval):
            self._pose_finder = self._pose_finder or self._open_pose()
            found = self._pose_finder.find(frame.pixels)
            self._pose = found if self._still else self._smooth_pose(found, frame.time)
            self._pose_time = frame.time
        return self._pose

    def close(self) -> None:
        if self._pose_finder is not None:
            self._pose_finder.close()

    def _is_due(self, face: FaceTrack, time: float) -> bool:
        last = self._readings.get(face.id)
        return self._still or _due(time, last.time if last else None, READING_INTERVAL)


class Background:
    """Works beside the frame loop, on the newest frame: what is late is neither waited for nor queued.

    `open_pose` opens the finder of bodies in the thread it then belongs to; without it nobody looks for them.
    That takes as long as all the rest of a frame, so it begins when the frame has been shown (`rest`), where
    a camera leaves time for it.
    What goes wrong there is raised by the next call.
    """

    def __init__(self, recogniser: Recogniser, open_pose: OpenPose | None = None) -> None:
        self._recogniser = recogniser
        self._readings: dict[int, EmotionReading] = {}
        self._read_time: float | None = None
        self._reader = Beside("emotions", _reading_with(recogniser))
        self._pose: PoseTrack | None = None
        self._pose_time: float | None = None
        self._next_body: Frame | None = None
        self._body = Beside("pose", _looking_for_bodies(open_pose)) if open_pose else None

    @property
    def poses(self) -> int | None:
        """How often the body was looked for so far; None when nobody looks."""
        return self._body.done if self._body else None

    @property
    def pulse(self) -> tuple[tuple[bool, int], ...]:
        """Of each thread: whether it is at work, and how often it has finished."""
        return tuple(one.pulse for one in (self._reader, self._body) if one is not None)

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> Mapping[int, EmotionReading]:
        self._readings |= self._reader.newest() or {}
        self._readings = _of_those(self._readings, faces)
        seen = [face for face in faces if face.via == "face"]
        if seen and self._reader.idle and self._is_due(frame.time, seen):
            self._reader.offer(_Crops.of(self._recogniser, frame, seen))
            self._read_time = frame.time
        return dict(self._readings)

    def pose(self, frame: Frame, *, wanted: bool) -> PoseTrack | None:
        if self._body is None:
            return None
        if (found := self._body.newest()) is not None:
            (self._pose,) = found
        if self._body.idle and _due(frame.time, self._pose_time, LIVE_POSE_INTERVAL):
            # A copy, since this frame is drawn into meanwhile.
            self._next_body = Frame(frame.pixels.copy(), frame.index, frame.time)
            self._pose_time = frame.time
        return self._pose

    def rest(self) -> None:
        """The newest frame has been shown, and the next one is to be waited for."""
        if self._body is not None and self._next_body is not None:
            self._body.offer(self._next_body)
            self._next_body = None

    def close(self) -> None:
        self._reader.close()
        if self._body is not None:
            self._body.close()

    def _is_due(self, time: float, seen: Sequence[FaceTrack]) -> bool:
        newcomer = any(face.id not in self._readings for face in seen)
        return newcomer or _due(time, self._read_time, READING_INTERVAL)


class _Crops:
    """Faces cut out of one frame, to be read at once."""

    def __init__(self, who: list[int], pictures: Pixels, time: float) -> None:
        self._who, self._pictures, self._time = who, pictures, time

    @classmethod
    def of(cls, recogniser: Recogniser, frame: Frame, faces: Sequence[FaceTrack]) -> _Crops:
        pictures = np.stack([recogniser.crop(frame.pixels, face.landmarks) for face in faces])
        return cls([face.id for face in faces], pictures, frame.time)

    def read_by(self, recogniser: Recogniser) -> dict[int, EmotionReading]:
        rows: list[Floats] = list(recogniser.read(self._pictures))
        return {who: EmotionReading(who, row, self._time) for who, row in zip(self._who, rows, strict=True)}


def _reading_with(
    recogniser: Recogniser,
) -> AbstractContextManager[Callable[[_Crops], dict[int, EmotionReading]]]:
    return nullcontext(lambda crops: crops.read_by(recogniser))


@contextmanager
def _looking_for_bodies(open_pose: OpenPose) -> Iterator[Callable[[Frame], tuple[PoseTrack | None]]]:
    smooth = SmoothPose()
    with closing(open_pose()) as finder:
        # In a tuple: that nobody was found is a result, too.
        yield lambda frame: (smooth(finder.find(frame.pixels), frame.time),)


def _of_those(
    readings: Mapping[int, EmotionReading], faces: Sequence[FaceTrack]
) -> dict[int, EmotionReading]:
    return {face.id: readings[face.id] for face in faces if face.id in readings}


def _due(time: float, last: float | None, interval: float) -> bool:
    """Whether `time` lies in a later slot than `last`.

    Slots of a fixed grid, so that a frame that comes a little early or late does not shift all that follow.
    """
    if last is None:
        return True
    slot, last_slot = (int(moment / interval + 1e-6) for moment in (time, last))
    return slot > last_slot
