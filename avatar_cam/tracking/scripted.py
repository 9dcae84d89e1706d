"""A face finder that finds what it is told to: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from avatar_cam.types import Floats, Pixels


class ScriptedFaces:
    """Hands out the next element of `script` at each call: the landmarks of each face in that picture.

    After the end of the script nobody is there any more. Landmarks are float32 (478, 3) px, as `FaceFinder`
    says; the picture is not looked at.
    """

    def __init__(self, script: Iterable[Sequence[Floats]]) -> None:
        self._script = iter(script)
        self.closed = False

    def find(self, pixels: Pixels) -> list[Floats]:
        return list(next(self._script, ()))

    def close(self) -> None:
        self.closed = True
