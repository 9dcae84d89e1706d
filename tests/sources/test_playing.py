"""A clip and the performer played as cameras."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.errors import SourceError
from avatar_cam.sources import playing
from avatar_cam.sources.camera import Camera
from avatar_cam.sources.performer import draw, score
from avatar_cam.sources.playing import ClipCamera, PerformerCamera
from avatar_cam.types import Pixels
from tests.sources.media import UNSTEADY, number_of, steady, unsteady


class Clock:
    """Time that passes when someone sleeps."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def test_a_clip_plays_by_the_times_of_its_frames(tmp_path: Path) -> None:
    clock = Clock()
    with ClipCamera(unsteady().write(tmp_path / "a.mp4"), clock, clock.sleep) as clip:
        camera: Camera = clip
        assert (camera.name, camera.size) == ("a.mp4", (64, 48))
        for number, milliseconds in enumerate(UNSTEADY):
            pixels, taken = camera.read()
            assert number_of(pixels) == number
            assert taken == clock.now == pytest.approx(1000 + milliseconds / 1000)


def test_a_clip_starts_again_after_its_last_frame(tmp_path: Path) -> None:
    clock = Clock()
    with ClipCamera(steady(5).write(tmp_path / "a.mp4"), clock, clock.sleep) as clip:
        read = [clip.read() for _ in range(12)]
    assert [number_of(pixels) for pixels, _ in read] == [n % 5 for n in range(12)]
    assert [taken for _, taken in read] == pytest.approx([1000 + 0.04 * n for n in range(12)])


def test_a_clip_of_one_picture_stays_on(tmp_path: Path) -> None:
    clock = Clock()
    with ClipCamera(replace(steady(1)).write(tmp_path / "a.mp4"), clock, clock.sleep) as clip:
        times = [clip.read()[1] for _ in range(4)]
    assert np.diff(times) == pytest.approx([1 / clip.fps] * 3)


def test_a_clip_that_is_a_little_late_catches_up(tmp_path: Path) -> None:
    clock = Clock()
    with ClipCamera(steady(10).write(tmp_path / "a.mp4"), clock, clock.sleep) as clip:
        clip.read()
        clock.now += 0.1  # whoever reads was busy
        times = [(clip.read()[1], clock.now) for _ in range(4)]
    assert [taken for taken, _ in times] == pytest.approx([1000.04, 1000.08, 1000.12, 1000.16])
    assert [now for _, now in times] == pytest.approx([1000.1, 1000.1, 1000.12, 1000.16])


def test_a_clip_that_is_far_behind_goes_on_from_now(tmp_path: Path) -> None:
    clock = Clock()
    with ClipCamera(steady(10).write(tmp_path / "a.mp4"), clock, clock.sleep) as clip:
        clip.read()
        clock.now += 100
        read = [clip.read() for _ in range(3)]
    assert [number_of(pixels) for pixels, _ in read] == [1, 2, 3]
    assert [taken for _, taken in read] == pytest.approx([1100, 1100.04, 1100.08])


def test_a_clip_may_be_closed_twice(tmp_path: Path) -> None:
    clip = ClipCamera(steady(5).write(tmp_path / "a.mp4"), Clock(), lambda _: None)
    clip.read()
    clip.close()
    clip.close()


def test_the_performer_is_drawn_as_she_is_when_the_picture_is_taken() -> None:
    clock = Clock()
    camera: Camera = PerformerCamera((160, 90), 25, clock, clock.sleep)
    assert (camera.name, camera.size, camera.fps) == ("performer", (160, 90), 25)
    for n in range(3):
        pixels, taken = camera.read()
        assert taken == clock.now == pytest.approx(1000 + n / 25)
        assert np.array_equal(pixels, draw(score(taken - 1000), (160, 90)))


def test_slow_drawing_gives_fewer_pictures_not_slow_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    drawn = []

    def slow_draw(rig: float, size: tuple[int, int]) -> Pixels:
        clock.now += 0.06
        drawn.append(rig)
        return np.zeros((size[1], size[0], 3), np.uint8)

    monkeypatch.setattr(playing, "score", lambda time: time)
    monkeypatch.setattr(playing, "draw", slow_draw)
    camera = PerformerCamera((16, 9), 25, clock, clock.sleep)
    taken = [camera.read()[1] for _ in range(4)]
    assert taken == pytest.approx([1000.06, 1000.18, 1000.3, 1000.42]), "half of the time is left to others"
    assert drawn[1:] == pytest.approx([0, 0.12, 0.24, 0.36]), "after one to warm up"


def test_no_picture_can_be_drawn_of_nothing() -> None:
    with pytest.raises(SourceError, match="0x90"):
        PerformerCamera((0, 90), 25)
