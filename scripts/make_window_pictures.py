"""Make the pictures of the window, docs/window*.webp, from the real program.

    uv run --group artwork python scripts/make_window_pictures.py

Starts `avatar-cam run` on a screen of its own that nobody sees, and asks things of it by key and mouse. Needs
Linux, and the programs Xvfb and xdotool. Look at the pictures afterwards: the performer goes on playing, so
they differ from one time to the next; and the figures are those of a machine that draws her as well.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageGrab

DOCS = Path(__file__).parents[1] / "docs"

#: No faster, so that two cores that draw the performer as well have time for the rest.
SIZE, FPS = (1280, 720), 15
#: How wide they are shown, px; the first of these qualities is taken that makes a file no larger than this.
WIDTH = 960
QUALITIES, MOST_BYTES = (85, 75, 65, 55, 45), 60_000

#: A camera that never answers: a port where somebody listens and says nothing.
PORT = 8554


@dataclass(frozen=True)
class Shot:
    """A picture: its name, what is pressed for it, and the seconds after that.

    `pointer` (x, y) is where the pointer is moved to, px.
    """

    name: str
    keys: tuple[str, ...] = ()
    wait: float = 1.5
    pointer: tuple[int, int] | None = None


#: Taken one after the other of one run; every key is pressed again afterwards, where that undoes it.
SHOTS = (
    Shot("window"),
    Shot("window-figures", ("i", "o"), wait=3.0),
    Shot("window-keys", ("h",)),
    Shot("window-strip", pointer=(640, 560), wait=0.8),
    Shot("window-background", ("b",), wait=2.5),
)


@contextmanager
def screen() -> Iterator[str]:
    """The name of a screen of `SIZE` that nobody sees."""
    told, teller = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(teller),
        "-screen",
        "0",
        f"{SIZE[0]}x{SIZE[1]}x24",
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(command, pass_fds=[teller], stderr=subprocess.DEVNULL)
    os.close(teller)
    try:
        with os.fdopen(told) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


class Hand:
    """Presses keys and moves the pointer on a screen."""

    def __init__(self, display: str) -> None:
        self._environment = os.environ | {"DISPLAY": display}

    def press(self, key: str) -> None:
        self._do("key", key)

    def point(self, x: int, y: int) -> None:
        # Twice, since only a pointer that moves counts.
        self._do("mousemove", str(x - 40), str(y), "sleep", "0.2", "mousemove", str(x), str(y))

    def wait_for(self, title: str) -> None:
        """Wait until a window of this title has the keyboard."""
        for _ in range(60):
            if self._do("getwindowfocus", "getwindowname", check=False).strip() == title:
                return
            time.sleep(0.5)
        raise SystemExit(f"no window {title} has come up")

    def _do(self, *words: str, check: bool = True) -> str:
        command = ["xdotool", *words]
        return subprocess.run(
            command, env=self._environment, check=check, capture_output=True, text=True, timeout=10
        ).stdout


@contextmanager
def running(display: str, camera: str) -> Iterator[Hand]:
    """The program in its window, and a hand to use it."""
    avatar_cam = Path(sys.executable).with_name("avatar-cam")
    command = [str(avatar_cam), "run", "--camera", camera, "--fps", str(FPS)]
    program = subprocess.Popen(command, env=os.environ | {"DISPLAY": display}, cwd=DOCS.parent)
    hand = Hand(display)
    try:
        hand.wait_for("avatar-cam")
        yield hand
        hand.press("Escape")
        program.wait(30)
    finally:
        program.kill()
        program.wait()


def keep(display: str, name: str) -> None:
    """Write what is on the screen."""
    picture = ImageGrab.grab(xdisplay=display).convert("RGB")
    small = picture.resize((WIDTH, round(WIDTH * SIZE[1] / SIZE[0])), Image.Resampling.LANCZOS)
    path = DOCS / f"{name}.webp"
    for quality in QUALITIES:
        small.save(path, quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            break
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    with screen() as display:
        with running(display, "demo") as hand:
            time.sleep(4.0)
            for shot in SHOTS:
                for key in shot.keys:
                    hand.press(key)
                if shot.pointer is not None:
                    hand.point(*shot.pointer)
                time.sleep(shot.wait)
                keep(display, shot.name)
                for key in shot.keys:
                    hand.press(key)
        with socket.create_server(("127.0.0.1", PORT)), running(display, f"rtsp://127.0.0.1:{PORT}") as hand:
            time.sleep(15.0)
            keep(display, "window-camera")


if __name__ == "__main__":
    main()
