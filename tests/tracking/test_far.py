"""Faces too small for FaceMesh's own detector, on the drawn performer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest

from avatar_cam.sources.performer import Rig, draw, truth
from avatar_cam.tracking import far, search
from avatar_cam.tracking.closeup import CloseUp
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.far import NearAndFar
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.search import Square, looks_at, square_around
from avatar_cam.types import ANCHORS, Floats, Frame, Pixels

SIZE = (1280, 720)
#: A face about 75 px high, which FaceMesh alone does not find.
FAR = 0.25
#: A face about 40 px high.
TINY = 0.135
#: Mean distance of the anchors from the rig's, in eye distances; an eye is 30 px from the other.
CLOSE = 0.08


class _Near:
    """Stands for FaceMesh, and finds what it is told to."""

    def __init__(self, faces: list[Floats]) -> None:
        self.faces = faces
        self.closed = self.pictures = 0

    def find(self, pixels: Pixels) -> list[Floats]:
        self.pictures += 1
        return list(self.faces)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def finder() -> Iterator[NearAndFar]:
    with NearAndFar(FaceMesh()) as finder:
        yield finder


def _error(landmarks: Floats, rig: Rig) -> float:
    known = truth(rig, SIZE).anchors
    eyes = np.hypot(*np.subtract(known["left_eye"], known["right_eye"]))
    errors = [
        np.hypot(*(landmarks[list(points), :2].mean(axis=0) - known[name]))
        for name, points in ANCHORS.items()
    ]
    return float(np.mean(errors) / eyes)


def test_a_far_face_is_found_where_it_is(finder: NearAndFar) -> None:
    rig = Rig(scale=FAR)
    picture = draw(rig, SIZE)
    with FaceMesh() as alone:
        assert alone.find(picture) == [], "else this tests nothing"
    (landmarks,) = finder.find(picture)
    assert landmarks.shape == (478, 3)
    assert landmarks.dtype == np.float32
    assert _error(landmarks, rig) < CLOSE


def test_a_far_face_is_followed_without_a_search(finder: NearAndFar, monkeypatch: pytest.MonkeyPatch) -> None:
    """It walks through half the picture; the detector is asked when it comes."""
    for _ in range(2):
        assert finder.find(draw(Rig(scale=FAR, x=0.3), SIZE))
    monkeypatch.setattr(search._Detector, "find", lambda *_: pytest.fail("it searched"))
    for x in np.linspace(0.3, 0.6, 12):
        rig = Rig(scale=FAR, x=float(x))
        (landmarks,) = finder.find(draw(rig, SIZE))
        assert _error(landmarks, rig) < CLOSE


def test_a_face_that_comes_near_is_left_to_facemesh(finder: NearAndFar) -> None:
    for scale in (FAR, 0.35, 0.5, 0.7, *[0.9] * far._NEAR_EVERY):
        assert len(finder.find(draw(Rig(scale=scale), SIZE))) == 1
    assert finder._following == []


def test_an_empty_room_has_no_faces(finder: NearAndFar) -> None:
    room = (
        np.random.default_rng(0).integers(60, 200, (18, 32, 3)).astype(np.uint8).repeat(40, 0).repeat(40, 1)
    )
    assert all(finder.find(room) == [] for _ in range(2 * search.SEARCH_EVERY))


def _looks(monkeypatch: pytest.MonkeyPatch, near: Sequence[list[Floats]]) -> list[int]:
    """The pictures in which the detector was asked while FaceMesh found those, of two people."""
    asked: list[int] = []
    finder = NearAndFar(_Near([]), faces=2)
    for index, faces in enumerate(near):
        finder._near = _Near(faces)
        seen = [square_around(face) for face in faces]
        monkeypatch.setattr(
            search._Detector, "find", lambda *_, at=index, seen=seen: asked.append(at) or seen
        )
        finder.find(np.zeros((72, 128, 3), np.uint8))
    finder.close()
    return asked


def test_while_nobody_is_missing_there_is_a_look_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = [np.zeros((478, 3), np.float32)] * 2
    asked = _looks(monkeypatch, [faces] * round(3.3 * search.GLANCE_EVERY))
    later = [at for at in asked if at > 1]
    assert np.diff(later).tolist() == [search.GLANCE_EVERY] * 2


def test_an_empty_room_is_searched_now_and_then_and_later_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _looks(monkeypatch, [[]] * (search.PATIENCE + 80))
    assert list(range(0, search.PATIENCE, search.SEARCH_EVERY)) == [
        at for at in asked if at < search.PATIENCE
    ]
    assert len([at for at in asked if at >= search.PATIENCE]) == 80 // search.SELDOM_EVERY


def test_the_search_is_eager_again_when_somebody_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    face = np.zeros((478, 3), np.float32)
    left = search.PATIENCE + 80
    asked = _looks(monkeypatch, [*[[face]] * left, *[[]] * 20])
    assert len([at for at in asked if at >= left]) == pytest.approx(20 / search.SEARCH_EVERY, abs=1)


@pytest.mark.parametrize(
    ("height", "width"), [(720, 1280), (1080, 720), (1080, 1920), (400, 400), (200, 1900)]
)
def test_the_parts_that_are_searched_cover_the_picture_and_overlap(height: int, width: int) -> None:
    seen = np.zeros((height, width), int)
    whole, *parts = search.parts_of(np.zeros((height, width, 3), np.uint8))
    assert seen[whole].shape == seen.shape
    for part in parts:
        assert seen[part].shape == (min(height, width),) * 2
        seen[part] += 1
    if parts:
        assert seen.min() == 1
        assert (seen > 1).sum() >= (len(parts) - 1) * search.OVERLAP * min(height, width) ** 2 * 0.99


@pytest.mark.parametrize("x", [0.1, 0.47, 0.9])
def test_a_face_40_px_high_is_found_in_a_few_pictures(x: float) -> None:
    rig = Rig(scale=TINY, x=x)
    picture = draw(rig, SIZE)
    with NearAndFar(FaceMesh()) as finder:
        found = [finder.find(picture) for _ in range(6)]
    (landmarks,) = found[-1]
    assert np.ptp(landmarks[:, 1]) == pytest.approx(40, abs=6)
    assert _error(landmarks, rig) < 2 * CLOSE


def test_each_photo_is_searched() -> None:
    with NearAndFar(FaceMesh(still=True), still=True) as finder:
        for x in (0.25, 0.75):
            rig = Rig(scale=FAR, x=x)
            (landmarks,) = finder.find(draw(rig, SIZE))
            assert _error(landmarks, rig) < CLOSE


def test_closing_closes_the_near_one() -> None:
    near = _Near([])
    NearAndFar(near).close()
    assert near.closed == 1


def test_who_is_near_is_not_read_again_as_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are asked for, one is there: the detector sees the same one."""
    picture = draw(Rig(scale=0.8), SIZE)
    with NearAndFar(FaceMesh(2), faces=2) as finder:
        monkeypatch.setattr(far, "CloseUp", lambda *_: pytest.fail("read again"))
        assert [len(finder.find(picture)) for _ in range(2 * search.SEARCH_EVERY)] == [
            1
        ] * 2 * search.SEARCH_EVERY


