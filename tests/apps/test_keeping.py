"""Snapshots and recordings on request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.apps.keeping import COUNTDOWN, FLASH, Keeping
from avatar_cam.apps.notices import Notices
from avatar_cam.sinks import recording
from avatar_cam.types import Composite, Frame
from tests.waiting import eventually


def _composite(index: int, size: tuple[int, int] = (320, 180)) -> Composite:
    pixels = np.full((size[1], size[0], 3), 40 + index, np.uint8)
    return Composite(Frame(pixels, index, index / 30), (), {}, {}, ())


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with much else to do is no disk that does not answer."""
    monkeypatch.setattr(recording, "_PATIENCE", 60.0)


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def keeping(tmp_path: Path, notices: Notices) -> Iterator[Keeping]:
    with Keeping(tmp_path / "kept", lambda: 30.0, notices) as keeping:
        yield keeping


def _said(keeping: Keeping, notices: Notices, start: str) -> str:
    found: list[str] = []

    def heard() -> bool:
        keeping.poll(0.0)
        found[:] = [one.text for one in notices.at(0.0, None, None) if one.text.startswith(start)]
        return bool(found)

    eventually(heard)
    return found[-1]


def test_a_snapshot_is_taken_after_the_countdown(keeping: Keeping, notices: Notices, tmp_path: Path) -> None:
    assert (keeping.countdown(0.0), keeping.flash(0.0)) == (None, 0.0)
    keeping.snap(0.0)
    assert keeping.countdown(1.0) == COUNTDOWN - 1
    keeping.take(_composite(0), COUNTDOWN - 0.1)
    assert not (tmp_path / "kept").exists()
    keeping.take(_composite(7), COUNTDOWN + 0.01)
    assert keeping.countdown(COUNTDOWN + 0.01) is None
    assert keeping.flash(COUNTDOWN + 0.01) == 1.0
    assert keeping.flash(COUNTDOWN + 0.02 + FLASH) == 0.0
    path = Path(_said(keeping, notices, "Saved ").removeprefix("Saved "))
    assert path.parent == tmp_path / "kept"
    assert (cv2.imread(str(path)) == 47).all()


def test_the_countdown_can_be_called_off(keeping: Keeping, tmp_path: Path) -> None:
    keeping.snap(0.0)
    keeping.snap(1.0)
    assert keeping.countdown(1.0) is None
    keeping.take(_composite(0), 10.0)
    assert not (tmp_path / "kept").exists()


def test_a_recording(keeping: Keeping, notices: Notices, tmp_path: Path) -> None:
    keeping.toggle_recording(0.0)
    assert keeping.recorded is None, "it begins with the next picture"
    for index in range(5):  # no more than may wait for the encoder
        keeping.take(_composite(index), 0.0)
    assert "without sound" in _said(keeping, notices, "Recording")
    eventually(lambda: (keeping.recorded or 0.0) > 0.1)
    keeping.toggle_recording(0.0)
    assert keeping.recorded is None
    path = Path(_said(keeping, notices, "Saved ").removeprefix("Saved ").partition(";")[0])
    assert path.parent == tmp_path / "kept"
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 5


def test_closing_finishes_the_recording(tmp_path: Path, notices: Notices) -> None:
    with Keeping(tmp_path, lambda: 30.0, notices) as keeping:
        keeping.toggle_recording(0.0)
        for index in range(5):
            keeping.take(_composite(index), 0.0)
    (path,) = tmp_path.iterdir()
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) == 5


def test_what_cannot_be_saved_is_said(tmp_path: Path, notices: Notices) -> None:
    (tmp_path / "file").write_text("in the way")
    with Keeping(tmp_path / "file", lambda: 30.0, notices) as keeping:
        keeping.toggle_recording(0.0)
        keeping.take(_composite(0), 0.0)
        assert keeping.recorded is None
        (notice,) = notices.at(0.0, None, None)
        assert notice.severity == "warning"
        assert str(tmp_path / "file") in notice.text
        keeping.snap(0.0)
        keeping.take(_composite(1), COUNTDOWN)
        said = _said(keeping, notices, str(tmp_path / "file"))
        assert said


def test_another_size_ends_the_recording(keeping: Keeping, notices: Notices) -> None:
    """Another camera."""
    keeping.toggle_recording(0.0)
    keeping.take(_composite(0), 0.0)
    keeping.take(_composite(1, size=(160, 120)), 0.0)
    assert keeping.recorded is None
    eventually(lambda: (keeping.poll(0.0), any("160x120" in n.text for n in notices.at(0.0, None, None)))[1])
