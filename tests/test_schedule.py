"""When the slow models run."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from avatar_cam.emotions.scripted import ScriptedEmotions
from avatar_cam.schedule import (
    IDLE_POSE_INTERVAL,
    LIVE_POSE_INTERVAL,
    POSE_INTERVAL,
    READING_INTERVAL,
    Background,
    Immediate,
)
from avatar_cam.types import Floats, Pixels, PoseTrack
from tests.factories import face_of, frame, landmarks
from tests.waiting import PATIENCE, eventually


class _Body:
    """Finds a body whose nose is as far to the right as the picture is bright."""

    def __init__(self) -> None:
        self.looks = 0
        self.closed = False
        self.thread = threading.current_thread()

    def find(self, pixels: Pixels) -> PoseTrack | None:
        assert threading.current_thread() is self.thread, "a model belongs to one thread"
        self.looks += 1
        value = float(pixels[0, 0, 0])
        return PoseTrack(np.full((33, 3), value, np.float32), np.ones(33, np.float32)) if value else None

    def close(self) -> None:
        self.closed = True


class _Bodies:
    """Opens finders, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[_Body] = []

    def __call__(self) -> _Body:
        self.opened.append(_Body())
        return self.opened[-1]


class _Watching(ScriptedEmotions):
    """Counts how many faces are read at once."""

    def __init__(self) -> None:
        super().__init__([{"pleasure": 0.9}])
        self.batches: list[int] = []

    def read(self, crops: Pixels) -> Floats:
        self.batches.append(len(crops))
        return super().read(crops)


def _nose(pose: PoseTrack | None) -> float | None:
    return None if pose is None else float(pose.landmarks[0, 0])


def test_bodies_are_looked_for_seldom_until_they_are_wanted() -> None:
    """Somebody whose face is covered is followed only if they were known before."""
    bodies = _Bodies()
    with_pose = Immediate(_Watching(), bodies)
    assert bodies.opened == []
    for index in range(60):
        with_pose.pose(frame(index / 30, value=50), wanted=False)
    assert bodies.opened[0].looks == 2 / IDLE_POSE_INTERVAL
    found = [_nose(with_pose.pose(frame(2 + index / 30, value=50), wanted=True)) for index in range(30)]
    assert set(found) == {50.0}
    assert bodies.opened[0].looks == pytest.approx(2 / IDLE_POSE_INTERVAL + 1 / POSE_INTERVAL, abs=1)
    with_pose.close()
    assert bodies.opened[0].closed


def test_in_photos_a_body_is_looked_for_only_where_something_hangs_on_it() -> None:
    bodies = _Bodies()
    schedule = Immediate(_Watching(), bodies, still=True)
    assert schedule.pose(frame(value=50), wanted=False) is None
    assert bodies.opened == []
    assert schedule.pose(frame(value=50), wanted=True) is not None


def test_a_trace_always_wants_them() -> None:
    bodies = _Bodies()
    schedule = Immediate(_Watching(), bodies, always=True)
    for index in range(30):
        assert _nose(schedule.pose(frame(index / 30, value=50), wanted=False)) == 50
    assert bodies.opened[0].looks == pytest.approx(1 / POSE_INTERVAL, abs=1)


def test_several_faces_are_read_at_once() -> None:
    recogniser = _Watching()
    faces = [face_of(landmarks((x, 160), 40), id=who) for who, x in ((1, 100), (2, 300), (3, 500))]
    readings = Immediate(recogniser).readings(frame(), faces)
    assert sorted(readings) == [1, 2, 3]
    assert recogniser.batches == [3]


def test_beside_the_frame_loop_the_newest_reading_is_handed_over() -> None:
    recogniser = _Watching()
    schedule = Background(recogniser)
    faces = [face_of(landmarks((x, 160), 40), id=who) for who, x in ((1, 200), (2, 400))]
    eventually(lambda: bool(schedule.readings(frame(0.0), faces)))
    readings = schedule.readings(frame(0.01), faces)
    assert {who: reading.time for who, reading in readings.items()} == {1: 0.0, 2: 0.0}
    assert set(recogniser.batches) == {2}, "both at once, each time"
    eventually(lambda: schedule.readings(frame(READING_INTERVAL + 0.01), faces)[1].time > 0)
    assert sorted(schedule.readings(frame(READING_INTERVAL + 0.02), faces[:1])) == [1], (
        "who has left is left out"
    )
    schedule.close()


def test_beside_the_frame_loop_nothing_is_waited_for_or_queued() -> None:
    reading, go_on = threading.Semaphore(0), threading.Semaphore(0)

    class Slow(_Watching):
        def read(self, crops: Pixels) -> Floats:
            reading.release()
            assert go_on.acquire(timeout=PATIENCE)
            return super().read(crops)

    recogniser = Slow()
    schedule = Background(recogniser)
    face = face_of(landmarks((320, 160), 60))
    eventually(lambda: (schedule.readings(frame(0.0), [face]), reading.acquire(blocking=False))[1])
    for index in range(1, 60):  # two seconds pass, and the model is still at the first frame
        assert schedule.readings(frame(index / 30), [face]) == {}
    go_on.release()
    eventually(lambda: 1 in schedule.readings(frame(2.0), [face]))
    go_on.release(2)
    schedule.close()
    assert len(recogniser.batches) <= 2, "only the first and the newest were read"


def test_a_body_beside_the_frame_loop() -> None:
    bodies = _Bodies()
    schedule = Background(_Watching(), bodies)
    assert schedule.poses == 0
    first = frame(0.0, value=50)
    eventually(lambda: (schedule.pose(first, wanted=False), schedule.rest(), schedule.poses)[2] == 1)
    assert _nose(schedule.pose(frame(0.01, value=50), wanted=False)) == 50
    assert schedule.poses == 1, "the next one is due later"
    later = LIVE_POSE_INTERVAL + 0.01
    dark = frame(later, value=0)
    eventually(lambda: (schedule.pose(dark, wanted=False), schedule.rest(), schedule.poses)[2] == 2)
    eventually(lambda: schedule.pose(frame(later, value=0), wanted=False) is None)
    schedule.close()
    assert bodies.opened[0].closed


def test_the_body_is_looked_for_in_the_picture_without_characters() -> None:
    seen: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    class Watching(_Body):
        def find(self, pixels: Pixels) -> PoseTrack | None:
            begun.set()
            assert go_on.wait(PATIENCE)
            seen.append(int(pixels.max()))
            return super().find(pixels)

    schedule = Background(_Watching(), Watching)
    one = frame(0.0, value=50)
    eventually(lambda: (schedule.pose(one, wanted=False), schedule.rest(), begun.is_set())[2])
    one.pixels[:] = 255  # what is drawn over it meanwhile
    go_on.set()
    eventually(lambda: schedule.poses == 1)
    schedule.close()
    assert seen == [50]


def test_without_pose_nobody_looks() -> None:
    schedule = Background(_Watching())
    assert schedule.pose(frame(), wanted=True) is None
    assert schedule.poses is None
    schedule.close()


def test_the_body_waits_until_the_frame_has_been_shown() -> None:
    bodies = _Bodies()
    schedule = Background(_Watching(), bodies)
    eventually(
        lambda: (schedule.pose(frame(0.0, value=50), wanted=False), schedule._next_body)[1] is not None
    )
    assert bodies.opened[0].looks == 0
    schedule.rest()
    eventually(lambda: schedule.poses == 1)
    schedule.close()