def test_one_near_and_one_far() -> None:
    near, distant = Rig(scale=0.8, x=0.25), Rig(scale=FAR, x=0.8)
    picture = draw(near, SIZE)
    picture[:, 800:] = draw(distant, SIZE)[:, 800:]
    with NearAndFar(FaceMesh(2), faces=2) as finder:
        for _ in range(2):
            found = finder.find(picture)
            assert [_error(face, rig) < CLOSE for face, rig in zip(found, (near, distant), strict=True)] == [
                True
            ] * 2


def _side_by_side(*rigs: Rig) -> Pixels:
    """A picture in whose strips of one width, from left to right, these are."""
    edges = np.linspace(0, SIZE[0], len(rigs) + 1).astype(int)
    return np.hstack([draw(rig, SIZE)[:, a:b] for rig, a, b in zip(rigs, edges, edges[1:], strict=False)])


def _errors(found: list[Floats], rigs: Sequence[Rig]) -> list[float]:
    """For each rig the error of the face that is nearest to it."""
    return [min(_error(face, rig) for face in found) for rig in rigs]


def test_several_far_faces_are_followed_each_by_itself() -> None:
    """They sway in time with each other, one comes near, and one leaves."""
    with NearAndFar(FaceMesh(3), faces=3) as finder:
        for index in range(24):
            sway = 0.03 * np.sin(index / 3)
            rigs = [Rig(scale=scale, x=x + sway) for scale, x in ((FAR, 0.15), (0.2, 0.5), (0.3, 0.85))]
            if index >= 18:
                rigs[1] = Rig(scale=0.2, x=-1.0)
            found = finder.find(_side_by_side(*rigs))
            there = [rig for rig in rigs if rig.x > 0]
            if index >= 6:
                assert len(found) == len(there)
                assert max(_errors(found, there)) < CLOSE


