"""The booth for a long time, with something broken all the time: it must not end, nor grow.

    python -m benchmarks.kiosk [CLIP] [--frames N] [--visitors N] [--fault-every N] [--packs FOLDER]

Runs the booth's own loop in a real window (Xvfb will do) with a clock that is driven by the pictures, as fast
as they can be shown. Without a clip the faces and readings are scripted; with one its pictures go through the
real models. Visitors come and go, smile, and get their picture, which is saved and served. Every so many
frames one thing breaks, in turn: a frame raises, the thread of the emotions dies, the camera is pulled out,
the camera hangs, a frame hangs, a model hangs, drawing fails, the server's thread ends. Prints a table:
the median of memory since the last line, threads and open files, and what was counted. Needs /proc.

The 200,000 frames without a clip take about a quarter of an hour on two free cores: pictures and window are
small, and what hangs is given up after 2 s of the driven clock. All else is as in the real booth; most of the
time goes into characters, which are decoded and drawn for visitors and for the performance between them.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import NoReturn

import numpy as np

from avatar_cam.apps.build import Live, Parts, build_live
from avatar_cam.apps.heap import share_one_heap
from avatar_cam.apps.kiosk import BoothLine
from avatar_cam.characters.library import Library
from avatar_cam.characters.readiness import Aside
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.closing import Closing
from avatar_cam.emotions.recogniser import Recogniser
from avatar_cam.emotions.scripted import ScriptedEmotions
from avatar_cam.errors import CameraGone
from avatar_cam.kiosk.booth import Booth, Machine, Rules
from avatar_cam.kiosk.counts import Counts
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.guests import Guests
from avatar_cam.kiosk.layout import lay_out
from avatar_cam.kiosk.performers import Performers
from avatar_cam.kiosk.photos import Photos
from avatar_cam.kiosk.screen.scene import Scene
from avatar_cam.kiosk.screen.window import BoothWindow
from avatar_cam.kiosk.sharing import PhotoServer
from avatar_cam.kiosk.texts import TEXTS
from avatar_cam.kiosk.watchdog import Watchdog
from avatar_cam.kiosk.wishes import Wishes
from avatar_cam.kiosk.worker import Limits, Worker
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import Backdrop
from avatar_cam.schedule import Background
from avatar_cam.settings import Settings
from avatar_cam.sinks.keepsakes import Snapshots
from avatar_cam.sources.capture import Patience
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.head import mean_face
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.types import Composite, Floats, Frame, Pixels

#: Pictures a second, by the driven clock.
FPS = 15.0
_SIZE, _WINDOW = (320, 180), (320, 180)
#: FaceMesh's two irises: five points each.
_IRISES = ((33, 133), (362, 263))
#: Seconds of the driven clock after which a frame or the camera counts as hanging: while one hangs each turn
#: of the loop waits for it in real time, and the owner's 5 and 6 s would be most of this run.
_HANGS = 2.0
#: Real seconds after which something that hangs comes back by itself, at the latest.
_COMES_BACK = 60.0


class Trouble:
    """The clock, the script of who is there, and what is to break next."""

    def __init__(self, period: int, fault_every: int) -> None:
        self.now = 1000.0
        self.frames = 0
        self.faults: dict[str, int] = {}
        self._period, self._every = period, fault_every
        self._kinds = itertools.cycle(
            (
                "raise",
                "thread dies",
                "gone",
                "camera hangs",
                "frame hangs",
                "model hangs",
                "drawing",
                "server",
            )
        )
        self._due: str | None = None
        self._hanging = threading.Event()

    def clock(self) -> float:
        return self.now

    def tick(self) -> None:
        """The screen was shown: time goes on."""
        self.now += 1 / FPS

    def count(self) -> None:
        """One more composite was shown."""
        self.frames += 1
        at = self.frames % self._every
        if at == 0:
            self._due = next(self._kinds)
        elif at == self._every // 2:
            self.release()

    @property
    def somebody(self) -> bool:
        """Whether a visitor is there now."""
        return self.frames % self._period < self._period // 2

    def breaks(self, kind: str) -> bool:
        """Whether this is to break now; told once."""
        if self._due != kind:
            return False
        self._due = None
        self.faults[kind] = self.faults.get(kind, 0) + 1
        return True

    def hang(self) -> None:
        """Come back when the booth has long gone on without."""
        self._hanging = threading.Event()
        self._hanging.wait(_COMES_BACK)

    def release(self) -> None:
        self._hanging.set()


class Device:
    """A camera that gives a picture for each that was shown."""

    def __init__(self, trouble: Trouble, pictures: Sequence[Pixels]) -> None:
        self._trouble, self._pictures = trouble, itertools.cycle(pictures)
        self._wanted = threading.Semaphore(1)
        self._refusals = 0
        self.waiting = False

    def want(self) -> None:
        """One more picture."""
        self._wanted.release()

    def nudge(self) -> None:
        """A picture, where none was asked for since the last one: a fault has swallowed it."""
        if self.waiting:
            self._wanted.release()

    def open(self, which: str) -> OpenedDevice:
        if self._refusals > 0:
            self._refusals -= 1
            raise CameraGone("the camera was unplugged")
        return OpenedDevice(self)

    def next(self) -> tuple[Pixels, float]:
        self.waiting = not self._wanted.acquire(blocking=False)
        if self.waiting:
            self._wanted.acquire()
            self.waiting = False
        if self._trouble.breaks("gone"):
            self._refusals = 3
            raise CameraGone("the camera was unplugged")
        if self._trouble.breaks("camera hangs"):
            self._trouble.hang()
        return next(self._pictures).copy(), self._trouble.now


class OpenedDevice(Closing):
    def __init__(self, device: Device) -> None:
        self.name, self.fps = "driven", FPS
        self._device = device
        pixels = next(device._pictures)
        self.size = (pixels.shape[1], pixels.shape[0])

    def read(self) -> tuple[Pixels, float]:
        return self._device.next()

    def close(self) -> None:
        """Nothing is held."""


class ScriptedVisitors:
    """A `FaceFinder`: one face, each visitor's at a place of their own, and a bystander far behind."""

    def __init__(self, trouble: Trouble, period: int) -> None:
        self._trouble, self._period = trouble, period

    def find(self, pixels: Pixels) -> list[Floats]:
        bystander = _face((40, 60), 5)
        if not self._trouble.somebody:
            return [bystander]
        visitor = self._trouble.frames // self._period
        return [_face((120 + visitor * 37 % 90, 80), 30), bystander]

    def close(self) -> None:
        """Nothing is held."""


