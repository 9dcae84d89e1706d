"""People and characters without a room."""

from __future__ import annotations

import numpy as np

from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.cutout import straight, with_overlay
from tests.factories import disc, placed, texture

SIZE = (64, 48)


def test_the_character_is_solid_beyond_the_person() -> None:
    person = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    person[:, :32] = 255
    ears = placed((texture(disc(32, (200, 100, 50))), 1.0), box=(24, 8, 56, 40), art=(0, 0, 32, 32))
    alpha = with_overlay(person, [ears])
    assert (alpha[:, :32] == 255).all()
    assert alpha[24, 42] == 255, "what the person does not reach"
    assert not alpha[2, 40:].any()
    assert person[24, 42] == 0, "what was given stays as it is"


def test_straight_colours_are_those_before_they_were_multiplied() -> None:
    alpha = np.full((SIZE[1], SIZE[0]), 128, np.uint8)
    alpha[:10] = 0
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    pixels[10:] = (100, 50, 10)
    rgba = straight(pixels, alpha)
    assert (rgba[..., 3] == alpha).all()
    assert not rgba[:10, :, :3].any()
    assert np.abs(rgba[10:, :, :3].astype(int) - (199, 100, 20)).max() <= 1


def test_a_faint_edge_of_a_character_has_its_own_colour() -> None:
    person = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    ghost = placed(
        (texture(disc(32, (200, 100, 50), alpha=64)), 1.0), box=(16, 8, 48, 40), art=(0, 0, 32, 32)
    )
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    draw(pixels, [ghost])
    rgba = straight(pixels, with_overlay(person, [ghost]))
    assert np.abs(rgba[24, 32].astype(int) - (200, 100, 50, 64)).max() <= 4
