"""A virtual camera that nobody sees: for tests and benchmarks."""

from __future__ import annotations

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.types import Pixels


class MemoryCamera(Closing):
    """Keeps what it is sent in `pictures`; `broken` says what is wrong with it, while something is."""

    name = "memory"

    def __init__(self, size: tuple[int, int], *, alpha: bool = False) -> None:
        self.size, self.alpha = size, alpha
        self.pictures: list[Pixels] = []
        self.broken: str | None = None
        self.closed = False

    def send(self, pixels: Pixels) -> None:
        if self.broken:
            raise SinkError(self.broken)
        shape = (self.size[1], self.size[0], 4 if self.alpha else 3)
        assert pixels.shape == shape, f"{pixels.shape} instead of {shape}"
        self.pictures.append(pixels.copy())

    def close(self) -> None:
        self.closed = True
