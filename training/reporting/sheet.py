"""A contact sheet: faces with a few words below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

#: Side of a face, height of a line and the gap around a cell, px; cells in a row.
_FACE, _LINE, _GAP, _COLUMNS = 144, 16, 8, 8
_FONT, _FONT_SCALE = cv2.FONT_HERSHEY_SIMPLEX, 0.4
_WHITE, _INK = 255, 40


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A face, uint8 (S, S) grey, and the lines below it; what is no ASCII becomes "?"."""

    face: NDArray[np.uint8]
    lines: Sequence[str]


def contact_sheet(cells: Sequence[Cell]) -> NDArray[np.uint8]:
    """Grey uint8 (H, W): at least one cell, in rows from the upper left."""
    lines = max(len(cell.lines) for cell in cells)
    columns = min(_COLUMNS, len(cells))
    rows = -(-len(cells) // columns)
    width, height = _FACE + _GAP, _FACE + lines * _LINE + _GAP
    sheet = np.full((rows * height + _GAP, columns * width + _GAP), _WHITE, np.uint8)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        _draw(sheet, cell, row * height + _GAP, column * width + _GAP)
    return sheet


def save_sheet(cells: Sequence[Cell], path: Path) -> None:
    """Write the sheet as PNG."""
    done, png = cv2.imencode(".png", contact_sheet(cells))
    if not done:
        raise ValueError("the sheet cannot be encoded")
    path.write_bytes(png.tobytes())


def _draw(sheet: NDArray[np.uint8], cell: Cell, top: int, left: int) -> None:
    face = cv2.resize(cell.face, (_FACE, _FACE), interpolation=cv2.INTER_CUBIC)
    sheet[top : top + _FACE, left : left + _FACE] = face
    for number, line in enumerate(cell.lines, start=1):
        # The last pixels of a line belong to its letters' lower parts.
        place = (left, top + _FACE + number * _LINE - 4)
        plain = line.encode("ascii", "replace").decode()
        cv2.putText(sheet, plain, place, _FONT, _FONT_SCALE, (_INK,), 1, cv2.LINE_AA)
