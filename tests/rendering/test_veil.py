"""Pictures in which nobody can be made out."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.rendering.veil import Veil, card
from avatar_cam.types import Pixels

SIZE = (320, 180)


def _noise(seed: int = 1) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3)).astype(np.uint8)


def _finest(pixels: Pixels) -> int:
    return int(np.abs(np.diff(pixels.astype(int), axis=1)).max())


def test_nothing_fine_is_left() -> None:
    pixels = _noise()
    Veil().hide(pixels, None, 0.0)
    assert _finest(pixels) <= 3


def test_a_face_is_less_than_two_colours_wide() -> None:
    """A bright spot as wide as a face is spread until it stands out by no edge."""
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    pixels[70:110, 140:180] = 255
    Veil().hide(pixels, None, 0.0)
    assert _finest(pixels) < 14
    assert pixels.max() < 250


def test_motion_is_blurred_over_time() -> None:
    veil = Veil()
    for index in range(10):
        dark = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        veil.hide(dark, None, index / 30)
    flash = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    veil.hide(flash, None, 11 / 30)
    assert flash.max() < 40, "one picture alone changes little"
    other = np.full((90, 90, 3), 255, np.uint8)
    veil.hide(other, None, 12 / 30)
    assert other.min() > 250, "another size has no past"


def test_only_a_disc() -> None:
    pixels, before = _noise(), _noise()
    Veil().hide_discs(pixels, None, [(80, 90, 40), (240, 90, 30)], 0.0)
    assert _finest(pixels[70:110, 60:100]) <= 3
    assert _finest(pixels[80:100, 230:250]) <= 3
    assert (pixels[:, 140:190] == before[:, 140:190]).all()


@pytest.mark.parametrize("whole", [True, False])
def test_transparency_is_blurred_alike(whole: bool) -> None:
    pixels, alpha = np.zeros((SIZE[1], SIZE[0], 3), np.uint8), np.zeros((SIZE[1], SIZE[0]), np.uint8)
    pixels[:, 100:200], alpha[:, 100:200] = 255, 255
    if whole:
        Veil().hide(pixels, alpha, 0.0)
    else:
        Veil().hide_discs(pixels, alpha, [(150, 90, 1000)], 0.0)
    assert np.abs(pixels[..., 0].astype(int) - alpha).max() <= 1
    assert 0 < alpha[90, 100] < 255


def test_a_card() -> None:
    pixels, alpha = _noise(), np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    card(pixels)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) == 2
    card(pixels, alpha)
    assert not pixels.any()
    assert not alpha.any()
