"""The booth's loop, with a scripted camera and a scripted pipeline, on SDL's dummy driver."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pygame
import pytest

from avatar_cam.controls import Wish
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import UsageError
from avatar_cam.kiosk import booth as booth_module
from avatar_cam.kiosk.booth import Booth, Machine, Rules
from avatar_cam.kiosk.counts import Counts
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.performers import Performers
from avatar_cam.kiosk.photos import Photos
from avatar_cam.kiosk.screen.scene import Scene
from avatar_cam.kiosk.screen.window import BoothWindow
from avatar_cam.kiosk.sharing import PhotoServer
from avatar_cam.kiosk.states import Timing
from avatar_cam.kiosk.texts import TEXTS
from avatar_cam.kiosk.watchdog import Watchdog
from avatar_cam.kiosk.wishes import Wishes
from avatar_cam.kiosk.worker import Limits, Worker
from avatar_cam.overlay.commands import wish_of
from avatar_cam.sinks.keepsakes import Snapshots
from avatar_cam.sources.camera import Camera
from avatar_cam.sources.capture import Patience
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.scripted_camera import Event, ScriptedDevice
from avatar_cam.types import Composite, Frame, Placement, SpriteChoice
from tests.factories import character, face_of, landmarks

SIZE = (320, 180)
#: A driven clock's step from one turn of the loop to the next, and the turns that are waited at most.
TICK, MOST_TURNS = 0.1, 3000
#: Seconds of that clock after which something hangs: longer than any thread is held up.
HANGS = 60.0
TODAY = datetime(2026, 11, 21, 14, 3, 5)
CORNER = {"pos": (2, 2), "button": pygame.BUTTON_LEFT}


class Clock:
    """Goes on whenever something was shown."""

    def __init__(self) -> None:
        self.now = 500.0

    def __call__(self) -> float:
        return self.now


class Line:
    """A pipeline that sees whom it is told to."""

    def __init__(self) -> None:
        self.guests, self.emotion = 0, "neutrality"
        self.forgotten = 0
        self.placements: tuple[Placement, ...] = ()
        self.act: Callable[[], None] = lambda: None

    def step(self, frame: Frame) -> Composite:
        self.act()
        faces = tuple(face_of(landmarks((100 + 60 * n, 90), 30), id=n + 1) for n in range(self.guests))
        emotion: Emotion = "pleasure" if self.emotion == "pleasure" else "neutrality"
        choices = {face.id: SpriteChoice(face.id, "dot", emotion, 0.0) for face in faces}
        return Composite(frame, faces, {}, choices, self.placements)

    def forget(self) -> None:
        self.forgotten += 1

    def pulse(self) -> tuple[tuple[bool, int], ...]:
        return ()

    def rest(self) -> None:
        pass

    def close(self) -> None:
        pass


class Screen(BoothWindow):
    """Remembers what it showed, and drives the clock."""

    clock: Clock
    scenes: list[Scene]
    tick = TICK

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)
        self.clock.now += self.tick
        super().show(scene)


class Hall:
    """A booth and all that it needs."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.clock, self.faults, self.line = Clock(), Faults(), Line()
        self.screen = SIZE
        self.device = ScriptedDevice((), SIZE, fps=500.0)
        self.opener: Callable[[str], Camera] = self.device.open
        self.album: Snapshots | None = None
        self.server: PhotoServer | None = None
        self.patience = Patience(first_pause=0.01, longest_pause=0.05)
        self.sinks: list[object] = []
        self.wishes = Wishes({"dot": "Dot", "cat": "Cat"})
        self.asked: list[Wish] = []
        #: What came of each wish: what was said, or why not.
        self.answers: list[str | None] = []

    def plug_in(self, *script: Event) -> None:
        """Another camera, with this to come."""
        self.device = ScriptedDevice(script, SIZE, fps=500.0)
        self.opener = self.device.open

    def open(self, rules: Rules | None = None) -> Booth:
        enter = self.stack.enter_context
        self.window = enter(Screen(self.screen, 0, TEXTS["en"], "", fullscreen=False))
        self.window.clock, self.window.scenes = self.clock, []
        self.window.presses()
        packs = {"dot": character(self.folder / "packs" / "dot")}
        self.source = enter(LiveSource("0", self.opener, patience=self.patience, clock=self.clock))
        self.worker = enter(Worker(lambda: self.line, self.faults, Limits(hangs=HANGS)))
        machine = Machine(
            source=self.source,
            worker=self.worker,
            window=self.window,
            performers=enter(Performers(lambda: packs, 64)),
            photos=enter(Photos(self.album, self.server, self.faults)),
            counts=Counts(self.folder / "visits.json"),
            faults=self.faults,
            watchdog=Watchdog({}),
            wishes=self.wishes,
            do_all=self._do_all,
            sinks=self.sinks,  # type: ignore[arg-type]
        )
        self.booth = enter(Booth(machine, rules or Rules(), self.clock, lambda: TODAY))
        return self.booth

    def ask(self, *words: str) -> str | None:
        """What came of a command of another program."""
        self.asked.append(wish_of(*words))
        self.booth.turn()
        return self.answers.pop()

    def _do_all(self, do: Callable[[Wish], str | None]) -> None:
        while self.asked:
            try:
                self.answers.append(do(self.asked.pop(0)))
            except UsageError as error:
                self.answers.append(f"refused: {error}")

    def play(self, until: Callable[[], bool]) -> None:
        """Go round the loop until it is so."""
        for _ in range(MOST_TURNS):
            self.booth.turn()
            if until():
                return
        raise AssertionError(f"it never came so far: {self.phases()}")

    def phases(self) -> list[str]:
        """What was shown, each phase once in a row."""
        return [phase for phase, _ in itertools.groupby(scene.phase for scene in self.window.scenes)]

    def in_phase(self, phase: str) -> Callable[[], bool]:
        return lambda: self.booth.state.phase == phase


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    # No turn without a picture, however long threads are held up: the clock goes on all the same.
    monkeypatch.setattr(booth_module, "_PATIENCE", 1.0)
    with ExitStack() as stack:
        yield Hall(stack, tmp_path)


