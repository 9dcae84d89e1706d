"""The live loop for a long time: memory, threads and open files must stay as they are.

    python -m benchmarks.soak CLIP [--minutes M] [--faces N]

Plays the clip again and again as a camera, in a window (Xvfb will do), with bodies followed; a clip in which
faces come and go is best (`benchmarks.people` makes one). Prints a line a minute, with how much more memory
there is than after the first one. Needs /proc.
"""

from __future__ import annotations

import argparse
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from avatar_cam.apps.build import build_live
from avatar_cam.apps.heap import share_one_heap
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.live import LiveLoop
from avatar_cam.apps.notices import Notices
from avatar_cam.controls import Wish
from avatar_cam.settings import Settings
from avatar_cam.sinks.view import View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.camera import open_camera
from avatar_cam.sources.live import LiveSource
from avatar_cam.types import Pixels


class SoakedWindow(Window):
    """A window that says how the process is, once a minute, and closes after `minutes`."""

    def begin(self, minutes: int) -> None:
        self._minutes, self._started, self._said = minutes, time.monotonic(), 0
        self._shown, self._faces = 0, set[int]()
        self._first: float | None = None

    def show(self, pixels: Pixels | None, view: View) -> None:
        super().show(pixels, view)
        self._shown += 1
        if view.composite is not None:
            self._faces |= {face.id for face in view.composite.faces}

    def actions(self) -> list[Wish]:
        wishes = super().actions()
        minute = int((time.monotonic() - self._started) / 60)
        if minute > self._said:
            self._said = minute
            self._say(minute)
        return ["quit"] if minute >= self._minutes else wishes

    def _say(self, minute: int) -> None:
        status = Path("/proc/self/status").read_text("ascii")
        memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000
        self._first = memory if self._first is None else self._first
        files = len(list(Path("/proc/self/fd").iterdir()))
        print(
            f"minute {minute}: {memory:.0f} MB ({memory - self._first:+.1f}), {_threads(status)} threads "
            f"({threading.active_count()} of Python's), {files} files, {self._shown} composites, "
            f"{len(self._faces)} ids",
            flush=True,
        )


def _threads(status: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--faces", type=int, default=2)
    arguments = parser.parse_args()
    share_one_heap()
    settings = Settings(faces=arguments.faces, camera=str(arguments.clip))
    with ExitStack() as stack:
        source = stack.enter_context(LiveSource(settings.camera, partial(open_camera, size=settings.size)))
        live = build_live(settings)
        stack.enter_context(live.pipeline)
        notices = Notices()
        keeping = stack.enter_context(Keeping(None, lambda: settings.fps, notices))
        window = stack.enter_context(SoakedWindow("avatar-cam", settings.size))
        window.begin(arguments.minutes)
        loop = stack.enter_context(LiveLoop(source, live, window, keeping, notices))
        loop.run()


if __name__ == "__main__":
    main()
