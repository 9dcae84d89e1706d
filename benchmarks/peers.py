"""The usual loop of webcam emotion programs and ours, on the same frames in the same run.

    python -m benchmarks.peers CLIP [--passes N]

The usual loop, as tutorials teach it: OpenCV's Haar cascade on the whole grey frame, the face resized to
64x64, one Keras `predict` of mini_Xception a frame (with random weights: they do not change its speed), and
the name of the emotion written into the picture. Ours: the whole pipeline as `render` runs it, without the
body, which the other does not have.

Each runs in a process of its own, since TensorFlow and mediapipe do not go together; while one makes a pass
the other waits. Both decode the clip into memory beforehand. Prints milliseconds a frame; CPU only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import cv2
import numpy as np

from avatar_cam.apps.build import build_pipeline
from avatar_cam.settings import Settings
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Frame

#: Frames of a pass, at most: they lie in memory.
MOST_FRAMES = 200
#: Side of the face that mini_Xception takes in its paper, px.
SIZE = 64
EMOTIONS = ("angry", "disgust", "scared", "happy", "sad", "surprised", "neutral")

#: Goes through all frames, which it may change, and counts those in which it has put something.
Loop = Callable[[list[Frame]], int]


@contextmanager
def usual() -> Iterator[Loop]:
    """Cascade, `predict`, text."""
    from training.models.options import MiniXception
    from training.models.registry import build

    cascades = Path(cv2.__file__).parent / "data"
    haar = cv2.CascadeClassifier(str(cascades / "haarcascade_frontalface_default.xml"))
    model = build(MiniXception(), ("fer2013",), SIZE)

    def step(frame: Any) -> int:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        faces = haar.detectMultiScale(grey, scaleFactor=1.3, minNeighbors=5)
        if len(faces) == 0:
            return 0
        x, y, width, height = max(faces, key=lambda face: face[2] * face[3])
        face = cv2.resize(grey[y : y + height, x : x + width], (SIZE, SIZE)) / np.float32(127.5) - 1
        logits = model.predict(face[None, :, :, None], verbose=0)["fer2013"][0]
        cv2.rectangle(frame, (x, y), (x + width, y + height), (0, 0, 255), 2)
        emotion = EMOTIONS[int(logits.argmax())]
        cv2.putText(frame, emotion, (x, y - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 255), 2)
        return 1

    yield lambda frames: sum(step(frame.pixels) for frame in frames)


@contextmanager
def ours() -> Iterator[Loop]:
    """The whole pipeline."""
    pipeline, _ = build_pipeline(Settings(pose=False))
    with pipeline:
        yield lambda frames: sum(bool(composite.faces) for composite in pipeline.run(frames))


def work(loop: Loop, clip: Path) -> None:
    """Make a pass for each line of standard input, the first of which warms up; print what each took."""
    with VideoFile(clip) as video:
        frames = list(islice(video, MOST_FRAMES))
    shift = 0.0
    for _ in sys.stdin:
        copies = [Frame(frame.pixels.copy(), frame.index, frame.time + shift) for frame in frames]
        shift = copies[-1].time + 1 / video.fps
        start = perf_counter()
        found = loop(copies)
        print((perf_counter() - start) * 1000 / len(frames), found, len(frames), flush=True)


class Worker:
    """One of the two loops in a process of its own."""

    def __init__(self, name: str, clip: Path) -> None:
        self.name = name
        self.passes: list[float] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers", str(clip), "--loop", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
            text=True,
        )

    def make_pass(self) -> str:
        """Wait for a pass; what it took, in words."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        milliseconds, found, count = self._process.stdout.readline().split()
        self.passes.append(float(milliseconds))
        return f"{self.name} {self.passes[-1]:.2f} ms (a face in {found} of {count} frames)"

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--loop", choices=("usual", "ours"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.loop:
        with {"usual": usual, "ours": ours}[arguments.loop]() as loop:
            work(loop, arguments.clip)
        return
    workers = [Worker(name, arguments.clip) for name in ("usual", "ours")]
    for number in range(arguments.passes + 1):
        print(
            f"pass {number}" if number else "warm up", *[worker.make_pass() for worker in workers], sep="  "
        )
    for worker in workers:
        worker.close()
    slow, fast = (median(worker.passes[1:]) for worker in workers)
    print(
        f"usual {slow:.2f} ms a frame, ours {fast:.2f}: {slow / fast:.1f} times as fast (medians of passes)"
    )


if __name__ == "__main__":
    main()
