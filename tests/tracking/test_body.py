"""The body carries a face that cannot be seen; on scripted faces and bodies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from avatar_cam.tracking.body import STALE
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.person import FADE, HOLD
from avatar_cam.tracking.pose import SmoothPose
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import FaceTrack, Floats, PoseTrack
from tests.factories import frame, landmarks
from tests.tracking.dolls import body_of

FPS = 30.0
LOST = 10
START = (200.0, 150.0)

Bodies = Callable[[int], PoseTrack | None]


def _face(index: int) -> Floats:
    """Someone who walks to the right, comes nearer and tilts the head."""
    return landmarks((START[0] + 3 * index, START[1]), 50 + 0.2 * index, roll=0.3 * index)


def _body(index: int) -> PoseTrack:
    return body_of(_face(index), index / FPS)


def _follow(
    bodies: Bodies, count: int = 60, found: Sequence[Sequence[Floats]] | None = None
) -> list[tuple[FaceTrack, ...]]:
    """The face is seen until it is LOST; bodies are those that are known at each frame."""
    script = found or [[_face(index)] for index in range(LOST)]
    tracker = FaceTracker(ScriptedFaces(script), max(map(len, script)))
    return [tracker.track(frame(index / FPS, index), bodies(index)) for index in range(count)]


def _off(face: FaceTrack, index: int) -> float:
    """Mean distance of the landmarks from where they should be, in eye distances."""
    return float(np.linalg.norm((face.landmarks - _face(index))[:, :2], axis=1).mean() / 50)


def test_the_face_goes_where_the_body_takes_it() -> None:
    tracks = _follow(_body)
    for index, faces in enumerate(tracks[LOST:], LOST):
        (face,) = faces
        assert (face.id, face.via, face.opacity) == (1, "pose", 1.0), index
        assert _off(face, index) < 0.25, index
    assert tracks[-1][0].head.roll == pytest.approx(0.3 * 59, abs=2)
    assert tracks[-1][0].head.scale == pytest.approx(
        tracks[0][0].head.scale * _face(59)[:, 0].std() / _face(0)[:, 0].std(), rel=0.08
    )


def test_a_body_that_is_looked_for_only_now_and_comes_late_does_as_well() -> None:
    """None is known before the face is lost; then each is of two frames ago."""
    tracks = _follow(lambda index: _body(index - 2) if index >= LOST + 3 else None)
    assert tracks[LOST][0].via == "held"
    assert all(
        faces[0].via == "pose" and _off(faces[0], index) < 0.5
        for index, faces in enumerate(tracks[LOST + 3 :], LOST + 3)
    )


def test_what_pose_gets_wrong_about_a_covered_head_does_not_matter() -> None:
    """It sees the head a third of an eye distance lower and a tenth smaller as soon as it is covered."""

    def biased(index: int) -> PoseTrack:
        if index < LOST:
            return _body(index)
        x, y = START
        return body_of(landmarks((x + 3 * index, y + 16), 45 + 0.18 * index, roll=0.3 * index), index / FPS)

    tracks = _follow(biased)
    assert all(
        faces[0].via == "pose" and _off(faces[0], index) < 0.25
        for index, faces in enumerate(tracks[LOST:], LOST)
    )


@pytest.mark.parametrize(
    "bodies",
    [
        pytest.param(lambda index: None, id="none"),
        pytest.param(lambda index: body_of(_face(index), index / FPS, head=0.85), id="head unseen"),
        pytest.param(lambda index: body_of(_face(index), index / FPS, shoulders=0.2), id="shoulders unseen"),
        pytest.param(lambda index: _body(LOST - 1), id="old"),
        pytest.param(lambda index: body_of(landmarks((500, 250), 50), index / FPS), id="another body"),
        pytest.param(lambda index: body_of(landmarks((230, 150), 22), index / FPS), id="another size"),
        pytest.param(
            lambda index: body_of(landmarks((230 - 20 * index, 150), 50), index / FPS), id="outside"
        ),
    ],
)
def test_a_body_that_is_not_to_be_believed_carries_nobody(bodies: Bodies) -> None:
    tracks = _follow(lambda index: _body(index) if index < LOST else bodies(index))
    assert {face.via for faces in tracks[LOST:] for face in faces} == {"held"}
    assert tracks[LOST + round((HOLD + FADE) * FPS) + 1 :][0] == ()


def test_when_the_body_jumps_the_face_is_held_where_it_was_then_fades() -> None:
    jumped = 30
    tracks = _follow(
        lambda index: _body(index) if index < jumped else body_of(landmarks((470, 190), 50), index / FPS)
    )
    assert tracks[jumped - 1][0].via == "pose"
    assert tracks[jumped][0].via == "held"
    assert _off(tracks[jumped][0], jumped) < 0.3
    assert [bool(faces) for faces in tracks[jumped:]].index(False) == pytest.approx(
        (HOLD + FADE) * FPS, abs=2
    )


def test_an_old_body_is_not_believed_for_long() -> None:
    last = 30
    tracks = _follow(lambda index: _body(min(index, last)))
    carried = [index for index, faces in enumerate(tracks) if faces and faces[0].via == "pose"]
    assert max(carried) == pytest.approx(last + STALE * FPS, abs=1)


def test_a_face_that_is_seen_again_is_at_its_place_at_once() -> None:
    back = 40
    found = [[_face(index)] if index < LOST or index >= back else [] for index in range(60)]
    (face,) = _follow(_body, found=found)[back]
    assert (face.id, face.via, face.opacity) == (1, "face", 1.0)
    assert np.array_equal(face.landmarks, _face(back))


def test_the_body_of_another_who_is_seen_carries_nobody() -> None:
    """Two stand close together: the other's nose lies where the lost face was."""
    other = landmarks((START[0] + 48, START[1]), 50)
    found = [[_face(0), other] if index < LOST else [other] for index in range(60)]
    tracks = _follow(lambda index: body_of(other, index / FPS), found=found)
    assert all(face.via != "pose" for faces in tracks for face in faces)


def test_a_smoothed_body_knows_the_time_of_its_frame() -> None:
    smooth = SmoothPose()
    bodies = [smooth(body_of(_face(index), 0.0), index / FPS) for index in range(2)]
    assert [body and body.time for body in bodies] == [0, 1 / FPS]
