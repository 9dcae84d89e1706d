"""The whole way of a frame: track, read, choose, place, draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self

from avatar_cam.characters.character import Character
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.placer import Placer
from avatar_cam.schedule import Schedule
from avatar_cam.tracking.pose import face_of
from avatar_cam.types import Composite, FaceTrack, Frame


class Tracker(Protocol):
    """Follows the people through the frames of one source."""

    def track(self, frame: Frame) -> tuple[FaceTrack, ...]:
        """The faces of the next frame."""

    def close(self) -> None:
        """Free its models; may be called twice."""


class Pipeline:
    """Frames in, composites out; closes its tracker and schedule.

    The only clock here is `stopwatch`, in seconds, which times the stages; all else follows the frames' own
    times.
    """

    def __init__(
        self,
        tracker: Tracker,
        schedule: Schedule,
        wardrobe: Wardrobe,
        characters: Mapping[str, Character],
        stopwatch: Callable[[], float] = perf_counter,
    ) -> None:
        self._tracker = tracker
        self._schedule = schedule
        self._wardrobe = wardrobe
        self._characters = characters
        self._placer = Placer()
        self._stopwatch = stopwatch

    def step(self, frame: Frame) -> Composite:
        """Put the overlay of `frame`, made from its own landmarks, into its pixels."""
        ms: dict[str, float] = {}
        with self._timed("track", ms):
            faces = self._tracker.track(frame)
        with self._timed("emotion", ms):
            readings = self._schedule.readings(frame, faces)
        with self._timed("pose", ms):
            pose = self._schedule.pose(frame)
        with self._timed("compose", ms):
            choices = self._wardrobe.choose(faces, readings, frame.time)
            placements = tuple(
                placement
                for face in faces
                for placement in self._placer.place(
                    face, choices[face.id], self._characters[choices[face.id].character], frame.size
                )
            )
            draw(frame.pixels, placements)
        body = face_of(pose, faces) if pose else None
        return Composite(frame, faces, dict(readings), choices, placements, pose, body, ms)

    def close(self) -> None:
        """Close the tracker and the schedule."""
        self._schedule.close()
        self._tracker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _timed(self, stage: str, ms: dict[str, float]) -> Iterator[None]:
        start = self._stopwatch()
        yield
        ms[stage] = (self._stopwatch() - start) * 1000
