"""`avatar-cam characters show`: a pack on one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.apps.opening import open_library
from avatar_cam.characters.character import Character
from avatar_cam.characters.composition import VARIANTS
from avatar_cam.characters.flattening import lay_over
from avatar_cam.console import say
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import UsageError
from avatar_cam.files import kind_of
from avatar_cam.rendering.portrait import Laid, composed, extent, fitted, laid_out
from avatar_cam.sinks.photo import write_photo
from avatar_cam.types import Box, Pixels, Variant

_TILE, _SMALL, _GAP = 176, 120, 8
_TITLE, _CAPTION, _MARGIN = 54, 26, 96
_PAPER, _CARD, _INK, _DIM = (238, 236, 232), (250, 249, 247), (52, 48, 58), (128, 122, 132)
#: What the smallest size has to be told apart on.
_GROUNDS = {"white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128)}
_ROWS: dict[Variant, str] = {"plain": "plain", "blink": "blinking", "talk": "talking", "blink_talk": "both"}
#: Seconds into an emotion at which it is shown, so that animations are seen at work.
_AGE = 0.4


def run_show(name: str, output: Path | None, character_dir: Path | None) -> None:
    """Write the sheet of a character; `output` is NAME.png in the current folder where none is given.

    Raises UsageError for an unknown name or suffix, PackError for a broken pack, SinkError for the file.
    """
    character = open_library(character_dir).get(name)
    path = output or Path(f"{character.id}.png")
    if kind_of(path) != "photo":
        raise UsageError(f"{path}: a sheet is a picture; name a .png")
    write_photo(path, sheet(character))
    say(f"{character.manifest.name} is in {path}")


def sheet(
    character: Character, tile: int = _TILE, wearers: Mapping[Variant, Sequence[Laid]] | None = None
) -> Pixels:
    """All emotions and states of a character, (H, W, 3) RGB: an emotion a column; below them at 120 px.

    `tile`: side of a picture, px. `wearers`: what, in each state, is drawn below what is worn on the head.
    Raises PackError when a picture cannot be decoded.
    """
    character.warm()
    rows = [*_heads(character, tile, wearers or {}), *_bodies(character, tile)]
    return np.vstack([_title(character, rows[0].shape[1]), _captions(tile), *rows])


def _heads(character: Character, tile: int, wearers: Mapping[Variant, Sequence[Laid]]) -> list[Pixels]:
    """A row for each state, and one on each ground."""
    sprites: dict[Variant, list[list[Laid]]] = {
        variant: [
            [*wearers.get(variant, ()), *laid_out(character, emotion, variant, _AGE)] for emotion in EMOTIONS
        ]
        for variant in VARIANTS
    }
    box = extent(chain.from_iterable(sprites.values()))
    rows = [_row(words, _tiles(sprites[variant], box, tile), _CARD, tile) for variant, words in _ROWS.items()]
    small = _tiles(sprites["plain"], box, _SMALL)
    return rows + [_row(words, small, ground, tile) for words, ground in _GROUNDS.items()]


def _bodies(character: Character, tile: int) -> list[Pixels]:
    """A row of each emotion with what hangs on the body; none where nothing does."""
    if all(layer.attach == "head" for layer in character.manifest.layers):
        return []
    sprites = [laid_out(character, emotion, "plain", _AGE, body=True) for emotion in EMOTIONS]
    return [_row("body", _tiles(sprites, extent(sprites), tile), _CARD, tile)]


def _tiles(sprites: Sequence[Sequence[Laid]], box: Box, side: int) -> list[Pixels]:
    return [fitted(composed(sprite, box), side) for sprite in sprites]


def _row(words: str, pictures: list[Pixels], ground: tuple[int, int, int], tile: int) -> Pixels:
    side = pictures[0].shape[0]
    row = _paper(side + _GAP, _left(len(pictures), tile))
    _write(row, words, (_GAP * 2, side // 2 + 5), _DIM)
    for index, picture in enumerate(pictures):
        left = _left(index, tile)
        x = left + (tile - side) // 2
        row[:side, left : left + tile] = ground
        lay_over(row[:side, x : x + side], picture)
    return row


def _left(column: int, tile: int) -> int:
    """Where a column begins, px."""
    return _MARGIN + column * (tile + _GAP)


def _captions(tile: int) -> Pixels:
    strip = _paper(_CAPTION, _left(len(EMOTIONS), tile))
    for index, emotion in enumerate(EMOTIONS):
        (length, _), _ = cv2.getTextSize(emotion, cv2.FONT_HERSHEY_DUPLEX, 0.5, 1)
        _write(strip, emotion, (_left(index, tile) + (tile - length) // 2, _CAPTION - 9), _INK)
    return strip


def _title(character: Character, width: int) -> Pixels:
    manifest = character.manifest
    strip = _paper(_TITLE, width)
    # The font knows ASCII only; an id may be in any script.
    name = next((text for text in (manifest.name, character.id) if text.isascii()), "character")
    _write(strip, name, (_GAP * 2, 36), _INK, 0.9)
    (length, _), _ = cv2.getTextSize(name, cv2.FONT_HERSHEY_DUPLEX, 0.9, 1)
    facts = [f"covers: {manifest.covers}", *(text for text in (manifest.author, manifest.licence) if text)]
    _write(strip, "   ".join(fact for fact in facts if fact.isascii()), (length + _GAP * 5, 35), _DIM)
    return strip


def _paper(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), _PAPER, np.uint8)


def _write(
    picture: Pixels, text: str, at: tuple[int, int], colour: tuple[int, int, int], size: float = 0.5
) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_DUPLEX, size, colour, 1, cv2.LINE_AA)
