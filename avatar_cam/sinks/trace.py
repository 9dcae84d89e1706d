"""The trace: everything that was found and shown, one JSON object a frame."""

from __future__ import annotations

import json
from pathlib import Path

from avatar_cam import __version__
from avatar_cam.emotions.card import ModelCard
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.files import explaining
from avatar_cam.sinks.base import FileSink
from avatar_cam.sinks.formats import TraceHeader
from avatar_cam.sinks.records import record
from avatar_cam.types import Composite


class TraceWriter(FileSink):
    """Writes the trace of a source with `size` (width, height) px; `formats.py` describes the lines.

    A source that is still being opened is described later (`describe`). UTF-8. The file appears under its
    name when it is whole. Raises `SinkError`.
    """

    def __init__(
        self, path: Path, *, source: str, size: tuple[int, int], fps: float, card: ModelCard
    ) -> None:
        super().__init__(path)
        self._card = card
        self._begun = False
        self.describe(source=source, size=size, fps=fps)
        try:
            with explaining(path):
                self._file = self._temporary.open("w", encoding="utf-8", newline="\n")
            self._opened.callback(self._file.close)
        except BaseException:
            self.discard()
            raise

    def describe(self, *, source: str, size: tuple[int, int], fps: float) -> None:
        """What the first line says of the source; without effect once a composite was written."""
        self._header = TraceHeader(
            avatar_cam=__version__,
            source=source,
            size=size,
            fps=round(fps, 3),
            model=f"{self._card.name} {self._card.version}",
            labels=self._card.labels,
            emotions=list(EMOTIONS),
        )

    def write(self, composite: Composite) -> None:
        self._begin()
        self._write_line(record(composite))

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._write_line(self._header.model_dump())

    def _write_line(self, line: dict[str, object]) -> None:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False)
        with explaining(self.path):
            self._file.write(text + "\n")

    def _finish(self) -> None:
        self._begin()
        with explaining(self.path):
            self._file.close()
