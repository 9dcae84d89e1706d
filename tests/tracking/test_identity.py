"""People who cross, hide, leave and come back stay themselves; on scripted faces with painted heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from avatar_cam.sources.performer import Rig, draw
from avatar_cam.tracking import people, person
from avatar_cam.tracking.appearance import describe, unlike
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.head import head_pose
from avatar_cam.tracking.matching import MEMORY, assign
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import FaceTrack, Floats, Frame
from tests.factories import landmarks
from tests.tracking.dolls import Doll, scene

FPS = 30.0
ANN, BEN, EVE = Doll(1), Doll(2), Doll(3)

Scene = Sequence[tuple[Doll, Floats]]


def _follow(
    scenes: Sequence[Scene], faces: int = 2, hidden: Callable[[int], int | None] = lambda index: None
) -> list[tuple[FaceTrack, ...]]:
    """The tracks of scenes whose faces are found, but for the hidden one, in an order that means nothing."""
    script = []
    for index, people_there in enumerate(scenes):
        found = [face for which, (_, face) in enumerate(people_there) if which != hidden(index)]
        script.append(found[::-1] if index % 2 else found)
    tracker = FaceTracker(ScriptedFaces(script), faces)
    return [tracker.track(scene(index / FPS, there)) for index, there in enumerate(scenes)]


def _id_at(tracks: Sequence[FaceTrack], x: float) -> int:
    return min(tracks, key=lambda face: abs(face.landmarks[168, 0] - x)).id


def _at(x: float, eyes: float = 40.0, y: float = 150.0) -> Floats:
    return landmarks((x, y), eyes)


@pytest.mark.parametrize("speed", [5.0, 15.0, 30.0])
def test_one_passes_behind_the_other(speed: float) -> None:
    """Ann goes right behind Ben, who goes left; she is not found while he hides her."""
    count = round(720 / speed)
    places = [(120 + speed * index, 840 - speed * index) for index in range(count)]
    scenes = [((ANN, _at(ann)), (BEN, _at(ben, 42))) for ann, ben in places]
    tracks = _follow(
        scenes, hidden=lambda index: 0 if abs(places[index][0] - places[index][1]) < 90 else None
    )
    ann, ben = _id_at(tracks[0], places[0][0]), _id_at(tracks[0], places[0][1])
    for index, (faces, (x_ann, x_ben)) in enumerate(zip(tracks, places, strict=True)):
        assert _id_at(faces, x_ben) == ben, index
        if abs(x_ann - x_ben) > 110:
            assert _id_at(faces, x_ann) == ann, index
        assert {face.id for face in faces} <= {ann, ben}, index


def test_who_turns_round_behind_the_other_is_known_by_the_looks() -> None:
    """They meet and both go back to where they came from: by their ways they would have passed."""
    places = [(120 + 12 * min(index, 60 - index), 840 - 12 * min(index, 60 - index)) for index in range(61)]
    scenes = [((ANN, _at(ann)), (BEN, _at(ben, 42))) for ann, ben in places]
    tracks = _follow(scenes, hidden=lambda index: 0 if 27 <= index <= 34 else None)
    assert _id_at(tracks[-1], 120) == _id_at(tracks[0], 120) != _id_at(tracks[-1], 840)


def test_somebody_else_in_the_place_of_who_left_is_new() -> None:
    tracks = _follow([*[[(ANN, _at(300))]] * 20, *[[]] * 15, *[[(BEN, _at(300))]] * 3], faces=1)
    assert [[face.id for face in faces] for faces in tracks[-3:]] == [[2]] * 3


def test_slow_pictures_make_nobody_new() -> None:
    """Half a second between two pictures, in which her looks change: nobody was away."""
    scenes = [*[[(ANN, _at(300))]] * 4, *[[(EVE, _at(340))]] * 4]
    tracker = FaceTracker(ScriptedFaces([[face for _, face in there] for there in scenes]))
    tracks = [tracker.track(scene(index / 2, there)) for index, there in enumerate(scenes)]
    assert [[face.id for face in faces] for faces in tracks] == [[1]] * 8


@pytest.mark.parametrize(("away", "known"), [(1.0, True), (MEMORY - 0.5, True), (MEMORY + 0.5, False)])
def test_who_comes_back_somewhere_else_is_known_by_the_looks(away: float, known: bool) -> None:
    tracks = _follow([*[[(ANN, _at(200))]] * 20, *[[]] * round(away * FPS), [(ANN, _at(760, 30))]], faces=1)
    assert [face.id for face in tracks[-1]] == [1 if known else 2]


def test_two_who_come_back_in_each_others_place() -> None:
    away: list[Scene] = [[]] * 60
    tracks = _follow(
        [*[((ANN, _at(200)), (BEN, _at(700)))] * 20, *away, *[((ANN, _at(700)), (BEN, _at(200)))] * 2]
    )
    assert _id_at(tracks[-1], 700) == _id_at(tracks[0], 200) != _id_at(tracks[-1], 200)


def test_who_is_half_hidden_for_long_is_still_known_by_the_looks() -> None:
    """What is seen of Ann meanwhile is mostly Ben."""
    hiding = [((ANN, _at(300)), (BEN, _at(350, 42)))] * 120
    tracks = _follow([*[((ANN, _at(300)), (BEN, _at(700)))] * 20, *hiding, *[[]] * 75, [(ANN, _at(760))]])
    assert [face.id for face in tracks[-1]] == [_id_at(tracks[0], 300)]


def test_a_face_made_of_two_is_not_believed() -> None:
    """FaceMesh does that for a few frames when one comes out from behind the other."""
    apart, mixed = [(ANN, _at(300)), (BEN, _at(390))], [(BEN, _at(360, 60))]
    tracks = _follow([*[apart] * 10, *[mixed] * 3, *[apart] * 3])
    assert all(max(np.ptp(face.landmarks[:, 0]) for face in faces) < 150 for faces in tracks)
    assert [face.via for face in tracks[11]] == ["held", "held"]
    assert [face.via for face in tracks[-1]] == ["face", "face"]


def test_who_is_alone_may_come_near_as_fast_as_may_be() -> None:
    tracks = _follow([[(BEN, _at(390, 40))], [(BEN, _at(360, 60))]])
    assert [face.via for face in tracks[-1]] == ["face"]


def test_the_other_stays_when_one_leaves_and_no_id_is_given_twice() -> None:
    alone = [(BEN, _at(700))]
    scenes = [*[((ANN, _at(200)), (BEN, _at(700)))] * 20, *[alone] * 400, *[((EVE, _at(200)), *alone)] * 5]
    tracks = _follow(scenes)
    ben = _id_at(tracks[0], 700)
    assert all(_id_at(faces, 700) == ben for faces in tracks)
    assert len(tracks[300]) == 1, "Ann is not shown any more"
    assert _id_at(tracks[-1], 200) == 3


def test_who_is_away_is_remembered_for_some_time() -> None:
    tracker = FaceTracker(ScriptedFaces([[_at(300)]]))
    remembered = {}
    for index in range(round((MEMORY + 1) * FPS)):
        tracker.track(scene(index / FPS, []))
        remembered[index / FPS] = len(tracker._people)
    assert (remembered[0], remembered[MEMORY - 0.5], remembered[MEMORY + 0.5]) == (1, 1, 0)


def test_looks_cost_next_to_nothing_while_one_person_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    monkeypatch.setattr(person, "describe", lambda *_: looks.append(0) or describe(*_))
    monkeypatch.setattr(people, "describe", lambda *_: pytest.fail("whose face it is was clear"))
    _follow([[(ANN, _at(300 + index))] for index in range(90)], faces=1)
    assert 0 < len(looks) <= 7


def test_found_faces_are_shared_out_for_the_best_of_all() -> None:
    """The nearest pair first would leave the other with somebody far away."""
    assert assign([{0: 1.0, 1: 1.2}, {0: 1.1, 1: 2.9}], alone=3.0) == (1, 0)
    assert assign([{0: 0.1}, {0: 0.2}], alone=3.0) == (0, None)
    assert assign([{0: 4.0}, {}], alone=3.0) == (None, None)
    assert assign([], alone=3.0) == ()


def test_looks_stay_the_same_in_another_light_place_and_size_but_differ_between_people() -> None:
    def looks(doll: Doll, face: Floats, light: float = 1.0) -> Floats:
        described = describe(scene(0, [(doll, face)], light).pixels, head_pose(face))
        assert described is not None
        return described

    ann = looks(ANN, _at(300, 50))
    assert unlike(ann, looks(ANN, _at(500.5, 50))) < 0.3
    assert unlike(ann, looks(ANN, _at(300, 25))) < 0.7
    assert unlike(ann, looks(ANN, _at(300, 50), light=0.7)) < 0.3
    assert all(unlike(ann, looks(other, _at(300, 50))) > 1 for other in (BEN, EVE))


def test_nothing_is_to_be_seen_in_the_dark_on_a_plain_patch_and_of_a_head_that_is_turned_away() -> None:
    face = _at(300, 50)
    picture = scene(0, [(ANN, face)]).pixels
    assert describe(picture // 50, head_pose(face)) is None
    assert describe(np.full_like(picture, 128), head_pose(face)) is None
    assert describe(picture, head_pose(landmarks((300, 150), 50, yaw=60))) is None


def test_two_real_faces_stay_themselves() -> None:
    """Drawn performers, found by FaceMesh, who move up and down."""
    tracker = FaceTracker(FaceMesh(2), 2)
    for index in range(8):
        left = draw(Rig(y=0.6 + 0.02 * index, scale=0.9), (640, 360))[:, 140:500]
        right = draw(Rig(y=0.75 - 0.02 * index, yaw=12, scale=0.9), (640, 360))[:, 140:500]
        pixels = np.ascontiguousarray(np.hstack([left, right]))
        faces = tracker.track(Frame(pixels, index, index / FPS))
        if index == 0:
            first = _id_at(faces, 180)
        assert len(faces) == 2 and _id_at(faces, 180) == first != _id_at(faces, 540)
    tracker.close()
