"""`avatar-cam render`: video, photo or folder of photos in, the same out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from rich.progress import track

from avatar_cam.apps.build import build_pipeline
from avatar_cam.apps.progress import with_progress
from avatar_cam.console import complain, progress_console, say
from avatar_cam.emotions.card import ModelCard
from avatar_cam.errors import SourceError, UsageError
from avatar_cam.files import (
    PHOTO_SUFFIXES,
    VIDEO_SUFFIXES,
    explaining,
    is_folder,
    kind_of,
    legible,
    same_file,
    same_place,
)
from avatar_cam.overlay.serving import serve_overlay
from avatar_cam.pipeline import Pipeline
from avatar_cam.settings import Settings
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sinks.trace import TraceWriter
from avatar_cam.sinks.video import VideoWriter
from avatar_cam.sources.photos import is_named_photo, is_photo, list_photos, read_photo
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Composite, Frame, Pixels


def run_render(source: Path, output: Path, settings: Settings) -> None:
    """Render `source` into `output`.

    Raises UsageError, SourceError or SinkError; an output that was not finished is not there. What went wrong
    midway is said at the end, when what could be done is done.
    """
    _check_outputs(source, output, settings.trace)
    if is_folder(source):
        _render_folder(source, output, settings)
    elif is_photo(source) or (is_named_photo(source) and kind_of(output) == "photo"):
        _render_photo(source, output, settings)
    else:
        _render_video(source, output, settings)


def _check_outputs(source: Path, output: Path, trace: Path | None) -> None:
    if same_file(source, output):
        raise UsageError(f"{output}: is the input itself; give the output another name")
    _check_trace(trace, (source, output))


def _check_trace(trace: Path | None, others: Iterable[Path]) -> None:
    if trace is not None and any(same_place(trace, other) for other in others):
        raise UsageError(f"{trace}: the trace would overwrite the input or the output; give it another name")


def _render_video(source: Path, output: Path, settings: Settings) -> None:
    with ExitStack() as stack:
        video = stack.enter_context(VideoFile(source))
        if kind_of(output) != "video":
            raise UsageError(
                f"{output}: {source.name} is a video; give the output a video's suffix, such as .mp4"
            )
        overlay = stack.enter_context(serve_overlay(settings))
        pipeline, card = build_pipeline(settings)
        stack.enter_context(pipeline)
        trace = _trace(stack, settings.trace, source, video.size, video.fps, card)
        writer = stack.enter_context(VideoWriter(output, video.size, video.fps, original=video))
        anybody = False
        for composite in with_progress(pipeline.run(video), video.frame_count, output.name):
            anybody = anybody or bool(composite.faces)
            writer.write(composite)
            overlay.write(composite)
            if trace is not None:
                trace.write(composite)
        # Either both appear or none.
        writer.finish()
        if trace is not None:
            trace.finish()
    if not anybody:
        say(_nobody(source, output))
    if writer.warning:
        complain(writer.warning)
    if video.warning:
        raise SourceError(f"{video.warning}; what could be read is in {output}")


def _trace(
    stack: ExitStack, path: Path | None, source: Path, size: tuple[int, int], fps: float, card: ModelCard
) -> TraceWriter | None:
    if path is None:
        return None
    # The name alone: the same file gives the same trace, wherever it lies.
    name = legible(Path(os.path.abspath(source)).name)
    return stack.enter_context(TraceWriter(path, source=name, size=size, fps=fps, card=card))


def _render_photo(source: Path, output: Path, settings: Settings) -> None:
    if kind_of(output) != "photo":
        raise UsageError(
            f"{output}: {source.name} is a photo; give the output a photo's suffix, such as .png"
        )
    pixels = read_photo(source)
    with ExitStack() as stack:
        overlay = stack.enter_context(serve_overlay(settings))
        pipeline, card = build_pipeline(settings, still=True)
        stack.enter_context(pipeline)
        trace = _trace(stack, settings.trace, source, (pixels.shape[1], pixels.shape[0]), 0.0, card)
        composite = _step(pipeline, pixels, 0)
        overlay.write(composite)
        if trace is not None:
            trace.write(composite)
            trace.finish()
        write_photo(output, composite.frame.pixels)
    covered = len(composite.faces)
    say(_covered(output, covered, settings.faces) if covered else _nobody(source, output))


def _covered(output: Path, faces: int, most: int) -> str:
    """That it is written, and how to cover the others where there may be some."""
    if faces > 1:
        return f"{output} is written, with {faces} faces covered"
    return f"{output} is written, with 1 face covered" + ("; --faces N covers more" if most == 1 else "")


def _nobody(source: Path, output: Path) -> str:
    return f"no face was found in {source}, so there is no character in {output}"


def _render_folder(source: Path, output: Path, settings: Settings) -> None:
    """Each photo of a folder into the folder `output`, under its own name.

    A photo that cannot be read is said, and the others are done.
    """
    photos = list_photos(source)
    outputs = [output / _photo_name(photo) for photo in photos]
    _check_trace(settings.trace, (*photos, *outputs))
    _make_folder(output)
    faults: list[str] = []
    nobody: list[int] = []
    with ExitStack() as stack:
        overlay = stack.enter_context(serve_overlay(settings))
        pipeline, card = build_pipeline(settings, still=True)
        stack.enter_context(pipeline)
        trace = _trace(stack, settings.trace, source, (0, 0), 0.0, card)
        # Said at the end, whatever it is that ends it.
        stack.callback(_say_left_out, faults)
        for index, photo in enumerate(track(photos, output.name, console=progress_console())):
            try:
                pixels = read_photo(photo)
            except SourceError as error:
                faults.append(str(error))
                continue
            composite = _step(pipeline, pixels, index)
            overlay.write(composite)
            write_photo(outputs[index], composite.frame.pixels)
            if not composite.faces:
                nobody.append(index)
            if trace is not None:
                trace.write(composite)
    for index in nobody:
        say(_nobody(photos[index], outputs[index]))
    if faults:
        raise SourceError(
            f"{len(faults)} of {len(photos)} photos could not be read; the others are in {output}"
        )


def _say_left_out(faults: Iterable[str]) -> None:
    for fault in faults:
        complain(f"left out: {fault}")


def _step(pipeline: Pipeline, pixels: Pixels, index: int) -> Composite:
    # Photos have no clock: each stands at 0.
    return pipeline.step(Frame(pixels, index, 0.0))


def _make_folder(output: Path) -> None:
    if output.suffix.lower() in (*VIDEO_SUFFIXES, *PHOTO_SUFFIXES) and not is_folder(output):
        raise UsageError(f"{output}: the input is a folder of photos, so the output is a folder; name one")
    with explaining(output):
        output.mkdir(parents=True, exist_ok=True)


def _photo_name(photo: Path) -> str:
    """The photo's own name, with .png where photos of its kind can be read but not written."""
    return photo.name if photo.suffix.lower() in PHOTO_SUFFIXES else f"{photo.name}.png"
