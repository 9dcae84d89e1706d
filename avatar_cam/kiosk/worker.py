"""The pipeline in a thread of its own, which is left behind and made anew when it hangs or fails for good."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from avatar_cam.closing import Closing
from avatar_cam.errors import AvatarCamError
from avatar_cam.kiosk.faults import Faults, log
from avatar_cam.types import Composite, Frame


class Line(Protocol):
    """A pipeline, and what belongs to it; all but `pulse` is called by one thread."""

    def step(self, frame: Frame) -> Composite:
        """The composite of the next frame."""

    def forget(self) -> None:
        """Whoever comes next is somebody new."""

    def pulse(self) -> tuple[tuple[bool, int], ...]:
        """Of each thread beside it: whether it has something to do, and how much it has done so far."""

    def rest(self) -> None:
        """The newest composite has been shown."""

    def close(self) -> None:
        """Free all of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When something counts as broken; seconds."""

    #: A frame that takes so long hangs; models beside the loop give way to all else, so they may take longer,
    #: and so may loading everything.
    hangs: float = 6.0
    beside: float = 30.0
    opening: float = 60.0
    #: So many frames in a row that cannot be processed.
    failures: int = 5
    #: What cannot be loaded is tried again with pauses from the first to the second.
    first_pause: float = 2.0
    longest_pause: float = 20.0
    #: So many threads may hang at a time, with their models in memory.
    left_behind: int = 2


class Exhausted(AvatarCamError):
    """Too much hangs: only a new process helps."""


class Worker(Closing):
    """Puts frames through a `Line` that `open_line` makes, both in a daemon thread, and heals what breaks.

    - A frame that raises is skipped; after some in a row the line is made anew.
    - A frame, or a model beside it, that hangs is left behind with its thread, and the line made anew; when
      it comes back it is closed. With too many that never do, `poll` raises `Exhausted`.
    - What cannot be made is tried again for ever.

    Times are those of `poll`, seconds. All methods belong to one thread.
    """

    def __init__(self, open_line: Callable[[], Line], faults: Faults, limits: Limits | None = None) -> None:
        self._open_line, self._faults = open_line, faults
        self._limits = limits or Limits()
        self._left: list[_Thread] = []
        self._failures = 0
        self._pulse: tuple[tuple[bool, int], ...] = ()
        self._moved: list[float] = []
        #: Since when there has been something to do; None before the first look.
        self._since: float | None = None
        self._pause: float | None = None
        self._next_try = 0.0
        #: How often it was made anew.
        self.healed = 0
        self._thread = _Thread(open_line)

    @property
    def idle(self) -> bool:
        """Whether a frame that is offered now is looked at at once."""
        return self._thread.idle

    def offer(self, frame: Frame, now: float) -> None:
        """Look at this frame; only while it is idle."""
        self._since = now
        self._thread.offer(frame)

    def newest(self, timeout: float) -> Composite | None:
        """The composite of the frame that was offered, once; None when it is not there in `timeout` s."""
        composite = self._thread.take(timeout)
        if composite is not None:
            self._failures, self._pause = 0, None
        return composite

    def forget(self) -> None:
        """Take whoever comes next for somebody new."""
        self._thread.forgetting = True

    def rest(self) -> None:
        """The newest composite has been shown."""
        if self._thread.idle and self._thread.line is not None:
            try:
                self._thread.line.rest()
            except Exception as error:
                self._thread.error = error

    def poll(self, now: float) -> None:
        """See what has gone wrong, and mend it. Raises `Exhausted`."""
        self._left = [thread for thread in self._left if thread.is_alive()]
        error, self._thread.error = self._thread.error, None
        since = self._since = now if self._since is None else self._since
        if error is not None:
            self._failed(error, now)
        elif self._thread.line is None:
            if now - since > self._limits.opening and self._thread.is_alive():
                self._renew("loading the models takes too long", now)
        elif not self._thread.idle and now - since > self._limits.hangs:
            self._renew("a frame hangs", now)
        elif self._hangs_beside(now):
            self._renew("a model hangs", now)
        if not self._thread.is_alive() and self._pause is not None and now >= self._next_try:
            self._begin(now)

    def close(self, timeout: float = 5.0) -> None:
        """End the thread; one that hangs is left behind."""
        self._thread.stop()
        self._thread.join(timeout)

    @property
    def hanging(self) -> bool:
        """Whether threads are left that never came back."""
        return any(thread.is_alive() for thread in (*self._left, self._thread))

    def _failed(self, error: BaseException, now: float) -> None:
        if self._thread.line is None:
            self._faults.note("the models could not be loaded", error, now)
            pause = self._limits.first_pause if self._pause is None else 2 * self._pause
            self._pause = min(pause, self._limits.longest_pause)
            self._next_try = now + self._pause
            return
        self._faults.note("a frame was skipped", error, now)
        self._failures += 1
        if self._failures >= self._limits.failures:
            self._renew("no frame could be processed", now)

    def _renew(self, why: str, now: float) -> None:
        self._faults.note("the pipeline is made anew", why, now)
        self._thread.stop()
        self._left.append(self._thread)
        if len([thread for thread in self._left if thread.is_alive()]) > self._limits.left_behind:
            raise Exhausted("models hang again and again: start avatar-cam anew")
        self._begin(now)

    def _begin(self, now: float) -> None:
        self.healed += 1
        self._failures, self._since, self._pulse = 0, now, ()
        self._thread = _Thread(self._open_line)
        log.info("the pipeline is being made anew")

    def _hangs_beside(self, now: float) -> bool:
        """Whether a thread beside the line has had the same to do for too long."""
        assert self._thread.line is not None
        pulse = self._thread.line.pulse()
        if len(pulse) != len(self._pulse):
            self._moved = [now] * len(pulse)
        else:
            pairs = zip(pulse, self._pulse, self._moved, strict=True)
            self._moved = [since if one[0] and one == before else now for one, before, since in pairs]
        self._pulse = pulse
        return any(now - since > self._limits.beside for since in self._moved)


class _Thread:
    """One thread with one line, for as long as that lasts."""

    def __init__(self, open_line: Callable[[], Line]) -> None:
        self._open_line = open_line
        self._change = threading.Condition()
        self._frame: Frame | None = None
        self._composite: Composite | None = None
        self._busy = True
        self._stopped = False
        #: What was raised last, for whoever takes it.
        self.error: BaseException | None = None
        self.line: Line | None = None
        self.forgetting = False
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        with self._change:
            return not self._busy and self._frame is None and self._thread.is_alive()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def offer(self, frame: Frame) -> None:
        with self._change:
            self._frame = frame
            self._change.notify_all()

    def take(self, timeout: float) -> Composite | None:
        with self._change:
            self._change.wait_for(
                lambda: self._composite is not None or not (self._busy or self._frame is not None), timeout
            )
            composite, self._composite = self._composite, None
            return composite

    def stop(self) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.error = error
        with self._change:
            self._busy = False
        # A line is full of circles, and holds a hundred megabytes: that is not left to chance.
        gc.collect()

    def _work(self) -> None:
        line = self.line = self._open_line()
        try:
            while (frame := self._next()) is not None:
                self._process(line, frame)
        finally:
            self.line = None
            line.close()

    def _next(self) -> Frame | None:
        with self._change:
            self._busy = False
            self._change.notify_all()
            self._change.wait_for(lambda: self._frame is not None or self._stopped)
            frame, self._frame = self._frame, None
            self._busy = True
            return None if self._stopped else frame

    def _process(self, line: Line, frame: Frame) -> None:
        try:
            if self.forgetting:
                self.forgetting = False
                line.forget()
            composite = line.step(frame)
        except Exception as error:
            self.error = error
        else:
            with self._change:
                self._composite = composite
