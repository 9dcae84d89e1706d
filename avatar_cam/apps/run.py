"""`avatar-cam run`: webcam to window."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from avatar_cam.apps.build import Live, Parts, build_live
from avatar_cam.apps.heap import share_one_heap
from avatar_cam.apps.interrupts import heeded
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.live import LiveLoop
from avatar_cam.apps.notices import Notices
from avatar_cam.apps.on_lost import OnLost
from avatar_cam.apps.preview import NoScreen, Preview
from avatar_cam.apps.sending import Sending
from avatar_cam.console import complain, say
from avatar_cam.controls import merge_keys
from avatar_cam.emotions.card import ModelCard
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.files import legible
from avatar_cam.overlay.serving import serve_overlay
from avatar_cam.rendering.backdrop import CAMERA, Behind
from avatar_cam.settings import Settings
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.screen import has_display
from avatar_cam.sinks.trace import TraceWriter
from avatar_cam.sinks.view import Notice, View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.camera import label, open_camera
from avatar_cam.sources.cameras import list_cameras
from avatar_cam.sources.live import LiveSource
from avatar_cam.types import Composite

#: Seconds that the first picture may take before the window says that the camera is being waited for.
_FIRST_PICTURE = 1.0


def show_cameras() -> None:
    """Print the cameras of this machine."""
    cameras = list_cameras()
    if not cameras:
        say("no camera was found: plug one in, or let this account use it; --camera demo needs none")
        return
    table = Table("--camera", "name", "path")
    for camera in cameras:
        table.add_row(*(escape(cell) for cell in (camera.which, camera.name, camera.path)))
    Console().print(table)


def run_live(settings: Settings) -> None:
    """`show_live`, where there is a display; else SinkError."""
    # Whoever asks SDL for its dummy driver knows that nothing will be seen.
    if not has_display() and "SDL_VIDEODRIVER" not in os.environ:
        raise SinkError(
            "there is no display for a window here; avatar-cam demo and avatar-cam render work without one"
        )
    show_live(settings)


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where pictures go beside the window, which then waits for nobody, and nobody for it.

    `open` is called when the camera's first picture is there, or is not for a while.
    """

    open: Callable[[LiveSource], Sending]
    on_lost: Callable[[Live], OnLost]
    behind: Behind
    #: Called when the last picture was sent.
    ended: Callable[[Sending], None]


def show_live(settings: Settings, outlet: Outlet | None = None) -> None:
    """Until the window is closed, or Ctrl-C, or something breaks: what was begun is finished even then.

    With an `outlet` the window may be left out.

    Raises UsageError, PackError, ModelError, SinkError for what cannot work at all, and SourceError when the
    camera is not there at the start; a camera that is busy, or goes later, is waited for.
    """
    if settings.save_dir is not None and settings.save_dir.is_file():
        raise UsageError(f"--save-dir {settings.save_dir} is a file: name a folder")
    share_one_heap()
    ended: BaseException | None = None
    with ExitStack() as stack:
        # It opens beside all that follows.
        opener = partial(open_camera, size=settings.size, fps=settings.fps)
        overlay = stack.enter_context(serve_overlay(settings, commands=True))
        source = stack.enter_context(LiveSource(settings.camera, opener, settings.rotate))
        parts = Parts.of(settings, choose_from_all=True)
        card = parts.recogniser.card
        sinks: list[Sink] = [overlay]
        if settings.trace:
            sinks.append(stack.enter_context(LiveTrace(settings, card, source)))
        sending = _sending(stack, outlet, source) if outlet is not None else None
        source.wait_opened(_FIRST_PICTURE)
        window = None
        if outlet is None or settings.preview:
            window = stack.enter_context(_window(settings, source))
            window.show(None, View(notices=(Notice("Starting …"),)))
        live = build_live(settings, parts, outlet.behind if outlet is not None else CAMERA)
        stack.enter_context(live.pipeline)
        notices = Notices()
        keeping = Keeping(settings.save_dir, lambda: source.state.fps or settings.fps, notices)
        stack.callback(_say_rest, keeping)
        stack.enter_context(keeping)
        preview = Preview() if outlet is not None and window is not None else None
        loop = LiveLoop(
            source,
            live,
            preview or window or NoScreen(),
            keeping,
            notices,
            settings.mirror,
            on_lost=outlet.on_lost(live) if outlet is not None else None,
            sending=sending,
            clean=settings.clean and outlet is not None,
            requests=overlay.requests,
        )
        stack.enter_context(loop)
        try:
            with heeded(loop.quit):
                if preview is not None and window is not None:
                    preview.play(window, partial(loop.run, sinks), loop.quit)
                else:
                    loop.run(sinks)
        except BaseException as error:
            ended = error
    if ended is not None:
        raise ended


def _sending(stack: ExitStack, outlet: Outlet, source: LiveSource) -> Sending:
    sending = outlet.open(source)
    stack.callback(outlet.ended, sending)
    return stack.enter_context(sending)


def _say_rest(keeping: Keeping) -> None:
    for notice in keeping.unsaid:
        (complain if notice.severity == "warning" else say)(notice.text)


def _window(settings: Settings, source: LiveSource) -> Window:
    size = source.state.size or settings.size
    keys = merge_keys(settings.keys)
    return Window("avatar-cam", size, keys=keys, display=settings.display)


class LiveTrace(TraceWriter):
    """A trace that is begun before the camera is open, and says of it what it turned out to be."""

    def __init__(self, settings: Settings, card: ModelCard, source: LiveSource) -> None:
        assert settings.trace is not None
        self._source = source
        name, size = label(settings.camera), settings.size
        super().__init__(settings.trace, source=name, size=size, fps=settings.fps, card=card)

    def write(self, composite: Composite) -> None:
        if composite.frame.index == 0:
            state = self._source.state
            fps = state.fps or self._source.rate
            self.describe(source=legible(state.name), size=composite.frame.size, fps=fps)
        super().write(composite)
