"""The mouse strip: all characters, and what the keys do, along the bottom."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pygame

from avatar_cam.controls import BUTTONS, Action, Keys, Wear, Wish
from avatar_cam.sinks.hud.canvas import ACCENT, DIM, INK, PANEL, RED, Canvas, Colour, Kept
from avatar_cam.sinks.hud.strip_layout import PADDING, TEXT_SIZE, Layout, Target, lay_out, seats_for
from avatar_cam.sinks.view import Thumbnail, View

_BACKGROUND = (*PANEL[:3], 222)
_PLAIN, _LIT, _HOVERED = (255, 255, 255, 22), (255, 255, 255, 60), (255, 255, 255, 90)


class Strip:
    """Draws the strip, and knows what a click on what it drew last means."""

    def __init__(self, keys: Keys) -> None:
        self._buttons = {action: words for action, words in BUTTONS.items() if action in keys}
        self._first = 0
        self._worn: str | None = None
        self._layout: Layout | None = None
        self._kept = Kept()

    @property
    def top(self) -> int | None:
        """Where it begins, window px; None while it is not shown."""
        return self._layout.panel.top if self._layout else None

    def hide(self) -> None:
        """It is not shown now, and takes no clicks."""
        self._layout = None

    def draw(
        self, canvas: Canvas, view: View, pointer: tuple[int, int] | None, opacity: float, *, fullscreen: bool
    ) -> None:
        if view.worn != self._worn:
            self._worn = view.worn
            self._bring_into_sight(canvas, view.thumbnails)
        layout = lay_out(canvas, view.thumbnails, self._first, self._buttons)
        self._layout, self._first = layout, layout.first
        hovered, lit = layout.at(pointer), _lit(view, fullscreen)
        thumbnails = tuple(thumbnail for _, thumbnail in layout.cells)
        key = (canvas.rect.size, layout.panel.size, thumbnails, view.worn, hovered, lit)
        drawing = self._kept.get(key, lambda: self._drawn(canvas, layout, view.worn, hovered, lit))
        drawing.set_alpha(round(255 * opacity))
        canvas.surface.blit(drawing, layout.panel)

    def holds(self, position: tuple[int, int]) -> bool:
        """Whether that place is on the strip, as it is shown."""
        return self._layout is not None and bool(self._layout.panel.collidepoint(position))

    def click(self, position: tuple[int, int]) -> Wish | None:
        """What a click there asks for; nothing where the strip is not shown."""
        target = self._layout.at(position) if self._layout else None
        if isinstance(target, int):
            self.scroll(target)
            return None
        return target

    def scroll(self, characters: int) -> None:
        """Show later characters, or with a negative number earlier ones."""
        self._first += characters

    def _bring_into_sight(self, canvas: Canvas, thumbnails: Sequence[Thumbnail]) -> None:
        seats, _ = seats_for(canvas, len(thumbnails))
        place = next((n for n, thumb in enumerate(thumbnails) if thumb.character == self._worn), self._first)
        self._first = min(max(self._first, place - seats + 1), place)

    def _drawn(
        self, canvas: Canvas, layout: Layout, worn: str | None, hovered: Target | None, lit: frozenset[Action]
    ) -> pygame.Surface:
        strip = canvas.empty(layout.panel.size)
        strip.panel(strip.rect, 12, _BACKGROUND)
        left, top = layout.panel.topleft
        for rect, thumbnail in layout.cells:
            is_hovered = Wear(thumbnail.character) == hovered
            _draw_cell(strip, rect.move(-left, -top), thumbnail, thumbnail.character == worn, is_hovered)
        _draw_title(strip, layout, worn, hovered)
        for rect, step in layout.arrows:
            _draw_arrow(strip, rect.move(-left, -top), step, step == hovered)
        for rect, action in layout.buttons:
            colour = RED if action == "record" else ACCENT
            _draw_button(
                strip,
                rect.move(-left, -top),
                self._buttons[action],
                colour if action in lit else None,
                action == hovered,
            )
        return strip.surface


def _lit(view: View, fullscreen: bool) -> frozenset[Action]:
    """The buttons of what is on."""
    on: dict[Action, bool] = {
        "overlay": view.overlay,
        "hold": view.held is not None,
        "mirror": view.mirror,
        "figures": view.figures is not None or view.bars,
        "landmarks": view.landmarks,
        "record": view.recording is not None,
        "fullscreen": fullscreen,
        "keys": view.keys,
        "panic": view.hidden,
    }
    return frozenset(action for action, is_on in on.items() if is_on)


def _background(*, lit: bool, hovered: bool) -> tuple[int, int, int, int]:
    if hovered:
        return _HOVERED
    return _LIT if lit else _PLAIN


def _draw_cell(strip: Canvas, place: pygame.Rect, thumbnail: Thumbnail, worn: bool, hovered: bool) -> None:
    strip.panel(place, 10, _background(lit=worn, hovered=hovered))
    picture = _fitted(thumbnail, place.width - 2 * strip.px(4))
    strip.surface.blit(
        picture, picture.get_rect(center=place.center), special_flags=pygame.BLEND_PREMULTIPLIED
    )
    if worn:
        pygame.draw.rect(strip.surface, ACCENT, place, strip.px(2), border_radius=strip.px(10))


def _fitted(thumbnail: Thumbnail, room: int) -> pygame.Surface:
    """The picture as large as fits into a square of `room` px, RGB still multiplied by alpha."""
    height, width = thumbnail.picture.shape[:2]
    scale = room / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = np.asarray(cv2.resize(thumbnail.picture, size, interpolation=cv2.INTER_AREA))
    return pygame.image.frombytes(fitted.tobytes(), size, "RGBA")


def _draw_title(strip: Canvas, layout: Layout, worn: str | None, hovered: Target | None) -> None:
    """The name of the character under the pointer, else of the one that is worn, below its picture."""
    named = hovered.character if isinstance(hovered, Wear) else worn
    left, top = layout.panel.topleft
    for rect, thumbnail in layout.cells:
        if thumbnail.character == named:
            title = strip.text(thumbnail.title, TEXT_SIZE, INK)
            place = title.get_rect(midtop=(rect.centerx - left, rect.bottom - top + strip.px(4)))
            strip.surface.blit(title, place.clamp(strip.rect.inflate(-2 * strip.px(PADDING), 0)))


def _draw_arrow(strip: Canvas, place: pygame.Rect, step: int, hovered: bool) -> None:
    strip.panel(place, 8, _background(lit=False, hovered=hovered))
    half, tall = strip.px(6) * (1 if step > 0 else -1), strip.px(9)
    x, y = place.center
    pygame.draw.polygon(strip.surface, INK, [(x + half, y), (x - half, y - tall), (x - half, y + tall)])


def _draw_button(strip: Canvas, place: pygame.Rect, words: str, lit: Colour | None, hovered: bool) -> None:
    strip.panel(place, 8, _background(lit=lit is not None, hovered=hovered))
    text = strip.text(words, TEXT_SIZE, lit or (INK if hovered else DIM))
    strip.surface.blit(text, text.get_rect(center=place.center))
