"""Which camera is meant, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.errors import SourceError, UsageError
from avatar_cam.sources import opencv_camera
from avatar_cam.sources.camera import label, open_camera
from tests.sources.media import steady


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What `OpenCvCamera` was asked for."""
    calls: list[object] = []
    monkeypatch.setattr(opencv_camera, "OpenCvCamera", lambda *arguments: calls.append(arguments))
    return calls


@pytest.mark.parametrize(
    "which",
    ["0", "12", "/dev/video3", "/dev/v4l/by-id/usb-cam", "rtsp://10.0.0.2/live", "http://phone:8080/"],
)
def test_numbers_devices_and_addresses_are_cameras(which: str, asked: list[object]) -> None:
    open_camera(which, (640, 480), 25.0)
    assert asked == [(which, (640, 480), 25.0)]


def test_a_file_is_played(tmp_path: Path, asked: list[object]) -> None:
    path = steady(2).write(tmp_path / "clip.mp4")
    camera = open_camera(str(path), (640, 480), 30.0)
    assert (camera.name, camera.size, camera.fps) == ("clip.mp4", (64, 48), 25.0)
    camera.close()
    assert not asked


def test_a_file_may_have_a_number_for_a_name(here: Path, asked: list[object]) -> None:
    steady(2).write(here / "clip.mp4").rename(here / "7")
    open_camera("7")
    assert len(asked) == 1
    camera = open_camera("./7")
    assert camera.name == "7"
    camera.close()


def test_the_performer_is_a_camera() -> None:
    camera = open_camera("demo", (320, 180), 12.0)
    assert (camera.name, camera.size, camera.fps) == ("performer", (320, 180), 12.0)


@pytest.mark.parametrize("which", ["", "nothing.mp4", "-1", "٣", "99999", "x" * 5000, "a\0b"])
def test_what_is_no_camera_is_said_in_one_line(which: str) -> None:
    with pytest.raises(UsageError, match="there is no camera or file") as caught:
        open_camera(which)
    assert "--list-cameras" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_camera(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder: give a video in it"):
        open_camera(str(tmp_path))


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("hello")
    with pytest.raises(SourceError, match="is not a video"):
        open_camera(str(path))


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("0", "camera 0"),
        ("007", "camera 7"),
        ("/dev/video3", "/dev/video3"),
        ("rtsp://me:secret@10.0.0.2:554/live?key=1", "rtsp://10.0.0.2:554"),
        ("http://a b:c@d@host/", "http://host"),
        ("rtsp://me:s[e/c?ret@host:8/x", "rtsp://host:8"),
    ],
)
def test_labels_tell_no_password(which: str, expected: str) -> None:
    assert label(which) == expected
