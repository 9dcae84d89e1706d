"""Pictures on their way to a virtual camera, in a thread that nobody waits for."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from threading import Condition, Thread
from time import monotonic
from typing import Protocol

import cv2
import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.errors import AvatarCamError, SinkError
from avatar_cam.rendering.cutout import straight
from avatar_cam.types import Pixels

#: Seconds without a new picture after which the last one is sent once more: who begins to read meanwhile
#: gets one, too.
_AGAIN = 0.5
#: Seconds between two tries to open a camera that has gone, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
#: Seconds that figures look back.
_WINDOW = 1.0
#: Seconds that `close` waits for a driver that hangs.
_PATIENCE = 2.0


_log = logging.getLogger(__name__)


class VirtualCamera(Protocol):
    """Where pictures go that other programs take for a camera's.

    `size` (width, height) px, both even. `send` takes uint8 (H, W, 3) RGB of just that size, or with `alpha`
    (H, W, 4) RGBA with straight alpha, keeps no reference, and raises SinkError when the camera is gone.
    """

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def alpha(self) -> bool: ...
    def send(self, pixels: Pixels) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`pixels` uint8 (H, W, 3) RGB, multiplied by `alpha`, uint8 (H, W), where there is one.

    `taken`: when the camera took it, seconds; None for one that no camera took.
    """

    pixels: Pixels
    alpha: Pixels | None
    taken: float | None


class Sending(Closing):
    """Sends the newest picture to a virtual camera, beside the loop that makes them.

    `open_camera` is called at once, and what it raises is raised; and again, now and then, when the camera
    has gone, or anything else went wrong with it. `offer` returns at once: a picture that was not sent yet
    makes room for the next. Nobody may draw into a picture that was offered. `clock` is that of
    `Picture.taken`.
    """

    def __init__(
        self, open_camera: Callable[[], VirtualCamera], clock: Callable[[], float] = monotonic
    ) -> None:
        self._open = open_camera
        self._clock = clock
        self._camera: VirtualCamera | None = open_camera()
        self.name, self.size, self.alpha = self._camera.name, self._camera.size, self._camera.alpha
        #: What is wrong with the camera now, in one line; None when nothing is.
        self.fault: str | None = None
        #: How many pictures were sent, and how many made room for a newer one.
        self.sent, self.dropped = 0, 0
        self._recent = deque[tuple[float, float]]()  # when, and the latency in seconds
        self._latencies = Counter[int]()  # all of them, in whole milliseconds
        self._first: float | None = None
        self._change = Condition()
        self._next: Picture | None = None
        self._closed = False
        self._thread = Thread(target=self._work, name="virtual camera", daemon=True)
        self._thread.start()

    def offer(self, picture: Picture) -> None:
        """Send this one next."""
        with self._change:
            self.dropped += self._next is not None and self._next.taken is not None
            self._next = picture
            self._change.notify()

    @property
    def latency_ms(self) -> float | None:
        """Median milliseconds, in the last second, from the camera's picture until it was sent."""
        now = self._clock()
        with self._change:
            recent = [latency for sent, latency in self._recent if now - sent <= _WINDOW]
        return median(recent) * 1000 if recent else None

    @property
    def summary(self) -> str:
        """All that was sent, in one line."""
        with self._change:
            if not self.sent or self._first is None:
                return f"nothing was sent to {self.name}"
            latencies = self._latencies.copy()
            span = self._recent[-1][0] - self._first if self._recent else 0.0
        rate = f", {(self.sent - 1) / span:.1f} a second" if span > 0 else ""
        middle, late = (_quantile(latencies, share) for share in (0.5, 0.95))
        return (
            f"sent {self.sent} pictures to {self.name}{rate}; from the camera until they were sent: "
            f"{middle} ms (median), {late} ms (95 %); {self.dropped} left out"
        )

    def close(self) -> None:
        """Let go of the camera; what was not sent yet is not sent any more. May be called twice."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join(_PATIENCE)

    def _work(self) -> None:
        last: Picture | None = None
        pause = _FIRST_PAUSE
        while True:
            picture = self._take(_AGAIN if self._camera else pause)
            if self._closed:
                break
            last, new = picture or last, picture is not None
            try:
                if self._camera is None:
                    self._camera = self._reopened()
                if last is not None:
                    self._camera.send(_prepared(last, self._camera))
                    self.fault, pause = None, _FIRST_PAUSE
                    if new and last.taken is not None:
                        self._count(last.taken)
            except Exception as error:  # who hides would be seen if this thread died: its last picture stays
                self._fail(error)
                pause = min(2 * pause, _LONGEST_PAUSE)
        self._let_go()

    def _fail(self, error: Exception) -> None:
        """Let go of the camera, and say why, once."""
        meant = isinstance(error, AvatarCamError)
        kind = "" if meant else f"{self.name} failed: {type(error).__name__}: "
        fault = " ".join(f"{kind}{error}".split())
        if self.fault is None:
            _log.warning("%s", fault)
        self.fault = fault
        self._let_go()

    def _take(self, patience: float) -> Picture | None:
        """The next picture; while there is no camera, only after all of `patience`, seconds."""
        with self._change:
            self._change.wait_for(lambda: self._closed or (self._camera and self._next), patience)
            picture, self._next = self._next, None
            return picture

    def _reopened(self) -> VirtualCamera:
        camera = self._open()
        if camera.alpha != self.alpha:
            camera.close()
            raise SinkError(f"{camera.name} is not the virtual camera that it was")
        _log.info("%s opened again", camera.name)
        return camera

    def _count(self, taken: float) -> None:
        now = self._clock()
        latency = max(0.0, now - taken)
        with self._change:
            self.sent += 1
            self._first = now if self._first is None else self._first
            self._recent.append((now, latency))
            while now - self._recent[0][0] > _WINDOW:
                self._recent.popleft()
            self._latencies[round(latency * 1000)] += 1

    def _let_go(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            with suppress(Exception):  # it is done with, whatever it says
                camera.close()


def fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture (H, W, C) as `size` (width, height) wants it: less an odd column or row, or with margins."""
    width, height = size
    tall, wide = pixels.shape[:2]
    if width <= wide <= width + 1 and height <= tall <= height + 1:
        return pixels[:height, :width]
    scale = min(width / wide, height / tall)
    inner = max(1, min(width, round(wide * scale))), max(1, min(height, round(tall * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    x, y = (width - inner[0]) // 2, (height - inner[1]) // 2
    shown = np.zeros((height, width, *pixels.shape[2:]), np.uint8)
    shown[y : y + inner[1], x : x + inner[0]] = cv2.resize(pixels, inner, interpolation=way)
    return shown


def _prepared(picture: Picture, camera: VirtualCamera) -> Pixels:
    if not camera.alpha:
        return fitted(picture.pixels, camera.size)
    if picture.alpha is not None:
        return fitted(straight(picture.pixels, picture.alpha), camera.size)
    return np.asarray(cv2.cvtColor(fitted(picture.pixels, camera.size), cv2.COLOR_RGB2RGBA), np.uint8)


def _quantile(counts: Counter[int], share: float) -> int:
    """The value below which `share` of all lie."""
    left = share * counts.total()
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    return max(counts, default=0)
