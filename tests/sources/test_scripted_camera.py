"""The camera that does what a script says."""

from __future__ import annotations

import pytest

from avatar_cam.errors import CameraBusy, CameraGone
from avatar_cam.sources.camera import Camera
from avatar_cam.sources.scripted_camera import ScriptedDevice


def test_plays_its_script_through_all_openings() -> None:
    slept: list[float] = []
    device = ScriptedDevice(
        ["busy", "picture", "picture", "gone", "gone", "hang"],
        (4, 3),
        20.0,
        hang_s=7.0,
        clock=lambda: sum(slept),
        sleep=slept.append,
    )
    with pytest.raises(CameraBusy):
        device.open("cam")
    camera: Camera = device.open("cam")
    assert (camera.name, camera.size, camera.fps) == ("cam", (4, 3), 20.0)
    read = [camera.read() for _ in range(2)]
    with pytest.raises(CameraGone):
        camera.read()
    camera.close()
    camera.close()
    with pytest.raises(CameraGone):
        device.open("cam")
    again = device.open("cam")
    read += [again.read() for _ in range(2)]
    assert [int(pixels[0, 0, 0]) for pixels, _ in read] == [0, 1, 2, 3]
    assert [taken for _, taken in read] == pytest.approx([0.05, 0.1, 7.15, 7.2])
    assert (device.opened, device.closed) == (2, 1)
