"""What is behind the people."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.rendering.backdrop import BACKGROUNDS, Backdrop
from avatar_cam.sources.performer import draw, score
from avatar_cam.tracking.segmentation import SelfieSegmentation
from avatar_cam.types import Floats, Pixels

SIZE = (320, 180)


class _LeftHalf:
    """Takes the left half of every picture for a person."""

    def __init__(self) -> None:
        self.looks = 0
        self.closed = False

    def person(self, pixels: Pixels) -> Floats:
        self.looks += 1
        mask = np.zeros((18, 32), np.float32)
        mask[:, :16] = 1
        return mask

    def close(self) -> None:
        self.closed = True


def _stripes() -> Pixels:
    """A room full of detail: black and white columns, and a red person on the left."""
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    pixels[:, ::2] = 255
    pixels[:, :160] = (200, 30, 30)
    return pixels


def test_the_cameras_own_background_costs_nothing() -> None:
    backdrop = Backdrop(lambda: pytest.fail("no model is needed"))
    pixels = _stripes()
    backdrop.replace(pixels)
    assert (pixels == _stripes()).all()
    backdrop.close()


def test_backgrounds_follow_each_other() -> None:
    backdrop = Backdrop(_LeftHalf)
    seen = []
    for _ in range(4):
        seen.append(backdrop.background)
        backdrop.next()
    assert seen == [*BACKGROUNDS, BACKGROUNDS[0]]


@pytest.mark.parametrize("background", BACKGROUNDS[1:])
def test_people_stay_and_the_room_goes(background: str) -> None:
    segmentation = _LeftHalf()
    backdrop = Backdrop(lambda: segmentation)
    while backdrop.background != background:
        backdrop.next()
    pixels = _stripes()
    backdrop.replace(pixels)
    assert (pixels[:, :140] == (200, 30, 30)).all()
    room = pixels[:, 200:].astype(int)
    assert np.abs(np.diff(room, axis=1)).max() <= 3, "nothing of the room can be made out"
    assert segmentation.looks == 1
    backdrop.close()
    assert segmentation.closed


def test_people_do_not_glow_in_a_blurred_room() -> None:
    backdrop = Backdrop(_LeftHalf)
    backdrop.next()
    pixels = _stripes()
    backdrop.replace(pixels)
    red, green, _ = pixels[:, 190:].reshape(-1, 3).mean(axis=0)
    assert red - green < 6


def test_a_real_person_is_found() -> None:
    picture = draw(score(0.0), (640, 360))
    segmentation = SelfieSegmentation()
    mask = segmentation.person(picture)
    segmentation.close()
    assert mask.shape == (144, 256)
    assert mask.dtype == np.float32
    assert mask[60:90, 118:138].min() > 0.9, "her face"
    assert mask[:60, :40].max() < 0.1, "the wall"
