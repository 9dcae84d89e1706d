"""Light from the picture around a head: what it says, how slowly it changes, and that it is bounded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_cam.rendering import native
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.light import Lights
from avatar_cam.types import FaceTrack, Pixels
from tests.factories import disc, face_of, landmarks, placed, texture

SIZE = (640, 480)
BRIGHT, DARK, WARM = (200, 200, 200), (25, 25, 25), (200, 120, 60)


def _picture(colour: tuple[int, int, int]) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), colour, np.uint8)


def _face(at: tuple[float, float] = (320, 200), id: int = 1) -> FaceTrack:
    return face_of(landmarks(at, 40), id)


def _first(colour: tuple[int, int, int]) -> tuple[float, float, float]:
    return Lights().on([_face()], _picture(colour), 0.0)[1]


def test_a_dark_room_darkens_and_a_bright_one_bleaches_nothing() -> None:
    dark, dim, usual, bright = (_first((grey,) * 3) for grey in (25, 70, 106, 200))
    assert max(dark) < 0.7 < max(dim) < 0.9
    assert usual == pytest.approx((1, 1, 1), abs=0.02)
    assert bright == pytest.approx((1, 1, 1), abs=0.02)


def test_a_warm_room_is_warm() -> None:
    for colour in (WARM, (255, 220, 160)):
        red, green, blue = _first(colour)
        assert red > green > blue


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 0, 255), (1, 255, 1)])
def test_light_is_bounded(colour: tuple[int, int, int]) -> None:
    assert min(_first(colour)) > 0.45
    assert max(_first(colour)) <= 1


def test_the_person_is_not_the_light() -> None:
    """The head itself, which is where a face lies, does not count."""
    picture = _picture((105, 105, 105))
    picture[140:260, 260:380] = (255, 40, 40)
    assert Lights().on([_face()], picture, 0.0)[1] == pytest.approx((1, 1, 1), abs=0.03)


def test_it_changes_slowly_and_by_the_time() -> None:
    lights = Lights()
    lights.on([_face()], _picture(BRIGHT), 0.0)
    seen = [lights.on([_face()], _picture(DARK), step / 30)[1][1] for step in range(1, 61)]
    assert np.abs(np.diff(seen)).max() < 0.08
    assert seen[-1] == pytest.approx(_first(DARK)[1], abs=0.02)
    slow = Lights()
    slow.on([_face()], _picture(BRIGHT), 0.0)
    for step in range(1, 16):
        last = slow.on([_face()], _picture(DARK), step / 15)[1][1]
    assert last == pytest.approx(seen[29], abs=0.02), "at half the frame rate the same"


def test_each_person_has_their_own() -> None:
    picture = _picture(DARK)
    picture[:, 320:] = BRIGHT
    lights = Lights().on([_face((100, 200), 1), _face((540, 200), 2)], picture, 0.0)
    assert lights[1][0] < lights[2][0]


@pytest.mark.parametrize("at", [(-400.0, 200.0), (0.0, 0.0), (640.0, 480.0), (1e7, -1e7)])
def test_at_the_edge_of_the_picture_there_is_light(at: tuple[float, float]) -> None:
    assert min(Lights().on([_face(at)], _picture(BRIGHT), 0.0)[1]) > 0.45


@pytest.mark.parametrize("compiled", [True, False])
def test_a_character_is_lit(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not compiled:
        monkeypatch.setattr(native, "library", lambda: None)
    picture = np.zeros((60, 60, 3), np.uint8)
    sprite = texture(disc(40, (200, 200, 200)))
    lit = replace(placed((sprite, 1.0), box=(10, 10, 50, 50), art=(0, 0, 40, 40)), light=(0.5, 1.0, 1.2))
    draw(picture, [lit])
    assert picture[30, 30].tolist() == pytest.approx([100, 200, 240], abs=2)


def test_light_adds_no_fringe() -> None:
    """What is half transparent becomes no brighter than white."""
    picture = np.full((60, 60, 3), 255, np.uint8)
    sprite = texture(disc(40, (255, 255, 255), alpha=100))
    lit = replace(placed((sprite, 1.0), box=(10, 10, 50, 50), art=(0, 0, 40, 40)), light=(1.2, 1.2, 1.2))
    draw(picture, [lit])
    assert (picture >= 253).all()
