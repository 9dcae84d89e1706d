"""Head rotation: exact on what is known, and with the signs that the program promises."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from avatar_cam.tracking.head import angles, fit_rigid, head_pose, mean_face, rotation_of
from avatar_cam.types import ANCHORS
from tests.factories import landmarks

#: Degrees; rotations are float32.
EXACT_DEGREES = 1e-3
EXACT = 1e-9


@pytest.mark.parametrize("wanted", list(itertools.product((-60, 0, 35), (-40, 0, 25), (-170, 0, 80))))
def test_angles_and_rotation_are_inverse(wanted: tuple[float, float, float]) -> None:
    assert angles(rotation_of(*wanted)) == pytest.approx(wanted, abs=EXACT_DEGREES)


@pytest.mark.parametrize("wanted", [(0, 0, 0), (30, 0, 0), (-30, 10, 0), (15, -25, 40), (0, 0, -170)])
def test_head_pose_of_the_turned_mean_face(wanted: tuple[float, float, float]) -> None:
    pose = head_pose(landmarks((300, 150), 60, *wanted))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx(wanted, abs=0.01)
    assert pose.scale == pytest.approx(60, rel=1e-4)
    assert pose.translation == pytest.approx([300, 150, 0], abs=0.01)


def test_a_head_pose_says_where_mean_face_points_are() -> None:
    points = landmarks((300, 150), 60, 20, -10, 5)
    pose = head_pose(points)
    again = pose.scale * mean_face() @ pose.rotation.T + pose.translation
    assert np.abs(again - points[:468]).max() < 0.01


def _anchors(
    yaw: float = 0, pitch: float = 0, roll: float = 0
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]:
    points = landmarks(yaw=yaw, pitch=pitch, roll=roll)
    return {name: points[list(which), :2].mean(axis=0) for name, which in ANCHORS.items()}


def test_the_persons_own_left_is_on_the_right_of_the_picture() -> None:
    rest = _anchors()
    assert rest["left_eye"][0] > rest["right_eye"][0]
    assert rest["mouth_left"][0] > rest["mouth_right"][0]
    assert (
        rest["chin"][1] > rest["mouth"][1] > rest["nose_tip"][1] > rest["left_eye"][1] > rest["forehead"][1]
    )


def test_yaw_is_to_the_persons_own_left() -> None:
    assert _anchors(yaw=20)["nose_tip"][0] > _anchors()["nose_tip"][0] + 5


def test_pitch_is_up() -> None:
    assert _anchors(pitch=20)["nose_tip"][1] < _anchors()["nose_tip"][1] - 5


def test_roll_is_clockwise_in_the_picture() -> None:
    """Clockwise as seen: the eye on the right of the picture goes down."""
    rolled = _anchors(roll=20)
    assert rolled["left_eye"][1] > rolled["right_eye"][1] + 10


def test_the_mean_face_has_its_stated_size_and_place() -> None:
    face = mean_face()
    left, right = (face[list(ANCHORS[name])].mean(axis=0) for name in ("left_eye", "right_eye"))
    assert np.linalg.norm(left - right) == pytest.approx(1, abs=1e-3)
    assert (left + right) / 2 == pytest.approx([0, 0, 0], abs=1e-3)
    assert face[1, 2] < -0.2, "the nose points at the viewer"


def test_fit_rigid_is_exact() -> None:
    source = np.random.default_rng(1).normal(size=(30, 3))
    rotation = rotation_of(25, -35, 120).astype(np.float64)
    rotation, _ = np.linalg.qr(rotation)  # exactly orthogonal
    rotation *= np.sign(np.linalg.det(rotation))
    found, scale, translation = fit_rigid(source, 3.7 * source @ rotation.T + [5, -6, 7])
    assert found == pytest.approx(rotation, abs=EXACT)
    assert scale == pytest.approx(3.7)
    assert translation == pytest.approx([5, -6, 7])


def test_fit_rigid_does_not_reflect() -> None:
    """A mirrored face, or a flat one, is still fitted with a rotation."""
    source = np.random.default_rng(2).normal(size=(30, 3))
    for target in (source * [-1, 1, 1], source * [1, 1, 0]):
        rotation, scale, _ = fit_rigid(source, target)
        assert np.linalg.det(rotation) == pytest.approx(1)
        assert scale > 0


def test_fit_rigid_is_least_squares() -> None:
    """No small turn or change of size comes nearer."""
    rng = np.random.default_rng(3)
    source = rng.normal(size=(30, 3))
    target = 2 * source @ rotation_of(10, 5, -8).T.astype(np.float64) + rng.normal(0, 0.2, (30, 3))
    rotation, scale, translation = fit_rigid(source, target)

    def error(turn: tuple[float, float, float], times: float) -> float:
        moved = scale * times * source @ (rotation_of(*turn).astype(np.float64) @ rotation).T
        return float(((moved + target.mean(axis=0) - moved.mean(axis=0) - target) ** 2).sum())

    best = error((0, 0, 0), 1)
    for turn in itertools.product((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)):
        for times in (0.99, 1, 1.01):
            assert error(turn, times) >= best - EXACT
