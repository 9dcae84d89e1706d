"""What the user should read, at the bottom in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from avatar_cam.sinks.hud.canvas import ACCENT, INK, WARNING, Canvas, Colour
from avatar_cam.sinks.view import Notice, Severity

_SIZE, _PADDING, _GAP, _MARK = 20, 12, 8, 9
_COLOURS: dict[Severity, Colour] = {"info": ACCENT, "warning": WARNING}


def draw_notices(canvas: Canvas, notices: Sequence[Notice], bottom: int) -> None:
    """One panel a notice, the last one lowest, above `bottom` px."""
    for notice in (notice for notice in reversed(notices) if notice.text.strip()):
        bottom = _draw(canvas, notice, bottom) - canvas.px(_GAP)


def _draw(canvas: Canvas, notice: Notice, bottom: int) -> int:
    """Draws one and says where it begins."""
    padding, mark = canvas.px(_PADDING), canvas.px(_MARK)
    room = canvas.rect.width - 4 * padding - 2 * mark
    lines = [canvas.text(line, _SIZE, INK) for line in canvas.lines(notice.text, _SIZE, room)]
    line = lines[0].get_height()
    width = max(text.get_width() for text in lines) + 2 * mark + 2 * padding
    rect = pygame.Rect(0, 0, width, line * len(lines) + 2 * canvas.px(9))
    rect.midbottom = canvas.rect.centerx, bottom
    canvas.panel(rect)
    dot = pygame.Rect(rect.x + padding, 0, mark, mark)
    dot.centery = rect.centery
    canvas.bar(dot, _COLOURS[notice.severity])
    for number, text in enumerate(lines):
        canvas.surface.blit(text, (dot.right + mark, rect.y + canvas.px(9) + number * line))
    return rect.top
