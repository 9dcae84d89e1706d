"""A camera that does what a script says: for tests and trials of what cameras get up to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.errors import CameraBusy, CameraGone
from avatar_cam.types import Pixels

#: What happens next. "busy" and "gone" are met by whoever opens the camera or reads from it; "hang" holds a
#: read up and gives no picture.
Event = Literal["picture", "hang", "busy", "gone"]


class ScriptedDevice:
    """The thing that is plugged in: plays `script` through all openings, then pictures without end.

    Picture n is filled with n (modulo 256). They come `fps` a second, by `sleep`, at the times of `clock`; a
    hang lasts `hang_s`. `opened` counts the openings, `closed` those that were closed.
    """

    def __init__(
        self,
        script: Iterable[Event] = (),
        size: tuple[int, int] = (64, 48),
        fps: float = 30.0,
        hang_s: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.size = size
        self.fps = fps
        self.opened = 0
        self.closed = 0
        self._script = list(script)
        self._hang_s = hang_s
        self._clock = clock
        self._sleep = sleep
        self._pictures = 0

    def open(self, which: str = "scripted") -> ScriptedCamera:
        """Open it, as `open_camera` would; `which` is only its name. Raises `CameraBusy`, `CameraGone`."""
        if self._script and self._script[0] in ("busy", "gone"):
            self._raise(which)
        self.opened += 1
        return ScriptedCamera(self, which)

    def _next(self, which: str) -> tuple[Pixels, float]:
        """The next picture, after what the script has before it."""
        while self._script and self._script[0] != "picture":
            if self._script[0] != "hang":
                self._raise(which)
            del self._script[0]
            self._sleep(self._hang_s)
        del self._script[:1]
        self._sleep(1 / self.fps)
        width, height = self.size
        pixels = np.full((height, width, 3), self._pictures % 256, np.uint8)
        self._pictures += 1
        return pixels, self._clock()

    def _raise(self, which: str) -> None:
        if self._script.pop(0) == "busy":
            raise CameraBusy(f"{which} is in use by another program: close it there")
        raise CameraGone(f"{which} was unplugged")


class ScriptedCamera(Closing):
    """A `Camera` opened from a `ScriptedDevice`."""

    def __init__(self, device: ScriptedDevice, name: str) -> None:
        self._device = device
        self._closed = False
        self.name = name
        self.size = device.size
        self.fps = device.fps

    def read(self) -> tuple[Pixels, float]:
        return self._device._next(self.name)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._device.closed += 1
