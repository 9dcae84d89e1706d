"""One camera, opened, read and tried again by a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal, TypeVar

import cv2
import numpy as np

from avatar_cam.errors import AvatarCamError, CameraBusy, CameraGone
from avatar_cam.sources.camera import Camera, label
from avatar_cam.sources.glance import glance
from avatar_cam.sources.slot import NewestSlot
from avatar_cam.types import Pixels

Phase = Literal["opening", "live", "slow", "busy", "gone", "failed"]
Rotation = Literal[0, 90, 180, 270]

_T = TypeVar("_T")

_log = logging.getLogger(__name__)

#: How often to look whether another capture has ended, in seconds.
_GLANCE_S = 0.1

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class CameraState:
    """How a camera is: `live` is well, `failed` is final, all others may pass.

    `size` (width, height) px of its pictures, turned as asked for, and `fps`, nominal, are those of the last
    opening. `message` is one line for the screen, None when all is well.
    """

    phase: Phase
    name: str
    size: tuple[int, int] | None
    fps: float | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a camera, in seconds.

    It is `slow` after so long without a picture, and `stuck` when one call of it lasts so long (`opening` for
    the call that opens it: some systems take that long). It is tried again after `first_pause`; pauses
    double up to `longest_pause`.
    """

    slow: float = 1.0
    stuck: float = 5.0
    opening: float = 30.0
    first_pause: float = 0.5
    longest_pause: float = 2.0
    #: With a glance at the camera every so many seconds a pause ends as soon as something has changed there.
    glance: float | None = None


class Capture:
    """Keeps the newest picture of a camera in `slot`, whatever happens to the camera.

    Starts at once, in a daemon thread: a call into a driver may never come back, and then nobody waits for
    it. Pictures are turned clockwise by `rotate` degrees. `error` is what was wrong before; `after` are
    captures that may still hold the device, and whose end is waited for.
    """

    def __init__(
        self,
        which: str,
        opener: Callable[[str], Camera],
        clock: Callable[[], float],
        patience: Patience,
        rotate: Rotation = 0,
        error: AvatarCamError | None = None,
        after: Sequence[Capture] = (),
    ) -> None:
        self.which = which
        self.slot = NewestSlot()
        #: What was wrong with the first opening; None when nothing was, or it still goes on.
        self.first_error: AvatarCamError | None = None
        #: A fault of the program, to be raised by whoever holds the capture.
        self.fault: Exception | None = None
        self._opener = opener
        self._clock = clock
        self._patience = patience
        self._rotate = rotate
        self._after = after
        # What is written by the thread and read by others is replaced as a whole, so it needs no lock.
        self._camera: tuple[str, tuple[int, int], float] | None = None
        self._error = error
        self._newest: float | None = None
        self._deadline: float | None = None
        #: Set when a picture has come, or the first opening has failed.
        self.decided = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture {label(which)}", daemon=True)
        self._thread.start()

    @property
    def state(self) -> CameraState:
        """How the camera is now; a call that hangs is seen too."""
        name, size, fps = self._camera or (label(self.which), None, None)
        error, newest = self._error, self._newest
        phase: Phase
        message: str | None
        match error:
            case None:
                if newest is None:
                    phase, message = "opening", f"{name} is being opened"
                elif self._clock() - newest > self._patience.slow:
                    phase, message = "slow", f"{name} gives no pictures; waiting for it"
                else:
                    phase, message = "live", None
            case CameraBusy():
                phase, message = "busy", f"{error}; trying again"
            case CameraGone():
                phase, message = "gone", f"{error}; trying again"
            case _:
                phase, message = "failed", str(error)
        return CameraState(phase, name, size, fps, message)

    @property
    def alive(self) -> bool:
        """Whether its thread still runs, and may hold the device."""
        return self._thread.is_alive()

    @property
    def stuck(self) -> bool:
        """Whether a call into the camera has lasted too long."""
        deadline = self._deadline
        return deadline is not None and self._clock() > deadline

    def stop(self) -> None:
        """Ask it to end, which it does when the present call into the camera comes back."""
        self._stopped.set()
        self.slot.close()

    def join(self, timeout: float) -> bool:
        """Wait `timeout` seconds for its end; whether it has let go of the device."""
        self._thread.join(timeout)
        return not self.alive

    def _run(self) -> None:
        while any(capture.alive for capture in self._after) and not self._stopped.is_set():
            self._stopped.wait(_GLANCE_S)
        pause = self._patience.first_pause
        while not self._stopped.is_set():
            before = self._newest
            try:
                self._play()
            except (CameraBusy, CameraGone) as error:
                self._fail(error)
            except AvatarCamError as error:
                self._fail(error)
                return
            except Exception as fault:
                self.fault = fault
                self.decided.set()
                self.slot.close()
                return
            if self._newest != before:
                pause = self._patience.first_pause
            self._rest(pause)
            pause = min(2 * pause, self._patience.longest_pause)

    def _rest(self, pause: float) -> None:
        """Wait before the next try: less where a glance shows that something has changed."""
        every = self._patience.glance
        if every is None:
            self._stopped.wait(pause)
            return
        before = glance(self.which)
        while pause > 0 and not self._stopped.wait(min(every, pause)) and glance(self.which) == before:
            pause -= every

    def _play(self) -> None:
        """Read until asked to stop. Raises what the camera raises."""
        with closing(self._timed(lambda: self._opener(self.which), self._patience.opening)) as camera:
            width, height = camera.size
            size = (height, width) if self._rotate in (90, 270) else (width, height)
            self._camera = camera.name, size, camera.fps
            _log.info("%s opened: %dx%d, %.0f a second", camera.name, *size, camera.fps)
            while not self._stopped.is_set():
                self._keep(*self._timed(camera.read, self._patience.stuck))

    def _timed(self, call: Callable[[], _T], seconds: float) -> _T:
        """What `call` gives; `stuck` where that takes longer than `seconds`."""
        self._deadline = self._clock() + seconds
        try:
            return call()
        finally:
            self._deadline = None

    def _keep(self, pixels: Pixels, taken: float) -> None:
        if self._rotate:
            pixels = np.asarray(cv2.rotate(pixels, _TURNS[self._rotate]), np.uint8)
        self._newest, self._error = self._clock(), None
        self.slot.put(pixels, taken)
        self.decided.set()

    def _fail(self, error: AvatarCamError) -> None:
        if str(error) != str(self._error):  # else it is tried again, and fails again
            _log.warning("%s", error)
        self._error = error
        if not self.decided.is_set():
            self.first_error = error
            self.decided.set()
