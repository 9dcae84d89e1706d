"""Kill recordings, and see what is left of them.

    python -m benchmarks.recordings [--times N] [--folder FOLDER]

Starts N (20) programs, one after the other, which record the performer at 1280x720 and 30 frames a second,
and kills each (kill -9) after 1 to 8 seconds. Prints for each how much it had recorded by its own count, how
much of it plays, by OpenCV and by PyAV (which decode all of it), and what is missing. Exits with 1 when a
file misses more than its last second, or does not play.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from datetime import datetime
from itertools import count
from pathlib import Path
from time import perf_counter, sleep

import av
import cv2

from avatar_cam.sinks.keepsakes import new_file
from avatar_cam.sinks.recording import Recording
from avatar_cam.sources.performer import draw, score
from avatar_cam.types import Composite, Frame

SIZE, FPS = (1280, 720), 30
#: Drawn before the recording begins, and shown again and again.
PICTURES = 60


def record(path: Path) -> None:
    """Record until killed; prints the time of each frame once it is handed over."""
    pictures = [draw(score(index / FPS), SIZE) for index in range(PICTURES)]
    recording = Recording(path, SIZE, FPS)
    start = perf_counter()
    for index in count():
        sleep(max(0.0, start + index / FPS - perf_counter()))
        time = perf_counter() - start
        recording.write(Composite(Frame(pictures[index % PICTURES], index, time), (), {}, {}, ()))
        print(f"{time:.4f} {recording.dropped}", flush=True)


def record_and_kill(path: Path, seconds: float) -> tuple[float, int]:
    """Kill a recording after `seconds`: the time of its newest frame, and how many it left out."""
    command = [sys.executable, "-m", "benchmarks.recordings", "--record", str(path)]
    time, dropped = 0.0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            time, dropped = float(line.split()[0]), int(line.split()[1])
            if time >= seconds:
                child.kill()
    return time, dropped


def frames_by_opencv(path: Path) -> int:
    capture, frames = cv2.VideoCapture(str(path)), 0
    while capture.read()[0]:
        frames += 1
    return frames


def times_by_pyav(path: Path) -> list[float]:
    with av.open(path) as container:
        return [frame.time or 0.0 for frame in container.decode(video=0)]


def judge(path: Path, seconds: float) -> bool:
    """Kill a recording into `path` and print what is left of it; whether that is enough."""
    written, dropped = record_and_kill(path, seconds)
    times, frames = times_by_pyav(path), frames_by_opencv(path)
    missing = written - times[-1] if times else written
    print(
        f"recorded to {written:6.3f} s ({dropped} left out), plays to {times[-1] if times else 0:6.3f} s "
        f"({frames} frames by OpenCV, {len(times)} by PyAV), missing {missing:.3f} s"
    )
    return missing <= 1 and frames == len(times) > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--record", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.record:
        record(arguments.record)
    moments = random.Random(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        good = [
            judge(new_file(folder, ".mp4", datetime.now()), moments.uniform(1, 8))
            for _ in range(arguments.times)
        ]
    print(f"{sum(good)} of {len(good)} play and miss at most their last second")
    raise SystemExit(not all(good))


if __name__ == "__main__":
    main()
