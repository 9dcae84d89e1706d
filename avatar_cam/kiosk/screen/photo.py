"""The picture that a visitor gets: what was on the screen, with whole characters, framed, and the date."""

from __future__ import annotations

from datetime import date

import pygame

from avatar_cam.kiosk.screen import style
from avatar_cam.sinks.hud.canvas import Canvas
from avatar_cam.types import Pixels

#: As shares of the picture's shorter side: the frame, the strip below, and the character on it.
_BORDER, _STRIP, _CHARACTER = 0.03, 0.12, 0.21


def framed(pixels: Pixels, character: Pixels | None, day: date) -> Pixels:
    """The picture uint8 (H, W, 3) RGB in its white frame, uint8 too.

    `character` is a picture of it, uint8 (h, w, 4), RGB multiplied by alpha. Needs no window.
    """
    height, width = pixels.shape[:2]
    shorter = min(width, height)
    border, strip = round(_BORDER * shorter), round(_STRIP * shorter)
    size = width + 2 * border, height + border + strip
    canvas = Canvas(pygame.Surface(size, 0, 24), shorter / 720)
    canvas.surface.fill(style.WHITE)
    picture = pygame.image.frombytes(pixels.tobytes(), (width, height), "RGB")
    canvas.surface.blit(picture, (border, border))
    middle = border + height + strip // 2
    words = style.words(f"{day:%Y.%m.%d}", round(strip * 0.5), style.INK)
    canvas.surface.blit(words, words.get_rect(midleft=(border + canvas.px(8), middle)))
    if character is not None:
        side = round(_CHARACTER * shorter)
        drawn = _premultiplied(character, side)
        place = drawn.get_rect(bottomright=(size[0] - border, size[1] - border // 3))
        canvas.surface.blit(drawn, place, special_flags=pygame.BLEND_PREMULTIPLIED)
    rgb: Pixels = pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1).copy()
    return rgb


def _premultiplied(rgba: Pixels, side: int) -> pygame.Surface:
    small = style.resized(rgba, (side, side))
    return pygame.image.frombytes(small.tobytes(), (side, side), "RGBA")
