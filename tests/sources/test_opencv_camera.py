"""Cameras by OpenCV: a device that is played here, and a network camera."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest

from avatar_cam.errors import AvatarCamError, CameraBusy, CameraGone
from avatar_cam.sources import opencv_camera
from avatar_cam.sources.camera import Camera, open_camera
from avatar_cam.sources.cameras import CameraInfo
from avatar_cam.sources.linux_devices import holders
from avatar_cam.sources.opencv_camera import OpenCvCamera

MJPG, YUYV, BGR3 = (cv2.VideoWriter.fourcc(*code) for code in ("MJPG", "YUYV", "BGR3"))
#: BGR; no two channels alike.
COLOUR = (10, 20, 200)


class Device:
    """Stands in for `cv2.VideoCapture` on V4L2."""

    formats: ClassVar[tuple[int, ...]] = (MJPG, YUYV)
    largest: ClassVar[tuple[int, int]] = (1920, 1080)
    opens: ClassVar[bool] = True
    #: What happens at each picture, and then "good".
    script: ClassVar[list[str]] = []
    #: How old the driver says that a picture is, in seconds.
    age: ClassVar[float] = 0.01
    asked: ClassVar[list[tuple[object, int]]] = []
    last: ClassVar[Device]

    def __init__(self, which: object, back_end: int) -> None:
        self.asked.append((which, back_end))
        Device.last = self
        self.released = False
        self._properties: dict[int, float] = {
            cv2.CAP_PROP_FOURCC: BGR3,
            cv2.CAP_PROP_FRAME_WIDTH: 640,
            cv2.CAP_PROP_FRAME_HEIGHT: 480,
            cv2.CAP_PROP_FPS: 25.0,
        }

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def set(self, what: int, value: float) -> bool:
        if what == cv2.CAP_PROP_FOURCC and value not in self.formats:
            value = BGR3
        for limited, limit in zip(opencv_camera._SIZE, self.largest, strict=True):
            if what == limited:
                value = min(value, limit)
        self._properties[what] = value
        return True  # as V4L2 does, whatever it took

    def get(self, what: int) -> float:
        if what == cv2.CAP_PROP_POS_MSEC:
            return (time.monotonic() - self.age) * 1000
        return self._properties[what]

    @staticmethod
    def waitAny(devices: list[Device], nanoseconds: int) -> tuple[bool, list[int]]:  # noqa: N802
        match devices[0].script[:1]:
            case ["silence"]:
                return False, []
            case ["unplugged"]:
                raise cv2.error("poll")
        return True, [0]

    def retrieve(self, image: object = None) -> tuple[bool, Any]:
        width, height = (int(self.get(what)) for what in opencv_camera._SIZE)
        event = self.script.pop(0) if self.script else "good"
        if event == "error":
            raise cv2.error("imdecode")
        if event == "empty":
            return False, None
        picture = np.full((height, width, 3), COLOUR, np.uint8)
        return True, picture.reshape(1, -1) if self.get(cv2.CAP_PROP_FOURCC) == BGR3 else picture

    def release(self) -> None:
        self.released = True


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Device]]:
    """A device at /dev/video0 that its user may open, on Linux."""

    class Plugged(Device):
        script: ClassVar[list[str]] = []
        asked: ClassVar[list[tuple[object, int]]] = []

    node = tmp_path / "video0"
    node.touch()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cv2, "VideoCapture", Plugged)
    monkeypatch.setattr(opencv_camera, "BACK_ENDS", (cv2.CAP_V4L2,))
    monkeypatch.setattr(opencv_camera, "_SILENCE_S", 0.01)
    monkeypatch.setattr(opencv_camera, "_path", lambda which: str(node) if which == "0" else f"/no/{which}")
    plug(monkeypatch, CameraInfo("0", "Webcam", str(node.resolve())))
    return Plugged


def plug(monkeypatch: pytest.MonkeyPatch, *cameras: CameraInfo) -> None:
    monkeypatch.setattr(opencv_camera, "list_cameras", lambda: list(cameras))


def opened(size: tuple[int, int] = (1280, 720), fps: float = 30.0) -> OpenCvCamera:
    return OpenCvCamera("0", size, fps)


def test_gives_rgb_in_memory_of_its_own(device: type[Device]) -> None:
    with opened() as camera:
        live: Camera = camera
        assert (live.name, live.size, live.fps) == ("Webcam", (1280, 720), 30.0)
        first, _ = live.read()
        second, _ = live.read()
    assert first.shape == (720, 1280, 3)
    assert first.flags.c_contiguous
    assert tuple(first[0, 0]) == COLOUR[::-1]
    assert not np.shares_memory(first, second)
    assert device.last.released


@pytest.mark.parametrize(
    ("size", "formats", "expected"),
    [
        ((1280, 720), (MJPG, YUYV), MJPG),
        ((640, 480), (MJPG, YUYV), YUYV),  # USB 2 carries it as it is, which looks better
        ((1280, 720), (YUYV,), YUYV),
        ((1280, 720), (), BGR3),
    ],
)
def test_mjpg_is_taken_where_it_is_needed_and_there(
    device: type[Device], size: tuple[int, int], formats: tuple[int, ...], expected: int
) -> None:
    device.formats = formats
    with opened(size) as camera:
        assert device.last.get(cv2.CAP_PROP_FOURCC) == expected
        assert camera.read()[0].shape == (size[1], size[0], 3)


def test_the_size_is_that_of_the_pictures(device: type[Device]) -> None:
    device.largest = (800, 600)
    with opened((1280, 720)) as camera:
        assert camera.size == (800, 600)


@pytest.mark.parametrize(("age", "believed"), [(0.02, True), (0.99, True), (1.01, False), (-0.01, False)])
def test_the_drivers_time_is_believed_when_it_makes_sense(
    device: type[Device], monkeypatch: pytest.MonkeyPatch, age: float, believed: bool
) -> None:
    device.age = age
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    with opened() as camera:
        _, taken = camera.read()
    assert taken == pytest.approx(1000.0 - age if believed else 1000.0)


def test_broken_pictures_are_skipped(device: type[Device]) -> None:
    device.script[:] = ["error", "empty", "good", "empty", "good"]
    with opened() as camera:
        assert len([camera.read() for _ in range(2)]) == 2
        assert not device.script


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (["silence"], "gives no pictures"),
        (["unplugged"], "was unplugged"),
        (["empty"] * 100, "broken pictures only"),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_camera_without_pictures_is_gone(
    device: type[Device], script: list[str], says: str, later: bool
) -> None:
    says = f"camera 0 .*{says}"
    if later:
        with opened() as camera:
            camera.read()
            device.script[:] = script
            with pytest.raises(CameraGone, match=says):
                camera.read()
    else:
        device.script[:] = script
        with pytest.raises(CameraGone, match=says):
            opened()
    assert device.last.released


def refused(which: str) -> AvatarCamError:
    with pytest.raises(AvatarCamError) as caught:
        OpenCvCamera(which, (640, 480), 30.0)
    assert "\n" not in str(caught.value)
    return caught.value


def test_says_which_cameras_there_are(device: type[Device], monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused("7")
    assert isinstance(error, CameraGone)
    assert str(error) == "there is no camera 7: there is 0 (Webcam); see --list-cameras"
    plug(monkeypatch)
    assert "no other: plug one in" in str(refused("7"))
    assert not device.asked


def test_says_what_a_missing_permission_is(device: type[Device], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    error = refused("0")
    assert isinstance(error, CameraGone)
    assert "usermod -aG video" in str(error)


@pytest.mark.parametrize(
    ("programs", "kind", "says"),
    [
        ({1: "zoom", 2: "zoom", 3: "obs"}, CameraBusy, "in use by obs, zoom: close it there"),
        ({}, CameraBusy, "in use by another program"),
        ({os.getpid(): "python"}, CameraGone, "does not answer"),
        ({os.getpid(): "python", 1: "zoom"}, CameraBusy, "in use by zoom"),
    ],
)
def test_says_who_holds_a_camera(
    device: type[Device],
    monkeypatch: pytest.MonkeyPatch,
    programs: dict[int, str],
    kind: type[AvatarCamError],
    says: str,
) -> None:
    device.opens = False
    monkeypatch.setattr(opencv_camera, "holders", lambda path: dict(programs))
    error = refused("0")
    assert isinstance(error, kind)
    assert says in str(error)


def test_says_when_a_device_is_no_camera(device: type[Device], monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch)
    assert "it is no camera, or nothing feeds it" in str(refused("0"))
    assert not device.asked


def test_the_second_back_end_is_tried(device: type[Device], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(opencv_camera, "BACK_ENDS", (cv2.CAP_MSMF, cv2.CAP_DSHOW))
    device.opens = False
    assert isinstance(refused("0"), CameraBusy)
    assert device.asked == [(0, cv2.CAP_MSMF), (0, cv2.CAP_DSHOW)]
    assert "there is no camera 3" in str(refused("3"))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_who_has_a_file_open(tmp_path: Path) -> None:
    device, link = tmp_path / "video0", tmp_path / "by-id"
    device.touch()
    link.symlink_to(device)
    assert holders(str(device)) == {}
    with device.open("rb"):
        assert holders(str(link)) == {os.getpid(): Path("/proc/self/comm").read_text("utf-8").strip()}


class Phone(BaseHTTPRequestHandler):
    """A network camera that sends so many pictures and then hangs up."""

    pictures = 40

    def do_GET(self) -> None:
        _, jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), COLOUR, np.uint8))
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        part = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
        try:
            for _ in range(self.pictures):
                self.wfile.write(part + jpeg.tobytes() + b"\r\n")
        except OSError:  # nobody listens any more
            pass

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """Where a network camera answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Phone) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://me:secret@127.0.0.1:{server.server_port}/video"
        server.shutdown()
        thread.join()


def test_a_network_camera(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    camera = open_camera(address, (640, 480), 30.0)
    try:
        assert camera.name.startswith("http://127.0.0.1:")
        assert camera.size == (64, 48)
        before = time.monotonic()
        pixels, taken = camera.read()
        pixels, taken = camera.read()
        assert before <= taken <= time.monotonic()
        assert np.abs(pixels[24, 32].astype(int) - COLOUR[::-1]).max() <= 6
        with pytest.raises(CameraGone, match="no pictures any more") as caught:
            deque(iter(camera.read, None), maxlen=0)
        assert "secret" not in str(caught.value)
    finally:
        camera.close()
    assert capfd.readouterr().err == ""


def test_a_network_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraGone, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        open_camera("http://me:secret@127.0.0.1:9/video")
    assert capfd.readouterr().err == ""
