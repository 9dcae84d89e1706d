"""Pictures a second of `training.prepare` beside the floor: bare JPEG decoding of the same pictures.

    python -m benchmarks.prepare [--jobs 2] [--megapixels 12] [--count 512] [--rounds 3]

Makes photographs, then lets as many processes as `prepare` has decode them with OpenCV at the scale that
`prepare` uses, and `prepare` itself do all that it does, by turns. What takes a while once (starting,
loading models) is done before. Prints each round and the medians.
"""

from __future__ import annotations

import argparse
import multiprocessing
import multiprocessing.pool
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import cv2
import numpy as np

from benchmarks.shots import Shots, make_shots
from training.datasets.base import Example
from training.prepare.command import prepare
from training.prepare.finders import BOX_MARGIN
from training.prepare.pictures import shrink_for
from training.prepare.plan import CHUNK
from training.prepare.settings import Detector, Settings
from training.prepare.workers import Workers, local_workers

_SIZE = 96
_REDUCED = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}


def _scale(example: Example) -> int:
    """What `prepare` divides this picture's sides by."""
    (box,) = example.boxes
    return shrink_for(max(box.right - box.left, box.bottom - box.top) * BOX_MARGIN, _SIZE)


def _decode(shots: Shots, examples: list[Example]) -> int:
    cv2.setNumThreads(1)
    for example in examples:
        content = np.frombuffer(shots.read(example), np.uint8)
        flag = _REDUCED[_scale(example)] | cv2.IMREAD_IGNORE_ORIENTATION
        assert cv2.imdecode(content, flag) is not None
    return len(examples)


def _examples(shots: Shots) -> list[Example]:
    return [example for example in shots.examples() if isinstance(example, Example)]


def _floor(pool: multiprocessing.pool.Pool, shots: Shots) -> float:
    """Pictures a second."""
    examples = _examples(shots)
    chunks = [(shots, examples[start : start + CHUNK]) for start in range(0, len(examples), CHUNK)]
    begin = time.perf_counter()
    done = sum(pool.starmap(_decode, chunks, chunksize=1))
    return done / (time.perf_counter() - begin)


def _prepare(workers: Workers, shots: Shots, detector: Detector) -> float:
    """Pictures a second."""
    settings = Settings(detector, _SIZE, 40, (0.8, 0.1, 0.1), 0, None, (("kind", "shots"),))
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        manifest = prepare(shots, shots.path, Path(folder) / "out", settings, lambda: nullcontext(workers))
        took = time.perf_counter() - begin
    assert manifest is not None
    if manifest["faces"] < shots.count:
        print(f"left out: {manifest['left_out']}")
    return shots.count / took


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.prepare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--megapixels", type=float, default=12, help="of a photograph (default 12)")
    parser.add_argument("--photographs", type=int, default=16, help="different ones (default 16)")
    parser.add_argument("--count", type=int, default=512, help="pictures a round (default 512)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--detectors", nargs="+", default=["box", "mediapipe"])
    options = parser.parse_args()
    width = round((options.megapixels * 1e6 * 4 / 3) ** 0.5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shots.zip"
        shots = make_shots(path, options.photographs, width, options.count)
        size = path.stat().st_size / options.photographs / 1e6
        scales = sorted({_scale(example) for example in _examples(shots)})
        print(f"{width} x {width * 3 // 4} px, {size:.1f} MB each, decoded at 1/{'/'.join(map(str, scales))}")
        _measure(shots, options.jobs, options.rounds, options.detectors)


def _measure(shots: Shots, jobs: int, rounds: int, detectors: list[Detector]) -> None:
    few = Shots(shots.path, shots.boxes, jobs * CHUNK * 2)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool, local_workers(jobs) as workers:
        _floor(pool, few)
        for detector in detectors:
            _prepare(workers, few, detector)
            shares = []
            for _ in range(rounds):
                floor, ours = _floor(pool, shots), _prepare(workers, shots, detector)
                shares.append(ours / floor)
                print(f"{detector:>9}: floor {floor:6.1f}/s, prepare {ours:6.1f}/s, {ours / floor:.2f} of it")
            print(f"{detector:>9}: {statistics.median(shares):.2f} of the floor, median of {rounds}")


if __name__ == "__main__":
    main()
