"""The list of cameras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cv2_enumerate_cameras.camera_info import CameraInfo as Found

from avatar_cam.sources import cameras
from avatar_cam.sources.cameras import CameraInfo, list_cameras, next_camera

ONE = CameraInfo("0", "Webcam", "/dev/video0")
TWO = CameraInfo("2", "HD Pro", "/dev/video2")
TEN = CameraInfo("10", "Virtual", "/dev/video10")


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets which cameras the library finds."""

    def plug(*found: Found) -> None:
        monkeypatch.setattr(cameras, "enumerate_cameras", lambda back_end: list(found))

    return plug


def found(index: int, name: str | None, path: str | None) -> Found:
    return Found(index, name, path, None, None, 0)


def test_lists_each_camera_once_by_its_number(plugged: Callable[..., None]) -> None:
    plugged(
        found(10, "Virtual", "/dev/video10"),
        found(2, "HD Pro", "/dev/video2"),
        found(0, "Webcam", "/dev/video0"),
        found(0, "Webcam", "/dev/video0"),
    )
    assert list_cameras() == [ONE, TWO, TEN]


def test_cameras_of_one_name_are_kept_apart(plugged: Callable[..., None]) -> None:
    plugged(found(0, "HD Pro", "/dev/video0"), found(2, "HD Pro", "/dev/video2"))
    assert [camera.which for camera in list_cameras()] == ["0", "2"]


def test_a_camera_without_name_and_path_is_listed(plugged: Callable[..., None]) -> None:
    plugged(found(3, None, None))
    assert list_cameras() == [CameraInfo("3", "camera 3", "3")]


def test_no_camera_is_an_empty_list(plugged: Callable[..., None]) -> None:
    plugged()
    assert list_cameras() == []


@pytest.mark.parametrize(
    ("current", "expected"),
    [("0", TWO), ("2", TEN), ("10", ONE), ("/dev/video2", TEN), ("demo", ONE), ("7", ONE)],
)
def test_the_next_camera(current: str, expected: CameraInfo) -> None:
    assert next_camera(current, [ONE, TWO, TEN]) == expected


def test_the_next_camera_after_a_link(tmp_path: Path) -> None:
    device, link = tmp_path / "video0", tmp_path / "by-id"
    device.touch()
    link.symlink_to(device)
    assert next_camera(str(link), [CameraInfo("0", "Webcam", str(device.resolve())), TWO]) == TWO


def test_there_may_be_no_other_camera() -> None:
    assert next_camera("0", [ONE]) is None
    assert next_camera("0", []) is None
