"""The pad on which staff type the PIN."""

from __future__ import annotations

import pygame

from avatar_cam.kiosk.screen import style
from avatar_cam.sinks.hud.canvas import Canvas

#: What the keys of the pad say, row by row, and what `staff.type_key` calls them.
KEYS = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("back", "0", "close"))
_LABELS = {"back": "<", "close": "×"}
_KEY, _GAP, _HEAD = 110, 14, 150


def keys_on(size: tuple[int, int], unit: float) -> dict[str, pygame.Rect]:
    """Where each key is on a screen of that size."""
    key, gap = round(_KEY * unit), round(_GAP * unit)
    panel = panel_on(size, unit)
    return {
        name: pygame.Rect(
            panel.x + gap + column * (key + gap), panel.y + round(_HEAD * unit) + row * (key + gap), key, key
        )
        for row, names in enumerate(KEYS)
        for column, name in enumerate(names)
    }


def panel_on(size: tuple[int, int], unit: float) -> pygame.Rect:
    """Where the pad is."""
    key, gap = round(_KEY * unit), round(_GAP * unit)
    panel = pygame.Rect(0, 0, 3 * key + 4 * gap, round(_HEAD * unit) + 4 * (key + gap))
    panel.center = size[0] // 2, size[1] // 2
    return panel


def draw_pad(canvas: Canvas, title: str, typed: int) -> None:
    """The pad, with a dot for each digit that was typed."""
    size, unit = canvas.rect.size, canvas.unit
    panel = panel_on(size, unit)
    canvas.panel(panel, 26, (*style.INK, 245))
    head = style.fitted_words(title, canvas.px(40), panel.width - canvas.px(40))
    canvas.surface.blit(head, head.get_rect(midtop=(panel.centerx, panel.top + canvas.px(24))))
    for number in range(typed):
        dot = pygame.Rect(0, 0, canvas.px(18), canvas.px(18))
        dot.center = (
            panel.centerx + round((number - (typed - 1) / 2) * canvas.px(30)),
            panel.top + canvas.px(108),
        )
        canvas.bar(dot, style.SUN)
    for name, rect in keys_on(size, unit).items():
        canvas.panel(rect, 20, (255, 255, 255, 40))
        label = style.words(_LABELS.get(name, name), canvas.px(48))
        canvas.surface.blit(label, label.get_rect(center=rect.center))