def test_a_close_up_that_is_used_again_has_forgotten_whom_it_followed() -> None:
    """One face is at one side of its square, the next one at the other."""
    rig = Rig(scale=FAR)
    picture = draw(rig, SIZE)
    with NearAndFar(FaceMesh()) as finder:
        (landmarks,) = finder.find(picture)
    left, top, side = square_around(landmarks)
    with CloseUp((left - 0.25 * side, top, side)) as close_up:
        assert close_up.read(picture) is not None
        close_up.turn_to((left + 0.25 * side, top, side))
        again = close_up.read(picture)
    assert again is not None
    assert _error(again, rig) < CLOSE


def test_a_face_that_jumps_out_of_sight_is_found_again_in_the_same_picture() -> None:
    with NearAndFar(FaceMesh()) as finder:
        (landmarks,) = finder.find(draw(Rig(scale=FAR), SIZE))
    square = square_around(landmarks)
    jumped = Rig(scale=FAR, x=0.5 + 0.3 * square[2] / SIZE[0])
    with CloseUp(square) as close_up:
        close_up.read(draw(Rig(scale=FAR), SIZE))
        again = close_up.read(draw(jumped, SIZE))
    assert again is not None
    assert _error(again, jumped) < CLOSE


class _Scripted:
    """Stands for a close-up, and reads whichever of `faces` is in the middle of its square."""

    faces: Sequence[Floats] = ()

    def __init__(self, square: Square, *, still: bool = False) -> None:
        self.square = square

    def turn_to(self, square: Square) -> None:
        self.square = square

    def read(self, pixels: Pixels) -> Floats | None:
        return next((face for face in self.faces if looks_at(self.square, face)), None)

    def close(self) -> None:
        pass


def _face(x: float, size: float) -> Floats:
    """Landmarks of a drawn face, brought to that place and height, px."""
    with FaceMesh(still=True) as mesh:
        (face,) = mesh.find(draw(Rig(), (640, 360)))
    middle = (face.min(axis=0) + face.max(axis=0)) / 2
    moved: Floats = (face - middle) * np.float32(size / np.ptp(face[:, 1])) + np.array(
        [x, 100, 0], np.float32
    )
    return moved


ROOM = np.zeros((200, 600, 3), np.uint8)


def _script(
    monkeypatch: pytest.MonkeyPatch, faces: Sequence[Floats], looks: Sequence[Sequence[Floats]]
) -> None:
    """Close-ups can read these faces, and the detector sees those, look by look."""
    monkeypatch.setattr(_Scripted, "faces", faces)
    monkeypatch.setattr(far, "CloseUp", _Scripted)
    squares = iter([[square_around(face) for face in look] for look in looks])
    monkeypatch.setattr(search._Detector, "find", lambda *_: next(squares, []))


