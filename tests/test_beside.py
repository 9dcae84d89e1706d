"""A thread that works beside the frame loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest

from avatar_cam.beside import Beside
from tests.waiting import PATIENCE, eventually


class _Gate:
    """A job that waits until it is let through."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.open = threading.Semaphore(0)
        self.jobs: list[int] = []

    def work(self, job: int) -> int:
        self.jobs.append(job)
        self.begun.release()
        assert self.open.acquire(timeout=PATIENCE)
        return job * 10


def test_a_newer_job_takes_the_place_of_one_that_waits() -> None:
    gate = _Gate()
    with Beside("test", nullcontext(gate.work)) as beside:
        beside.offer(1)
        assert gate.begun.acquire(timeout=PATIENCE)
        for job in (2, 3, 4):
            beside.offer(job)
        assert not beside.idle
        assert beside.newest() is None
        for _ in range(2):
            gate.open.release()
        eventually(lambda: beside.done == 2)
        assert beside.newest() == 40
        assert beside.newest() is None, "handed over once"
        assert gate.jobs == [1, 4]


def test_idle_is_who_could_begin_at_once() -> None:
    ready = threading.Event()

    @contextmanager
    def slow_to_load() -> Iterator[Callable[[int], int]]:
        assert ready.wait(PATIENCE)
        yield lambda job: job

    with Beside("test", slow_to_load()) as beside:
        assert not beside.idle, "its model is still being loaded"
        ready.set()
        eventually(lambda: beside.idle)


def test_the_tool_lives_and_ends_in_the_thread() -> None:
    threads: list[str] = []

    @contextmanager
    def tool() -> Iterator[Callable[[int], int]]:
        threads.append(threading.current_thread().name)
        yield lambda job: job
        threads.append(threading.current_thread().name)

    with Beside("test", tool()) as beside:
        eventually(lambda: beside.idle)
    beside.close()
    assert threads == ["test", "test"]


@pytest.mark.parametrize("in_tool", [True, False])
def test_what_goes_wrong_is_heard_of(in_tool: bool) -> None:
    def work(job: int) -> int:
        raise OSError("the model broke")

    @contextmanager
    def broken() -> Iterator[Callable[[int], int]]:
        if in_tool:
            raise OSError("the model broke")
        yield work

    def failed() -> bool:
        try:
            beside.newest()
        except OSError as error:
            return str(error) == "the model broke"
        return False

    with Beside("test", broken()) as beside:
        beside.offer(1)
        eventually(failed)


def test_closing_waits_for_the_job_and_forgets_the_next() -> None:
    gate = _Gate()
    beside = Beside("test", nullcontext(gate.work))
    beside.offer(1)
    assert gate.begun.acquire(timeout=PATIENCE)
    beside.offer(2)
    closing = threading.Thread(target=beside.close)
    closing.start()
    eventually(lambda: beside._closed)
    assert closing.is_alive(), "the job is being done"
    gate.open.release()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert gate.jobs == [1]


def test_a_job_that_never_ends_shows_in_the_pulse() -> None:
    gate = _Gate()
    with Beside("test", nullcontext(gate.work)) as beside:
        eventually(lambda: beside.idle)
        assert beside.pulse == (False, 0)
        beside.offer(1)
        assert gate.begun.acquire(timeout=PATIENCE)
        assert beside.pulse == (True, 0)
        gate.open.release()
        eventually(lambda: beside.pulse == (False, 1))


def test_loading_is_no_job() -> None:
    ready = threading.Event()

    @contextmanager
    def slow_to_load() -> Iterator[Callable[[int], int]]:
        assert ready.wait(PATIENCE)
        yield lambda job: job

    with Beside("test", slow_to_load()) as beside:
        beside.offer(1)
        assert beside.pulse == (False, 0)
        ready.set()
        eventually(lambda: beside.done == 1)
