"""`avatar-cam run`, from its command line, with the drawn performer as camera."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import ClassVar

import pytest

from avatar_cam.apps import run as run_module
from avatar_cam.apps.interrupts import heeded
from avatar_cam.controls import Keys, Wish
from avatar_cam.sinks.view import View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.cameras import CameraInfo
from avatar_cam.types import Pixels
from tests.commands import run
from tests.factories import read_trace
from tests.waiting import eventually

Capture = pytest.CaptureFixture[str]

#: Composites that are shown before somebody ends it.
SHOWN = 3
#: How the names of threads begin that are the program's.
OURS = ("capture", "emotions", "pose", "packs")
RUN = ("run", "--camera", "demo", "--size", "640x360", "--no-pose")


class _Watched(Window):
    """Shows some composites and is then closed, or interrupted by Ctrl-C."""

    shown = 0
    interrupt = False
    #: For those that are to be recorded.
    recorded = False
    mirrored: ClassVar[set[bool]] = set()
    keys: ClassVar[Keys] = {}

    def __init__(self, title: str, size: tuple[int, int], *, keys: Keys, display: int) -> None:
        super().__init__(title, size, keys=keys, display=display)
        type(self).keys = keys

    def actions(self) -> list[Wish]:
        super().actions()
        if self.shown < SHOWN:
            wanted = self.shown == 1 and not self.recorded and Path("my.toml").exists()
            self.recorded |= wanted
            return ["record"] if wanted else []
        if self.interrupt:
            raise KeyboardInterrupt
        return ["quit"]

    def show(self, pixels: Pixels | None, view: View) -> None:
        super().show(pixels, view)
        self.shown += view.composite is not None
        if view.composite is not None:
            self.mirrored.add(view.mirror)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[_Watched]:
    monkeypatch.setattr(run_module, "Window", _Watched)
    monkeypatch.setattr(_Watched, "interrupt", False)
    _Watched.mirrored.clear()
    return _Watched


@pytest.mark.usefixtures("watched")
def test_until_the_window_is_closed(here: Path, capfd: Capture) -> None:
    done = run(capfd, *RUN, "--trace", "t.jsonl")
    assert (done.status, done.err) == (0, "")
    head, *frames = read_trace(here / "t.jsonl")
    assert (head["source"], head["size"]) == ("performer", [640, 360])
    assert [frame["frame"] for frame in frames] == list(range(len(frames)))
    assert len(frames) >= 1
    # A thread that reads a camera is not waited for for ever.
    eventually(lambda: not any(one.name.startswith(OURS) for one in threading.enumerate()))


def test_ctrl_c_finishes_what_was_begun(here: Path, capfd: Capture, watched: type[_Watched]) -> None:
    watched.interrupt = True
    done = run(capfd, *RUN, "--trace", "t.jsonl")
    assert (done.status, done.said) == (130, ["avatar-cam: interrupted"])
    assert len(read_trace(here / "t.jsonl")) > 1


def test_without_a_display(here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SDL_VIDEODRIVER")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    done = run(capfd, *RUN)
    (line,) = done.said
    assert done.status == 1
    assert "no display" in line


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--camera", "missing.mp4"], 2, "missing.mp4"),
        (["--size", "big"], 2, "1280x720"),
        (["--rotate", "45"], 2, "--rotate"),
        (["--fps", "0"], 2, "--fps"),
        (["--display", "7"], 1, "display 7"),
        (["--character", "unicorn"], 2, "unicorn"),
        (["--trace", "nowhere/t.jsonl"], 1, "nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense(here: Path, capfd: Capture, options: list[str], status: int, words: str) -> None:
    done = run(capfd, *RUN, *options)
    (line,) = done.said
    assert done.status == status
    assert words in line


@pytest.mark.parametrize("arguments", [[], ["--camera", "demo"], ["-q"], ["-v", "--faces", "2"]], ids=str)
def test_run_is_what_the_program_does_by_itself(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    called: list[object] = []
    monkeypatch.setattr(run_module, "run_live", called.append)
    assert run(capfd, *arguments).status == 0
    assert len(called) == 1


def test_list_cameras(here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "list_cameras", lambda: [CameraInfo("0", "Webcam [HD]", "/dev/video0")])
    done = run(capfd, "--list-cameras")
    assert (done.status, done.err) == (0, "")
    assert "Webcam [HD]" in done.out
    assert "/dev/video0" in done.out
    monkeypatch.setattr(run_module, "list_cameras", list)
    done = run(capfd, "run", "--list-cameras")
    assert done.status == 0
    assert "no camera was found" in done.err


def test_what_is_set_reaches_its_place(
    here: Path, capfd: Capture, watched: type[_Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatar_cam.sinks.recording._PATIENCE", 60.0)
    (here / "my.toml").write_text('[keys]\nquit = "q"\n', encoding="utf-8")
    options = ["--rotate", "90", "--no-mirror", "--save-dir", "kept", "--config", "my.toml"]
    done = run(capfd, *RUN, *options, "--trace", "t.jsonl")
    (kept,) = Path("kept").iterdir()
    assert (done.status, done.said) == (0, [f"avatar-cam: Saved {kept}"])
    head, *_ = read_trace(here / "t.jsonl")
    assert head["size"] == [360, 640], "turned"
    assert watched.mirrored == {False}
    assert watched.keys["quit"] == ("q",)


def test_a_folder_for_what_is_kept_that_is_a_file(here: Path, capfd: Capture) -> None:
    (here / "notes.txt").touch()
    done = run(capfd, *RUN, "--save-dir", "notes.txt")
    assert (done.status, done.error) == (2, "--save-dir notes.txt is a file: name a folder")


def test_an_interruption_is_heeded_between_two_frames() -> None:
    quits: list[str] = []

    def busy() -> None:
        with heeded(lambda: quits.append("quit")):
            signal.raise_signal(signal.SIGINT)
            quits.append("still here")
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)  # somebody is in a hurry

    with pytest.raises(KeyboardInterrupt):
        busy()
    assert quits == ["quit", "still here"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
