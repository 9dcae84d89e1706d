"""Composites kept in memory: for tests, benchmarks and contact sheets."""

from __future__ import annotations

from avatar_cam.closing import Closing
from avatar_cam.types import Composite


class MemorySink(Closing):
    """Keeps every composite, its pixels included, in `composites`."""

    def __init__(self) -> None:
        self.composites: list[Composite] = []
        self.closed = False

    def write(self, composite: Composite) -> None:
        self.composites.append(composite)

    def close(self) -> None:
        self.closed = True
