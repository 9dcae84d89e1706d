"""The booth's looks: letters, colours, backgrounds, and pictures put on the screen."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import cv2
import numpy as np
import pygame

from avatar_cam.sinks.hud.canvas import Colour
from avatar_cam.types import Pixels

FONT = Path(__file__).parents[1] / "font" / "booth.ttf"

WHITE: Colour = (255, 255, 255)
SOFT: Colour = (226, 222, 250)
INK: Colour = (46, 36, 92)
SUN: Colour = (255, 206, 84)
CORAL: Colour = (255, 118, 117)
MINT: Colour = (96, 222, 190)
#: Upper and lower colour of the background, where all is well and where it is not.
DAY: tuple[Colour, Colour] = ((104, 78, 214), (236, 104, 156))
NIGHT: tuple[Colour, Colour] = ((38, 42, 92), (82, 72, 140))
#: Behind words over the picture.
SHADE = (28, 20, 64, 190)


@lru_cache(maxsize=16)
def _font(size: int) -> pygame.font.Font:
    pygame.font.init()
    return pygame.font.Font(str(FONT), size)


@lru_cache(maxsize=256)
def words(text: str, size: int, colour: Colour = WHITE) -> pygame.Surface:
    """The words on nothing; `size` px. What the font has no letter for is left out."""
    return _font(max(size, 6)).render(_known(text), True, colour)


@lru_cache(maxsize=128)
def lines(text: str, size: int, width: int) -> tuple[str, ...]:
    """The text in lines no wider than `width` px, broken between words, and about as long as each other."""
    wide = _wrapped(text, size, width)
    narrowest = next(
        (
            share
            for share in range(50, 100, 5)
            if len(_wrapped(text, size, width * share // 100)) == len(wide)
        ),
        100,
    )
    return _wrapped(text, size, width * narrowest // 100) if len(wide) > 1 else wide


def _wrapped(text: str, size: int, width: int) -> tuple[str, ...]:
    font, found = _font(max(size, 6)), [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".lstrip()
        if font.size(longer)[0] <= width or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    return tuple(found)


def fitted_words(text: str, size: int, width: int, colour: Colour = WHITE) -> pygame.Surface:
    """The words in one line, smaller where they would be wider than `width` px."""
    drawn = words(text, size, colour)
    return drawn if drawn.get_width() <= width else words(text, int(size * width / drawn.get_width()), colour)


def _known(text: str) -> str:
    return "".join(letter for letter in text if _is_known(letter))


@lru_cache(maxsize=512)
def _is_known(letter: str) -> bool:
    """Whether the font has it: what it lacks it draws as a box, as it does this one, which is no letter."""
    box, drawn = (_font(16).render(one, True, WHITE) for one in ("\uffff", letter))
    return letter.isspace() or pygame.image.tobytes(box, "RGBA") != pygame.image.tobytes(drawn, "RGBA")


@lru_cache(maxsize=3)
def background(size: tuple[int, int], colours: tuple[Colour, Colour]) -> pygame.Surface:
    """A slanting gradient in the screen's own format; kept for the next time."""
    return background_of(size, colours).convert()


def background_of(size: tuple[int, int], colours: tuple[Colour, Colour]) -> pygame.Surface:
    """A slanting gradient, dithered so that it has no steps."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    share = np.clip((x / width) * 0.35 + (y / height) * 0.65, 0, 1)[..., None]
    upper, lower = (np.array(colour, np.float32) for colour in colours)
    noise = np.random.default_rng(1).random((height, width, 1), np.float32)
    pixels = np.floor(upper + (lower - upper) * share + noise).clip(0, 255).astype(np.uint8)
    return pygame.image.frombytes(pixels.tobytes(), size, "RGB")


@lru_cache(maxsize=8)
def glow(radius: int, colour: Colour, strength: int) -> pygame.Surface:
    """A soft disc of light."""
    y, x = np.mgrid[-radius:radius, -radius:radius].astype(np.float32) / radius
    light = np.clip(1 - np.hypot(x, y), 0, 1) ** 1.4 * strength / 255
    rgba = np.dstack([*(light * channel for channel in colour), light * 255]).astype(np.uint8)
    return from_premultiplied(rgba)


def from_premultiplied(rgba: Pixels) -> pygame.Surface:
    """A surface of uint8 (h, w, 4), RGB multiplied by alpha: to be blitted with `BLEND_PREMULTIPLIED`."""
    height, width = rgba.shape[:2]
    return pygame.image.frombytes(rgba.tobytes(), (width, height), "RGBA").convert_alpha()


def resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture in another size, without shimmer where it is smaller."""
    smaller = size[0] < pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
