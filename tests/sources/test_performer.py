"""The performer: the same rig gives the same picture, the truth is true, and FaceMesh follows it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import astuple, fields, replace
from typing import Any

import numpy as np
import pytest

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.sources.performer import (
    DEFAULT_SECONDS,
    EXPRESSIONS,
    Expression,
    Performer,
    Rig,
    acted,
    draw,
    score,
    truth,
)
from avatar_cam.sources.performer.rig import EYES_SHARE, blend, rotation
from avatar_cam.types import ANCHORS

SIZE = (640, 360)

#: Mean error of FaceMesh's anchors, in distances between the eyes, and of its angles, in degrees.
ANCHOR_TOLERANCE = 0.09
ANGLE_TOLERANCE = 6.0


def test_same_rig_same_pixels_and_fresh_memory() -> None:
    rig = score(3.3)
    first, second = draw(rig, SIZE), draw(rig, SIZE)
    assert np.array_equal(first, second)
    assert not np.shares_memory(first, second)
    first[:] = 0  # whoever owns a frame may draw into it
    assert np.array_equal(draw(rig, SIZE), second)


def test_every_action_and_angle_shows() -> None:
    bases = (Rig(), Rig(expression=EXPRESSIONS["anger"]))  # teeth show only in an open mouth
    before = [draw(base, SIZE) for base in bases]
    for field in fields(Expression):
        moved = [
            replace(
                base,
                expression=replace(
                    base.expression, **{field.name: getattr(base.expression, field.name) * 0.4 + 0.5}
                ),
            )
            for base in bases
        ]
        changes = [
            np.abs(draw(rig, SIZE).astype(int) - old).max() for rig, old in zip(moved, before, strict=True)
        ]
        assert max(changes) > 20, field.name
    for name in ("yaw", "pitch", "roll"):
        assert np.abs(draw(replace(Rig(), **{name: 10.0}), SIZE).astype(int) - before[0]).max() > 60, name


@pytest.mark.parametrize("size", [(1280, 720), (321, 243), (90, 160)])
def test_size_is_honoured(size: tuple[int, int]) -> None:
    picture = draw(Rig(), size)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous


def test_a_head_partly_or_wholly_outside_is_no_error() -> None:
    empty = draw(Rig(x=-3.0), SIZE)
    assert np.array_equal(empty, draw(Rig(x=5.0), SIZE))
    assert not np.array_equal(empty, draw(Rig(x=0.0), SIZE))
    for place in np.linspace(-0.2, 1.4, 33):
        draw(Rig(x=place, scale=0.5), (64, 36))
        draw(Rig(y=place, scale=0.5), (64, 36))


def test_source_counts_frames() -> None:
    with Performer(SIZE, fps=25.0, seconds=0.2) as performer:
        assert (performer.name, performer.size, performer.fps, performer.warning) == (
            "performer",
            SIZE,
            25.0,
            None,
        )
        frames = list(performer)
    assert performer.frame_count == len(frames) == 5
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    assert frames[0].size == SIZE
    assert not np.shares_memory(frames[0].pixels, frames[1].pixels)
    assert np.array_equal(frames[3].pixels, draw(score(0.12), SIZE))


def test_without_end_and_close() -> None:
    performer = Performer(
        (160, 90), fps=0.1, seconds=None
    )  # ten seconds a frame: the score is over after two
    assert performer.frame_count is None
    frames = iter(performer)
    first, _, third = itertools.islice(frames, 3)
    assert np.array_equal(first.pixels, third.pixels)
    performer.close()
    performer.close()
    assert next(frames, None) is None
    assert list(performer) == []


def test_default_length() -> None:
    performer = Performer()
    assert performer.size == (1280, 720)
    assert performer.frame_count == round(DEFAULT_SECONDS * 30) >= 12 * 30


@pytest.mark.parametrize("wrong", [{"size": (0, 10)}, {"fps": 0.0}])
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no picture"):
        Performer(**wrong)


def test_score_plays_all_emotions_long_enough_and_readably() -> None:
    times = np.arange(0, DEFAULT_SECONDS, 1 / 30)
    shown = [acted(t) for t in times]
    assert shown[0] == shown[-1] == "neutrality"
    runs = [(emotion, len(list(group)) / 30) for emotion, group in itertools.groupby(shown)]
    assert {emotion for emotion, _ in runs} == set(EMOTIONS)
    assert all(length >= 1.7 for _, length in runs)
    for emotion in ("pleasure", "upset", "anger", "sadness", "neutrality"):
        frontal = 0
        for time in times:
            rig = score(time)
            full = rig.expression == EXPRESSIONS[emotion]
            frontal += full and abs(rig.yaw) < 10 and abs(rig.pitch) < 10
        assert frontal >= 30, emotion


def test_score_moves_the_head_through_its_range() -> None:
    rigs = [score(t) for t in np.arange(0, DEFAULT_SECONDS, 1 / 30)]
    assert max(r.yaw for r in rigs) > 24
    assert min(r.yaw for r in rigs) < -24
    assert max(r.roll for r in rigs) > 14
    assert min(r.roll for r in rigs) < -14
    assert max(r.pitch for r in rigs) > 12
    assert min(r.pitch for r in rigs) < -12
    assert max(r.scale for r in rigs) > 1.18
    assert min(r.scale for r in rigs) < 0.8
    closed = [r.expression.close_left > 0.9 for r in rigs]
    assert 5 <= sum(b and not a for a, b in itertools.pairwise(closed)) <= 10


def _values(rig: Rig) -> np.ndarray[Any, np.dtype[np.float64]]:
    numbers = [
        rig.yaw / 30,
        rig.pitch / 30,
        rig.roll / 30,
        rig.x * 5,
        rig.y * 5,
        rig.scale * 2,
        rig.gaze_x,
        rig.gaze_y,
    ]
    return np.array(numbers + list(astuple(rig.expression)))


def test_score_has_no_jumps_even_where_it_begins_again() -> None:
    fine = 1 / 480
    values = np.array([_values(score(t)) for t in np.arange(0, DEFAULT_SECONDS + 1, fine)])
    assert np.abs(np.diff(values, axis=0)).max() < 0.06
    assert np.abs(_values(score(0.4)) - _values(score(DEFAULT_SECONDS + 0.4))).max() < 1e-9


def test_blend_goes_from_one_face_to_the_other() -> None:
    one, two = EXPRESSIONS["pleasure"], EXPRESSIONS["sadness"]
    assert blend(one, two, 0) == one
    assert blend(one, two, 1) == two
    assert blend(one, two, 0.25).smile == pytest.approx(0.75 * one.smile + 0.25 * two.smile)


def test_rotation_is_the_stated_one() -> None:
    nose = rotation(20, 10, 0) @ [0, 0, -1]
    y, p = np.radians([20, 10])
    assert nose == pytest.approx([np.sin(y) * np.cos(p), -np.sin(p), -np.cos(y) * np.cos(p)])
    assert rotation(0, 0, 90) @ [1, 0, 0] == pytest.approx([0, 1, 0])


def test_truth_turns_with_the_head() -> None:
    rest = truth(Rig(), SIZE)
    assert set(rest.anchors) == set(ANCHORS)
    left, right = np.array(rest.anchors["left_eye"]), np.array(rest.anchors["right_eye"])
    assert left[0] > right[0]
    assert np.hypot(*(left - right)) == pytest.approx(EYES_SHARE * SIZE[1], rel=0.03)
    assert rest.anchors["nose_tip"][0] == pytest.approx(SIZE[0] / 2)

    def tip_from_eyes(rig: Rig) -> tuple[float, float]:
        points = truth(rig, SIZE).anchors
        eyes = (np.array(points["left_eye"]) + points["right_eye"]) / 2
        x, y = points["nose_tip"] - eyes
        return float(x), float(y)

    assert tip_from_eyes(Rig(yaw=20))[0] > 5  # to the person's left is to larger x
    assert tip_from_eyes(Rig(pitch=15))[1] < tip_from_eyes(Rig())[1] - 5
    rolled = truth(Rig(roll=90), SIZE)
    assert rolled.anchors["left_eye"][1] > rolled.anchors["right_eye"][1] + 40
    assert (rolled.yaw, rolled.pitch, rolled.roll) == (0, 0, 90)
    dropped = truth(Rig(expression=Expression(jaw_drop=1)), SIZE)
    assert dropped.anchors["chin"][1] > rest.anchors["chin"][1] + 10
    assert dropped.anchors["forehead"] == rest.anchors["forehead"]


@pytest.fixture(scope="module")
def face_mesh() -> Iterator[Any]:
    held = sys.modules.get("tensorflow")
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # mediapipe would load it, which takes seconds
    try:
        mediapipe = pytest.importorskip("mediapipe")
    finally:
        if held is None:
            del sys.modules["tensorflow"]
        else:
            sys.modules["tensorflow"] = held
    with mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True) as mesh:
        yield mesh


def _landmarks(face_mesh: Any, rig: Rig, size: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = face_mesh.process(draw(rig, size)).multi_face_landmarks
    assert found, f"no face seen: {rig}"
    return np.array([[p.x * size[0], p.y * size[1], p.z * size[0]] for p in found[0].landmark])


def _turned(face: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    """Yaw, pitch and roll that bring `face` onto `other`."""
    a, b = face - face.mean(axis=0), other - other.mean(axis=0)
    u, _, vt = np.linalg.svd(b.T @ a)
    turn = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    yaw, pitch, roll = (
        np.arcsin(turn[2, 0]),
        np.arctan2(-turn[2, 1], turn[2, 2]),
        np.arctan2(turn[1, 0], turn[0, 0]),
    )
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(roll))


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_face_mesh_finds_the_anchors(face_mesh: Any, emotion: Any) -> None:
    size = (960, 540)
    rig = Rig(yaw=8, pitch=-3, roll=5, expression=EXPRESSIONS[emotion])
    seen = _landmarks(face_mesh, rig, size)
    eyes = EYES_SHARE * size[1]
    errors = [
        np.hypot(*(seen[list(ANCHORS[name]), :2].mean(axis=0) - point)) / eyes
        for name, point in truth(rig, size).anchors.items()
    ]
    assert np.mean(errors) < ANCHOR_TOLERANCE


def test_face_mesh_sees_the_angles(face_mesh: Any) -> None:
    size = (960, 540)
    rest = _landmarks(face_mesh, Rig(), size)
    poses = [(28, 0, 0), (-28, 0, 0), (0, 18, 0), (0, -18, 0), (0, 0, 20), (20, 8, -12)]
    errors = [np.subtract(_turned(rest, _landmarks(face_mesh, Rig(*pose), size)), pose) for pose in poses]
    assert np.abs(errors).mean(axis=0).max() < ANGLE_TOLERANCE


def test_face_mesh_sees_the_score(face_mesh: Any) -> None:
    for time in np.linspace(0, DEFAULT_SECONDS, 12, endpoint=False):
        _landmarks(face_mesh, score(time), (960, 540))
