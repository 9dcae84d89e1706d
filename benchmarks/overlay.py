"""The overlay page in a real browser, what it costs the program, and what a crowd of clients does to it.

    python -m benchmarks.overlay [--clip CLIP] [--seconds S] [--fps N] [--out FOLDER] [page] [cost] [crowd]

`page`: headless Chromium at 1920x1080 shows a character with a dot at each anchor on what the tracker finds,
and then the bear. Prints how much of the page beside the character is not transparent, how far the dots are
from the trace's anchors in shares of the face's width, and how far the page is from what the compositor draws
of the same placements. `cost`: the program's time on processors at 60 updates a second, in shares of a core,
without and with a client. `crowd`: the pipeline's frame rate, by turns without any client and with 50 of them
and some hostile ones, in a process of their own; as fast as it can, or with `--fps` as a camera would have
it. Without a clip it is the drawn performer who is seen.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from avatar_cam.apps.build import build_pipeline
from avatar_cam.overlay.overlay import Overlay
from avatar_cam.overlay.serving import page_url, serve_overlay
from avatar_cam.rendering.compositor import overlay
from avatar_cam.settings import Settings
from avatar_cam.sinks.formats import TraceFrame
from avatar_cam.sources.performer import draw, score
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Composite, Frame, Pixels
from tests.overlay.browser import Browser
from tests.overlay.scenes import dotted, found_dots, free_port, premultiplied, shown

PAGE = (1920, 1080)
CAMERA_FPS, UPDATES = 30.0, 60.0
CLIENTS = 50
TOKEN = "token-of-the-benchmark"
#: Pictures that are gone through again and again.
_PICTURES = 90
#: A page is looked at after every so many of them.
_LOOK_EVERY = 18
#: Turns with and without clients.
_TURNS = 4
#: Seconds in which clients that came get their textures, which is not counted.
_SETTLING = 1.0
#: Seconds that who never reads is waited for to be closed, at most.
_DEAF = 40.0


def pictures(clip: Path | None, size: tuple[int, int]) -> list[Pixels]:
    """Some seconds of the clip, or of the performer at `size` (width, height)."""
    if clip is None:
        return [draw(score(2 + index / CAMERA_FPS), size) for index in range(_PICTURES)]
    with VideoFile(clip) as video:
        return [frame.pixels for frame in itertools.islice(video, _PICTURES)]


def fitted(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """As large as fits, with black beside it."""
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)))
    result = np.zeros((size[1], size[0], 3), np.uint8)
    x, y = (size[0] - small.shape[1]) // 2, (size[1] - small.shape[0]) // 2
    result[y : y + small.shape[0], x : x + small.shape[1]] = small
    return result


def composites(seen: Sequence[Pixels], settings: Settings) -> Iterator[Composite]:
    """What the pipeline makes of pictures, which are copied."""
    pipeline, _ = build_pipeline(settings)
    with pipeline:
        for index, picture in enumerate(seen):
            yield pipeline.step(Frame(picture.copy(), index, index / CAMERA_FPS))


@contextmanager
def serving(**settings: object) -> Iterator[tuple[Overlay, int]]:
    """A server, and its port."""
    port = free_port()
    with serve_overlay(Settings.model_validate({"overlay_port": port, **settings}, by_name=True)) as server:
        yield server, port


def look(clip: Path | None, out: Path | None) -> None:
    """The figures of `page`."""
    seen = [fitted(picture, PAGE) for picture in pictures(clip, PAGE)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        dotted(folder / "dots")
        browser = stack.enter_context(Browser(PAGE))
        server, port = stack.enter_context(serving())
        browser.go(page_url("127.0.0.1", port))
        for name in ("dots", "bear"):
            settings = Settings(character=name, character_dir=folder if name == "dots" else None)
            print(f"{name}:")
            last = 0
            for composite in composites(seen, settings):
                if composite.frame.index >= last + _LOOK_EVERY and stands_still(composite):
                    last = composite.frame.index
                    path = out / f"{name}-{composite.frame.index}.png" if out else None
                    print("  " + compared(browser, server, composite, path, dots=name == "dots"))


def stands_still(composite: Composite) -> bool:
    """Whether there is a character that is not on its way from one emotion to another, when it stretches."""
    return bool(composite.faces) and not any(choice.previous for choice in composite.choices.values())


def compared(
    browser: Browser, server: Overlay, composite: Composite, path: Path | None, *, dots: bool
) -> str:
    """A line with what the page shows of a composite, beside what it should."""
    with shown(server, composite):
        browser.wait(f'document.documentElement?.dataset.frame === "{composite.frame.index}"')
        picture = browser.screenshot()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))
    drawn = overlay(PAGE, composite.placements)
    beside = drawn[..., 3] == 0
    apart = np.abs(premultiplied(picture) - drawn)
    line = (
        f"frame {composite.frame.index}: beside the character {100 * beside.mean():.1f} % of the page, alpha "
        f"there {picture[..., 3][beside].max()} at most; from the compositor {apart[~beside].mean():.2f} of "
        f"255 on average, 99 %: {np.percentile(apart[~beside], 99):.0f}, at most {apart.max():.0f}"
    )
    if not dots:
        return line
    face = TraceFrame.from_composite(composite).faces[0]
    away = {
        name: float(np.linalg.norm(place - getattr(face.anchors, name)) / face.box[2])
        for name, place in found_dots(picture).items()
    }
    worst = max(away, key=away.__getitem__)
    return f"{line}; from the anchors {100 * away[worst]:.2f} % of the face's width at most ({worst})"


def cost(clip: Path | None, seconds: float) -> None:
    """The figures of `cost`: turns with and without a client, since the machine has other work too."""
    made = list(composites(pictures(clip, (1280, 720)), Settings(character="bear")))
    with serving(overlay_token=TOKEN) as (server, port), crowd(port, 1) as clients:
        shares: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(2 * _TURNS):
            listened = turn % 2 == 1
            if listened:
                clients.come(well_behaved=True)
            write_for(server, made, 0.5)
            shares[listened].append(write_for(server, made, seconds / 2))
            if listened:
                print(f"  updates a second: {clients.go()['most'] / (seconds / 2 + 0.5):.1f}")
    without, with_one = (statistics.median(shares[listened]) for listened in (False, True))
    print(
        f"{UPDATES:.0f} updates a second: {100 * without:.2f} % of a core without a client, "
        f"{100 * with_one:.2f} % with one"
    )


def write_for(server: Overlay, made: Sequence[Composite], seconds: float) -> float:
    """Write composites at `UPDATES` a second; the share of one core that the whole process took."""
    begun, used = time.perf_counter(), time.process_time()
    for index in itertools.count():
        server.write(made[index % len(made)])
        due = begun + (index + 1) / UPDATES
        if due > begun + seconds:
            break
        time.sleep(max(0.0, due - time.perf_counter()))
    return (time.process_time() - used) / (time.perf_counter() - begun)


class Clients:
    """The process of `benchmarks.crowd`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def come(self, *, well_behaved: bool = False) -> None:
        self._ask("come-well" if well_behaved else "come")

    def count(self) -> dict[str, Any]:
        return self._ask("count")

    def go(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("go")
        return found

    def _ask(self, what: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(what, file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def crowd(port: int, count: int) -> Iterator[Clients]:
    """Clients that come and go when they are asked to."""
    command = [sys.executable, "-m", "benchmarks.crowd", str(port), TOKEN, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Clients(process)
        finally:
            process.terminate()


def crowded(clip: Path | None, seconds: float, fps: float | None) -> None:
    """The figures of `crowd`."""
    seen = pictures(clip, (1280, 720))
    pipeline, _ = build_pipeline(Settings(character="bear"))
    frames = (
        Frame(picture.copy(), index, index / CAMERA_FPS)
        for index, picture in enumerate(itertools.cycle(seen))
    )

    def step(server: Overlay) -> None:
        server.write(pipeline.step(next(frames)))

    with pipeline, serving(overlay_token=TOKEN) as (server, port), crowd(port, CLIENTS) as clients:
        for _ in range(30):
            step(server)
        rates: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(2 * _TURNS):
            # Without, with, with, without: what grows slower or faster meanwhile counts alike.
            listened = turn % 4 in (1, 2)
            if listened:
                clients.come()
                rate(lambda: step(server), _SETTLING, fps)
            rates[listened].append(rate(lambda: step(server), seconds, fps))
            if listened:
                print(f"  {clients.go()}")
        without, with_all = (statistics.mean(rates[listened]) for listened in (False, True))
        print(
            f"{without:.2f} frames a second without clients, {with_all:.2f} with {CLIENTS} and four hostile "
            f"ones: ratio {with_all / without:.3f}"
        )
        clients.come()
        begun = time.perf_counter()
        while clients.count()["closed"]["never reads"] == 0 and time.perf_counter() < begun + _DEAF:
            rate(lambda: step(server), 0.5, CAMERA_FPS)
        print(f"  after {time.perf_counter() - begun:.0f} s: {clients.go()}")


def rate(step: Callable[[], None], seconds: float, fps: float | None) -> float:
    """How often a second a step is made, at `fps` at most."""
    begun, count = time.perf_counter(), 0
    while (now := time.perf_counter() - begun) < seconds:
        if fps is not None and (early := count / fps - now) > 0:
            time.sleep(early)
        step()
        count += 1
    return count / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "what", nargs="*", choices=["page", "cost", "crowd", []], help="all of it when left out"
    )
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--fps", type=float, help="of the crowd's camera; as fast as it can when left out")
    parser.add_argument("--out", type=Path, help="where screenshots go")
    arguments = parser.parse_args()
    what = arguments.what or ["page", "cost", "crowd"]
    if "page" in what:
        look(arguments.clip, arguments.out)
    if "cost" in what:
        cost(arguments.clip, arguments.seconds)
    if "crowd" in what:
        crowded(arguments.clip, arguments.seconds, arguments.fps)


if __name__ == "__main__":
    main()
