"""What the booth's scenes are made of."""

from __future__ import annotations

import math

import numpy as np
import pygame
import segno

from avatar_cam.kiosk.layout import Layout, Place, inside
from avatar_cam.kiosk.screen import style
from avatar_cam.sinks.hud.canvas import Canvas, Colour, Kept
from avatar_cam.types import Pixels

#: White modules around a code, which readers need.
_QUIET = 4
#: Lights that drift behind the character: place as shares of the screen, radius and way in units, seconds.
_LIGHTS = (
    (0.12, 0.25, 190, 60, 19.0),
    (0.86, 0.18, 240, 80, 23.0),
    (0.72, 0.82, 200, 70, 17.0),
    (0.24, 0.84, 260, 90, 29.0),
)


def draw_background(canvas: Canvas, colours: tuple[Colour, Colour], now: float) -> None:
    """The gradient, and lights that drift over it."""
    size = canvas.rect.size
    canvas.surface.blit(style.background(size, colours), (0, 0))
    for x, y, radius, way, seconds in _LIGHTS:
        angle = 2 * math.pi * now / seconds
        light = style.glow(canvas.px(radius), style.WHITE, 60)
        middle = (
            size[0] * x + canvas.px(way) * math.cos(angle),
            size[1] * y + canvas.px(way) * math.sin(angle),
        )
        blit_premultiplied(canvas, light, light.get_rect(center=middle))


def blit_premultiplied(canvas: Canvas, picture: pygame.Surface, place: pygame.Rect) -> None:
    canvas.surface.blit(picture, place, special_flags=pygame.BLEND_PREMULTIPLIED)


