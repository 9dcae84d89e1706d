"""Who is in, and who only passes by."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.kiosk.cropping import Aim, follow, part_at, whole_part, with_all_of
from avatar_cam.kiosk.guests import COMES_IN, GOES_OUT, Guests
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import Floats
from tests.factories import frame, landmarks

SIZE = (1000, 600)
PIXELS = np.zeros((600, 1000, 3), np.uint8)


def face(share: float, at: tuple[float, float] = (500, 300)) -> Floats:
    """A face whose eyes are that share of the picture's longer side apart."""
    return landmarks(at, share * 1000)


def test_who_is_near_is_in_and_who_is_far_is_not() -> None:
    near, far = face(0.06), face(0.015, (100, 100))
    assert Guests(ScriptedFaces([[near, far]])).find(PIXELS) == [near]


def test_who_is_in_stays_in_for_a_step_back() -> None:
    between = (COMES_IN + GOES_OUT) / 2
    guests = Guests(ScriptedFaces([[face(between)], [face(0.04)], [face(between)], [face(GOES_OUT * 0.9)]]))
    assert [len(guests.find(PIXELS)) for _ in range(4)] == [0, 1, 1, 0]


def test_somebody_else_at_that_distance_is_not_in() -> None:
    between = face((COMES_IN + GOES_OUT) / 2, (200, 200))
    guests = Guests(ScriptedFaces([[face(0.04)], [face(0.04), between]]))
    guests.find(PIXELS)
    assert len(guests.find(PIXELS)) == 1


def test_the_finder_is_closed_with_it() -> None:
    finder = ScriptedFaces([])
    Guests(finder).close()
    assert finder.closed


def test_after_forgetting_the_same_face_is_somebody_new() -> None:
    tracker = FaceTracker(ScriptedFaces([[face(0.06)]] * 3))
    first = tracker.track(frame(0.0, size=SIZE))[0].id
    assert tracker.track(frame(0.1, 1, SIZE))[0].id == first
    tracker.forget()
    assert tracker.track(frame(0.2, 2, SIZE))[0].id != first


@pytest.mark.parametrize("picture", [(1280, 720), (640, 480), (720, 1280)])
@pytest.mark.parametrize("screen", [(1920, 1080), (1080, 1920), (1024, 768)])
def test_the_part_has_the_screens_shape_and_lies_in_the_picture(
    picture: tuple[int, int], screen: tuple[int, int]
) -> None:
    part = whole_part(picture, screen)
    assert part[0] == picture[0] or part[1] == picture[1]
    assert part[0] / part[1] == pytest.approx(screen[0] / screen[1], rel=0.01)
    for x in (-50.0, 100.0, 5000.0):
        left, top, right, bottom = part_at(Aim(x, x, 0.0), picture, part)
        assert min(left, top) >= 0 and right <= picture[0] and bottom <= picture[1]
        assert (right - left, bottom - top) == part


def test_the_part_follows_the_people_and_rests_without_them() -> None:
    picture, width = (1280, 720), 405
    aim = follow(None, [], picture, width, 0.0)
    assert aim.x == 640
    for number in range(1, 100):
        aim = follow(aim, [(300, 300), (400, 300)], picture, width, number / 10)
    left, _, right, _ = part_at(aim, picture, (width, 720))
    assert left < 300 and right > 400
    assert follow(aim, [], picture, width, 11.0).x == aim.x


def test_small_movements_do_not_move_the_part() -> None:
    aim = Aim(640, 300, 0.0)
    assert follow(aim, [(650, 305)], (1280, 720), 405, 5.0) == Aim(640, 300, 5.0)


def test_a_part_is_made_larger_for_what_would_be_cut_off() -> None:
    part = (400, 0, 805, 720)
    assert with_all_of(part, [], (1280, 720)) == part
    assert with_all_of(part, [(500, 100, 700, 400)], (1280, 720)) == part
    ears = [(380, -40, 700, 400), (500, 100, 1400, 300)]
    assert with_all_of(part, ears, (1280, 720)) == (380, 0, 1280, 720)
