"""What a camera promises, and which one `--camera` means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

from avatar_cam.errors import UsageError
from avatar_cam.files import is_folder
from avatar_cam.types import Pixels

#: The drawn performer's name as a camera.
PERFORMER = "demo"


class Camera(Protocol):
    """An opened camera; belongs to one thread at a time.

    Opening raises `CameraBusy` or `CameraGone` for what may pass, another `AvatarCamError` for what will not.
    """

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px of its pictures: what the device agreed to, not what it was asked for."""

    @property
    def fps(self) -> float:
        """The rate that the device agreed to, above 0; how many pictures come may differ."""

    def read(self) -> tuple[Pixels, float]:
        """Wait for the next picture.

        uint8 (H, W, 3) RGB, contiguous, in memory that the camera does not use again; and when it was taken,
        in seconds of `time.monotonic()`. Raises `SourceError` when none comes, and then has ended.
        """

    def close(self) -> None:
        """Let go of the device; may be called twice."""


def open_camera(which: str, size: tuple[int, int] = (1280, 720), fps: float = 30.0) -> Camera:
    """Open what `--camera` names: an index, a device's path, a URL, a video file (looped), or `demo`.

    `size` (width, height) px and `fps` are asked for; a video file and a URL have their own. Raises
    `UsageError` when `which` can be none of these, else what `Camera` says.
    """
    if which == PERFORMER:
        from avatar_cam.sources.playing import PerformerCamera

        return PerformerCamera(size, fps)
    if is_index(which) or is_url(which) or _is_device(which):
        from avatar_cam.sources.opencv_camera import OpenCvCamera

        return OpenCvCamera(which, size, fps)
    if _is_file(which):
        from avatar_cam.sources.playing import ClipCamera

        return ClipCamera(Path(which))
    if which and is_folder(Path(which)):
        raise UsageError(f"{which} is a folder: give a video in it")
    raise UsageError(
        f"there is no camera or file {which or '()'}: give a number or path from --list-cameras, a URL, "
        f"a video file, or {PERFORMER}"
    )


def is_index(which: str) -> bool:
    """Whether it is the number of a camera."""
    return which.isascii() and which.isdecimal() and len(which) <= 4


def is_url(which: str) -> bool:
    """Whether it is the address of a network camera."""
    return "://" in which


def label(which: str) -> str:
    """What messages call a camera before it could say its name; never with a URL's password."""
    if is_index(which):
        return f"camera {int(which)}"
    if is_url(which):
        # Not by urllib, which raises for some, and whose users may contain neither / nor ?.
        scheme, _, rest = which.partition("://")
        return f"{scheme}://{re.split('[/?#]', rest.rpartition('@')[2])[0]}"
    return which


def _is_device(which: str) -> bool:
    return which.startswith("/dev/")


def _is_file(which: str) -> bool:
    try:
        return Path(which).is_file()
    except OSError:  # a name that no file can have
        return False
