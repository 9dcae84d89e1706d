"""`demo`: the performer through the whole program."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from avatar_cam.apps.build import build_pipeline
from avatar_cam.errors import SinkError
from avatar_cam.settings import Settings
from avatar_cam.sources.performer import Performer, acted
from avatar_cam.types import Composite
from tests.commands import command, names, run
from tests.factories import read_trace

Capture = pytest.CaptureFixture[str]

#: Half the demo's rate and size: the same faces in a quarter of the time.
SIZE, FPS = (640, 360), 15.0


@pytest.fixture(scope="module")
def performance() -> list[Composite]:
    """The whole score."""
    pipeline, _ = build_pipeline(Settings(pose=False))
    with pipeline, Performer(SIZE, FPS) as performer:
        return list(pipeline.run(performer))


def test_every_frame_has_an_overlay(performance: list[Composite]) -> None:
    for composite in performance:
        assert [face.via for face in composite.faces] == ["face"], composite.frame.index
        (choice,) = composite.choices.values()
        assert choice.opacity == 1
        assert composite.placements


def test_the_emotions_are_read_from_the_frames(performance: list[Composite]) -> None:
    """Each while it is acted, and long enough to be seen."""
    shown = Counter[tuple[str, str]]()
    for composite in performance:
        (choice,) = composite.choices.values()
        shown[acted(composite.frame.time), choice.emotion] += 1
    second = round(FPS)
    for emotion in ("pleasure", "upset", "anger"):
        assert shown[emotion, emotion] >= second, shown
    assert shown["sadness", "sadness"] + shown["neutrality", "neutrality"] >= second, shown


def test_eyes_and_mouth_are_seen_to_close_and_open(performance: list[Composite]) -> None:
    variants = {choice.variant for composite in performance for choice in composite.choices.values()}
    assert {"plain", "blink", "talk"} <= variants


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """A demo of half a second."""

    class Short(Performer):
        def __init__(self, size: tuple[int, int], fps: float) -> None:
            super().__init__(size, fps, seconds=0.5)

    monkeypatch.setattr("avatar_cam.apps.demo.Performer", Short)
    return 0.5


def test_without_a_display_it_is_written(here: Path, capfd: Capture, short: float) -> None:
    done = run(capfd, "demo", "--trace", "t.jsonl", "--no-pose")
    assert done.status == 0
    assert names(here) == ["demo.mp4", "demo.png", "t.jsonl"]
    (said,) = done.said
    assert "demo.mp4" in said and "demo.png" in said
    video = cv2.VideoCapture(str(here / "demo.mp4"))
    assert (video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (1280, 720)
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == short * 30
    assert cv2.imread(str(here / "demo.png")).std() > 20
    assert len(read_trace(here / "t.jsonl")) == 1 + short * 30


def test_the_demo_is_long_enough() -> None:
    performer = Performer()
    assert performer.frame_count is not None
    assert performer.frame_count / performer.fps >= 12


@pytest.mark.parametrize("taken", ["demo.mp4", "demo.png"])
def test_a_demo_that_cannot_be_written(here: Path, capfd: Capture, short: float, taken: str) -> None:
    (here / taken).mkdir()
    done = run(capfd, "demo")
    assert done.status == 1
    assert f"{taken} cannot be written: it is a folder" in done.error
    assert names(here) == [taken]


@pytest.mark.parametrize("trace", ["demo.mp4", "demo.png", "other/../demo.mp4"])
def test_a_trace_onto_the_demo(here: Path, capfd: Capture, short: float, trace: str) -> None:
    (here / "other").mkdir()
    done = run(capfd, "demo", "--trace", trace)
    assert done.status == 2
    assert "the trace would overwrite" in done.error
    assert names(here) == ["other"]


@pytest.mark.parametrize(
    "failing", ["sinks.trace.TraceWriter", "sinks.video.VideoWriter", "apps.sheet.SheetSink"]
)
def test_all_of_the_demo_is_there_or_none(
    here: Path, capfd: Capture, short: float, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def cannot(self: object) -> None:
        raise SinkError("no")

    monkeypatch.setattr(f"avatar_cam.{failing}._finish", cannot)
    done = run(capfd, "demo", "--trace", "t.jsonl", "--no-pose")
    assert (done.status, done.error) == (1, "no")
    assert names(here) == []


@pytest.fixture
def display(here: Path) -> Iterator[str]:
    """An X server of our own."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("there is no Xvfb here")
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            pytest.skip("Xvfb does not start here")
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_with_a_display_it_is_a_window_that_escape_closes(here: Path, display: str) -> None:
    keys = shutil.which("xdotool")
    if keys is None:
        pytest.skip("there is no xdotool here to press a key")
    environment = {**os.environ, "DISPLAY": display}
    environment.pop("SDL_VIDEODRIVER", None)
    environment.pop("WAYLAND_DISPLAY", None)
    process = subprocess.Popen(command("demo"), cwd=here, env=environment, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            _press_escape(keys, environment, process)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, "")
    assert names(here) == [], "nothing is written"


def _press_escape(keys: str, environment: dict[str, str], process: subprocess.Popen[str]) -> None:
    """Again and again until the window is there and hears it.

    Without a window manager keys go to the window under the pointer.
    """
    end = time.monotonic() + 180
    while process.poll() is None:
        assert time.monotonic() < end, "no window that can be closed"
        press = [keys, "mousemove", "700", "450", "key", "Escape"]
        subprocess.run(press, env=environment, capture_output=True, check=False)
        time.sleep(0.3)
