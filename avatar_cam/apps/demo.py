"""`avatar-cam demo`: the whole program on the drawn performer."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from avatar_cam.apps.build import build_pipeline
from avatar_cam.apps.progress import with_progress
from avatar_cam.apps.run import show_live
from avatar_cam.apps.sheet import SheetSink
from avatar_cam.console import say
from avatar_cam.emotions.card import ModelCard
from avatar_cam.errors import UsageError
from avatar_cam.files import same_place
from avatar_cam.overlay.serving import serve_overlay
from avatar_cam.settings import Settings
from avatar_cam.sinks.base import FileSink
from avatar_cam.sinks.screen import has_display
from avatar_cam.sinks.trace import TraceWriter
from avatar_cam.sinks.video import VideoWriter
from avatar_cam.sources.camera import PERFORMER
from avatar_cam.sources.performer import Performer

SIZE, FPS = (1280, 720), 30.0
VIDEO, SHEET = Path("demo.mp4"), Path("demo.png")


def run_demo(settings: Settings) -> None:
    """In a window where there is a display, else into demo.mp4 and demo.png in the current folder."""
    if has_display():
        # The same as with a camera, with all its keys.
        show_live(settings.model_copy(update={"camera": PERFORMER}))
    else:
        write_demo(settings, VIDEO, SHEET)
        say(f"there is no display here, so the demo is in {VIDEO} and {SHEET}")


def write_demo(settings: Settings, video: Path, sheet: Path) -> None:
    """Render the performance once; either all files are there afterwards or, on an error, none is new."""
    trace = settings.trace
    if trace is not None and any(same_place(trace, other) for other in (video, sheet)):
        raise UsageError(f"{trace}: the trace would overwrite the demo; give it another name")
    with ExitStack() as stack:
        overlay = stack.enter_context(serve_overlay(settings))
        performer = stack.enter_context(Performer(SIZE, FPS))
        # Outputs come first: what cannot be written is best said before the work.
        sheet_sink = stack.enter_context(SheetSink(sheet))
        video_sink = stack.enter_context(VideoWriter(video, SIZE, performer.fps))
        pipeline, card = build_pipeline(settings)
        stack.enter_context(pipeline)
        sinks: list[FileSink] = [video_sink, sheet_sink]
        if trace is not None:
            sinks.append(stack.enter_context(_trace(trace, card)))
        for composite in with_progress(pipeline.run(performer), performer.frame_count, video.name):
            for sink in sinks:
                sink.write(composite)
            overlay.write(composite)
        for sink in sinks:
            sink.finish()


def _trace(path: Path, card: ModelCard) -> TraceWriter:
    return TraceWriter(path, source=Performer.name, size=SIZE, fps=FPS, card=card)
