"""Pictures on their way to a virtual camera."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from avatar_cam.apps import sending as sending_module
from avatar_cam.apps.sending import Picture, Sending, fitted
from avatar_cam.errors import SinkError
from avatar_cam.sinks.memory_camera import MemoryCamera
from avatar_cam.types import Pixels
from tests.waiting import eventually

SIZE = (32, 18)


@pytest.fixture(autouse=True)
def _nothing_happens_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a thread takes, no picture is repeated meanwhile, and it is waited for at the end."""
    monkeypatch.setattr(sending_module, "_AGAIN", 60.0)
    monkeypatch.setattr(sending_module, "_PATIENCE", 60.0)


def _picture(value: int, taken: float | None = 0.0, size: tuple[int, int] = SIZE) -> Picture:
    return Picture(np.full((size[1], size[0], 3), value, np.uint8), None, taken)


class _Slow(MemoryCamera):
    """Takes its time until it is let go."""

    def __init__(self) -> None:
        super().__init__(SIZE)
        self.begun, self.go = threading.Event(), threading.Event()

    def send(self, pixels: Pixels) -> None:
        self.begun.set()
        self.go.wait(60)
        super().send(pixels)


def test_the_newest_picture_is_sent() -> None:
    camera = MemoryCamera(SIZE)
    with Sending(lambda: camera) as sending:
        for value in (1, 2, 3):
            sending.offer(_picture(value))
            eventually(lambda value=value: bool(camera.pictures) and camera.pictures[-1][0, 0, 0] == value)
    assert camera.closed
    assert sending.sent == 3


def test_nobody_waits_for_a_slow_camera() -> None:
    camera = _Slow()
    with Sending(lambda: camera) as sending:
        sending.offer(_picture(0))
        assert camera.begun.wait(10)
        for value in range(1, 50):
            sending.offer(_picture(value))
        assert sending.dropped == 48
        camera.go.set()
        eventually(lambda: len(camera.pictures) == 2)
    assert [picture[0, 0, 0] for picture in camera.pictures] == [0, 49]


def test_a_driver_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_module, "_PATIENCE", 0.05)
    camera = _Slow()
    with Sending(lambda: camera) as sending:
        sending.offer(_picture(0))
        assert camera.begun.wait(10)
    assert not camera.closed
    camera.go.set()
    eventually(lambda: camera.closed)


def test_a_picture_is_repeated_for_those_who_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_module, "_AGAIN", 0.01)
    camera = MemoryCamera(SIZE)
    with Sending(lambda: camera) as sending:
        sending.offer(_picture(7))
        eventually(lambda: len(camera.pictures) >= 3)
        assert sending.sent == 1, "what is repeated does not count"


def test_a_camera_that_goes_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_module, "_FIRST_PAUSE", 0.01)
    cameras = [MemoryCamera(SIZE), MemoryCamera(SIZE)]
    opened: list[MemoryCamera] = []
    refused, back = [0], threading.Event()

    def open_camera() -> MemoryCamera:
        if opened and not back.is_set():
            refused[0] += 1
            raise SinkError("still gone")
        opened.append(cameras[len(opened)])
        return opened[-1]

    with Sending(open_camera) as sending:
        cameras[0].broken = "the virtual camera is gone"
        sending.offer(_picture(1))
        eventually(lambda: refused[0] >= 2)
        assert sending.fault is not None
        sending.offer(_picture(2))
        back.set()
        eventually(lambda: bool(cameras[1].pictures))
        eventually(lambda: sending.fault is None)
    assert cameras[0].closed
    assert cameras[1].closed


class _Failing(MemoryCamera):
    """Fails as nobody meant it to, in whatever is asked of it."""

    def send(self, pixels: Pixels) -> None:
        raise RuntimeError("the driver\nfell over")

    def close(self) -> None:
        super().close()
        raise RuntimeError("it cannot be closed either")


def test_what_nobody_meant_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its last picture would stand still, and could not be hidden any more."""
    monkeypatch.setattr(sending_module, "_FIRST_PAUSE", 0.01)
    failing, sound = [_Failing(SIZE) for _ in range(3)], MemoryCamera(SIZE)
    left: list[MemoryCamera] = [*failing, sound]
    gate = threading.Event()

    def open_camera() -> MemoryCamera:
        if left == [sound] and not gate.is_set():
            raise RuntimeError("it cannot be opened")
        return left.pop(0)

    with Sending(open_camera) as sending:
        sending.offer(_picture(1))
        eventually(lambda: left == [sound])
        eventually(lambda: sending.fault == "memory failed: RuntimeError: it cannot be opened")
        gate.set()
        sending.offer(_picture(2))
        eventually(lambda: bool(sound.pictures) and sound.pictures[-1][0, 0, 0] == 2)
        eventually(lambda: sending.fault is None)
    assert all(camera.closed for camera in (*failing, sound))
    (record,) = (
        record
        for record in caplog.records
        if record.name == sending_module.__name__ and record.levelname == "WARNING"
    )
    assert record.getMessage() == "memory failed: RuntimeError: the driver fell over"


def test_what_cannot_be_opened_at_first_is_raised() -> None:
    def missing() -> MemoryCamera:
        raise SinkError("there is no virtual camera")

    with pytest.raises(SinkError, match="no virtual camera"):
        Sending(missing)


def test_latency_is_from_the_camera_to_the_virtual_one() -> None:
    now = 10.0
    camera = MemoryCamera(SIZE)
    with Sending(lambda: camera, clock=lambda: now) as sending:
        assert sending.latency_ms is None
        assert "nothing was sent" in sending.summary
        for index in range(20):
            before = now
            now += 0.1
            sending.offer(_picture(index, taken=before + 0.1 - 0.025))
            eventually(lambda index=index: sending.sent == index + 1)
        assert sending.latency_ms == pytest.approx(25)
        assert "20 pictures to memory, 10.0 a second" in sending.summary
        assert "25 ms (median), 25 ms (95 %)" in sending.summary
        now += 5
        assert sending.latency_ms is None, "that was long ago"


@pytest.mark.parametrize(
    ("size", "inner"),
    [
        ((32, 18), (32, 18)),
        ((33, 19), (32, 18)),
        ((32, 19), (32, 18)),
        ((64, 36), (32, 18)),
        ((18, 18), (18, 18)),
    ],
)
def test_every_size_fits(size: tuple[int, int], inner: tuple[int, int]) -> None:
    shown = fitted(_picture(200, size=size).pixels, SIZE)
    assert shown.shape == (18, 32, 3)
    rows, columns = np.nonzero(shown[..., 0])
    assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == inner


@pytest.mark.parametrize("alpha", [None, 128])
def test_transparency(alpha: int | None) -> None:
    camera = MemoryCamera(SIZE, alpha=True)
    mask = None if alpha is None else np.full((SIZE[1], SIZE[0]), alpha, np.uint8)
    with Sending(lambda: camera) as sending:
        sending.offer(Picture(_picture(64).pixels, mask, 0.0))
        eventually(lambda: bool(camera.pictures))
    wanted = [64, 64, 64, 255] if alpha is None else [128, 128, 128, 128]
    assert np.abs(camera.pictures[0].astype(int) - wanted).max() <= 1