@pytest.fixture
def _brisk(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns without a picture are to come."""
    monkeypatch.setattr(booth_module, "_PATIENCE", 0.05)


@pytest.mark.usefixtures("_brisk")
@pytest.mark.parametrize("event", ["gone", "busy"])
def test_a_camera_that_goes_and_comes_back(hall: Hall, event: Event) -> None:
    hall.open(Rules(timing=Timing(stale=0.25)))
    hall.play(lambda: hall.booth._newest is not None)
    script = hall.device._script
    script.extend([event] * 100_000)
    why = "unplugged" if event == "gone" else "in use"
    hall.play(lambda: why in (hall.window.scenes[-1].note or ""))
    assert hall.window.scenes[-1].phase == "failsafe"
    script.clear()
    hall.play(hall.in_phase("attract"))
    assert hall.worker.healed == 0, "the camera's fault is not the pipeline's"


@pytest.mark.usefixtures("_brisk")
def test_a_camera_that_is_missing_at_first(hall: Hall) -> None:
    hall.plug_in(*["gone"] * 100_000)  # type: ignore[list-item]
    hall.open(Rules(timing=Timing(start=1e9)))
    hall.play(hall.in_phase("failsafe"))
    hall.device._script.clear()
    hall.play(hall.in_phase("attract"))


@pytest.mark.usefixtures("_brisk")
def test_a_camera_that_hangs_is_left_behind(hall: Hall) -> None:
    hangs, over = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        if seconds > 1:
            hangs.set()
        over.wait(60 if seconds > 1 else seconds)

    hall.device = ScriptedDevice(["picture", "hang"], SIZE, fps=500.0, sleep=sleep)
    hall.opener = hall.device.open
    hall.patience = Patience(stuck=HANGS, first_pause=0.01)
    hall.open(Rules(timing=Timing(stale=0.5)))
    hall.play(hangs.is_set)
    hall.play(hall.in_phase("failsafe"))
    hall.clock.now += HANGS
    hall.play(hall.in_phase("attract"))
    assert hall.device.opened == 2
    over.set()


@pytest.mark.usefixtures("_brisk")
def test_a_camera_thread_that_dies_is_replaced(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    broken = iter([ValueError("a fault of ours")] * 2)

    def opener(which: str) -> Camera:
        if (error := next(broken, None)) is not None:
            raise error
        return hall.device.open(which)

    hall.opener = opener
    hall.open()
    hall.play(lambda: hall.source.state.phase == "live" and hall.booth._newest is not None)
    lines = [record.getMessage() for record in caplog.records]
    assert len([line for line in lines if "ended: ValueError" in line]) == 1, "it is logged once"
    shown = [scene.now for scene in hall.window.scenes]
    assert shown[-1] - shown[0] >= 2, "the first try comes at once, the second after a pause"


@pytest.mark.usefixtures("_brisk")
def test_a_frame_that_hangs_is_no_end(hall: Hall) -> None:
    hang, begun = threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        hang.wait(60)

    hall.open()
    hall.play(lambda: hall.booth._newest is not None)
    hall.line.act = act
    hall.play(begun.is_set)
    old, hall.line = hall.line, Line()
    assert hall.worker.healed == 0
    hall.clock.now += HANGS
    hall.play(lambda: hall.worker.healed == 1)
    seen = hall.booth._newest
    hall.play(lambda: hall.booth._newest != seen)
    hang.set()
    assert old is not hall.line


def _visit(hall: Hall) -> None:
    hall.play(lambda: hall.booth._newest is not None)
    hall.line.guests = 2
    hall.play(hall.in_phase("live"))
    hall.line.emotion = "pleasure"
    hall.play(hall.in_phase("countdown"))
    hall.line.emotion = "neutrality"
    hall.play(hall.in_phase("photo"))


def _leave(hall: Hall) -> None:
    hall.play(hall.in_phase("live"))
    hall.line.guests = 0
    hall.play(hall.in_phase("attract"))


def test_a_visit_without_photos_stores_nothing(hall: Hall) -> None:
    hall.open()
    _visit(hall)
    assert hall.window.scenes[-1].photo is not None and hall.window.scenes[-1].keeping == "not kept"
    _leave(hall)
    assert hall.phases()[-6:] == ["live", "countdown", "photo", "live", "farewell", "attract"]
    hall.booth.close()
    assert sorted(path.name for path in hall.folder.iterdir()) == ["packs", "visits.json"]
    counts = json.loads((hall.folder / "visits.json").read_text("utf-8"))
    assert counts == {"2026-11-21": {"visits": 1, "photos": 1, "faults": 0}}


def test_no_ear_is_cut_off_where_the_screen_stands(hall: Hall) -> None:
    hall.screen = 90, 160
    hall.line.placements = (
        Placement((), (40, 20, 240, 170), (40, 20, 240, 170), np.zeros((2, 2, 2), np.float32), 1.0),
    )
    hall.open()
    _visit(hall)
    scene = hall.window.scenes[-1]
    live = next(scene for scene in hall.window.scenes if scene.phase == "live")
    assert live.part is not None and live.part[2] - live.part[0] == 101
    assert scene.photo is not None and scene.photo.shape[1] > 200


def test_who_comes_next_is_somebody_new(hall: Hall) -> None:
    hall.open()
    _visit(hall)
    assert hall.line.forgotten == 0
    _leave(hall)
    hall.play(lambda: hall.line.forgotten == 1)


def test_a_picture_is_kept_and_can_be_fetched(hall: Hall) -> None:
    kept = hall.folder / "kept"
    hall.album, hall.server = Snapshots(kept, ".jpg"), PhotoServer(0, 60.0, "127.0.0.1")
    hall.open(Rules(minutes=1, fetching=20.0))
    _visit(hall)
    hall.window.tick = 0.0  # while it is saved, which takes other seconds
    hall.play(lambda: hall.window.scenes[-1].address is not None)
    hall.window.tick = TICK
    scene = hall.window.scenes[-1]
    (path,) = kept.iterdir()
    assert path.name == "avatar-cam 2026-11-21 14.03.05.jpg"
    assert scene.photo is not None
    assert cv2.imread(str(path)).shape == scene.photo.shape
    assert scene.address is not None
    with urllib.request.urlopen(scene.address, timeout=10) as answer:
        assert answer.read() == path.read_bytes()
    began = hall.booth.state.since
    hall.play(hall.in_phase("live"))
    assert hall.clock.now - began >= 20.0, "who has to find a phone gets more time"


def test_a_picture_that_cannot_be_kept_is_said(hall: Hall) -> None:
    (hall.folder / "file").touch()
    hall.album = Snapshots(hall.folder / "file" / "kept", ".jpg")
    hall.open()
    _visit(hall)
    hall.window.tick = 0.0  # while it is saved, which takes other seconds
    hall.play(lambda: hall.window.scenes[-1].keeping == "lost")
    hall.window.tick = TICK
    _leave(hall)


def test_a_press_takes_a_picture_too(hall: Hall) -> None:
    hall.open(Rules(smiles=False))
    hall.play(lambda: hall.booth._newest is not None)
    hall.line.guests, hall.line.emotion = 1, "pleasure"
    hall.play(hall.in_phase("live"))
    for _ in range(30):
        hall.booth.turn()
    assert hall.booth.state.phase == "live", "no smile takes a picture here"
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(160, 90), button=pygame.BUTTON_LEFT))
    hall.play(hall.in_phase("countdown"))


def test_another_program_takes_a_picture(hall: Hall) -> None:
    hall.open()
    refused = "refused: no picture can be taken now: nobody is looking at themselves"
    assert hall.ask("snapshot") == refused
    hall.play(lambda: hall.booth._newest is not None)
    hall.line.guests = 1
    hall.play(hall.in_phase("live"))
    assert hall.ask("snapshot") == "The countdown begins"
    hall.play(hall.in_phase("photo"))
    assert hall.ask("snapshot") == refused, "a picture that is shown is not taken away"
    assert hall.booth.state.phase == "photo"


def test_another_program_ends_the_booth(hall: Hall) -> None:
    hall.open(Rules(pin="2580"))
    hall.asked.append("quit")
    hall.booth.run()
    assert hall.answers == ["The booth ends"]


@pytest.mark.parametrize(
    "words", [("panic", "on"), ("record",), ("mirror", "off"), ("camera",), ("fullscreen",), ("neutral",)]
)
def test_what_a_booth_does_not_do_is_refused_in_one_line(hall: Hall, words: tuple[str, ...]) -> None:
    hall.open()
    said = hall.ask(*words)
    assert said is not None and "\n" not in said
    assert said.startswith(f"refused: a booth does not do {words[0]}; it does character, ")


def test_what_is_held_is_no_smile(hall: Hall) -> None:
    hall.open()
    hall.play(lambda: hall.booth._newest is not None)
    assert hall.ask("hold", "pleasure") == "Emotion held: pleasure"
    hall.line.guests, hall.line.emotion = 1, "pleasure"
    hall.play(hall.in_phase("live"))
    for _ in range(30):
        hall.booth.turn()
    assert hall.booth.state.phase == "live"
    assert not hall.window.scenes[-1].smiles, "nor are visitors asked for one"
    assert hall.ask("hold", "off") == "Emotion not held"
    hall.play(hall.in_phase("countdown"))


def _post(*events: Sequence[object]) -> None:
    for kind, content in events:
        pygame.event.post(pygame.event.Event(kind, content))  # type: ignore[arg-type]


def test_staff_end_it(hall: Hall) -> None:
    hall.open()
    _post(*[(pygame.MOUSEBUTTONDOWN, CORNER)] * 5)
    hall.booth.run()
    assert len(hall.window.scenes) <= 1


def test_staff_with_a_pin_have_to_type_it(hall: Hall) -> None:
    hall.open(Rules(pin="257"))
    _post(*[(pygame.MOUSEBUTTONDOWN, CORNER)] * 5)
    hall.play(lambda: hall.window.scenes[-1].pin == 0)
    digits = [(pygame.KEYDOWN, {"key": ord(d), "unicode": d, "mod": 0, "scancode": 0}) for d in "257"]
    _post(*digits)
    hall.booth.run()


class _Broken:
    def __init__(self) -> None:
        self.asked = 0

    def write(self, composite: Composite) -> None:
        self.asked += 1
        raise RuntimeError("full")


def test_a_sink_that_fails_is_asked_again(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    sink = _Broken()
    hall.sinks.append(sink)
    hall.open()
    hall.play(lambda: sink.asked > 5)
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == ["_Broken failed: RuntimeError: full"]


def test_drawing_that_fails_once_is_no_end(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.open()
    failures = iter([True] * 3)
    show = hall.window.show

    def shaky(scene: Scene) -> None:
        show(scene)
        if next(failures, False):
            raise pygame.error("no")
        hall.booth.quit()

    monkeypatch.setattr(hall.window, "show", shaky)
    hall.booth.run()
    assert hall.faults.count == 3


def test_drawing_that_always_fails_is_the_end(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.open()

    def never(scene: Scene) -> None:
        raise pygame.error("no screen any more")

    monkeypatch.setattr(hall.window, "show", never)
    monkeypatch.setattr("avatar_cam.kiosk.booth._PATIENCE", 0.0)
    with pytest.raises(pygame.error, match="no screen"):
        hall.booth.run()