def draw_title(canvas: Canvas, layout: Layout, top: int, title: str, more: str) -> int:
    """A large line and a smaller one below it, in the middle; where they end, px."""
    room = layout.size[0] - 2 * canvas.px(40)
    size = canvas.px(104)
    for line in style.lines(title, size, room):
        drawn = style.fitted_words(line, size, room)
        shadow = style.fitted_words(line, size, room, style.INK)
        place = drawn.get_rect(midtop=(layout.size[0] // 2, top))
        shadow.set_alpha(70)
        canvas.surface.blit(shadow, place.move(0, canvas.px(5)))
        canvas.surface.blit(drawn, place)
        top += drawn.get_height() + canvas.px(2)
    for line in style.lines(more, canvas.px(46), room):
        drawn = style.fitted_words(line, canvas.px(46), room, style.SOFT)
        canvas.surface.blit(drawn, drawn.get_rect(midtop=(layout.size[0] // 2, top)))
        top += drawn.get_height()
    return top


def draw_pill(
    canvas: Canvas, text: str, size: int, middle: tuple[int, int], share: float = 0.0
) -> pygame.Rect:
    """Words on a rounded panel, of which `share` is filled; where it is."""
    room = canvas.rect.width - 2 * canvas.px(90)
    drawn = style.fitted_words(text, canvas.px(size), room)
    rect = pygame.Rect(0, 0, drawn.get_width() + 2 * canvas.px(48), drawn.get_height() + 2 * canvas.px(22))
    rect.center = middle
    radius = rect.height / 2 / canvas.unit
    canvas.panel(rect, radius, style.SHADE)
    if share > 0:
        filled = canvas.empty(rect.size)
        filled.panel(filled.rect, radius, (*style.CORAL, 235))
        canvas.surface.blit(filled.surface, rect, (0, 0, round(rect.width * share), rect.height))
    canvas.surface.blit(drawn, drawn.get_rect(center=rect.center))
    return rect


def draw_foot(canvas: Canvas, layout: Layout, text: str, note: str | None) -> None:
    """What is and is not stored, in the lowest line; above it, smaller, what staff should know."""
    room = layout.size[0] - 2 * canvas.px(36)
    size = canvas.px(27)
    rows = style.lines(text, size, room - 2 * canvas.px(22))
    height = style.words("H", size).get_height()
    widest = max(style.words(row, size).get_width() for row in rows)
    rect = pygame.Rect(0, 0, widest + 2 * canvas.px(22), height * len(rows) + 2 * canvas.px(8))
    rect.midbottom = layout.size[0] // 2, layout.bottom
    canvas.panel(rect, 20, style.SHADE)
    for number, row in enumerate(rows):
        drawn = style.words(row, size)
        place = drawn.get_rect(midtop=(rect.centerx, rect.top + canvas.px(8) + number * height))
        canvas.surface.blit(drawn, place)
    if note:
        drawn = style.fitted_words(note, canvas.px(21), room, style.SOFT)
        canvas.surface.blit(drawn, drawn.get_rect(midbottom=(rect.centerx, rect.top - canvas.px(10))))


def draw_count(canvas: Canvas, layout: Layout, seconds: float) -> None:
    """The seconds that are left, in a disc, with dots around it that go out."""
    x, y = layout.count
    disc = pygame.Rect(0, 0, canvas.px(220), canvas.px(220))
    disc.center = x, y
    canvas.panel(disc, 110, (*style.CORAL, 240))
    number = max(1, math.ceil(seconds))
    digit = style.words(str(number), canvas.px(150))
    canvas.surface.blit(digit, digit.get_rect(center=(x, y)))
    left = seconds - (number - 1)
    dots = 12
    for dot in range(dots):
        angle = 2 * math.pi * dot / dots - math.pi / 2
        lit = dot < math.ceil(left * dots)
        place = pygame.Rect(0, 0, canvas.px(22), canvas.px(22))
        place.center = (
            round(x + canvas.px(148) * math.cos(angle)),
            round(y + canvas.px(148) * math.sin(angle)),
        )
        canvas.bar(place, style.SUN if lit else style.INK)


def draw_arrow(canvas: Canvas, middle: tuple[int, int], now: float) -> None:
    """An arrow that points up, to the camera, and bobs."""
    x, y = middle[0], middle[1] - round(abs(math.sin(now * 4)) * canvas.px(14))
    half, tall = canvas.px(46), canvas.px(52)
    pygame.draw.polygon(canvas.surface, style.SUN, [(x, y - tall), (x - half, y), (x + half, y)])


class PhotoPart:
    """The picture that was taken, on the screen; drawn anew when it is another one."""

    def __init__(self) -> None:
        self._kept = Kept()

    def draw(self, canvas: Canvas, photo: Pixels, place: Place) -> pygame.Rect:
        rect = pygame.Rect(inside((photo.shape[1], photo.shape[0]), place))
        canvas.panel(rect.move(0, canvas.px(10)).inflate(canvas.px(12), canvas.px(12)), 18, (20, 10, 50, 90))
        drawing = self._kept.get((id(photo), rect.size), lambda: _surface_of(photo, rect.size))
        canvas.surface.blit(drawing, rect)
        return rect


class CodePart:
    """The card with the code by which a phone fetches the picture."""

    def __init__(self) -> None:
        self._kept = Kept()

    def draw(self, canvas: Canvas, address: str, place: Place, title: str, more: str) -> None:
        card = pygame.Rect(place)
        key = (address, card.size, title, more)
        canvas.surface.blit(self._kept.get(key, lambda: _card(canvas, card, address, title, more)), card)


def draw_card(canvas: Canvas, place: Place, text: str) -> None:
    """Words on the card where the code will be."""
    card = pygame.Rect(place)
    canvas.panel(card, 28, (*style.WHITE, 245))
    _stack(canvas, text, 40, card.inflate(-canvas.px(60), 0), style.INK)


def _card(canvas: Canvas, card: pygame.Rect, address: str, title: str, more: str) -> pygame.Surface:
    drawing = canvas.empty(card.size)
    drawing.panel(drawing.rect, 28, (*style.WHITE, 250))
    pad = canvas.px(28)
    lies = card.width > card.height * 1.15
    side = min(card.height, card.width) - 2 * pad
    if lies:
        side = min(side, card.width // 2)
        code = pygame.Rect(pad, (card.height - side) // 2, side, side)
        rest = pygame.Rect(
            code.right + pad // 2, pad, card.width - code.right - pad - pad // 2, card.height - 2 * pad
        )
    else:
        code = pygame.Rect((card.width - side) // 2, card.height - side - pad, side, side)
        rest = pygame.Rect(pad, pad, card.width - 2 * pad, code.top - pad)
    drawn = _code(address, code.width)
    drawing.surface.blit(drawn, drawn.get_rect(center=code.center))
    half = rest.height * 2 // 5
    _stack(drawing, title, 48, pygame.Rect(rest.x, rest.y, rest.width, half), style.INK)
    _stack(
        drawing, more, 30, pygame.Rect(rest.x, rest.y + half, rest.width, rest.height - half), (98, 88, 140)
    )
    return drawing.surface


def _stack(canvas: Canvas, text: str, size: int, place: pygame.Rect, colour: Colour) -> None:
    """Lines in the middle of a place, smaller where they would not fit."""
    points = canvas.px(size)
    while True:
        rows = style.lines(text, points, place.width)
        height = style.words("H", points).get_height()
        widest = max(style.words(row, points).get_width() for row in rows)
        if points <= 8 or (widest <= place.width and height * len(rows) <= place.height):
            break
        points -= 2
    top = place.centery - height * len(rows) // 2
    for number, row in enumerate(rows):
        drawn = style.words(row, points, colour)
        canvas.surface.blit(drawn, drawn.get_rect(midtop=(place.centerx, top + number * height)))


def _code(address: str, side: int) -> pygame.Surface:
    """A QR code as large as fits into `side` px, its modules whole pixels, white around it."""
    modules = np.array([list(row) for row in segno.make(address, error="m", micro=False).matrix], np.uint8)
    modules = np.pad(modules, _QUIET)
    scale = max(1, side // len(modules))
    grey = np.repeat(np.repeat(255 - 255 * modules, scale, axis=0), scale, axis=1)
    pixels = np.ascontiguousarray(np.repeat(grey[..., None], 3, axis=2))
    return pygame.image.frombytes(pixels.tobytes(), (len(grey), len(grey)), "RGB")


def _surface_of(pixels: Pixels, size: tuple[int, int]) -> pygame.Surface:
    return pygame.image.frombytes(style.resized(pixels, size).tobytes(), size, "RGB").convert()
