"""Faces too small for FaceMesh's own detector, on the drawn performer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from avatar_cam.sources.performer import Rig, draw, truth
from avatar_cam.tracking import far
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.far import NearAndFar
from avatar_cam.types import ANCHORS, Floats, Pixels

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
        self.closed = 0

    def find(self, pixels: Pixels) -> list[Floats]:
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
    """It walks through half the picture; the detector is asked once."""
    assert finder.find(draw(Rig(scale=FAR, x=0.3), SIZE))
    monkeypatch.setattr(far._Detector, "find", lambda *_: pytest.fail("it searched"))
    for x in np.linspace(0.3, 0.6, 12):
        rig = Rig(scale=FAR, x=float(x))
        (landmarks,) = finder.find(draw(rig, SIZE))
        assert _error(landmarks, rig) < CLOSE


def test_a_face_that_comes_near_is_left_to_facemesh(finder: NearAndFar) -> None:
    for scale in (FAR, 0.35, 0.5, 0.7, 0.9):
        assert len(finder.find(draw(Rig(scale=scale), SIZE))) == 1
    assert finder._squares == []


def test_far_faces_cost_nothing_while_all_are_near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far, "_Detector", lambda: pytest.fail("the detector was loaded"))
    face = np.zeros((478, 3), np.float32)
    finder = NearAndFar(_Near([face]))
    assert finder.find(np.zeros((72, 128, 3), np.uint8)) == [face]


def test_an_empty_room_has_no_faces(finder: NearAndFar) -> None:
    room = (
        np.random.default_rng(0).integers(60, 200, (18, 32, 3)).astype(np.uint8).repeat(40, 0).repeat(40, 1)
    )
    assert all(finder.find(room) == [] for _ in range(2 * far._SEARCH_EVERY))


def _looks(monkeypatch: pytest.MonkeyPatch, near: Sequence[list[Floats]]) -> list[int]:
    """The pictures in which the detector was asked while FaceMesh found those, of two people."""
    asked: list[int] = []
    finder = NearAndFar(_Near([]), faces=2)
    for index, faces in enumerate(near):
        finder._near = _Near(faces)
        monkeypatch.setattr(far._Detector, "find", lambda *_, at=index: asked.append(at) or [])
        finder.find(np.zeros((72, 128, 3), np.uint8))
    finder.close()
    return asked


def test_an_empty_room_is_searched_now_and_then_and_later_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _looks(monkeypatch, [[]] * (far._PATIENCE + 80))
    assert list(range(0, far._PATIENCE, far._SEARCH_EVERY)) == [at for at in asked if at < far._PATIENCE]
    assert len([at for at in asked if at >= far._PATIENCE]) == 80 // far._SELDOM_EVERY


def test_the_search_is_eager_again_when_somebody_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    face = np.zeros((478, 3), np.float32)
    left = far._PATIENCE + 80
    asked = _looks(monkeypatch, [*[[face]] * left, *[[]] * 20])
    assert len([at for at in asked if at >= left]) == pytest.approx(20 / far._SEARCH_EVERY, abs=1)


@pytest.mark.parametrize(
    ("height", "width"), [(720, 1280), (1080, 720), (1080, 1920), (400, 400), (200, 1900)]
)
def test_the_parts_that_are_searched_cover_the_picture_and_overlap(height: int, width: int) -> None:
    seen = np.zeros((height, width), int)
    whole, *parts = far._parts(np.zeros((height, width, 3), np.uint8))
    assert seen[whole].shape == seen.shape
    for part in parts:
        assert seen[part].shape == (min(height, width),) * 2
        seen[part] += 1
    if parts:
        assert seen.min() == 1
        assert (seen > 1).sum() >= (len(parts) - 1) * far._OVERLAP * min(height, width) ** 2 * 0.99


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
        monkeypatch.setattr(finder, "_read", lambda *_: pytest.fail("read again"))
        assert [len(finder.find(picture)) for _ in range(2 * far._SEARCH_EVERY)] == [
            1
        ] * 2 * far._SEARCH_EVERY


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
