"""The mark of a recording, the countdown of a snapshot, and its flash."""

from __future__ import annotations

import math

import pygame

from avatar_cam.sinks.hud.canvas import INK, RED, Canvas

_SIZE, _PADDING, _MARGIN, _DOT = 18, 11, 14, 12
_DIGITS, _DISC = 150, 190


def draw_recording(canvas: Canvas, seconds: float) -> pygame.Rect:
    """Draws a red dot and the time so far in the upper right corner, and says where."""
    words = canvas.text(_clock(seconds), _SIZE, INK)
    padding, dot = canvas.px(_PADDING), canvas.px(_DOT)
    rect = pygame.Rect(0, 0, words.get_width() + dot + 3 * padding, words.get_height() + 2 * canvas.px(7))
    rect.topright = canvas.rect.right - canvas.px(_MARGIN), canvas.px(_MARGIN)
    canvas.panel(rect, 14)
    mark = pygame.Rect(rect.x + padding, 0, dot, dot)
    mark.centery = rect.centery
    canvas.bar(mark, RED)
    canvas.surface.blit(words, words.get_rect(midright=(rect.right - padding, rect.centery)))
    return rect


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def draw_countdown(canvas: Canvas, seconds: float) -> None:
    """The seconds that are left, large, in the middle."""
    rect = pygame.Rect(0, 0, canvas.px(_DISC), canvas.px(_DISC))
    rect.center = canvas.rect.center
    canvas.panel(rect, _DISC / 2)
    digits = canvas.text(f"{max(1, math.ceil(seconds))}", _DIGITS, INK)
    # Digits have nothing below the line, so the text's box hangs too low.
    canvas.surface.blit(digits, digits.get_rect(center=(rect.centerx, rect.centery + canvas.px(4))))


def draw_flash(canvas: Canvas, strength: float) -> None:
    """Everything brighter, by `strength` from 0 to 1."""
    light = round(255 * min(1.0, max(0.0, strength)))
    canvas.surface.fill((light, light, light), special_flags=pygame.BLEND_RGB_ADD)
