"""Who is who, and what happens to a face that is lost; on scripted faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from avatar_cam.tracking.matching import NEAR_MEMORY
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.person import FADE, HOLD
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import FaceTrack, Floats
from tests.factories import frame, landmarks

FPS = 30.0
#: The nearer of the two, so the first to be counted.
ONE = landmarks((200, 150), 84)
OTHER = landmarks((480, 150))


def _tracks(
    script: Sequence[Sequence[Floats]], faces: int = 1, *, still: bool = False, fps: float = FPS
) -> list[tuple[FaceTrack, ...]]:
    tracker = FaceTracker(ScriptedFaces(script), faces, still=still)
    return [tracker.track(frame(index / fps, index)) for index in range(len(script))]


def _ids(tracks: tuple[FaceTrack, ...]) -> list[int]:
    return [track.id for track in tracks]


def test_nobody_is_an_empty_list() -> None:
    assert _tracks([[], []]) == [(), ()]


def test_a_face_that_is_seen_is_shown_fully() -> None:
    (track,) = _tracks([[ONE]])[0]
    assert (track.id, track.via, track.opacity) == (1, "face", 1.0)
    assert np.array_equal(track.landmarks, ONE)


def test_a_lost_face_is_held_then_fades_then_is_gone() -> None:
    tracks = _tracks([[ONE], *[[]] * 30])
    by_time = {index / FPS: faces for index, faces in enumerate(tracks)}
    for time, faces in by_time.items():
        if time == 0:
            continue
        if time < HOLD - 1e-6:
            assert [(face.via, face.opacity) for face in faces] == [("held", 1.0)], time
            assert np.array_equal(faces[0].landmarks, ONE), "it stays where it was"
        elif time < HOLD + FADE - 1e-6:
            assert faces[0].opacity == pytest.approx(1 - (time - HOLD) / FADE, abs=1e-6), time
        elif time > HOLD + FADE + 1e-6:
            assert faces == (), time


def test_the_policy_goes_by_time_not_by_frames() -> None:
    tracks = _tracks([[ONE], *[[]] * 6], fps=5.0)
    assert [bool(faces) for faces in tracks] == [True, True, True, True, False, False, False]


def test_a_lost_face_is_taken_up_again_at_once_where_it_is() -> None:
    """Not somewhere between there and where it was, not faded in, and as the same person."""
    moved = landmarks((260, 180), 84)
    tracks = _tracks([[ONE], *[[]] * 15, [moved]])
    assert 0 < tracks[-2][0].opacity < 1
    (back,) = tracks[-1]
    assert (back.id, back.via, back.opacity) == (1, "face", 1.0)
    assert np.array_equal(back.landmarks, moved)


def test_who_comes_back_soon_to_where_they_left_is_the_same() -> None:
    """Also when nothing is to be seen of their looks, as in these grey pictures; but not for ever."""
    soon, late = round(NEAR_MEMORY * FPS) - 1, round(NEAR_MEMORY * FPS) + 2
    assert _ids(_tracks([[ONE], *[[]] * soon, [ONE]])[-1]) == [1]
    assert _ids(_tracks([[ONE], *[[]] * late, [ONE]])[-1]) == [2]


def test_the_order_of_faces_is_no_identity() -> None:
    tracks = _tracks([[ONE, OTHER], [OTHER, ONE], [ONE, OTHER]], faces=2)
    for faces in tracks:
        assert _ids(faces) == [1, 2]
        assert faces[0].landmarks[1, 0] < faces[1].landmarks[1, 0]


def test_two_people_who_pass_each_other_stay_themselves() -> None:
    """One walks behind the other: heads a little apart in height, found in an order that means nothing."""
    script = []
    for index in range(40):
        left, right = landmarks((150 + 9 * index, 110), 60), landmarks((501 - 9 * index, 200), 60)
        script.append([left, right] if index % 3 else [right, left])
    tracks = _tracks(script, faces=2)
    for index, faces in enumerate(tracks):
        assert _ids(faces) == [1, 2]
        first = 1 if np.array_equal(script[0][0], landmarks((150, 110), 60)) else 2
        goes_right = next(face for face in faces if face.id == first)
        assert abs(goes_right.anchor("nose_tip")[0] - (150 + 9 * index)) < 15, index


def test_the_other_is_held_while_one_goes_on() -> None:
    tracks = _tracks([[ONE, OTHER], [ONE], [ONE]], faces=2)
    assert [(face.id, face.via) for face in tracks[-1]] == [(1, "face"), (2, "held")]


def test_a_newcomer_takes_over_a_place_that_is_only_held() -> None:
    far = landmarks((560, 280), 60)
    tracks = _tracks([[ONE], [], [far]])
    assert [(face.id, face.via) for face in tracks[-1]] == [(2, "face")]
    assert np.array_equal(tracks[-1][0].landmarks, far)


def test_a_newcomer_takes_over_from_whoever_has_been_away_longest() -> None:
    third = landmarks((330, 330), 30)
    tracks = _tracks([[ONE, OTHER], [ONE], [], [third]], faces=2)
    assert [(face.id, face.via) for face in tracks[-1]] == [(1, "held"), (3, "face")]


def test_no_more_faces_than_asked_for_the_nearest_ones() -> None:
    far = landmarks((320, 300), 25)
    (track,) = _tracks([[far, ONE]])[0]
    assert np.array_equal(track.landmarks, ONE)
    assert len(_tracks([[far, ONE, OTHER]], faces=2)[0]) == 2


def test_one_face_found_twice_is_one() -> None:
    twin = ONE + np.array([6, 4, 0], np.float32)
    assert len(_tracks([[ONE, twin, OTHER]], faces=3)[0]) == 2


def test_a_resting_face_is_smoothed_and_a_still_picture_is_not() -> None:
    shaken = ONE + np.random.default_rng(1).normal(0, 0.4, ONE.shape).astype(np.float32)
    video = _tracks([[ONE], [shaken]])[1][0].landmarks
    assert np.abs(video - ONE).mean() < 0.6 * np.abs(shaken - ONE).mean()
    photos = _tracks([[ONE], [shaken]], still=True)[1][0].landmarks
    assert np.array_equal(photos, shaken)


def test_each_still_picture_has_people_of_its_own() -> None:
    tracks = _tracks([[ONE], [], [ONE]], still=True)
    assert [_ids(faces) for faces in tracks] == [[1], [], [2]]


def test_the_finder_is_closed_with_the_tracker() -> None:
    finder = ScriptedFaces([])
    FaceTracker(finder).close()
    assert finder.closed


@pytest.mark.parametrize("people", [2, 3])
def test_all_who_come_at_once_take_the_places_of_those_who_left(people: int) -> None:
    """A cut to another scene, some seconds in: every newcomer is there at once, and stays who they are."""
    first = [landmarks((120 + 200 * who, 80), 40) for who in range(people)]
    then = [landmarks((120 + 200 * who, 300), 40) for who in range(people)]
    tracks = _tracks([*[first] * 90, *[then] * 5], people)
    assert all(sorted(_ids(faces)) == list(range(people + 1, 2 * people + 1)) for faces in tracks[90:])
    assert all(face.via == "face" for faces in tracks[90:] for face in faces)


def test_two_of_about_one_size_do_not_take_turns() -> None:
    script = [
        [landmarks((200, 150), 60 + index % 2), landmarks((480, 150), 61 - index % 2)] for index in range(9)
    ]
    assert {tuple(_ids(faces)) for faces in _tracks(script)} == {(1,)}


def test_who_comes_much_nearer_is_shown_instead() -> None:
    tracks = _tracks([[landmarks((200, 150), 40)], [landmarks((200, 150), 40), landmarks((480, 150), 80)]])
    assert _ids(tracks[-1]) == [2]


def test_who_moves_fast_and_is_lost_is_expected_on_the_way() -> None:
    """600 px/s, 0.3 s long unseen: 4.5 eye distances, further than any reach from where the face was."""
    away = range(12, 20)
    script = [[] if index in away else [landmarks((60 + 20 * index, 150), 40)] for index in range(24)]
    assert _ids(_tracks(script)[-1]) == [1]


def test_a_body_is_wanted_while_somebody_is_missing_who_is_still_shown() -> None:
    tracker = FaceTracker(ScriptedFaces([[ONE], *[[]] * 30]))
    wanted = []
    for index in range(31):
        tracker.track(frame(index / FPS, index))
        wanted.append(tracker.wants_pose)
    gone = round((HOLD + FADE) * FPS)
    assert not wanted[0] and all(wanted[1:gone]) and not any(wanted[gone + 1 :])
