"""What everything over the picture is made of: scale, font, colours, panels."""

from __future__ import annotations

import os
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from avatar_cam.emotions.vocabulary import Emotion

Colour = tuple[int, int, int]

INK: Colour = (244, 246, 249)
DIM: Colour = (172, 179, 190)
ACCENT: Colour = (82, 211, 195)
WARNING: Colour = (255, 190, 84)
RED: Colour = (240, 72, 70)
#: With its alpha: the picture can be guessed behind it, and text is read on any.
PANEL = (15, 18, 24, 212)
EMOTION_COLOURS: dict[Emotion, Colour] = {
    "pleasure": (255, 204, 72),
    "upset": (244, 132, 190),
    "anger": (240, 84, 74),
    "unrest": (164, 132, 240),
    "wound": (126, 198, 104),
    "sadness": (86, 156, 244),
    "neutrality": (184, 191, 202),
}

#: The window that all lengths are meant for; smaller ones keep text that can be read.
_DESIGN, _LEAST_UNIT = (1280, 720), 0.68
#: Text and round corners are drawn so many times larger, and made smaller.
_FINE = 4
#: Letters of a text that are drawn at most: nobody reads more, and they take memory.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Canvas:
    """A surface to draw on, and how many of its pixels a design unit is."""

    surface: pygame.Surface
    unit: float

    @classmethod
    def of(cls, surface: pygame.Surface) -> Canvas:
        scale = min(have / meant for have, meant in zip(surface.get_size(), _DESIGN, strict=True))
        return cls(surface, max(_LEAST_UNIT, scale))

    @property
    def rect(self) -> pygame.Rect:
        return self.surface.get_rect()

    def px(self, length: float) -> int:
        """A length of the design in pixels, 1 at least."""
        return max(1, round(length * self.unit))

    def text(self, words: str, size: float, colour: Colour = INK) -> pygame.Surface:
        """The words on nothing, to be blitted; kept for the next time."""
        return _text(_drawable(words), self.px(size), colour)

    def lines(self, words: str, size: float, width: int) -> tuple[str, ...]:
        """The words in lines that are no wider than `width` px."""
        return _lines(_drawable(words), self.px(size), width)

    def panel(self, rect: pygame.Rect, radius: float = 10, colour: tuple[int, int, int, int] = PANEL) -> None:
        """A rounded rectangle that the picture shines through."""
        self.surface.blit(_panel(rect.size, self.px(radius), colour), rect)

    def bar(self, rect: pygame.Rect, colour: Colour) -> None:
        """A small filled rectangle with round ends; a square one is a disc."""
        self.surface.blit(_panel(rect.size, rect.height // 2, (*colour, 255)), rect)

    def empty(self, size: tuple[int, int]) -> Canvas:
        """A transparent canvas of the same scale."""
        return Canvas(pygame.Surface(size, pygame.SRCALPHA, 32), self.unit)


class Kept:
    """A drawing that is made anew only when what it shows has changed."""

    def __init__(self) -> None:
        self._key: object = None
        self._drawing: pygame.Surface | None = None

    def get(self, key: object, make: Callable[[], pygame.Surface]) -> pygame.Surface:
        if self._drawing is None or key != self._key:
            self._key, self._drawing = key, make()
        return self._drawing


def _drawable(words: str) -> str:
    """Without what no font draws: NUL, halves of characters from broken file names, and no end."""
    return words[:_LONGEST].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=32)
def _font(size: int) -> pygame.font.Font:
    """The one font there is."""
    pygame.font.init()
    return pygame.font.Font(None, size)


@lru_cache(maxsize=1024)
def _text(words: str, size: int, colour: Colour) -> pygame.Surface:
    # At small sizes hinting sets the letters unevenly; drawn large and made smaller they are as designed.
    large = _font(size * _FINE).render(words, True, colour)
    width, height = (max(1, round(length / _FINE)) for length in large.get_size())
    if large.get_width() == 0:  # no words; `smoothscale` crashes on it
        return pygame.Surface((1, height), pygame.SRCALPHA, 32)
    return pygame.transform.smoothscale(large, (width, height))


@lru_cache(maxsize=64)
def _lines(words: str, size: int, width: int) -> tuple[str, ...]:
    def fits(line: str) -> bool:
        return _font(size * _FINE).size(line)[0] <= width * _FINE

    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if fits(longer):
            lines[-1] = longer
            continue
        # A path may be longer than a line by itself.
        while not fits(word) and len(word) > 1:
            part = max(1, bisect(range(1, len(word)), False, key=lambda end: not fits(word[:end])))
            lines.append(word[:part])
            word = word[part:]
        lines.append(word)
    return tuple(line for line in lines if line)


@lru_cache(maxsize=256)
def _panel(size: tuple[int, int], radius: int, colour: tuple[int, int, int, int]) -> pygame.Surface:
    # pygame's round corners have steps.
    large = pygame.Surface((size[0] * _FINE, size[1] * _FINE), pygame.SRCALPHA, 32)
    large.fill((*colour[:3], 0))
    pygame.draw.rect(large, colour, large.get_rect(), border_radius=radius * _FINE)
    return pygame.transform.smoothscale(large, size)
