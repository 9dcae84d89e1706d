"""`avatar-cam render`: video, photo or folder of photos in, the same out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from avatar_cam.apps.build import build_pipeline
from avatar_cam.emotions.card import ModelCard
from avatar_cam.errors import SourceError, UsageError
from avatar_cam.files import kind_of, same_file
from avatar_cam.pipeline import Pipeline
from avatar_cam.settings import Settings
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sinks.trace import TraceWriter
from avatar_cam.sinks.video import VideoWriter
from avatar_cam.sources.photos import is_photo, list_photos, read_photo
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Frame


def run_render(source: Path, output: Path, settings: Settings) -> None:
    """Render `source` into `output`.

    Raises UsageError, SourceError or SinkError; an output that was not finished is not there. What went wrong
    midway is said at the end, when what could be done is done.
    """
    _check_outputs(source, output, settings.trace)
    if source.is_dir():
        _render_folder(source, output, settings)
    elif is_photo(source):
        _render_photo(source, output, settings)
    else:
        _render_video(source, output, settings)


def _check_outputs(source: Path, output: Path, trace: Path | None) -> None:
    if same_file(source, output):
        raise UsageError(f"{output}: is the input itself; give the output another name")
    if trace is not None and (same_file(source, trace) or trace.absolute() == output.absolute()):
        raise UsageError(f"{trace}: the trace would overwrite the input or the output; give it another name")


def _render_video(source: Path, output: Path, settings: Settings) -> None:
    if kind_of(output) != "video":
        raise UsageError(f"{output}: {source.name} is not a photo; give the output a video's suffix, such as .mp4")
    with ExitStack() as stack:
        video = stack.enter_context(VideoFile(source))
        pipeline, card = build_pipeline(settings)
        stack.enter_context(pipeline)
        trace = stack.enter_context(_trace(settings.trace, video, card))
        writer = stack.enter_context(VideoWriter(output, video))
        for frame in _progress(video, output.name):
            composite = pipeline.step(frame)
            writer.write(composite)
            if trace is not None:
                trace.write(composite)
    if video.warning:
        raise SourceError(f"{video.warning}; what could be read is in {output}")


def _trace(path: Path | None, video: VideoFile, card: ModelCard) -> TraceWriter | nullcontext[None]:
    if path is None:
        return nullcontext()
    return TraceWriter(path, source=str(video.path), size=video.size, fps=video.fps, card=card)


def _progress(video: VideoFile, name: str) -> Iterator[Frame]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:
        task = progress.add_task(name, total=video.frame_count, rate="")
        for frame in video:
            yield frame
            speed = progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.0f} fps" if speed else "")
        progress.update(task, total=progress.tasks[0].completed)


def _render_photo(source: Path, output: Path, settings: Settings) -> None:
    if kind_of(output) != "photo":
        raise UsageError(f"{output}: {source.name} is a photo; give the output a photo's suffix, such as .png")
    pixels = read_photo(source)
    pipeline, card = build_pipeline(settings, still=True)
    with pipeline:
        size = (pixels.shape[1], pixels.shape[0])
        composite = pipeline.step(Frame(pixels, 0, 0.0))
        if settings.trace is None:
            write_photo(output, composite.frame.pixels)
            return
        with TraceWriter(settings.trace, source=str(source), size=size, fps=0.0, card=card) as trace:
            trace.write(composite)
            write_photo(output, composite.frame.pixels)


def _render_folder(source: Path, output: Path, settings: Settings) -> None:
    """Each photo of a folder into the output folder under its own name; those that cannot be read are said."""
    photos = list_photos(source)
    ...