class TroubledRecogniser:
    """Raises and hangs when it is told to."""

    def __init__(self, inner: Recogniser, trouble: Trouble) -> None:
        self._inner, self._trouble = inner, trouble
        self.card = inner.card

    def crop(self, pixels: Pixels, landmarks: Floats) -> Pixels:
        return self._inner.crop(pixels, landmarks)

    def read(self, crops: Pixels) -> Floats:
        if self._trouble.breaks("thread dies"):
            raise RuntimeError("this thread was told to die")
        if self._trouble.breaks("model hangs"):
            self._trouble.hang()
        return self._inner.read(crops)


class TroubledLine(BoothLine):
    """The booth's line, of which single frames fail."""

    def __init__(self, live: Live, faults: Faults, trouble: Trouble, wishes: Wishes) -> None:
        super().__init__(live, faults, wishes)
        self._trouble = trouble

    def step(self, frame: Frame) -> Composite:
        if self._trouble.breaks("raise"):
            raise ValueError("this frame was told to fail")
        if self._trouble.breaks("frame hangs"):
            self._trouble.hang()
        return super().step(frame)


class DrivenWindow(BoothWindow):
    """A window that drives the clock, and says how the process is."""

    trouble: Trouble
    device: Device
    booth: Booth
    counts: Counts
    server: PhotoServer
    frames: int

    def begin(self, trouble: Trouble, device: Device, server: PhotoServer, frames: int, warm: int) -> None:
        self.trouble, self.device, self.server = trouble, device, server
        self.frames, self.warm = frames, warm
        self.first: float | None = None
        self.memory: list[float] = []

    def show(self, scene: Scene) -> None:
        self.trouble.tick()
        self.device.nudge()
        if self.trouble.breaks("server"):
            self.server.end_thread()
        if self.trouble.breaks("drawing"):
            raise RuntimeError("this drawing was told to fail")
        super().show(scene)

    def write(self, composite: Composite) -> None:
        """As a sink: every composite."""
        self.device.want()
        self.trouble.count()
        frames = self.trouble.frames
        if frames % 20 == 0:
            self.memory.append(_status(Path("/proc/self/status").read_text("ascii"), "VmRSS") / 1000)
        # Not while something is being mended.
        if frames >= self.warm - 1 and (frames + 1) % max(self.warm, self.frames // 40) == 0:
            self._say(frames + 1)
        if frames >= self.frames:
            self.booth.quit()

    def _say(self, frames: int) -> None:
        threads = _status(Path("/proc/self/status").read_text("ascii"), "Threads")
        # Characters are decoded when they are put on, so the memory of one moment says little.
        memory, self.memory = median(self.memory), []
        files = len(list(Path("/proc/self/fd").iterdir()))
        self.first = memory if self.first is None else self.first
        print(
            f"{frames:>8} {self.trouble.now - 1000:>9.0f} s {memory:>7.1f} MB "
            f"{memory - self.first:>+7.1f} {threads:>7} {files:>6}",
            flush=True,
        )


def _status(status: str, name: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def _face(at: tuple[float, float], eyes: float) -> Floats:
    points: Floats = _landmarks() * np.float32(eyes)
    return points + np.array([*at, 0.0], np.float32)


@cache
def _landmarks() -> Floats:
    """The mean face with its irises: FaceMesh's 478 points, the eyes 1 apart."""
    face = mean_face()
    irises = [np.repeat(face[list(corners)].mean(axis=0)[None], 5, axis=0) for corners in _IRISES]
    return np.concatenate([face, *irises])


def _scripted(library: Library, trouble: Trouble, period: int) -> Live:
    schedule = Background(TroubledRecogniser(ScriptedEmotions([{"pleasure": 0.9}]), trouble))
    ready = Aside(library.characters, 0)
    wardrobe = Wardrobe(list(library.characters), ready=ready)
    backdrop = Backdrop(_no_segmentation)
    tracker = FaceTracker(Guests(ScriptedVisitors(trouble, period)))
    pipeline = Pipeline(tracker, schedule, wardrobe, library.characters, backdrop)
    return Live(pipeline, schedule, wardrobe, backdrop, library, ready)


def _no_segmentation() -> NoReturn:
    raise AssertionError("nobody asks for a background here")


def _real(settings: Settings, trouble: Trouble) -> Live:
    parts = Parts.of(settings, choose_from_all=True)
    parts = replace(parts, recogniser=TroubledRecogniser(parts.recogniser, trouble))  # type: ignore[arg-type]
    return build_live(settings, parts, choosing=Guests, kept=0)


def soak(arguments: argparse.Namespace, folder: Path) -> str:
    """Run it, and say what came of it."""
    trouble = Trouble(max(2, arguments.frames // arguments.visitors), arguments.fault_every)
    settings = Settings(character_dir=arguments.packs, pose=arguments.clip is not None)
    pictures = list(_pictures(arguments.clip, trouble)) if arguments.clip else [_grey()]
    device, faults = Device(trouble, pictures), Faults()
    period = max(2, arguments.frames // arguments.visitors)
    folders = (arguments.packs,) if arguments.packs else ()

    def library() -> Library:
        return Library({}, {}, folders).renewed() if folders else Library.open()

    def live() -> Live:
        return _real(settings, trouble) if arguments.clip else _scripted(library(), trouble, period)

    clock: Callable[[], float] = trouble.clock
    start = datetime(2026, 11, 21, 9)
    began = time.monotonic()
    with ExitStack() as stack:
        server = stack.enter_context(PhotoServer(0, 600.0, "127.0.0.1", clock))
        photos = stack.enter_context(Photos(Snapshots(folder, ".jpg"), server, faults))
        window = stack.enter_context(DrivenWindow(_WINDOW, 0, TEXTS["en"], "", fullscreen=False))
        window.begin(trouble, device, server, arguments.frames, arguments.warm)
        known = library().characters
        performers = stack.enter_context(Performers(lambda: known, lay_out(window.size).performer[2]))
        patience = Patience(stuck=_HANGS, first_pause=0.02, longest_pause=0.2)
        source = stack.enter_context(LiveSource("driven", device.open, patience=patience, clock=clock))
        wishes = Wishes({})
        worker = stack.enter_context(
            Worker(lambda: TroubledLine(live(), faults, trouble, wishes), faults, Limits(hangs=_HANGS))
        )
        counts = Counts(folder / "visits.json")
        watchdog = Watchdog({})
        machine = Machine(
            source=source,
            worker=worker,
            window=window,
            performers=performers,
            photos=photos,
            counts=counts,
            faults=faults,
            watchdog=watchdog,
            wishes=wishes,
            sinks=[window],
        )
        booth = stack.enter_context(
            Booth(
                machine,
                Rules(minutes=10, fetching=6.0),
                clock,
                lambda: start + timedelta(seconds=trouble.now - 1000),
            )
        )
        window.booth = booth
        print("  frames       clock      memory          threads  files")
        booth.run()
        trouble.release()
        day = counts.of(start.date())
        return (
            f"{trouble.frames} frames, {time.monotonic() - began:.0f} s, {day['visits']} visits, "
            f"{day['photos']} pictures, {sum(trouble.faults.values())} faults made "
            f"({', '.join(f'{kind} {many}' for kind, many in trouble.faults.items())}), "
            f"pipeline made anew {worker.healed} times, {day['faults']} faults noted"
        )


def _grey() -> Pixels:
    return np.random.default_rng(1).integers(90, 130, (_SIZE[1], _SIZE[0], 3), np.uint8)


def _pictures(clip: Path, trouble: Trouble) -> Iterator[Pixels]:
    """Of the clip, and as many of an empty room."""
    with VideoFile(clip) as video:
        some = [frame.pixels for frame in itertools.islice(video, 150)]
    yield from some
    yield from itertools.repeat(np.full_like(some[0], 128), len(some))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path, nargs="?")
    parser.add_argument("--frames", type=int, default=200_000)
    parser.add_argument("--visitors", type=int, default=500)
    parser.add_argument("--fault-every", type=int, default=1000)
    parser.add_argument("--warm", type=int, default=2_000, help="memory is compared with that after so many")
    parser.add_argument("--packs", type=Path)
    share_one_heap()
    with tempfile.TemporaryDirectory() as folder:
        print(soak(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
