"""The performer as a video source."""

from __future__ import annotations

from collections.abc import Iterator

from avatar_cam.closing import Closing
from avatar_cam.sources.performer.picture import draw
from avatar_cam.sources.performer.score import DEFAULT_SECONDS, score
from avatar_cam.types import Frame


class Performer(Closing):
    """Frames of a drawn person who plays the score; `seconds=None` plays it for ever.

    `size` is (width, height). Each iteration starts at the beginning. Never raises on its own account; after
    `close()` no more frames come.
    """

    name = "performer"
    #: Nothing can go wrong on the way.
    warning: str | None = None

    def __init__(
        self, size: tuple[int, int] = (1280, 720), fps: float = 30.0, seconds: float | None = DEFAULT_SECONDS
    ) -> None:
        if size[0] < 1 or size[1] < 1 or fps <= 0:
            raise ValueError(f"no picture of {size[0]}x{size[1]} at {fps} frames a second")
        self.size = size
        self.fps = fps
        self.frame_count: int | None = None if seconds is None else round(seconds * fps)
        self._closed = False

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while not self._closed and (self.frame_count is None or index < self.frame_count):
            time = index / self.fps
            yield Frame(draw(score(time), self.size), index, time)
            index += 1

    def close(self) -> None:
        """End the performance; closing twice is fine."""
        self._closed = True
