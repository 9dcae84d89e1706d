"""`avatar-cam bench`: what each stage of a frame takes, beside the bare models in the same run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from avatar_cam.apps.build import build_pipeline
from avatar_cam.apps.trial import Trial, looped, run_trial
from avatar_cam.closing import Closing
from avatar_cam.console import complain, progress_console, put
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.formats import BareModels, Bench, StageTime
from avatar_cam.pipeline import Pipeline
from avatar_cam.quiet import quiet
from avatar_cam.settings import Settings
from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.mediapipe_import import solutions
from avatar_cam.types import Frame, Pixels

#: Frames that are measured: a shorter clip is gone through again, of a longer one the beginning is taken.
FRAMES = 600
#: Frames before them that are not counted.
_WARM_UP = 10
#: Bytes of decoded frames that are held at once.
_HELD = 256_000_000


def run_bench(clip: Path, settings: Settings, *, as_json: bool) -> None:
    """Measure `FRAMES` frames of `clip` and print tables, or JSON (`formats.Bench`).

    Raises SourceError, PackError or ModelError, and AvatarCamError when its second process fails.
    """
    settings = settings.model_copy(update={"trace": None})  # a trace would have bodies looked for more often
    with VideoFile(clip) as video:
        ours, bare = _measure(video, settings, FRAMES)
        warning = video.warning
    result = _result(ours, bare, run_trial(clip, settings, FRAMES))
    if as_json:
        put(result.model_dump_json().encode() + b"\n")
    else:
        _print_tables(result)
    if warning:
        complain(warning)


class _Times:
    """Milliseconds of every frame, by name."""

    def __init__(self) -> None:
        self._ms = defaultdict[str, list[float]](list)

    def add(self, name: str, ms: float) -> None:
        self._ms[name].append(ms)

    def means(self) -> dict[str, float]:
        return {name: round(float(np.mean(ms)), 3) for name, ms in self._ms.items()}

    def stages(self) -> dict[str, StageTime]:
        return {name: _stage(ms) for name, ms in self._ms.items()}


def _stage(ms: list[float]) -> StageTime:
    median, p95 = np.percentile(ms, (50, 95))
    return StageTime(median_ms=round(float(median), 3), p95_ms=round(float(p95), 3))


def _measure(video: VideoFile, settings: Settings, count: int) -> tuple[_Times, _Times]:
    """The times of the pipeline and those of the bare models.

    Both get the same frames, fresh from the decoder, whose time is nobody's. They take turns, some frames
    each, so that whatever else the machine does hits both; the models first, since the pipeline draws.
    """
    some = max(1, _HELD // (video.size[0] * video.size[1] * 3))
    with ExitStack() as stack:
        pipeline = stack.enter_context(build_pipeline(settings)[0])
        frames = looped(video, _WARM_UP + count)
        with quiet():  # mediapipe's graphs log when they start, parts of them with the first person
            models = stack.enter_context(_Models(settings))
            _take_turn(models, pipeline, list(islice(frames, _WARM_UP)), _Times(), _Times())
        ours, bare = _Times(), _Times()
        turns = range(-(-count // some))
        for _ in track(turns, video.name, console=progress_console(), transient=True):
            _take_turn(models, pipeline, list(islice(frames, some)), ours, bare)
    return ours, bare


def _take_turn(models: _Models, pipeline: Pipeline, frames: list[Frame], ours: _Times, bare: _Times) -> None:
    models.run(frames, bare)
    newest = perf_counter()
    for composite in pipeline.run(frames):
        now = perf_counter()
        for stage, ms in composite.ms.items():
            ours.add(stage, ms)
        ours.add("frame", (now - newest) * 1000)
        newest = now


class _Models(Closing):
    """The models as their makers give them: FaceMesh, Pose where the body is followed, and one reading."""

    def __init__(self, settings: Settings) -> None:
        self._opened = ExitStack()
        self._runs: dict[str, Callable[[Pixels], object]] = {}
        face = solutions().face_mesh.FaceMesh(max_num_faces=settings.faces, refine_landmarks=True)
        self._runs["face"] = self._opened.enter_context(face).process
        if settings.pose:
            pose = solutions().pose.Pose(model_complexity=1, smooth_landmarks=False)
            self._runs["pose"] = self._opened.enter_context(pose).process
        recogniser = LiteRtRecogniser(settings.model)
        side = recogniser.card.input.width
        # What is in a face does not change how long it takes.
        grey = np.full((1, side, side), 128, np.uint8)
        self._runs["emotion"] = lambda _: recogniser.read(grey)

    def run(self, frames: Iterable[Frame], times: _Times) -> None:
        """One after the other, each on all frames, so that its caches stay warm."""
        for name, run in self._runs.items():
            for frame in frames:
                start = perf_counter()
                run(frame.pixels)
                times.add(name, (perf_counter() - start) * 1000)

    def close(self) -> None:
        self._opened.close()


def _result(ours: _Times, bare: _Times, trial: Trial) -> Bench:
    models = bare.means()
    return Bench(
        stages=ours.stages(),
        bare=BareModels(face=models["face"], pose=models.get("pose"), emotion=models["emotion"]),
        frame_over_face=round(ours.means()["frame"] / models["face"], 3),
        fps=round(trial.fps, 1),
        peak_mb=round(trial.peak_mb, 1),
        start_s=round(trial.start_s, 2),
    )


def _print_tables(result: Bench) -> None:
    stages = Table("stage", *(Column(name, justify="right") for name in ("median, ms", "95 %, ms")))
    for name, time in result.stages.items():
        stages.add_row(name, f"{time.median_ms:.2f}", f"{time.p95_ms:.2f}")
    models = Table("bare model", Column("mean, ms", justify="right"))
    for name, mean in result.bare.model_dump(exclude_none=True).items():
        models.add_row(name, f"{mean:.2f}")
    console = Console()
    console.print(stages, models)
    console.print(
        f"a whole frame takes {result.frame_over_face:.2f} times as long as FaceMesh alone (means)\n"
        f"{result.fps:.0f} frames a second with decoding; {result.peak_mb:.0f} MB at most; "
        f"first composite {result.start_s:.2f} s after the start",
        highlight=False,
    )
