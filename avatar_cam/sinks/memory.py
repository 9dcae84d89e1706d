"""Composites kept in memory: for tests, benchmarks and contact sheets."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from avatar_cam.types import Composite


class MemorySink:
    """Keeps every composite, its pixels included, in `composites`."""

    def __init__(self) -> None:
        self.composites: list[Composite] = []
        self.closed = False

    def write(self, composite: Composite) -> None:
        self.composites.append(composite)

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