@pytest.mark.parametrize(("size", "counts"), [(100, [1]), (125, [1]), (140, [1, 2]), (90, [1])])
def test_somebody_much_nearer_than_who_was_found_is_read_too(
    monkeypatch: pytest.MonkeyPatch, size: float, counts: list[int]
) -> None:
    """FaceMesh keeps to whom it has: one of 100 px."""
    own, newcomer = _face(100, 100), _face(400, size)
    _script(monkeypatch, [newcomer], looks=[[], [], [own, newcomer]])
    with NearAndFar(_Near([own])) as finder:
        found = [len(finder.find(ROOM)) for _ in range(3 * search.GLANCE_EVERY)]
    assert sorted(set(found)) == counts
    assert found[-1] == counts[-1]


def test_of_far_faces_the_nearest_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    one, nearer = _face(100, 40), _face(400, 60)
    _script(monkeypatch, [one, nearer], looks=[[one], [], [one, nearer]])
    with NearAndFar(_Near([])) as finder:
        found = [finder.find(ROOM) for _ in range(2 * search.GLANCE_EVERY)]
    assert {len(faces) for faces in found} == {1}
    assert found[0][0] is one
    assert found[-1][0] is nearer


def test_who_has_come_near_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    face = _face(100, 100)
    _script(monkeypatch, [face], looks=[[face]])
    near = _Near([])
    with NearAndFar(near, faces=2) as finder:
        assert len(finder.find(ROOM)) == 1
        near.faces = [face + 1]
        assert len(finder.find(ROOM)) == 1
        assert finder._following == []


def test_while_close_ups_show_everybody_near_ones_are_looked_for_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two the first is far; then the second is, too; then the second comes near."""
    one, other = _face(100, 40), _face(400, 40)
    _script(monkeypatch, [one, other], looks=[[one], [one, other]])
    near = _Near([])
    with NearAndFar(near, faces=2) as finder:
        assert len(finder.find(ROOM)) == 1
        assert len(finder.find(ROOM)) == 2
        assert near.pictures == 2, "while one is missing FaceMesh looks at each picture"
        for _ in range(4 * far._NEAR_EVERY):
            assert len(finder.find(ROOM)) == 2
        assert near.pictures == 2 + 4
        near.faces = [other]
        for _ in range(2 * far._NEAR_EVERY):
            assert len(finder.find(ROOM)) == 2
        assert near.pictures > 2 + 4 + far._NEAR_EVERY, "who is near is followed"


def test_who_comes_nearer_than_the_one_shown_takes_over() -> None:
    """FaceMesh alone would keep to the bystander, who was there first."""
    bystander, visitor = Rig(scale=0.5, x=0.2), Rig(scale=0.9, x=0.7)
    empty = Rig(scale=0.9, x=-3.0)
    before, after = _side_by_side(bystander, empty), _side_by_side(bystander, visitor)
    shown = []
    with NearAndFar(FaceMesh()) as finder:
        tracker = FaceTracker(finder)
        for index in range(20 + search.GLANCE_EVERY):
            seen = tracker.track(Frame(after if index >= 10 else before, index, index / 30))
            shown.append([face.box[0] > SIZE[0] / 2 for face in seen if face.via == "face"])
    assert shown[9] == [False]
    assert shown[-1] == [True]
    assert shown.index([True]) <= 10 + search.GLANCE_EVERY


def test_what_covers_a_far_face_is_not_taken_for_it_for_long(finder: NearAndFar) -> None:
    """A hand is as large as the face, of one colour, and FaceMesh's landmarks would stay on it."""
    picture = draw(Rig(scale=FAR), SIZE)
    for _ in range(3):
        (landmarks,) = finder.find(picture)
    x, y = landmarks[:, :2].mean(axis=0)
    width, height = np.ptp(landmarks[:, :2], axis=0)
    axes = round(0.65 * width), round(0.7 * height)
    cv2.ellipse(picture, (round(x), round(y)), axes, 20, 0, 360, (215, 170, 145), -1, cv2.LINE_AA)
    assert [finder.find(picture) for _ in range(18)][-1] == []
