"""What a frame costs beside bare FaceMesh, in the same run.

    python -m benchmarks.overhead CLIP [--passes N]

Decodes the clip into memory, then goes through it in turns: bare FaceMesh (mediapipe's `process` alone),
and the whole pipeline without the body (track, read, compose; FaceMesh on every frame), once as `render`
does it, with the next frame tracked while one is drawn (`run`), and once strictly one after the other
(`step`). Prints means over all frames and their ratios to bare FaceMesh, pass by pass.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np

from avatar_cam.apps.build import build_pipeline
from avatar_cam.settings import Settings
from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.mediapipe_import import solutions
from avatar_cam.types import Frame


def bare_ms(frames: list[Frame]) -> float:
    """Mean milliseconds of FaceMesh with refined landmarks, one face."""
    with solutions().face_mesh.FaceMesh(refine_landmarks=True, max_num_faces=1) as mesh:
        mesh.process(frames[0].pixels)
        start = perf_counter()
        for frame in frames:
            mesh.process(frame.pixels)
        return (perf_counter() - start) * 1000 / len(frames)


def whole_ms(frames: list[Frame], *, ahead: bool) -> tuple[float, dict[str, float]]:
    """Mean milliseconds of a whole frame, and the mean of each stage."""
    copies = [Frame(frame.pixels.copy(), frame.index, frame.time) for frame in frames]
    pipeline, _ = build_pipeline(Settings(pose=False))
    with pipeline:
        pipeline.step(Frame(frames[0].pixels.copy(), 0, -1.0))
        start = perf_counter()
        composites = list(pipeline.run(copies) if ahead else map(pipeline.step, copies))
        total = (perf_counter() - start) * 1000 / len(frames)
    stages = {name: float(np.mean([c.ms[name] for c in composites])) for name in composites[0].ms}
    return total, stages


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--passes", type=int, default=5)
    arguments = parser.parse_args()
    with VideoFile(arguments.clip) as video:
        frames = list(video)
    ratios: dict[str, list[float]] = {"run": [], "step": []}
    for number in range(arguments.passes):
        bare = bare_ms(frames)
        print(f"pass {number}: bare {bare:.2f} ms")
        for name, values in ratios.items():
            whole, stages = whole_ms(frames, ahead=name == "run")
            values.append(whole / bare)
            shown = "  ".join(f"{stage} {ms:.2f}" for stage, ms in stages.items())
            print(f"  {name:4s} {whole:.2f} ms  ratio {values[-1]:.2f}  ({shown})")
    for name, values in ratios.items():
        print(f"{name}: median ratio {np.median(values):.2f} over {len(values)} passes, {len(frames)} frames")


if __name__ == "__main__":
    main()
