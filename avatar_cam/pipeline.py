"""The whole way of a frame: track, read, choose, place, draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self

from avatar_cam.characters.character import Character
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.placer import Placer
from avatar_cam.schedule import Schedule
from avatar_cam.tracking.pose import face_of
from avatar_cam.types import (
    Composite,
    EmotionReading,
    FaceTrack,
    Frame,
    Placement,
    PoseTrack,
    SpriteChoice,
)


class Tracker(Protocol):
    """Follows the people through the frames of one source."""

    def track(self, frame: Frame) -> tuple[FaceTrack, ...]:
        """The faces of the next frame."""

    def close(self) -> None:
        """Free its models; may be called twice."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was found in a frame, before anything is drawn."""

    frame: Frame
    faces: tuple[FaceTrack, ...]
    readings: dict[int, EmotionReading]
    pose: PoseTrack | None
    ms: dict[str, float]


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
        self._ahead = ThreadPoolExecutor(1, "look-ahead")

    def step(self, frame: Frame) -> Composite:
        """Put the overlay of `frame`, made from its own landmarks, into its pixels."""
        return self._show(self._see(frame))

    def run(self, frames: Iterable[Frame]) -> Iterator[Composite]:
        """The composites of all frames, the same as `step` would give.

        The next frame is fetched and tracked, in a thread of its own, while one is drawn and written: for
        video files, where frames need not be waited for.
        """
        source = iter(frames)
        pending = self._ahead.submit(self._see_next, source)
        while (seen := pending.result()) is not None:
            pending = self._ahead.submit(self._see_next, source)
            yield self._show(seen)

    def close(self) -> None:
        """Wait for the frame that is being tracked, and close the tracker and the schedule."""
        self._ahead.shutdown(cancel_futures=True)
        self._schedule.close()
        self._tracker.close()

    def _see_next(self, source: Iterator[Frame]) -> _Seen | None:
        frame = next(source, None)
        return None if frame is None else self._see(frame)

    def _see(self, frame: Frame) -> _Seen:
        """Everything that looks at the picture as the source gave it."""
        ms: dict[str, float] = {}
        with self._timed("track", ms):
            faces = self._tracker.track(frame)
        with self._timed("emotion", ms):
            readings = self._schedule.readings(frame, faces)
        with self._timed("pose", ms):
            pose = self._schedule.pose(frame)
        return _Seen(frame, faces, dict(readings), pose, ms)

    def _show(self, seen: _Seen) -> Composite:
        """Everything that makes the picture that is shown."""
        frame, faces, ms = seen.frame, seen.faces, seen.ms
        with self._timed("compose", ms):
            choices = self._wardrobe.choose(faces, seen.readings, frame.time)
            placements = tuple(
                placement for face in faces for placement in self._place(face, choices[face.id], frame.size)
            )
            draw(frame.pixels, placements)
        body = face_of(seen.pose, faces) if seen.pose else None
        return Composite(frame, faces, seen.readings, choices, placements, seen.pose, body, ms)

    def _place(self, face: FaceTrack, choice: SpriteChoice, size: tuple[int, int]) -> list[Placement]:
        return self._placer.place(face, choice, self._characters[choice.character], size)

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
