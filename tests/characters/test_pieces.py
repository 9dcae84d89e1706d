"""A sparse texture in pieces shows the same, and no part of it twice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import installed_folder
from avatar_cam.characters.pieces import cut_apart
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.types import Texture


def _check(whole: Texture) -> None:
    """Together the pieces are the whole; no two of them overlap."""
    again, times = np.zeros_like(whole.rgba), np.zeros(whole.rgba.shape[:2], int)
    for piece in cut_apart(whole):
        x, y = piece.origin[0] - whole.origin[0], piece.origin[1] - whole.origin[1]
        height, width = piece.rgba.shape[:2]
        assert piece.rgba[..., 3].any(), "no piece is empty"
        assert x >= 0 and y >= 0 and x + width <= whole.rgba.shape[1] and y + height <= whole.rgba.shape[0]
        again[y : y + height, x : x + width] = piece.rgba
        times[y : y + height, x : x + width] += 1
    assert np.array_equal(again, whole.rgba)
    assert times.max(initial=0) <= 1


@pytest.mark.parametrize("seed", range(6))
def test_random_blots(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rgba = np.zeros((900, 1200, 4), np.uint8)
    for _ in range(rng.integers(1, 30)):
        at = int(rng.integers(0, 1200)), int(rng.integers(0, 900))
        cv2.circle(rgba, at, int(rng.integers(1, 60)), tuple(rng.integers(1, 255, 4).tolist()), -1)
    _check(Texture(rgba, (-40, 17)))


def test_an_island_in_a_lake() -> None:
    """Boxes of which one lies in the other become one."""
    rgba = np.zeros((600, 600, 4), np.uint8)
    cv2.circle(rgba, (300, 300), 280, (255,) * 4, 4)
    cv2.circle(rgba, (300, 300), 20, (255,) * 4, -1)
    _check(Texture(rgba, (0, 0)))
    assert len(cut_apart(Texture(rgba, (0, 0)))) == 1


def test_what_lies_far_apart_is_cut_and_what_is_near_is_not() -> None:
    rgba = np.zeros((200, 2000, 4), np.uint8)
    for x in (50, 80, 1900):
        cv2.circle(rgba, (x, 100), 10, (255,) * 4, -1)
    assert len(cut_apart(Texture(rgba, (0, 0)))) == 2


def test_nothing_has_no_pieces() -> None:
    assert cut_apart(Texture(np.zeros((50, 50, 4), np.uint8), (0, 0))) == ()


def test_every_plane_of_the_bear() -> None:
    bear = Character.load(installed_folder() / "bear")
    planes = {
        plane.whole.origin: plane
        for e in EMOTIONS
        for v in ("plain", "blink_talk")
        for plane in bear.planes(e, v)
    }
    for plane in planes.values():
        _check(plane.whole)


def test_glitter_is_one_piece() -> None:
    """Thousands of grains would take minutes to sort, and a box for each longer to draw."""
    glitter = np.zeros((400, 400, 4), np.uint8)
    glitter[::8, ::8] = 255
    assert len(cut_apart(Texture(glitter, (0, 0)))) == 1
