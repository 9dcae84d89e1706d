"""What a frame costs beside bare FaceMesh, in the same run.

    python -m benchmarks.overhead CLIP [--passes N]

Decodes the clip into memory, then goes through it, pass by pass, in five ways, and prints mean milliseconds
over all frames:

bare    FaceMesh alone (mediapipe's `process`), nothing else between its frames, so that its caches stay warm
run     the whole pipeline as `render` uses it: the next frame is tracked while one is read and drawn
step    the whole pipeline strictly one after the other
undrawn `step` without drawing: what tracking and reading cost by themselves
beside  bare FaceMesh again, one frame of it before each `step`, with the caches as a program leaves them

The body is left out; FaceMesh runs on every frame. Ratios are to `bare` and to `beside` of the same pass.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest import mock

import numpy as np

from avatar_cam.apps.build import build_pipeline
from avatar_cam.pipeline import Pipeline
from avatar_cam.quiet import quiet
from avatar_cam.settings import Settings
from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.mediapipe_import import solutions
from avatar_cam.types import Frame


def bare_ms(frames: list[Frame]) -> float:
    """Mean milliseconds of FaceMesh with refined landmarks, one face."""
    with _bare_mesh(frames) as mesh:
        start = perf_counter()
        for frame in frames:
            mesh.process(frame.pixels)
        return (perf_counter() - start) * 1000 / len(frames)


def whole_ms(frames: list[Frame], *, ahead: bool) -> tuple[float, dict[str, float]]:
    """Mean milliseconds of a whole frame, and the mean of each stage."""
    copies = _copies(frames)
    with _pipeline(frames) as pipeline:
        start = perf_counter()
        composites = list(pipeline.run(copies) if ahead else map(pipeline.step, copies))
        total = (perf_counter() - start) * 1000 / len(frames)
    return total, {name: float(np.mean([c.ms[name] for c in composites])) for name in composites[0].ms}


def undrawn_ms(frames: list[Frame]) -> float:
    """Mean milliseconds of a whole frame when drawing costs nothing."""
    with mock.patch("avatar_cam.pipeline.draw"):
        return whole_ms(frames, ahead=False)[0]


def beside_ms(frames: list[Frame]) -> float:
    """Mean milliseconds of bare FaceMesh where each of its frames is followed by a whole step."""
    total = 0.0
    with _bare_mesh(frames) as mesh, _pipeline(frames) as pipeline:
        for frame, copy in zip(frames, _copies(frames), strict=True):
            start = perf_counter()
            mesh.process(frame.pixels)
            total += perf_counter() - start
            pipeline.step(copy)
    return total * 1000 / len(frames)


@contextmanager
def _bare_mesh(frames: list[Frame]) -> Iterator[Any]:
    with quiet():
        mesh = solutions().face_mesh.FaceMesh(refine_landmarks=True, max_num_faces=1)
        mesh.process(frames[0].pixels)
    with mesh:
        yield mesh


@contextmanager
def _pipeline(frames: list[Frame]) -> Iterator[Pipeline]:
    """A pipeline that has seen a frame, so that everything is loaded."""
    pipeline, _ = build_pipeline(Settings(pose=False))
    with pipeline:
        pipeline.step(Frame(frames[0].pixels.copy(), 0, -1.0))
        yield pipeline


def _copies(frames: list[Frame]) -> list[Frame]:
    return [Frame(frame.pixels.copy(), frame.index, frame.time) for frame in frames]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--passes", type=int, default=5)
    arguments = parser.parse_args()
    with VideoFile(arguments.clip) as video:
        frames = list(video)
    ways: dict[str, list[float]] = {"bare": [], "run": [], "step": [], "undrawn": [], "beside": []}
    for number in range(arguments.passes):
        ways["bare"].append(bare_ms(frames))
        run, _ = whole_ms(frames, ahead=True)
        step, stages = whole_ms(frames, ahead=False)
        ways["run"].append(run)
        ways["step"].append(step)
        ways["undrawn"].append(undrawn_ms(frames))
        ways["beside"].append(beside_ms(frames))
        shown = "  ".join(f"{name} {values[-1]:.2f}" for name, values in ways.items())
        print(f"pass {number}: {shown} ms  (step: {', '.join(f'{n} {ms:.2f}' for n, ms in stages.items())})")
    for name in ("run", "step", "undrawn"):
        to_bare, to_beside = (np.median(np.divide(ways[name], ways[base])) for base in ("bare", "beside"))
        print(
            f"{name}: {to_bare:.2f} of bare, {to_beside:.2f} of beside (medians of {arguments.passes} passes)"
        )


if __name__ == "__main__":
    main()
