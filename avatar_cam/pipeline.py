"""The whole way of a frame: track, read, choose, place, draw."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from avatar_cam.characters.character import Character
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.closing import Closing
from avatar_cam.rendering.backdrop import Backdrop
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.light import Lights
from avatar_cam.rendering.placer import NO_LIGHT, Light, Placer
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

    @property
    def wants_pose(self) -> bool:
        """Whether somebody's face is missing whom the body could stand in for."""

    def track(self, frame: Frame, pose: PoseTrack | None = None) -> tuple[FaceTrack, ...]:
        """The faces of the next frame; `pose` is the newest known body."""

    def forget(self) -> None:
        """Take everybody who comes from now on for somebody new."""

    def close(self) -> None:
        """Free its models; may be called twice."""


#: Frames that are looked at ahead: with one the thread would wait while the next is asked for.
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class _Seen:
    """A frame, which one of all it is, who is in it, and what was read from them."""

    number: int
    frame: Frame
    faces: tuple[FaceTrack, ...]
    pose: PoseTrack | None
    readings: Mapping[int, EmotionReading]
    ms: dict[str, float]


class Pipeline(Closing):
    """Frames in, composites out; closes its tracker, schedule and backdrop.

    `light`: characters are lit as the picture around them is. The only clock here is `stopwatch`, in seconds,
    which times the stages; all else follows the frames' own times.
    """

    def __init__(
        self,
        tracker: Tracker,
        schedule: Schedule,
        wardrobe: Wardrobe,
        characters: Mapping[str, Character],
        backdrop: Backdrop | None = None,
        *,
        light: bool = False,
        stopwatch: Callable[[], float] = perf_counter,
    ) -> None:
        self._tracker = tracker
        self._schedule = schedule
        self._wardrobe = wardrobe
        self._characters = characters
        self._backdrop = backdrop
        self._placer = Placer()
        self._lights = Lights() if light else None
        self._count = 0
        #: Whether anybody wore something on the body, by the numbers of the last frames.
        self._on_bodies: dict[int, bool] = {}
        self._stopwatch = stopwatch
        self._ahead = ThreadPoolExecutor(1, "look-ahead")

    def dress(self, characters: Mapping[str, Character]) -> None:
        """Let people wear these from the next frame on, and no others."""
        self._characters = characters
        self._wardrobe.offer(list(characters))

    def forget(self) -> None:
        """Take everybody who comes from now on for somebody new, with a character of their own."""
        self._tracker.forget()
        self._wardrobe.forget()

    def step(self, frame: Frame) -> Composite:
        """Put the overlay of `frame`, made from its own landmarks, into its pixels."""
        return self._show(self._see(frame))

    def run(self, frames: Iterable[Frame]) -> Iterator[Composite]:
        """The composites of all frames, the same as `step` would give.

        The next frames are fetched and looked at, in a thread of their own, while one is drawn and written:
        for files, whose frames need not be waited for.
        """
        source = iter(frames)
        pending = deque(self._ahead.submit(self._see_next, source) for _ in range(_AHEAD))
        while (seen := pending.popleft().result()) is not None:
            pending.append(self._ahead.submit(self._see_next, source))
            yield self._show(seen)

    def close(self) -> None:
        """Wait for the frame that is being looked at, and close what it was given."""
        self._ahead.shutdown(cancel_futures=True)
        with ExitStack() as all_of_them:  # whatever happens to one
            for part in (self._backdrop, self._tracker, self._schedule):
                if part is not None:
                    all_of_them.callback(part.close)

    def _see_next(self, source: Iterator[Frame]) -> _Seen | None:
        frame = next(source, None)
        return None if frame is None else self._see(frame)

    def _see(self, frame: Frame) -> _Seen:
        """What the models say of a frame, before anything is drawn into it."""
        number, self._count = self._count, self._count + 1
        bodies = self._wants_bodies(number)
        ms: dict[str, float] = {}
        with self._timed("pose", ms):
            pose = self._schedule.pose(frame, wanted=self._tracker.wants_pose or bodies)
        with self._timed("track", ms):
            faces = self._tracker.track(frame, pose)
        with self._timed("emotion", ms):
            readings = self._schedule.readings(frame, faces)
        return _Seen(number, frame, faces, pose, readings, ms)

    def _show(self, seen: _Seen) -> Composite:
        """Put what belongs there into the frame."""
        frame, faces, pose, ms = seen.frame, seen.faces, seen.pose, dict(seen.ms)
        lights: Mapping[int, Light] = {}
        if self._lights is not None:  # of the room, whatever is about to be put in its place
            with self._timed("light", ms):
                lights = self._lights.on(faces, frame.pixels, frame.time)
        if self._backdrop is not None and self._backdrop.active:
            with self._timed("background", ms):
                self._backdrop.replace(frame.pixels)
        with self._timed("compose", ms):
            choices = self._wardrobe.choose(faces, seen.readings, frame.time)
            body = face_of(pose, faces) if pose else None
            placements = tuple(
                placement
                for face in faces
                for placement in self._place(
                    face,
                    choices[face.id],
                    frame,
                    pose if face.id == body else None,
                    lights.get(face.id, NO_LIGHT),
                )
            )
            draw(frame.pixels, placements)
        worn = {choice.character for choice in choices.values() if choice.opacity > 0}
        self._on_bodies[seen.number] = any(self._characters[name].has_body for name in worn)
        return Composite(frame, faces, dict(seen.readings), choices, placements, pose, body, ms)

    def _place(
        self, face: FaceTrack, choice: SpriteChoice, frame: Frame, pose: PoseTrack | None, light: Light
    ) -> list[Placement]:
        character = self._characters[choice.character]
        return self._placer.place(
            face, choice, character, frame.size, time=frame.time, pose=pose, light=light
        )

    def _wants_bodies(self, number: int) -> bool:
        """Whether somebody wears something on the body, as far as that is known of every frame in time.

        Of frames that are looked at ahead it is not known yet what is worn in the last ones; so that `run`
        gives what `step` gives, neither asks them. Before any was shown, what might be worn counts.
        """
        known = self._on_bodies.pop(number - _AHEAD - 1, None)
        return any(one.has_body for one in self._characters.values()) if known is None else known

    @contextmanager
    def _timed(self, stage: str, ms: dict[str, float]) -> Iterator[None]:
        start = self._stopwatch()
        yield
        ms[stage] = (self._stopwatch() - start) * 1000
