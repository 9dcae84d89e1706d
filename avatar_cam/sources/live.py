"""A camera as a source that never runs dry for good: the newest picture, and how the camera is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic

from avatar_cam.closing import Closing
from avatar_cam.errors import AvatarCamError, CameraBusy, CameraGone
from avatar_cam.sources.camera import Camera, label, open_camera
from avatar_cam.sources.capture import CameraState, Capture, Patience, Rotation
from avatar_cam.types import Frame

_log = logging.getLogger(__name__)

#: How long a camera may take to let go before the next one is opened, in seconds. Two at once may be more
#: than a USB hub can carry.
_HANDOVER_S = 0.5

#: The least time between two frames: a camera's clock may stand still, or be behind that of another.
_TICK_S = 0.001


class LiveSource(Closing):
    """Frames of the camera `which` as it is now: old pictures are dropped, never queued.

    A camera that is busy, gone or slow is tried again for ever, with growing pauses, and taken up again when
    it is back; `state` says how it is. What cannot pass, such as a clip that does not exist, ends in the
    phase "failed" until another camera is chosen. `opener` opens a camera by its name; pictures are turned
    clockwise by `rotate` degrees. `clock` is that of the cameras' pictures, in seconds.

    A driver may hang for ever in a call. The thread in it is then left behind, and another one tries to open
    the camera; where that hangs as well nothing more is tried until one of them comes back, so that at most
    two threads hang in one device. `take` looks after this; while nobody takes, nothing is restarted.

    All methods belong to one thread.
    """

    def __init__(
        self,
        which: str,
        opener: Callable[[str], Camera] = open_camera,
        rotate: Rotation = 0,
        patience: Patience | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._opener = opener
        self._rotate = rotate
        self._patience = patience or Patience()
        self._clock = clock
        self._left_behind: list[Capture] = []
        self._dropped = 0
        self._index = 0
        self._start: float | None = None
        self._last = 0.0
        self._capture = self._begin(which)

    @property
    def which(self) -> str:
        """The camera, as it was asked for."""
        return self._capture.which

    @property
    def state(self) -> CameraState:
        """How the camera is now."""
        return self._capture.state

    @property
    def first_error(self) -> AvatarCamError | None:
        """What was wrong with the first opening of the present camera."""
        return self._capture.first_error

    @property
    def dropped(self) -> int:
        """How many pictures came and were overtaken by newer ones before they were taken."""
        return self._dropped + self._capture.slot.dropped

    @property
    def rate(self) -> float:
        """Pictures a second that the camera gave in the last two seconds; 0 where it cannot be told."""
        return self._capture.slot.rate(self._clock())

    def now(self) -> float:
        """The time now, on the clock of `Frame.time`; 0 before the first frame."""
        return 0.0 if self._start is None else self._clock() - self._start

    def wait_opened(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for the first picture; whether it is there.

        Raises what was wrong with the first opening, but for a busy camera: that is tried again.
        """
        self._capture.decided.wait(timeout)
        self._raise_fault()
        if self._capture.state.phase in ("live", "slow"):
            return True
        error = self._capture.first_error
        if error is not None and not isinstance(error, CameraBusy):
            raise error
        return False

    def take(self, timeout: float) -> Frame | None:
        """The newest frame that was not taken yet; None when none comes in `timeout` seconds.

        `Frame.index` counts frames taken; `Frame.time` always grows, over new openings and other cameras too.
        """
        self._look_after()
        picture = self._capture.slot.take(timeout)
        self._raise_fault()
        if picture is None:
            return None
        pixels, taken = picture
        if self._start is None:
            self._start, self._last = taken, -_TICK_S
        self._last = max(taken - self._start, self._last + _TICK_S)
        frame = Frame(pixels, self._index, self._last)
        self._index += 1
        return frame

    def switch(self, which: str) -> None:
        """Go on with another camera; takes up to half a second, in which the present one is let go of."""
        self._end(_HANDOVER_S)
        self._dropped += self._capture.slot.dropped
        self._capture = self._begin(which, after=self._holding(which))

    def close(self, timeout: float = 2.0) -> None:
        """Let go of the camera: at once, or after `timeout` seconds without it where the driver hangs."""
        self._end(timeout)

    def _look_after(self) -> None:
        """Leave a thread that hangs behind, unless one of this camera was left behind already."""
        which = self._capture.which
        if self._capture.stuck and not self._holding(which):
            _log.warning("%s hangs; trying anew beside it", label(which))
            self._end(0.0)
            self._dropped += self._capture.slot.dropped
            self._capture = self._begin(which, CameraGone(f"{label(which)} does not answer: unplug it once"))

    def _raise_fault(self) -> None:
        if self._capture.fault is not None:
            raise self._capture.fault

    def _begin(
        self, which: str, error: AvatarCamError | None = None, after: Sequence[Capture] = ()
    ) -> Capture:
        return Capture(which, self._opener, self._clock, self._patience, self._rotate, error, after)

    def _end(self, timeout: float) -> None:
        self._capture.stop()
        if not self._capture.join(timeout) and self._capture not in self._left_behind:
            self._left_behind.append(self._capture)

    def _holding(self, which: str) -> list[Capture]:
        """Captures left behind that may still hold the camera."""
        self._left_behind = [capture for capture in self._left_behind if capture.alive]
        return [capture for capture in self._left_behind if capture.which == which]
