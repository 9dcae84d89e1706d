"""The live loop in a real window, with pictures offered at a given rate.

    python -m benchmarks.live CLIP [--fps N] [--seconds S] [--no-pose] [--faces N] [--figures] [--record DIR]

Decodes the clip into memory and offers its pictures, again and again, through the slot that keeps the newest
frame; needs a display (Xvfb will do). Prints how many composites were shown and how many bodies looked for a
second, the latency from capture to flip (median and 95th percentile), the process's time on processors in
shares of one core, and its peak memory. The first seconds are not counted.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from avatar_cam.apps.build import Live, build_live
from avatar_cam.apps.heap import share_one_heap
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.live import LiveLoop
from avatar_cam.apps.notices import Notices
from avatar_cam.apps.peak import peak_mb
from avatar_cam.closing import Closing
from avatar_cam.controls import Wish
from avatar_cam.settings import Settings
from avatar_cam.sinks.view import View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Pixels

#: Seconds until everything is loaded and warm.
_WARM_UP = 3.0
#: Seconds that a picture in memory takes to be copied, at most.
_FILLING = 0.004


class Offered(Closing):
    """A camera that gives pictures that are in memory, at a steady rate, each in memory of its own."""

    def __init__(self, pictures: list[Pixels], fps: float) -> None:
        self.name, self.fps = "offered", fps
        self.size = (pictures[0].shape[1], pictures[0].shape[0])
        self._pictures = itertools.cycle(pictures)
        self._due = time.monotonic()

    def read(self) -> tuple[Pixels, float]:
        self._due = max(self._due + 1 / self.fps, time.monotonic() - 1.0)
        # Shortly before it is due, as a driver fills its memory, not while the last one is being looked at.
        time.sleep(max(self._due - _FILLING - time.monotonic(), 0))
        pixels = next(self._pictures).copy()
        time.sleep(max(self._due - time.monotonic(), 0))
        return pixels, time.monotonic()

    def close(self) -> None:
        """Nothing is held."""


class TimedWindow(Window):
    """A window that notes when each frame was flipped, and asks to quit after a while."""

    source: LiveSource
    live: Live
    wishes: tuple[Wish, ...]
    seconds: float

    def begin(self, source: LiveSource, live: Live, seconds: float, wishes: tuple[Wish, ...]) -> None:
        self.source, self.live, self.seconds, self.wishes = source, live, seconds, wishes
        self.latencies: list[float] = []
        self._newest = -1
        self._start: tuple[float, float, int] | None = None

    def actions(self) -> list[Wish]:
        super().actions()
        wishes, self.wishes = self.wishes, ()
        done = self._start is not None and time.perf_counter() - self._start[0] >= self.seconds
        return ["quit"] if done else list(wishes)

    def show(self, pixels: Pixels | None, view: View) -> None:
        super().show(pixels, view)
        if view.composite is None or view.composite.frame.index == self._newest:
            return
        frame = view.composite.frame
        self._newest = frame.index
        if self._start is None:
            if frame.time >= _WARM_UP:
                self._start = time.perf_counter(), time.process_time(), self.live.schedule.poses or 0
        else:
            self.latencies.append(self.source.now() - frame.time)

    def report(self) -> str:
        assert self._start is not None
        begun, used, poses = self._start
        wall = time.perf_counter() - begun
        share = (time.process_time() - used) / wall
        looked = ((self.live.schedule.poses or 0) - poses) / wall
        middle, late = np.percentile(self.latencies, (50, 95)) * 1000
        return (
            f"{len(self.latencies) / wall:.1f} composites/s, {looked:.1f} bodies/s, capture to flip "
            f"{middle:.1f} ms (95 %: {late:.1f} ms), {share:.2f} of a core, peak {peak_mb():.0f} MB"
        )


def measure(
    pictures: list[Pixels], fps: float, seconds: float, settings: Settings, wishes: tuple[Wish, ...]
) -> str:
    """Run the live loop and say what it did."""
    with ExitStack() as stack:
        source = stack.enter_context(LiveSource("offered", lambda _: Offered(pictures, fps)))
        live = build_live(settings)
        stack.enter_context(live.pipeline)
        notices = Notices()
        keeping = stack.enter_context(Keeping(settings.save_dir, lambda: fps, notices))
        window = stack.enter_context(TimedWindow("avatar-cam", (pictures[0].shape[1], pictures[0].shape[0])))
        window.begin(source, live, seconds, wishes)
        loop = stack.enter_context(LiveLoop(source, live, window, keeping, notices))
        loop.run()
        return window.report()


def _pictures(clip: Path, most: int) -> Iterator[Pixels]:
    with VideoFile(clip) as video:
        for frame in itertools.islice(video, most):
            yield frame.pixels


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--faces", type=int, default=1)
    parser.add_argument("--no-pose", action="store_true")
    parser.add_argument("--figures", action="store_true", help="with figures, bars and landmarks shown")
    parser.add_argument("--record", type=Path, help="and recorded into this folder")
    arguments = parser.parse_args()
    share_one_heap()
    wishes: list[Wish] = []
    if arguments.figures:
        wishes += ["figures", "landmarks"]
    if arguments.record:
        wishes.append("record")
    settings = Settings(faces=arguments.faces, pose=not arguments.no_pose, save_dir=arguments.record)
    pictures = list(_pictures(arguments.clip, 120))
    print(measure(pictures, arguments.fps, arguments.seconds, settings, tuple(wishes)))


if __name__ == "__main__":
    main()
