"""How fast it runs, in the upper left corner."""

from __future__ import annotations

from collections.abc import Iterator

import pygame

from avatar_cam.sinks.hud.canvas import ACCENT, DIM, INK, Canvas, Kept
from avatar_cam.sinks.view import Figures

_SIZE, _LINE, _WIDTH, _PADDING, _MARGIN = 16, 18, 168, 11, 14


class FiguresPanel:
    """Shows figures; draws them anew when they change."""

    def __init__(self) -> None:
        self._kept = Kept()

    def draw(self, canvas: Canvas, figures: Figures) -> pygame.Rect:
        """Draws them, and says where."""
        drawing = self._kept.get((figures, canvas.unit), lambda: _drawn(canvas, figures))
        return canvas.surface.blit(drawing, (canvas.px(_MARGIN), canvas.px(_MARGIN)))


def _drawn(canvas: Canvas, figures: Figures) -> pygame.Surface:
    rows, stages = list(_rows(figures)), [(name, f"{ms:.1f} ms") for name, ms in figures.stages.items()]
    gap = canvas.px(10) if stages else 0
    height = canvas.px(_LINE) * (len(rows) + len(stages)) + 2 * canvas.px(_PADDING) + gap
    panel = canvas.empty((canvas.px(_WIDTH), height))
    panel.panel(panel.rect)
    y = canvas.px(_PADDING)
    for number, (name, value) in enumerate([*rows, *stages]):
        if number == len(rows):
            line = pygame.Rect(
                canvas.px(_PADDING), y + gap // 2, panel.rect.width - 2 * canvas.px(_PADDING), 1
            )
            panel.surface.fill((*DIM, 90), line)
            y += gap
        _row(panel, y, name, value, first=number == 0)
        y += canvas.px(_LINE)
    return panel.surface


def _row(panel: Canvas, y: int, name: str, value: str, *, first: bool) -> None:
    panel.surface.blit(panel.text(name, _SIZE, DIM), (panel.px(_PADDING), y))
    shown = panel.text(value, _SIZE, ACCENT if first else INK)
    panel.surface.blit(shown, (panel.rect.width - panel.px(_PADDING) - shown.get_width(), y))


def _rows(figures: Figures) -> Iterator[tuple[str, str]]:
    yield "shown", f"{figures.fps:.1f} / s"
    if figures.camera_fps is not None:
        yield "camera", f"{figures.camera_fps:.1f} / s"
    if figures.pose_fps is not None:
        yield "body", f"{figures.pose_fps:.1f} / s"
    if figures.dropped is not None:
        yield "dropped", f"{figures.dropped}"
    if figures.latency_ms is not None:
        yield "latency", f"{figures.latency_ms:.1f} ms"
    if figures.sent_ms is not None:
        yield "sent after", f"{figures.sent_ms:.1f} ms"
