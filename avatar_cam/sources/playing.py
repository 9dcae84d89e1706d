"""What is played as if a camera saw it now: a video file, and the drawn performer."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path

from avatar_cam.closing import Closing
from avatar_cam.errors import SourceError
from avatar_cam.sources.performer import Performer, draw, score
from avatar_cam.types import Pixels

#: A clip that is late by more (the computer slept) goes on from where it is, instead of catching up.
_LATEST_S = 0.25
#: The performer's pictures are no further apart because of how long one took to draw.
_LONGEST_PAUSE_S = 0.15


class ClipCamera(Closing):
    """A `Camera` that shows a video file over and over, by the times of its frames.

    A frame is taken when it is due, or at once where decoding it took too long. Raises `SourceError` as
    `VideoFile` does. `clock` and `sleep` are those of `time`, in seconds.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # FFmpeg is loaded when there is something for it to do.
        from avatar_cam.sources.video import VideoFile

        self._video = VideoFile(path)
        self._clock = clock
        self._sleep = sleep
        self.name = self._video.name
        self.size = self._video.size
        self.fps = self._video.fps
        self._frames = self._looped()
        self._start: float | None = None

    def read(self) -> tuple[Pixels, float]:
        pixels, at = next(self._frames)
        now = self._clock()
        if self._start is None or now - (self._start + at) > _LATEST_S:
            self._start = now - at
        due = self._start + at
        if due > now:
            self._sleep(due - now)
        return pixels, due

    def close(self) -> None:
        self._frames.close()
        self._video.close()

    def _looped(self) -> Generator[tuple[Pixels, float], None, None]:
        """The clip's pictures without end, and when each is due, in seconds from the first."""
        start = 0.0
        while True:
            at = start
            for frame in self._video:
                at = start + frame.time
                yield frame.pixels, at
            start = at + 1 / self.fps


class PerformerCamera(Closing):
    """A `Camera` that sees the drawn performer, in pictures of `size` (width, height) px.

    A picture shows her as she is when it is taken, and is drawn ahead of that. Drawing takes half of the time
    at most, as real cameras leave the processor alone: where that is not enough for `fps`, fewer pictures
    come, not slow ones. Raises `SourceError` for a size or rate of nothing.
    """

    name = Performer.name

    def __init__(
        self,
        size: tuple[int, int],
        fps: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if min(size) < 1 or fps <= 0:
            raise SourceError(f"the performer cannot be drawn {size[0]}x{size[1]} at {fps:g} frames a second")
        self.size = size
        self.fps = fps
        self._clock = clock
        self._sleep = sleep
        draw(score(0.0), size)  # the first one takes longest
        self._start = self._due = clock()

    def read(self) -> tuple[Pixels, float]:
        begun = self._clock()
        taken = max(self._due, begun)
        pixels = draw(score(taken - self._start), self.size)
        done = self._clock()
        self._due = taken + max(1 / self.fps, min(2 * (done - begun), _LONGEST_PAUSE_S))
        early = taken - done
        if early > 0:
            self._sleep(early)
        return pixels, taken

    def close(self) -> None:
        """Nothing is held."""
