"""A thread that works beside the frame loop, on the newest job only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Condition, Thread, get_native_id
from typing import Generic, TypeVar

from avatar_cam.closing import Closing

#: How far these threads stand back, 0 to 19.
_NICE = 10

Job = TypeVar("Job")
Result = TypeVar("Result")


class Beside(Closing, Generic[Job, Result]):
    """Does one job at a time in a thread of its own; a newer job takes the place of one that still waits.

    `tool` is entered and left in that thread, since models belong to the thread that runs them, and gives
    the function that does a job. What it raises, or `tool` itself, is raised by the next `newest`.
    """

    def __init__(self, name: str, tool: AbstractContextManager[Callable[[Job], Result]]) -> None:
        self._tool = tool
        self._change = Condition()
        self._jobs: list[Job] = []  # none or one
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self._busy = True  # until the tool is ready
        self._working = False
        self._closed = False
        #: How many jobs were done.
        self.done = 0
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether a job that is offered now would begin at once."""
        with self._change:
            return not (self._busy or self._jobs)

    @property
    def pulse(self) -> tuple[bool, int]:
        """Whether a job is being done, and how many were: one that never ends shows in this."""
        with self._change:
            return self._working, self.done

    def offer(self, job: Job) -> None:
        """Ask for this job next; returns at once."""
        with self._change:
            self._jobs = [job]
            self._change.notify()

    def newest(self) -> Result | None:
        """The result that came last and was not handed over yet; None when there is none."""
        with self._change:
            if self._error is not None:
                raise self._error
            return self._results.pop() if self._results else None

    def close(self) -> None:
        """Wait for the job that is being done, forget the others, and end the thread."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            give_way()
            with self._tool as work:
                while (job := self._next()) is not None:
                    result = work(job[0])
                    with self._change:
                        self._results = [result]
                        self.done += 1
        except BaseException as error:
            with self._change:
                self._error = error

    def _next(self) -> list[Job] | None:
        """The next job, in a list; None when the thread is to end."""
        with self._change:
            self._busy = self._working = False
            self._change.wait_for(lambda: self._closed or self._jobs)
            if self._closed:
                return None
            self._busy = self._working = True
            job, self._jobs = self._jobs, []
            return job


def give_way() -> None:
    """Let the frame loop go first: this thread, and those that it starts, get what others leave.

    Only Linux has priorities of single threads that anybody may lower.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICE)
