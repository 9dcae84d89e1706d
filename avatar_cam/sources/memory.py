"""Pictures that are already in memory: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from avatar_cam.closing import Closing
from avatar_cam.errors import SourceError
from avatar_cam.types import Frame, Pixels


class MemorySource(Closing):
    """A source over `pictures`, uint8 (H, W, 3) RGB, all of one size, at a steady `fps`.

    Every frame is a copy, so the pictures stay as they are. `warning` may be set to play a source that
    was cut off. Raises `SourceError` when there are no pictures, `ValueError` when they differ in size.
    """

    def __init__(
        self, pictures: Sequence[Pixels], fps: float = 30.0, name: str = "memory", warning: str | None = None
    ) -> None:
        if not pictures:
            raise SourceError(f"{name} has no pictures: give at least one")
        if len({picture.shape for picture in pictures}) > 1:
            raise ValueError("all pictures of a source must have one size")
        self.name = name
        self.fps = fps
        self.size: tuple[int, int] = (pictures[0].shape[1], pictures[0].shape[0])
        self.frame_count: int | None = len(pictures)
        self.warning = warning
        self.closed = False
        self._pictures = pictures

    def __iter__(self) -> Iterator[Frame]:
        for index, picture in enumerate(self._pictures):
            yield Frame(picture.copy(order="C"), index, index / self.fps)

    def close(self) -> None:
        self.closed = True
