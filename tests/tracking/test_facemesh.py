"""The mediapipe back-end keeps to the interface of a face finder."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from avatar_cam.sources.performer import Rig, draw, truth
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.types import LANDMARKS, Pixels

SIZE = (640, 360)


@pytest.fixture(scope="module")
def picture() -> Pixels:
    return draw(Rig(), SIZE)


def test_landmarks_are_pixels_of_the_picture_which_is_not_changed(picture: Pixels) -> None:
    before = picture.copy()
    with FaceMesh(still=True) as finder:
        (points,) = finder.find(picture)
    assert points.shape == (LANDMARKS, 3)
    assert points.dtype == np.float32
    nose = truth(Rig(), SIZE).anchors["nose_tip"]
    assert np.hypot(*(points[1, :2] - nose)) < 8
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("still", [True, False])
def test_no_face_is_an_empty_list(still: bool) -> None:
    with FaceMesh(still=still) as finder:
        assert finder.find(np.full((120, 160, 3), 90, np.uint8)) == []


def test_two_faces(picture: Pixels) -> None:
    both = np.hstack([picture[:, 140:500], draw(Rig(yaw=10), SIZE)[:, 140:500]])
    with FaceMesh(2, still=True) as finder:
        found = finder.find(np.ascontiguousarray(both))
    assert sorted(points[1, 0] > 360 for points in found) == [False, True]


def test_a_still_finder_looks_at_each_picture_afresh(picture: Pixels) -> None:
    with FaceMesh(still=True) as finder:
        first = finder.find(picture)
        finder.find(np.ascontiguousarray(picture[:, ::-1]))
        again = finder.find(picture)
    assert np.array_equal(first[0], again[0])


def test_it_may_be_closed_twice() -> None:
    finder = FaceMesh()
    finder.close()
    finder.close()


def test_only_the_start_is_silenced(picture: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence holds for the whole process: progress bars, and errors of other threads."""
    with FaceMesh() as finder:
        monkeypatch.setattr("avatar_cam.tracking.facemesh.quiet", None)
        assert finder.find(np.full((120, 160, 3), 90, np.uint8)) == []
        assert len(finder.find(picture)) == 1


def test_nobody_is_remembered_from_the_start() -> None:
    with FaceMesh(2) as finder:
        for _ in range(3):
            assert finder.find(np.full((120, 160, 3), 90, np.uint8)) == []


def test_tensorflow_stays_out_and_nothing_is_logged() -> None:
    """Importing it costs 7 s and 600 MB; and its logs would spoil the one clear line of an error."""
    program = """
import sys
from avatar_cam.sources.performer import Rig, draw
from avatar_cam.tracking.facemesh import FaceMesh
with FaceMesh() as finder:
    assert len(finder.find(draw(Rig(), (640, 360)))) == 1
assert "tensorflow" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
