"""A character by itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import installed_folder
from avatar_cam.rendering.portrait import composed, extent, fitted, laid_out, portrait
from tests.factories import MANIFEST, character, disc

LAYERS = """
[[layers]]
image = "ear.png"
at = [100, 0]
depth = -0.1

[[layers]]
image = "ear.png"
attach = "hips"
at = [0, 0]
"""


def test_a_portrait_is_all_that_is_on_the_head_in_the_middle_of_a_square(tmp_path: Path) -> None:
    pictures = {"neutrality.png": disc(64, (200, 0, 0)), "ear.png": disc(40, (0, 200, 0))}
    picture = portrait(character(tmp_path / "dot", MANIFEST + LAYERS, pictures), 200)
    assert picture.shape == (200, 200, 4)
    x, y, width, height = cv2.boundingRect(picture[..., 3])
    assert max(width, height) > 190
    assert abs(x - (200 - x - width)) <= 6 and abs(y - (200 - y - height)) <= 6
    red, green = (np.argwhere(picture[..., colour] > 150) for colour in (0, 1))
    # As large as it is drawn, and the ear to the right of the head and above it.
    assert len(red) / len(green) == pytest.approx((64 / 40) ** 2, rel=0.15)
    assert green.mean(axis=0)[1] > red.mean(axis=0)[1] + 50
    assert green.mean(axis=0)[0] < red.mean(axis=0)[0] - 20


def test_a_portrait_of_nothing_is_empty(tmp_path: Path) -> None:
    manifest = MANIFEST.partition("[emotions")[0] + LAYERS.replace(
        "at = [100, 0]", 'attach = "hips"\nat = [9, 9]'
    )
    assert not portrait(character(tmp_path / "bare", manifest, {"ear.png": disc(40)}), 64).any()


def test_in_front_lies_what_is_nearer() -> None:
    red, green = (np.full((4, 4, 4), (*colour, 255), np.uint8) for colour in ((255, 0, 0), (0, 255, 0)))
    sprite = [(red, (0, 0, 4, 4)), (green, (2, -2, 6, 2))]
    assert extent([sprite, []]) == (0, -2, 6, 4)
    picture = composed(sprite, (-1, -2, 6, 4))
    assert picture[3, 1].tolist() == [255, 0, 0, 255]
    assert picture[3, 4].tolist() == [0, 255, 0, 255]
    assert picture[0, 0].tolist() == [0, 0, 0, 0]


def test_what_hangs_on_the_body_lies_below_the_head() -> None:
    cat = Character.load(installed_folder() / "cat")
    head, all_of_it = (laid_out(cat, "neutrality", body=body) for body in (False, True))
    assert len(all_of_it) == len(head) + 2, "two paws"
    left, _, right, bottom = extent([head])
    paws = [box for _, box in all_of_it if box not in [box for _, box in head]]
    assert all(top > bottom for _, top, _, _ in paws)
    assert min(x for x, *_ in paws) < left and max(x for _, _, x, _ in paws) > right


@pytest.mark.parametrize(("size", "inner"), [((40, 20), (64, 32)), ((20, 400), (3, 64)), ((9, 9), (64, 64))])
def test_a_picture_keeps_its_shape_in_a_square(size: tuple[int, int], inner: tuple[int, int]) -> None:
    picture = fitted(np.full((size[1], size[0], 4), 255, np.uint8), 64)
    x, y, width, height = cv2.boundingRect(picture[..., 3])
    assert (width, height) == inner
    assert abs(2 * x + width - 64) <= 1 and abs(2 * y + height - 64) <= 1
