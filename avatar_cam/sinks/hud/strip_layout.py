"""Where everything of the mouse strip lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pygame

from avatar_cam.controls import Action, Wear, Wish
from avatar_cam.sinks.hud.canvas import Canvas
from avatar_cam.sinks.view import Thumbnail

TEXT_SIZE, PADDING = 16, 10
_MARGIN, _GAP = 12, 6
_CELL, _TITLE, _BUTTON, _BUTTON_PADDING, _ARROW = 72, 18, 28, 9, 26

#: What a place of the strip does when it is clicked; a number scrolls the characters by as many.
Target = Wish | int

_Thing = TypeVar("_Thing")
#: (width, height, action) of a button.
_Button = tuple[int, int, Action]


@dataclass(frozen=True, slots=True)
class Layout:
    """Rectangles in window px; `first` is the number of the first character that is seen."""

    panel: pygame.Rect
    first: int
    cells: tuple[tuple[pygame.Rect, Thumbnail], ...]
    arrows: tuple[tuple[pygame.Rect, int], ...]
    buttons: tuple[tuple[pygame.Rect, Action], ...]

    def at(self, position: tuple[int, int] | None) -> Target | None:
        """What lies at a place of the window."""
        if position is None:
            return None
        places: Iterable[tuple[pygame.Rect, Target]] = (
            *((rect, Wear(thumbnail.character)) for rect, thumbnail in self.cells),
            *self.arrows,
            *self.buttons,
        )
        return next((target for rect, target in places if rect.collidepoint(position)), None)


def lay_out(
    canvas: Canvas, thumbnails: Sequence[Thumbnail], first: int, buttons: Mapping[Action, str]
) -> Layout:
    """The strip at the bottom of `canvas`: characters, as many as fit from number `first` on, and buttons."""
    gap, padding, line = canvas.px(_GAP), canvas.px(PADDING), canvas.px(_BUTTON) + canvas.px(_GAP)
    rows = _button_rows(canvas, buttons)
    above = canvas.px(_CELL + _TITLE) + gap if thumbnails else 0
    seats, scrolls = seats_for(canvas, len(thumbnails))
    if scrolls:
        width = _room(canvas)
    else:
        width = max(seats * (canvas.px(_CELL) + gap), *(_width(row, gap) for row in rows))
    panel = pygame.Rect(0, 0, width, above + len(rows) * line - gap).inflate(2 * padding, 2 * padding)
    panel.midbottom = canvas.rect.centerx, canvas.rect.bottom - canvas.px(_MARGIN)

    first = min(max(first, 0), len(thumbnails) - seats)
    cell, top = canvas.px(_CELL), panel.top + padding
    shown = [(cell, cell, thumbnail) for thumbnail in thumbnails[first : first + seats]]
    below = [
        _in_the_middle(row, panel.centerx, top + above + number * line, gap)
        for number, row in enumerate(rows)
    ]
    return Layout(
        panel,
        first,
        cells=tuple(_in_the_middle(shown, panel.centerx, top, gap)),
        arrows=_arrows(canvas, panel, seats) if scrolls else (),
        buttons=tuple(button for row in below for button in row),
    )


def seats_for(canvas: Canvas, characters: int) -> tuple[int, bool]:
    """How many of the characters are seen at a time, and whether that needs arrows."""
    cell = canvas.px(_CELL) + canvas.px(_GAP)
    if characters * cell <= _room(canvas):
        return characters, False
    return max(1, (_room(canvas) - 2 * canvas.px(_ARROW + _GAP)) // cell), True


def _room(canvas: Canvas) -> int:
    return canvas.rect.width - 2 * canvas.px(_MARGIN) - 2 * canvas.px(PADDING)


def _button_rows(canvas: Canvas, buttons: Mapping[Action, str]) -> list[list[_Button]]:
    """The buttons in as many rows as it takes, about equally long."""
    gap, height, room = canvas.px(_GAP), canvas.px(_BUTTON), _room(canvas)
    sized = [
        (canvas.text(words, TEXT_SIZE).get_width() + 2 * canvas.px(_BUTTON_PADDING), height, action)
        for action, words in buttons.items()
    ]
    rows = _rows(sized, room, gap)
    if len(rows) > 1:
        widest = max(width for width, _, _ in sized)
        rows = _rows(sized, min(room, _width(sized, gap) // len(rows) + widest), gap)
    return rows


def _rows(buttons: Iterable[_Button], room: int, gap: int) -> list[list[_Button]]:
    """The buttons in their order, in rows no longer than `room` px."""
    rows: list[list[_Button]] = [[]]
    for button in buttons:
        if rows[-1] and _width([*rows[-1], button], gap) > room:
            rows.append([])
        rows[-1].append(button)
    return rows


def _arrows(canvas: Canvas, panel: pygame.Rect, seats: int) -> tuple[tuple[pygame.Rect, int], ...]:
    padding = canvas.px(PADDING)
    back = pygame.Rect(panel.left + padding, panel.top + padding, canvas.px(_ARROW), canvas.px(_CELL))
    forth = back.copy()
    forth.right = panel.right - padding
    return (back, -seats), (forth, seats)


def _in_the_middle(
    things: Sequence[tuple[int, int, _Thing]], centre: int, top: int, gap: int
) -> list[tuple[pygame.Rect, _Thing]]:
    """Things of (width, height) side by side, around `centre`."""
    x = centre - _width(things, gap) // 2
    placed = []
    for width, height, thing in things:
        placed.append((pygame.Rect(x, top, width, height), thing))
        x += width + gap
    return placed


def _width(things: Sequence[tuple[int, int, object]], gap: int) -> int:
    return sum(width for width, _, _ in things) + gap * (len(things) - 1)
