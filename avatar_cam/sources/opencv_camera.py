"""A camera by OpenCV: a webcam of this machine, or a network camera."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike

from avatar_cam.closing import Closing
from avatar_cam.errors import CameraBusy, CameraGone, SourceError, UsageError
from avatar_cam.sources.camera import PERFORMER, is_index, is_url, label
from avatar_cam.sources.cameras import BACK_ENDS, list_cameras
from avatar_cam.sources.linux_devices import holders
from avatar_cam.types import Pixels

# OpenCV and its FFmpeg print what goes wrong; here it is raised, or shown on the screen.
cv2.setLogLevel(0)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

_SIZE = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
_MJPG = cv2.VideoWriter.fourcc(*"MJPG")
#: Pixels a second that USB 2 carries uncompressed; for more a camera needs MJPG.
_USB2_PIXELS = 640 * 480 * 30
#: Back-ends that are asked for a format, and their name for the one that all webcams have; the others choose
#: one by the size and rate.
_PLAIN = {cv2.CAP_V4L2: cv2.VideoWriter.fourcc(*"YUYV"), cv2.CAP_DSHOW: cv2.VideoWriter.fourcc(*"YUY2")}

_NETWORK_OPEN_MS, _NETWORK_READ_MS = 10_000, 5_000
#: How long V4L2 is waited for at a time, and in all; left to itself OpenCV waits for ten seconds.
_WAIT_S, _SILENCE_S = 0.5, 3.0
#: Broken pictures in a row (short USB packets, a stream joined between key frames) before it counts as gone.
_BROKEN = 60
#: A driver's time stamp is believed when it is no older.
_OLDEST_S = 1.0
_FALLBACK_FPS = 30.0


class OpenCvCamera(Closing):
    """A `Camera`: `which` is an index, a device's path, or a URL.

    `size` (width, height) px and `fps` are asked for, and MJPG where USB 2 could not carry them otherwise;
    what the device gives instead is taken. Opening reads the first picture, whose size counts. On Linux
    pictures carry the driver's own time, elsewhere that of their arrival.

    Raises `CameraGone` when there is no such camera, it may not be used or gives no picture, `CameraBusy`
    when another program holds it.
    """

    def __init__(self, which: str, size: tuple[int, int], fps: float) -> None:
        self._which = which
        self.name = _name(which)
        self._bgr: MatLike | None = None
        self._back_end, self._device = _opened(which)
        try:
            if self._back_end != cv2.CAP_FFMPEG:
                _negotiate(self._device, self._back_end, size, fps)
            self._first: tuple[Pixels, float] | None = self._next()
        except BaseException:
            self.close()
            raise
        pixels, _ = self._first
        self.size: tuple[int, int] = (pixels.shape[1], pixels.shape[0])
        told = self._device.get(cv2.CAP_PROP_FPS)
        self.fps: float = told if 1 <= told <= 1000 else _FALLBACK_FPS
        #: The format that the device delivers, such as MJPG; empty where that cannot be told.
        self.form = _letters(int(self._device.get(cv2.CAP_PROP_FOURCC)))

    def read(self) -> tuple[Pixels, float]:
        first, self._first = self._first, None
        return first or self._next()

    def close(self) -> None:
        self._device.release()

    def _next(self) -> tuple[Pixels, float]:
        for _ in range(_BROKEN):
            self._grab()
            arrived = time.monotonic()
            picture = self._retrieve()
            if picture is not None:
                taken = self._stamp(arrived)
                return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8), taken
        raise CameraGone(f"{label(self._which)} gives broken pictures only: try another cable or port")

    def _grab(self) -> None:
        if self._back_end == cv2.CAP_V4L2:
            self._await()
        elif not self._device.grab():
            raise CameraGone(f"{label(self._which)} gives no pictures any more: check its cable or network")

    def _await(self) -> None:
        deadline = time.monotonic() + _SILENCE_S
        while time.monotonic() < deadline:
            try:
                _, ready = cv2.VideoCapture.waitAny([self._device], int(_WAIT_S * 1e9))
            except cv2.error as error:
                raise CameraGone(f"{label(self._which)} was unplugged or switched off") from error
            if len(ready):
                return
        raise CameraGone(f"{label(self._which)} is there but gives no pictures: switch on what feeds it")

    def _retrieve(self) -> MatLike | None:
        """The picture that was just grabbed, BGR; None when it is broken."""
        try:
            found, self._bgr = self._device.retrieve(self._bgr)
        except cv2.error:
            return None
        if not found or self._bgr is None:
            return None
        if self._bgr.shape[0] == 1:  # OpenCV 4.11 leaves what is BGR in the device already in one row
            width, height = (int(self._device.get(what)) for what in _SIZE)
            return self._bgr.reshape(height, width, 3) if self._bgr.size == height * width * 3 else None
        return self._bgr if self._bgr.ndim == 3 else None

    def _stamp(self, arrived: float) -> float:
        """When the picture that was just grabbed was taken."""
        if self._back_end == cv2.CAP_V4L2:
            told = self._device.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if 0 <= arrived - told < _OLDEST_S:
                return told
        return arrived


def _letters(code: int) -> str:
    """The four letters of a FourCC code."""
    letters = max(code, 0).to_bytes(8, "little")[:4].decode("latin-1")
    return letters.strip() if letters.isascii() and letters.isprintable() else ""


def _opened(which: str) -> tuple[int, cv2.VideoCapture]:
    """The first back-end that can open the camera, and the camera."""
    if is_url(which):
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _NETWORK_OPEN_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _NETWORK_READ_MS,
        ]
        device = cv2.VideoCapture(which, cv2.CAP_FFMPEG, limits)
        if device.isOpened():
            return cv2.CAP_FFMPEG, device
        raise CameraGone(
            f"{label(which)} cannot be reached, or is no video: check the address and the network"
        )
    if sys.platform == "linux":
        _check_device(which, _path(which))
    for back_end in BACK_ENDS:
        device = cv2.VideoCapture(int(which) if is_index(which) else which, back_end)
        if device.isOpened():
            return back_end, device
        device.release()
    raise _why_not(which)


def _negotiate(device: cv2.VideoCapture, back_end: int, size: tuple[int, int], fps: float) -> None:
    """Ask for size and rate; what a device refuses it leaves as it was."""
    width, height = size
    # The number of buffers stays: a thread that always waits for the next picture lets none grow old in them,
    # and with a single one a driver has nowhere to put the next picture while this one is decoded.
    if back_end in _PLAIN:
        if width * height * fps > _USB2_PIXELS:
            device.set(cv2.CAP_PROP_FOURCC, _MJPG)
        # Asked for what it has not, a device takes any other.
        if device.get(cv2.CAP_PROP_FOURCC) != _MJPG:
            device.set(cv2.CAP_PROP_FOURCC, _PLAIN[back_end])
    for what, value in zip((*_SIZE, cv2.CAP_PROP_FPS), (width, height, fps), strict=True):
        device.set(what, value)


def _name(which: str) -> str:
    if is_url(which):
        return label(which)
    path = os.path.realpath(which)
    return next((it.name for it in list_cameras() if which == it.which or path == it.path), label(which))


def _path(which: str) -> str:
    return f"/dev/video{int(which)}" if is_index(which) else which


def _check_device(which: str, path: str) -> None:
    """Raises `CameraGone` where a look at the device says why it cannot be opened."""
    if not Path(path).exists():
        raise _no_such(which)
    if not os.access(path, os.R_OK | os.W_OK):
        raise CameraGone(
            f"{label(which)} may not be used by you: run sudo usermod -aG video $USER, then log in again"
        )
    # Not left to OpenCV, which cannot tell this from a busy camera, and disturbs a feeder that is starting.
    real = Path(os.path.realpath(path))
    if real.parent == Path("/dev") and not real.name.startswith("video"):
        raise UsageError(f"{which} is no camera: --list-cameras shows those that there are")
    if real.name.startswith("video") and not any(str(real) == camera.path for camera in list_cameras()):
        raise CameraGone(f"{label(which)} gives no pictures: it is no camera, or nothing feeds it")


def _why_not(which: str) -> SourceError:
    """Why a camera cannot be opened, as far as that can be found out."""
    if sys.platform != "linux":
        if not any(which in (camera.which, camera.path) for camera in list_cameras()):
            return _no_such(which)
        return CameraBusy(
            f"{label(which)} is in use by another program, or the system's privacy settings forbid its use"
        )
    programs = holders(_path(which))
    if programs.pop(os.getpid(), None) and not programs:
        return CameraGone(f"{label(which)} does not answer: unplug it once")
    by = ", ".join(sorted(set(programs.values()))) or "another program"
    return CameraBusy(f"{label(which)} is in use by {by}: close it there")


def _no_such(which: str) -> CameraGone:
    there = ", ".join(f"{camera.which} ({camera.name})" for camera in list_cameras())
    return CameraGone(
        f"there is no {label(which)}: there is {there}; see --list-cameras"
        if there
        else f"there is no {label(which)}, and no other: plug one in, or use --camera {PERFORMER}"
    )
