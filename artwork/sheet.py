"""A contact sheet of a pack: that of `avatar-cam characters show`, and what only an artist wants to see."""

from pathlib import Path

import cv2
import numpy as np
from parts import CANVAS

from avatar_cam.apps.pack_sheet import sheet
from avatar_cam.characters.character import Character
from avatar_cam.characters.flattening import lay_over
from avatar_cam.characters.pictures import read_sprite
from avatar_cam.rendering.portrait import Laid, fitted
from avatar_cam.types import Pixels, Variant

TILE, FRAME, LABEL = 320, 180, 28
PAPER, INK = (236, 236, 236), (40, 40, 40)
HAIR, SKIN, SKIN_SHADE, LIPS = (58, 44, 38), (232, 196, 168), (210, 168, 138), (190, 110, 110)


def draw_sheet(folder: Path) -> Pixels:
    """Every emotion in every state, all of them at 120 pixels on three grounds, and what moves or is worn.

    (H, W, 3) RGB. A plain person wears what leaves something of the face to be seen.
    """
    character = Character.load(folder)
    bare = character.manifest.covers == "head"
    wearers: dict[Variant, list[Laid]] = {
        "plain": [] if bare else [_person(talking=False, looking=True)],
        "blink": [] if bare else [_person(talking=False, looking=False)],
        "talk": [] if bare else [_person(talking=True, looking=True)],
        "blink_talk": [] if bare else [_person(talking=True, looking=False)],
    }
    states = sheet(character, TILE, wearers)
    apart = {
        layer.pictures: layer.attach
        for layer in character.manifest.layers
        if layer.frames is not None or layer.attach != "head"
    }
    strips = [
        _strip([read_sprite(folder / name) for name in names], f"{attach}: {names[0]}")
        for names, attach in apart.items()
    ]
    return np.vstack([states, *(_padded(strip, states.shape[1]) for strip in strips)])


def _person(*, talking: bool, looking: bool) -> Laid:
    """A plain person's head, on the whole canvas."""
    rgba = np.zeros((CANVAS, CANVAS, 4), np.uint8)

    def oval(x: int, y: int, rx: int, ry: int, colour: tuple[int, int, int]) -> None:
        cv2.ellipse(rgba, (CANVAS // 2 + x, y), (rx, ry), 0, 0, 360, (*colour, 255), -1, cv2.LINE_AA)

    oval(0, 300, 196, 250, HAIR)
    oval(0, 365, 172, 216, SKIN)
    for x in (-63, 63):
        oval(x, 292, 30, 5, HAIR)
        oval(x, 336, 24, 11 if looking else 2, (250, 250, 250) if looking else HAIR)
        if looking:
            oval(x, 336, 10, 10, HAIR)
    oval(0, 420, 24, 9, SKIN_SHADE)
    oval(0, 475, 46, 20 if talking else 6, LIPS)
    return rgba, (0, 0, CANVAS, CANVAS)


def _strip(pictures: list[Pixels], label: str) -> Pixels:
    """All pictures of one layer side by side, below their name."""
    strip = np.full((LABEL + FRAME, FRAME * len(pictures), 3), PAPER, np.uint8)
    for index, picture in enumerate(pictures):
        lay_over(strip[LABEL:, FRAME * index : FRAME * (index + 1)], fitted(picture, FRAME))
    cv2.putText(strip, label, (8, LABEL - 9), cv2.FONT_HERSHEY_SIMPLEX, 0.55, INK, 1, cv2.LINE_AA)
    return strip


def _padded(strip: Pixels, width: int) -> Pixels:
    """A strip made as wide as the sheet, its paper's colour beside it."""
    wide = np.full((strip.shape[0], width, 3), PAPER, np.uint8)
    wide[:, : strip.shape[1]] = strip
    return wide
