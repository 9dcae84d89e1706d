"""What a look at a camera tells without opening it, and that it ends a pause."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from avatar_cam.sources import capture as capture_module
from avatar_cam.sources.capture import Capture, Patience
from avatar_cam.sources.glance import glance
from avatar_cam.sources.scripted_camera import ScriptedDevice
from tests.waiting import PATIENCE, eventually


def test_a_file_that_comes_and_changes(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    missing = glance(str(clip))
    clip.write_bytes(b"one")
    there = glance(str(clip))
    assert missing is None and there is not None
    assert glance(str(clip)) == there
    clip.unlink()
    assert glance(str(clip)) == missing


def test_a_network_camera_that_answers() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{server.getsockname()[1]}/video"
        assert glance(url) is False
        server.listen()
        assert glance(url) is True


@pytest.mark.parametrize("which", ["rtsp://", "http://h:99999/", "http://[::1", "\0", "/dev/video998", "77"])
def test_what_is_not_there_is_no_error(which: str) -> None:
    assert glance(which) == glance(which)


def test_a_change_ends_a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([0, 0, 0])
    monkeypatch.setattr(capture_module, "glance", lambda which: next(looks, 1))
    device = ScriptedDevice(["gone"], fps=200.0)
    patience = Patience(first_pause=3600.0, longest_pause=3600.0, glance=0.01)
    capture = Capture("0", device.open, lambda: 0.0, patience)
    eventually(lambda: capture.state.phase == "live")
    capture.stop()
    assert capture.join(PATIENCE)


def test_without_a_change_the_pause_is_as_long_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Semaphore(0)

    def look(which: str) -> int:
        looked.release()
        return 0

    monkeypatch.setattr(capture_module, "glance", look)
    device = ScriptedDevice(["gone"], fps=200.0)
    patience = Patience(first_pause=3600.0, longest_pause=3600.0, glance=0.001)
    capture = Capture("0", device.open, lambda: 0.0, patience)
    for _ in range(20):
        assert looked.acquire(timeout=PATIENCE)
    assert capture.state.phase == "gone"
    capture.stop()
    assert capture.join(PATIENCE)
