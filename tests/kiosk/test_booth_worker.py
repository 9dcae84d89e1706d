"""The pipeline's thread: frames that fail or hang, models that hang or cannot be loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from avatar_cam.errors import ModelError
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.worker import Exhausted, Limits, Worker
from avatar_cam.types import Composite, Frame
from tests.factories import frame
from tests.waiting import PATIENCE, eventually

LIMITS = Limits(hangs=6.0, beside=30.0, failures=3, left_behind=2)


class Line:
    """Does what the test says."""

    def __init__(self) -> None:
        self.act: Callable[[], None] = lambda: None
        self.beats: tuple[tuple[bool, int], ...] = ((False, 0),)
        self.forgotten = self.rested = 0
        self.closed = threading.Event()

    def step(self, frame: Frame) -> Composite:
        self.act()
        return Composite(frame, (), {}, {}, ())

    def forget(self) -> None:
        self.forgotten += 1

    def pulse(self) -> tuple[tuple[bool, int], ...]:
        return self.beats

    def rest(self) -> None:
        self.rested += 1

    def close(self) -> None:
        self.closed.set()


class Opener:
    """Opens lines, unless it is told not to."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.error: Exception | None = None

    def __call__(self) -> Line:
        if self.error is not None:
            raise self.error
        self.lines.append(Line())
        return self.lines[-1]


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def worker(opener: Opener) -> Iterator[Worker]:
    with Worker(opener, Faults(), LIMITS) as made:
        eventually(lambda: made.idle)
        yield made


def processed(worker: Worker, now: float = 0.0) -> Composite | None:
    worker.offer(frame(now), now)
    return worker.newest(PATIENCE)


class Hang:
    """Something that does not come back until it is told to."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        self.over.wait(6 * PATIENCE)


def hung(worker: Worker, line: Line, now: float) -> Hang:
    """Have a frame hang, looked at just before that counts as one, and just after."""
    hang = line.act = Hang()
    worker.offer(frame(), now)
    assert hang.begun.wait(PATIENCE)
    before = worker.healed
    worker.poll(now + LIMITS.hangs)
    assert worker.healed == before
    worker.poll(now + LIMITS.hangs + 0.1)
    return hang


def _raise() -> None:
    raise ValueError("broken")


def test_a_frame_comes_out_as_its_composite(worker: Worker, opener: Opener) -> None:
    composite = processed(worker, 1.5)
    assert composite is not None and composite.frame.time == 1.5
    assert worker.newest(0.0) is None, "each is told once"
    eventually(lambda: worker.idle)
    worker.rest()
    worker.forget()
    processed(worker, 2.0)
    assert (opener.lines[0].rested, opener.lines[0].forgotten) == (1, 1)


def test_a_frame_that_fails_is_skipped(worker: Worker, opener: Opener) -> None:
    opener.lines[0].act = _raise
    assert processed(worker) is None
    worker.poll(0.0)
    opener.lines[0].act = lambda: None
    assert processed(worker) is not None
    worker.poll(0.1)
    assert worker.healed == 0


def test_after_some_failures_in_a_row_it_is_made_anew(worker: Worker, opener: Opener) -> None:
    opener.lines[0].act = _raise
    for number in range(LIMITS.failures):
        assert worker.healed == 0
        processed(worker, number)
        worker.poll(number)
    assert worker.healed == 1
    eventually(lambda: worker.idle)
    assert processed(worker, 10.0) is not None
    assert opener.lines[0].closed.wait(PATIENCE)


def test_a_frame_that_hangs_is_left_behind(worker: Worker, opener: Opener) -> None:
    hang = hung(worker, opener.lines[0], 100.0)
    assert worker.healed == 1
    eventually(lambda: worker.idle)
    assert processed(worker, 107.0) is not None
    assert worker.hanging and not opener.lines[0].closed.is_set()
    hang.over.set()
    assert opener.lines[0].closed.wait(PATIENCE), "what comes back is closed"


def test_too_much_that_hangs_needs_a_new_process(worker: Worker, opener: Opener) -> None:
    for number in range(LIMITS.left_behind):
        hung(worker, opener.lines[-1], number * 100.0)
        eventually(lambda: worker.idle)
    with pytest.raises(Exhausted, match="start avatar-cam anew"):
        hung(worker, opener.lines[-1], 900.0)
    assert worker.healed == LIMITS.left_behind
    for line in opener.lines:
        assert isinstance(line.act, Hang)
        line.act.over.set()


def test_a_model_beside_that_hangs(worker: Worker, opener: Opener) -> None:
    opener.lines[0].beats = ((False, 3), (True, 7))
    for now in (0.0, 20.0):
        worker.poll(now)
    opener.lines[0].beats = ((False, 3), (True, 8))
    for now in (31.0, 60.9):
        worker.poll(now)
    assert worker.healed == 0, "it was done with one in between"
    worker.poll(61.1)
    assert worker.healed == 1


def test_threads_that_have_nothing_to_do_do_not_hang(worker: Worker, opener: Opener) -> None:
    for now in (0.0, 100.0, 200.0):
        worker.poll(now)
    assert worker.healed == 0


def test_what_cannot_be_loaded_is_tried_again(opener: Opener) -> None:
    opener.error = ModelError("the model is gone")
    faults = Faults()
    with Worker(opener, faults, LIMITS) as worker:
        tries = []
        for tenth in range(1000):
            now = 100 + tenth / 10
            worker._thread.join(PATIENCE)
            before = worker.healed
            worker.poll(now)
            if worker.healed > before:
                tries.append(now)
        pauses = [round(after - before) for before, after in zip([100.0, *tries], tries, strict=False)]
        assert pauses[:6] == [2, 4, 8, 16, 20, 20]
        opener.error = None
        eventually(lambda: worker.poll(300.0) is None and worker.idle)
        assert processed(worker, 301.0) is not None


def test_loading_that_never_ends_is_begun_anew() -> None:
    hang = Hang()
    lines = [Line(), Line()]
    opened = iter(lines)

    def open_line() -> Line:
        line = next(opened)
        if line is lines[0]:
            hang()
        return line

    with Worker(open_line, Faults(), LIMITS) as worker:
        assert hang.begun.wait(PATIENCE)
        worker.poll(100.0)
        worker.poll(100.0 + LIMITS.opening)
        assert worker.healed == 0
        worker.poll(100.1 + LIMITS.opening)
        assert worker.healed == 1
        eventually(lambda: worker.idle)
        hang.over.set()
        assert lines[0].closed.wait(PATIENCE)
