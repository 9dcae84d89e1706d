"""A contact sheet: what a video shows, at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.files import explaining
from avatar_cam.sinks.base import FileSink
from avatar_cam.sinks.photo import encoded
from avatar_cam.types import Composite, Pixels

_COLUMNS, _ROWS = 4, 3
_WIDTH, _CAPTION, _GAP = 426, 30, 6
#: Seconds between the frames that are looked at.
_STEP = 0.2
_PAPER, _INK = 24, 225


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    time: float
    emotion: str
    settled: float
    turn: float
    picture: Pixels


class SheetSink(FileSink):
    """Writes twelve telling moments of what it is given as one picture, when it is closed.

    A moment for each emotion shown, where it has been shown longest, then those in which the head is turned
    most.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._moments: list[_Moment] = []

    def write(self, composite: Composite) -> None:
        """Keep a small copy of a frame now and then."""
        time = composite.frame.time
        if (self._moments and time - self._moments[-1].time < _STEP) or not composite.faces:
            return
        face = composite.faces[0]
        choice = composite.choices[face.id]
        width, height = composite.frame.size
        picture = cv2.resize(
            composite.frame.pixels, (_WIDTH, round(height * _WIDTH / width)), interpolation=cv2.INTER_AREA
        )
        turn = abs(face.head.yaw) + abs(face.head.pitch) + abs(face.head.roll)
        self._moments.append(
            _Moment(time, choice.emotion, time - choice.since, turn, np.asarray(picture, np.uint8))
        )

    def _finish(self) -> None:
        content = encoded(self.path, contact_sheet(self._chosen()))
        with explaining(self.path):
            self._temporary.write_bytes(content)

    def _chosen(self) -> list[tuple[str, Pixels]]:
        moments = self._moments
        chosen = [
            max((m for m in moments if m.emotion == emotion), key=lambda m: m.settled)
            for emotion in EMOTIONS
            if any(m.emotion == emotion for m in moments)
        ]
        for moment in sorted(moments, key=lambda m: m.turn, reverse=True):
            if len(chosen) < _COLUMNS * _ROWS and all(abs(moment.time - other.time) > 1 for other in chosen):
                chosen.append(moment)
        return [(f"{m.time:.1f} s  {m.emotion}", m.picture) for m in sorted(chosen, key=lambda m: m.time)]


def contact_sheet(tiles: Iterable[tuple[str, Pixels]], columns: int = _COLUMNS) -> Pixels:
    """Captioned pictures of one size, uint8 (h, w, 3) RGB, in rows; captions are ASCII."""
    framed = [_framed(caption, picture) for caption, picture in tiles]
    if not framed:
        return np.full((_CAPTION, _WIDTH, 3), _PAPER, np.uint8)
    while len(framed) % columns:
        framed.append(np.full_like(framed[0], _PAPER))
    rows = [np.hstack(framed[start : start + columns]) for start in range(0, len(framed), columns)]
    return np.vstack(rows)


def _framed(caption: str, picture: Pixels) -> Pixels:
    framed = cv2.copyMakeBorder(
        picture, _GAP, _CAPTION, _GAP, _GAP, cv2.BORDER_CONSTANT, value=(_PAPER, _PAPER, _PAPER)
    )
    at = (_GAP + 2, framed.shape[0] - 10)
    cv2.putText(framed, caption, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (_INK, _INK, _INK), 1, cv2.LINE_AA)
    return np.asarray(framed, np.uint8)
