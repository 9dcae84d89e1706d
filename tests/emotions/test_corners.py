"""The corners of the mouth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avatar_cam.emotions.corners import MouthCorners, corner_drop
from tests.emotions.faces import with_corners
from tests.factories import face_of

#: As far as actors draw them, in eye distances.
ACTED = 0.05


def _drop(drawn: float = 0.0, eyes: float = 80.0, **angles: float) -> float:
    drop = corner_drop(face_of(with_corners(drawn, eyes, **angles)))
    assert drop is not None
    return drop


def test_how_far_they_are_drawn_down() -> None:
    assert _drop(ACTED) - _drop() == pytest.approx(ACTED, abs=1e-4)
    assert _drop(-ACTED) - _drop() == pytest.approx(-ACTED, abs=1e-4)


@pytest.mark.parametrize(
    "angles", [{"yaw": 40.0}, {"yaw": -40.0}, {"pitch": 25.0}, {"roll": 35.0}, {"yaw": 30.0, "pitch": -20.0}]
)
def test_a_turned_head_changes_nothing(angles: dict[str, float]) -> None:
    # The drawn corners weigh a little in the head's pose, which they are seen in.
    assert _drop(ACTED, **angles) == pytest.approx(_drop(ACTED), abs=1e-3)


@pytest.mark.parametrize("eyes", [20.0, 300.0])
def test_nor_does_the_distance(eyes: float) -> None:
    assert _drop(ACTED, eyes) == pytest.approx(_drop(ACTED), abs=1e-3)


def test_an_open_mouth_says_nothing() -> None:
    open_mouth = replace(face_of(with_corners(ACTED)), mouth_open=0.4)
    assert corner_drop(open_mouth) is None
    corners = MouthCorners()
    corners.look(open_mouth)
    assert corners.take() is None


def test_frames_between_two_readings_are_averaged() -> None:
    corners = MouthCorners()
    for drawn in (0.0, 0.02, 0.04):
        corners.look(face_of(with_corners(drawn)))
    assert corners.take() == pytest.approx(_drop(0.02), abs=1e-4)
    assert corners.take() is None, "each frame counts once"


def test_drawn_down_is_against_the_persons_own_rest() -> None:
    for rest in (-0.04, 0.0, 0.04):
        corners = MouthCorners()
        corners.fix_rest(rest)
        assert corners.drawn_down(rest) == 0
        assert corners.drawn_down(rest - 0.05) == 0, "a smile"
        assert corners.drawn_down(rest + 0.01) < 0.2
        assert corners.drawn_down(rest + ACTED) > 0.9


def test_the_less_is_known_of_the_rest_the_less_is_said() -> None:
    corners, said = MouthCorners(), []
    for _ in range(6):
        said.append(corners.drawn_down(ACTED))
        corners.learn_rest(0.0, 0.5)
    assert said == sorted(said)
    assert said[0] == 0
    assert said[1] < 0.6
    assert said[-1] > 0.8
