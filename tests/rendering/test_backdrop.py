"""What is behind the people."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.rendering.backdrop import BLUR, PLAIN, TRANSPARENT, Backdrop, Behind
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
    assert seen == ["camera", "blur", "plain", "camera"]


def test_one_more_background_comes_first_and_again() -> None:
    backdrop = Backdrop(_LeftHalf, Behind("#ff0000", (255, 0, 0)))
    seen = []
    for _ in range(5):
        seen.append(backdrop.background)
        backdrop.next()
    assert seen == ["#ff0000", "camera", "blur", "plain", "#ff0000"]


def test_the_model_is_loaded_when_it_is_needed() -> None:
    opened: list[_LeftHalf] = []

    def open_model() -> _LeftHalf:
        opened.append(_LeftHalf())
        return opened[-1]

    Backdrop(open_model).load()
    assert not opened
    backdrop = Backdrop(open_model, BLUR)
    backdrop.load()
    backdrop.replace(_stripes())
    assert len(opened) == 1


@pytest.mark.parametrize("behind", [BLUR, PLAIN, TRANSPARENT], ids=lambda behind: behind.name)
def test_people_stay_and_the_room_goes(behind: Behind) -> None:
    segmentation = _LeftHalf()
    backdrop = Backdrop(lambda: segmentation, behind)
    pixels = _stripes()
    backdrop.replace(pixels)
    assert (pixels[:, :140] == (200, 30, 30)).all()
    room = pixels[:, 200:].astype(int)
    assert np.abs(np.diff(room, axis=1)).max() <= 3, "nothing of the room can be made out"
    assert segmentation.looks == 1
    backdrop.close()
    assert segmentation.closed


def test_a_picture_fills_the_frame_and_keeps_its_shape() -> None:
    beach = np.zeros((40, 40, 3), np.uint8)
    beach[:9], beach[-9:] = 255, 255  # what is above and below a frame of 16:9
    beach[:, :20, 0] = 99
    filling = Behind("beach", picture=beach).filling(SIZE)
    assert filling.shape == (SIZE[1], SIZE[0], 3)
    assert filling[2:-2].max() == 99
    assert (filling[90, :150, 0] == 99).all()
    assert (filling[90, 170:, 0] == 0).all()


def test_where_nothing_is_behind_people_is_transparent() -> None:
    backdrop = Backdrop(_LeftHalf, TRANSPARENT)
    assert backdrop.alpha is None
    pixels = _stripes()
    backdrop.replace(pixels)
    assert backdrop.alpha is not None
    assert (backdrop.alpha[:, :140] == 255).all()
    assert not backdrop.alpha[:, 200:].any()
    assert (pixels.max(axis=-1) <= backdrop.alpha).all(), "colours are multiplied by it"
    backdrop.next()
    assert backdrop.alpha is None


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
