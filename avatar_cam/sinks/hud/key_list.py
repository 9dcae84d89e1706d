"""The list of keys, in the middle of the window."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from avatar_cam.controls import Keys, key_rows
from avatar_cam.sinks.hud.canvas import ACCENT, INK, PANEL, Canvas, Kept

_SIZE, _LINE, _TITLE, _PADDING, _GAP, _COLUMN_GAP = 18, 25, 24, 22, 14, 36
_BACKGROUND = (*PANEL[:3], 250)


class KeyList:
    """Shows which key does what, in two columns."""

    def __init__(self, keys: Keys) -> None:
        self._rows = key_rows(keys)
        self._kept = Kept()

    def draw(self, canvas: Canvas) -> None:
        drawing = self._kept.get(canvas.unit, lambda: _drawn(canvas, self._rows))
        canvas.surface.blit(drawing, drawing.get_rect(center=canvas.rect.center))


def _drawn(canvas: Canvas, rows: Sequence[tuple[str, str]]) -> pygame.Surface:
    half = (len(rows) + 1) // 2
    columns = [_column(canvas, some) for some in (rows[:half], rows[half:]) if some]
    padding, top = canvas.px(_PADDING), canvas.px(_PADDING + _TITLE + 8)
    gap = canvas.px(_COLUMN_GAP) * (len(columns) - 1)
    width = sum(column.get_width() for column in columns) + gap + 2 * padding
    height = max((column.get_height() for column in columns), default=0) + top + padding
    panel = canvas.empty((width, height))
    panel.panel(panel.rect, 14, _BACKGROUND)
    panel.surface.blit(panel.text("Keys", _TITLE), (padding, canvas.px(_PADDING - 4)))
    x = padding
    for column in columns:
        panel.surface.blit(column, (x, top))
        x += column.get_width() + canvas.px(_COLUMN_GAP)
    return panel.surface


def _column(canvas: Canvas, rows: Sequence[tuple[str, str]]) -> pygame.Surface:
    keys = [canvas.text(key, _SIZE, ACCENT) for key, _ in rows]
    words = [canvas.text(said, _SIZE, INK) for _, said in rows]
    indent = max(key.get_width() for key in keys) + canvas.px(_GAP)
    width = indent + max(word.get_width() for word in words)
    column = canvas.empty((width, canvas.px(_LINE) * len(rows)))
    for number, (key, word) in enumerate(zip(keys, words, strict=True)):
        y = number * canvas.px(_LINE)
        column.surface.blit(key, (0, y))
        column.surface.blit(word, (indent, y))
    return column.surface
