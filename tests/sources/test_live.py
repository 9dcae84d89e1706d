"""The live source: the newest picture of a camera, whatever happens to the camera."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import get_args

import numpy as np
import pytest

from avatar_cam.errors import CameraBusy, CameraGone, SourceError, UsageError
from avatar_cam.sources import live as live_module
from avatar_cam.sources.camera import Camera
from avatar_cam.sources.capture import Capture, Patience, Rotation
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.scripted_camera import Event, ScriptedDevice
from avatar_cam.types import Frame, Pixels
from tests.waiting import eventually

#: A test that waits so long has failed.
LONG_S = 20.0
#: A second try at once.
EAGER = Patience(first_pause=0.001, longest_pause=0.002)


@dataclass
class Stage:
    """Cameras whose pictures come when the test says so, on the test's clock."""

    now: float = 1000.0
    devices: dict[str, ScriptedDevice] = field(default_factory=dict)
    _turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    hangs: int = 0
    freed: threading.Event = field(default_factory=threading.Event)

    def device(self, *script: Event, name: str = "one", size: tuple[int, int] = (4, 3)) -> ScriptedDevice:
        device = ScriptedDevice(script, size, hang_s=LONG_S, clock=self.clock, sleep=self._sleep)
        self.devices[name] = device
        return device

    def open(self, which: str) -> Camera:
        return self.devices[which].open(which)

    def clock(self) -> float:
        return self.now

    def give(self, pictures: int = 1) -> None:
        """Let so many pictures come; the last one is in the slot when this returns."""
        for _ in range(pictures):
            self._turn.release()
        for _ in range(pictures):
            # The camera asks for a picture after it has put the one before into the slot.
            assert self._asked.acquire(timeout=LONG_S)

    def started(self) -> None:
        """Wait until a camera is open and asks for its first picture."""
        assert self._asked.acquire(timeout=LONG_S)

    def _sleep(self, seconds: float) -> None:
        if seconds == LONG_S:
            self.hang()
            return
        self._asked.release()
        if self.freed.is_set():
            sleep(0.001)
        else:
            self._turn.acquire(timeout=LONG_S)

    def hang(self) -> None:
        """As a driver that does not answer."""
        self.hangs += 1
        self.freed.wait(LONG_S)

    def end(self) -> None:
        """Let all that hangs or waits go on, and pictures come by themselves."""
        self.freed.set()
        self._turn.release(100)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.end()
    eventually(lambda: not captures())  # else a thread is left


@contextmanager
def live(stage: Stage, which: str = "one", rotate: Rotation = 0) -> Iterator[LiveSource]:
    source = LiveSource(which, stage.open, rotate, EAGER, stage.clock)
    try:
        yield source
    finally:
        stage.end()
        source.close()


def captures() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("capture")]


def taken(source: LiveSource) -> Frame:
    frame = source.take(LONG_S)
    assert frame is not None
    return frame


def number(frame: Frame) -> int:
    return int(frame.pixels[0, 0, 0])


