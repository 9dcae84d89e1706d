"""Faces that only FaceMesh sees are held back."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.tracking.doubt import _EVERY, Doubt
from avatar_cam.tracking.far import NearAndFar
from avatar_cam.tracking.search import Search, Square, square_around
from avatar_cam.types import Floats, Pixels
from tests.factories import landmarks

ROOM = np.zeros((300, 900, 3), np.uint8)


class _Eye:
    """The other detector: sees these faces, and counts how often it was asked."""

    def __init__(self, *faces: Floats) -> None:
        self.faces = list(faces)
        self.asked = 0

    def look(self, pixels: Pixels) -> list[Square]:
        self.asked += 1
        return [square_around(face) for face in self.faces]


def _at(x: float) -> Floats:
    return landmarks((x, 150), 40)


def _counts(doubt: Doubt, *pictures: list[Floats]) -> list[int]:
    return [len(doubt.without(faces, ROOM)) for faces in pictures]


def test_who_is_alone_is_believed_without_a_look() -> None:
    eye = _Eye()
    assert _counts(Doubt(eye.look), [_at(300)], [_at(310)], [], [_at(700)]) == [1, 1, 0, 1]
    assert eye.asked == 0


def test_who_comes_beside_somebody_is_believed_after_one_look() -> None:
    own, other = _at(200), _at(600)
    eye = _Eye(own, other)
    assert _counts(Doubt(eye.look), [own], *[[other, own]] * 20) == [1, *[2] * 20]
    assert eye.asked == 1


def test_two_who_come_together_are_both_looked_at() -> None:
    own, other = _at(200), _at(600)
    assert _counts(Doubt(_Eye(own, other).look), [own, other]) == [2]
    assert _counts(Doubt(_Eye(own).look), [own, other]) == [1]


def test_what_nobody_else_sees_stays_out_and_is_looked_at_now_and_then() -> None:
    own, phantom = _at(200), _at(600)
    eye = _Eye(own)
    doubt = Doubt(eye.look)
    assert _counts(doubt, [own], *[[phantom, own]] * 3 * _EVERY) == [1] * (1 + 3 * _EVERY)
    assert eye.asked == 3
    assert doubt.without([phantom, own], ROOM)[0] is own


def test_a_doubted_one_does_not_become_a_face_by_being_left_alone() -> None:
    own, phantom = _at(200), _at(600)
    doubt = Doubt(_Eye(own).look)
    assert _counts(doubt, [own], [own, phantom], [phantom], [phantom]) == [1, 1, 0, 0]


def test_a_doubted_one_that_is_seen_later_comes_in() -> None:
    own, other = _at(200), _at(600)
    eye = _Eye(own)
    doubt = Doubt(eye.look)
    _counts(doubt, [own], [own, other])
    eye.faces.append(other)
    assert _counts(doubt, *[[own, other]] * _EVERY) == [*[1] * (_EVERY - 1), 2]


def test_who_leans_towards_a_doubted_one_stays_believed() -> None:
    phantom = _at(600)
    eye = _Eye(_at(500))
    doubt = Doubt(eye.look)
    assert _counts(doubt, [_at(500)], *[[_at(500 + step), phantom] for step in range(0, 60, 5)]) == [1] * 13


def test_each_photo_is_judged_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = _at(200), _at(600)
    seen = [square_around(own)]
    monkeypatch.setattr(Search, "everywhere", lambda *_: seen)

    class Near:
        def find(self, pixels: Pixels) -> list[Floats]:
            return [own, other]

        def close(self) -> None:
            pass

    with NearAndFar(Near(), faces=2, still=True) as finder:
        assert len(finder.find(ROOM)) == 1
        seen.append(square_around(other))
        assert len(finder.find(ROOM)) == 2
