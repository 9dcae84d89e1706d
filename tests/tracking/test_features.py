"""Blink and mouth on landmarks with known lids and lips."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.tracking.features import Blink, in_head_axes, mouth_open
from avatar_cam.tracking.head import head_pose
from avatar_cam.types import Floats
from tests.factories import landmarks

FPS = 30.0
#: FaceMesh: the upper and lower lids' points, in pairs, and the middle of the inner lips.
_LEFT_LIDS = ((387, 373), (386, 374), (385, 380))
_RIGHT_LIDS = ((160, 144), (159, 145), (158, 153))
_LIPS = (13, 14)


def _face(left: float = 1.0, right: float = 1.0, gap: float = 0.0, **turned: float) -> Floats:
    """The mean face, its eyes opened to these shares of what they are, its lips `gap` eye distances apart."""
    upright = landmarks((0, 0), 1.0)
    for share, lids in ((left, _LEFT_LIDS), (right, _RIGHT_LIDS)):
        for upper, lower in lids:
            middle = (upright[upper] + upright[lower]) / 2
            upright[upper] = middle + (upright[upper] - middle) * np.float32(share)
            upright[lower] = middle + (upright[lower] - middle) * np.float32(share)
    upper, lower = _LIPS
    middle = (upright[upper] + upright[lower]) / 2
    upright[upper] = middle - np.array([0, gap / 2, 0], np.float32)
    upright[lower] = middle + np.array([0, gap / 2, 0], np.float32)
    pose = head_pose(landmarks((320, 200), 80, **turned))
    points: Floats = (pose.scale * upright @ pose.rotation.T + pose.translation).astype(np.float32)
    return points


def _blink(blink: Blink, points: Floats, time: float) -> tuple[float, float]:
    return blink(points, head_pose(points), time)


def _settled(seconds: float = 3.0, share: float = 1.0) -> tuple[Blink, float]:
    """Someone whose open eyes have been seen for a while."""
    blink, points = Blink(), _face(share, share)
    for index in range(round(seconds * FPS)):
        _blink(blink, points, index / FPS)
    return blink, seconds


def test_open_eyes_are_open() -> None:
    blink, time = _settled()
    assert max(_blink(blink, _face(), time)) < 0.1


def test_closed_eyes_are_closed() -> None:
    blink, time = _settled()
    assert min(_blink(blink, _face(0.2, 0.2), time)) > 0.9


def test_a_wink_is_told_by_side() -> None:
    blink, time = _settled()
    left, right = _blink(blink, _face(left=0.2), time)
    assert left > 0.9 and right < 0.1
    left, right = _blink(blink, _face(right=0.2), time + 1 / FPS)
    assert left < 0.1 and right > 0.9


@pytest.mark.parametrize("own", [0.75, 1.0, 1.3])
def test_narrow_and_wide_eyes_are_each_open_for_their_person(own: float) -> None:
    blink, time = _settled(8.0, own)
    assert max(_blink(blink, _face(own, own), time)) < 0.25
    assert min(_blink(blink, _face(own * 0.25, own * 0.25), time + 1 / FPS)) > 0.8


def test_a_blink_does_not_unlearn_the_open_eye() -> None:
    blink, time = _settled()
    for index in range(30):
        _blink(blink, _face(0.2, 0.2), time + index / FPS)
    assert max(_blink(blink, _face(), time + 1.1)) < 0.1


@pytest.mark.parametrize("turned", [{"yaw": 35.0}, {"pitch": -20.0}, {"roll": 40.0}])
def test_turning_the_head_closes_no_eye_and_opens_no_mouth(turned: dict[str, float]) -> None:
    blink, time = _settled()
    assert max(_blink(blink, _face(**turned), time)) < 0.15
    points = _face(**turned)
    assert mouth_open(points, head_pose(points)) < 0.05


def test_mouth_opens_from_nothing_to_all() -> None:
    opened = [mouth_open(points, head_pose(points)) for points in map(_open_by, (0.0, 0.1, 0.3, 0.6))]
    assert opened[0] == 0
    assert 0 < opened[1] < opened[2] < 1
    assert opened[3] == 1


def _open_by(gap: float) -> Floats:
    return _face(gap=gap)


def test_head_axes_undo_the_head() -> None:
    points = landmarks((200, 100), 50, 20, 10, -30)
    upright = landmarks((0, 0), 1.0)
    assert np.abs(in_head_axes(points, head_pose(points)) - upright).max() < 1e-3