def test_gives_frames_with_the_time_they_were_taken(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        assert source.now() == 0
        stage.started()
        frames = []
        for _ in range(3):
            stage.give()
            frames.append(taken(source))
            stage.now += 0.04
        assert [frame.index for frame in frames] == [0, 1, 2]
        assert [frame.time for frame in frames] == pytest.approx([0, 0.04, 0.08])
        assert [number(frame) for frame in frames] == [0, 1, 2]
        assert source.now() == pytest.approx(0.12)
        state = source.state
    assert (state.phase, state.name, state.size, state.fps, state.message) == (
        "live",
        "one",
        (4, 3),
        30.0,
        None,
    )


def test_a_slow_consumer_gets_the_newest_and_old_ones_are_dropped(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        stage.started()
        stage.give(5)
        assert number(taken(source)) == 4
        assert source.dropped == 4
        assert source.take(0) is None
        stage.give(3)
        frame = taken(source)
        assert (number(frame), frame.index, source.dropped) == (7, 1, 6)


def test_frames_have_memory_of_their_own(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        stage.started()
        stage.give()
        first = taken(source)
        first.pixels[:] = 99
        stage.give()
        assert number(taken(source)) == 1
        assert number(first) == 99


def test_none_comes_while_there_is_no_new_picture(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        assert source.take(0.01) is None
        assert source.state.phase == "opening"
        assert source.state.message == "one is being opened"


def test_times_grow_where_the_cameras_clock_stands_still(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        stage.started()
        times = []
        for step in (0.0, 0.0, -5.0):
            stage.now += step
            stage.give()
            times.append(taken(source).time)
    assert times == pytest.approx([0, 0.001, 0.002])


def test_the_rate_is_the_cameras_not_the_takers(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        stage.started()
        for _ in range(21):
            stage.now += 0.05
            stage.give()
        assert source.rate == pytest.approx(20)
        stage.now += 10
        assert source.rate == 0


def test_a_busy_camera_is_waited_for(stage: Stage) -> None:
    stage.device(*["busy"] * 3)
    with live(stage) as source:
        assert not source.wait_opened(LONG_S)
        stage.started()
        state = source.state
        assert state.phase == "busy"
        assert state.message == "one is in use by another program: close it there; trying again"
        assert isinstance(source.first_error, CameraBusy)
        stage.give()
        assert number(taken(source)) == 0
        assert source.state.phase == "live"
        assert source.wait_opened(0)


def test_a_camera_that_comes_back_is_taken_up_again(stage: Stage) -> None:
    device = stage.device("picture", "picture", "gone", "gone", "gone")
    with live(stage) as source:
        stage.started()
        stage.give()
        before = taken(source)
        stage.now += 0.04
        stage._turn.release()  # the second picture; then it is unplugged
        eventually(lambda: source.state.phase == "gone")
        assert source.state.message == "one was unplugged; trying again"
        stage.now += 4  # less than what a read may take: the next one may have begun before
        eventually(lambda: device.opened == 2)
        assert device.closed == 1
        taken(source)
        stage.give()
        after = taken(source)
        assert source.state.phase == "live"
        assert after.index == 2
        assert after.time - before.time == pytest.approx(4.04)


def test_pauses_grow_and_start_small_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.device(*["gone"] * 5, "picture", "gone")
    pauses: list[float] = []
    wait = threading.Event.wait

    def waited(event: threading.Event, timeout: float | None = None) -> bool:
        if threading.current_thread().name.startswith("capture") and timeout and timeout < LONG_S:
            pauses.append(timeout)
            return event.is_set()
        return wait(event, timeout)

    monkeypatch.setattr(threading.Event, "wait", waited)
    patience = Patience(first_pause=0.5, longest_pause=2)
    with LiveSource("one", stage.open, 0, patience, stage.clock) as source:
        stage.started()
        stage._turn.release()
        stage.started()
        assert pauses == [0.5, 1, 2, 2, 2, 0.5]
        assert source.state.phase in ("gone", "live")
        stage.end()


def test_a_slow_camera_is_seen_while_its_read_hangs(stage: Stage) -> None:
    stage.device("picture")
    with live(stage) as source:
        stage.started()
        stage.give()
        taken(source)
        stage.now += 1.5
        state = source.state
        assert (state.phase, state.message) == ("slow", "one gives no pictures; waiting for it")
        stage.give()
        taken(source)
        assert source.state.phase == "live"


def test_a_camera_that_hangs_is_opened_anew(stage: Stage) -> None:
    device = stage.device("picture", "hang")
    with live(stage) as source:
        stage.started()
        stage._turn.release()
        before = taken(source)
        eventually(lambda: stage.hangs == 1)
        stage.now += 4.9
        assert source.take(0) is None
        assert device.opened == 1
        stage.now += 0.2
        assert source.take(0) is None
        stage.started()
        assert device.opened == 2
        state = source.state
        assert (state.phase, state.message) == ("gone", "one does not answer: unplug it once; trying again")
        stage.give()
        after = taken(source)
        assert after.time - before.time == pytest.approx(5.1)
        assert source.state.phase == "live"
        stage.end()
        # The thread that was left behind lets go of its camera, and gives nothing more.
        eventually(lambda: device.closed == 1)
        assert number(after) == 1
        assert source.state.phase == "live"


def test_at_most_two_threads_hang_in_one_device(stage: Stage) -> None:
    device = stage.device(*["hang"] * 10)
    stage.devices["two"] = ScriptedDevice(fps=1000)
    with live(stage) as source:
        for tries in (1, 2, 2, 2):
            eventually(lambda tries=tries: stage.hangs == tries)
            stage.now += 6
            source.take(0)
        assert device.opened == 2
        assert len(captures()) == 2
        for _ in range(3):
            source.switch("two")
            source.switch("one")
        eventually(lambda: len(captures()) == 3)  # the third waits without opening
        assert device.opened == 2


def test_a_hanging_open_is_given_more_time(stage: Stage) -> None:
    opening = threading.Event()
    calls: list[str] = []
    stage.device()

    def open_slowly(which: str) -> Camera:
        calls.append(which)
        if len(calls) == 1:
            opening.wait(LONG_S)
        return stage.open(which)

    source = LiveSource("one", open_slowly, 0, EAGER, stage.clock)
    eventually(lambda: len(calls) == 1)
    stage.now += 20
    source.take(0)
    assert source.state.phase == "opening"
    assert len(calls) == 1
    stage.now += 11
    source.take(0)
    stage.started()
    assert len(calls) == 2
    opening.set()
    stage.end()
    source.close()


def test_another_camera_goes_on_with_index_and_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Capture.stop

    def stopped(capture: Capture) -> None:
        stop(capture)
        stage._turn.release()  # the read that is under way comes back, and no other begins

    monkeypatch.setattr(Capture, "stop", stopped)
    monkeypatch.setattr(live_module, "_HANDOVER_S", LONG_S)
    one = stage.device(size=(4, 3))
    stage.device(name="two", size=(8, 6))
    with live(stage) as source:
        stage.started()
        stage.give(3)
        first = taken(source)
        stage.now += 0.5
        source.switch("two")
        assert one.closed == 1
        assert source.which == "two"
        assert source.take(0) is None  # nothing of the old camera
        stage.started()
        stage.give()
        second = taken(source)
        assert (second.size, second.index) == ((8, 6), first.index + 1)
        assert second.time == pytest.approx(0.5)
        assert source.dropped == 2
        assert source.state.name == "two"


def test_the_same_camera_waits_until_its_old_thread_is_gone(stage: Stage) -> None:
    one = stage.device("hang")
    stage.device(name="two")
    with live(stage) as source:
        eventually(lambda: stage.hangs == 1)
        source.switch("two")
        stage.started()
        stage._turn.release()
        source.switch("one")
        assert one.opened == 1
        stage.end()
        eventually(lambda: one.opened == 2)
        assert one.closed == 1


@pytest.mark.parametrize("rotate", get_args(Rotation))
def test_pictures_are_turned_clockwise(rotate: Rotation) -> None:
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)

    class Still:
        name, size, fps = "still", (3, 2), 30.0

        def read(self) -> tuple[Pixels, float]:
            sleep(0.001)
            return picture.copy(), monotonic()

        def close(self) -> None:
            pass

    with LiveSource("still", lambda which: Still(), rotate) as source:
        frame = taken(source)
    expected = np.rot90(picture, -rotate // 90)
    assert np.array_equal(frame.pixels, expected)
    assert frame.pixels.flags.c_contiguous
    assert source.state.size == frame.size


def test_what_can_never_work_is_told_at_the_start_and_not_tried_again() -> None:
    calls = []

    def fail(which: str) -> Camera:
        calls.append(which)
        raise UsageError("there is no camera or file nothing.mp4")

    with LiveSource("nothing.mp4", fail, patience=EAGER) as source:
        with pytest.raises(UsageError, match=r"nothing\.mp4"):
            source.wait_opened(LONG_S)
        eventually(lambda: not captures())
        assert source.state.phase == "failed"
        assert source.state.message == "there is no camera or file nothing.mp4"
        assert source.take(0) is None
    assert len(calls) == 1


def test_a_camera_that_is_not_there_is_told_at_the_start_and_tried_again(stage: Stage) -> None:
    stage.device("gone", "gone")
    with live(stage) as source:
        with pytest.raises(CameraGone):
            source.wait_opened(LONG_S)
        stage.started()
        stage.give()
        taken(source)


def test_waiting_for_the_first_picture_has_an_end(stage: Stage) -> None:
    stage.device()
    with live(stage) as source:
        assert not source.wait_opened(0.01)
        stage.started()
        stage.give()
        assert source.wait_opened(LONG_S)


def test_a_clip_that_breaks_later_fails_for_good(stage: Stage) -> None:
    class Breaking:
        name, size, fps = "clip", (4, 3), 30.0
        pictures = 1

        def read(self) -> tuple[Pixels, float]:
            if not self.pictures:
                raise SourceError("clip.mp4 is cut off")
            self.pictures -= 1
            return np.zeros((3, 4, 3), np.uint8), 5.0

        def close(self) -> None:
            pass

    with LiveSource("clip", lambda which: Breaking(), patience=EAGER) as source:
        assert source.wait_opened(LONG_S) or source.state.phase == "failed"
        eventually(lambda: source.state.phase == "failed")
        assert source.first_error is None
        stage.device(name="one")
        taken(source)


def test_a_fault_of_the_program_is_not_hidden() -> None:
    def fail(which: str) -> Camera:
        raise ZeroDivisionError

    with LiveSource("one", fail) as source, pytest.raises(ZeroDivisionError):
        source.take(LONG_S)
    with LiveSource("one", fail) as source, pytest.raises(ZeroDivisionError):
        source.wait_opened(LONG_S)


def test_closing_lets_go_of_the_camera(stage: Stage) -> None:
    device = stage.device()
    source = LiveSource("one", stage.open, 0, EAGER, stage.clock)
    stage.started()
    stage.give()
    stage.end()
    source.close(timeout=LONG_S)
    assert (device.opened, device.closed) == (1, 1)
    assert not captures()
    source.close()
    source.take(LONG_S)
    assert source.take(LONG_S) is None  # comes back at once


def test_closing_wakes_a_pause(stage: Stage) -> None:
    stage.device("gone")
    source = LiveSource("one", stage.open, 0, Patience(first_pause=3600), stage.clock)
    eventually(lambda: source.state.phase == "gone")
    source.close(timeout=LONG_S)
    assert not captures()


@pytest.mark.parametrize("where", ["open", "read"])
def test_closing_does_not_wait_for_a_driver_that_hangs(stage: Stage, where: str) -> None:
    device = stage.device("hang")

    def opened(which: str) -> Camera:
        if where == "open":
            stage.hang()
        return stage.open(which)

    source = LiveSource("one", opened, 0, EAGER, stage.clock)
    eventually(lambda: stage.hangs == 1)
    source.close(timeout=0.01)
    source.close(timeout=0.01)
    assert len(captures()) == 1
    assert captures()[0].daemon
    stage.end()
    eventually(lambda: not captures())
    assert device.opened == device.closed
