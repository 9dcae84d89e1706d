"""`bench`: what is timed, and what is printed of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import pytest

from avatar_cam.apps import bench
from avatar_cam.apps.trial import Trial, looped, run_trial
from avatar_cam.errors import AvatarCamError
from avatar_cam.formats import Bench
from avatar_cam.pipeline import Pipeline
from avatar_cam.settings import Settings
from avatar_cam.sources.memory import MemorySource
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Composite, Frame
from tests.commands import run, write_clip
from tests.sources.media import number_of, numbered

Capture = pytest.CaptureFixture[str]

STAGES = {"track", "emotion", "pose", "compose", "frame"}


class Clock:
    """Stands still but for what is said to take time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Slow:
    """A pipeline whose n-th frame takes n milliseconds, and bare models that take 4 and 2."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def run(self, frames: Iterable[Frame]) -> Iterator[Composite]:
        for number, frame in enumerate(frames, start=1):
            self._clock.now += number / 1000
            yield Composite(frame, (), {}, {}, (), ms={"track": 1.5})

    def models(self, frames: Iterable[Frame], times: bench._Times) -> None:
        for _ in frames:
            times.add("face", 4)
            times.add("emotion", 2)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more frames than a test has time for, and several turns."""
    monkeypatch.setattr(bench, "FRAMES", 15)
    monkeypatch.setattr(bench, "_HELD", 320 * 180 * 3 * 6)


def test_what_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame lasts from one composite to the next; stages are what the pipeline says of them."""
    clock = Clock()
    monkeypatch.setattr(bench, "perf_counter", clock)
    slow = Slow(clock)
    models = cast(bench._Models, type("Models", (), {"run": staticmethod(slow.models)}))
    frames = list(MemorySource([numbered(index) for index in range(9)]))
    ours, bare = bench._Times(), bench._Times()
    bench._take_turn(models, cast(Pipeline, slow), frames, ours, bare)
    result = bench._result(ours, bare, Trial(1.234, 56.78, 90.12))
    assert result.stages["frame"].median_ms == pytest.approx(5)
    assert result.stages["frame"].p95_ms == pytest.approx(8.6)
    assert result.stages["track"].median_ms == 1.5
    assert result.bare.model_dump() == {"face": 4, "pose": None, "emotion": 2}
    assert result.frame_over_face == pytest.approx(5 / 4)
    assert (result.start_s, result.fps, result.peak_mb) == (1.23, 56.8, 90.1)


def test_json(here: Path, capfd: Capture, short: None) -> None:
    write_clip(here / "clip.mp4")
    done = run(capfd, "bench", "clip.mp4", "--json")
    assert (done.status, done.said) == (0, [])
    result = Bench.model_validate_json(done.out, strict=True)
    assert set(result.stages) == STAGES
    assert all(stage.p95_ms >= stage.median_ms >= 0 for stage in result.stages.values())
    assert result.bare.face > 0 and result.bare.emotion > 0
    assert result.bare.pose is not None and result.bare.pose > 0
    assert 0 < result.start_s < 60 and result.fps > 0 and 50 < result.peak_mb < 5000


def test_tables(here: Path, capfd: Capture, short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(bench, "run_trial", lambda *_: Trial(1.25, 201.4, 301.5))
    write_clip(here / "clip.mp4")
    done = run(capfd, "bench", "clip.mp4", "--no-pose")
    assert (done.status, done.said) == (0, [])
    rows = [line.split()[1] for line in done.out.splitlines() if line.startswith("│")]
    assert set(rows[: len(STAGES)]) == STAGES
    assert rows[len(STAGES) :] == ["face", "emotion"]
    assert "times as long as FaceMesh alone" in done.out
    assert all(figure in done.out for figure in ("201 frames a second", "302 MB", "1.25 s"))


def test_a_clip_that_is_not_there(here: Path, capfd: Capture) -> None:
    done = run(capfd, "bench", "clip.mp4", "--json")
    assert (done.status, done.out) == (1, "")
    assert "clip.mp4" in done.error


def test_a_clip_is_gone_through_again(tmp_path: Path) -> None:
    """On one clock that goes on."""
    with VideoFile(write_clip(tmp_path / "clip.mp4", count=3)) as video:
        frames = list(looped(video, 8))
    assert [frame.index for frame in frames] == list(range(8))
    assert [frame.time for frame in frames] == pytest.approx([index / 25 for index in range(8)])
    source = MemorySource([numbered(index) for index in range(3)])
    assert [number_of(frame.pixels) for frame in looped(source, 8)] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert [frame.index for frame in looped(source, 2)] == [0, 1]


def test_a_second_process_that_fails(tmp_path: Path) -> None:
    with pytest.raises(AvatarCamError, match="ended with status 1"):
        run_trial(tmp_path / "nothing.mp4", Settings(), 5)


PEAKS = """
from avatar_cam.apps.peak import peak_mb

before = peak_mb()
b"x" * 80_000_000
print(before, peak_mb())
"""


def test_peak_memory() -> None:
    """Of the process itself, though it was started by a larger one; what was freed counts."""
    large = b"x" * 300_000_000
    done = subprocess.run([sys.executable, "-c", PEAKS], capture_output=True, text=True, check=True)
    before, after = map(float, done.stdout.split())
    assert before < len(large) / 1e6
    assert 75 < after - before < 100
