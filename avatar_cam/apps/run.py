"""`avatar-cam run`: webcam to window."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from avatar_cam.apps.build import build_live, warmed
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.live import LiveLoop
from avatar_cam.apps.notices import Notices
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.console import say
from avatar_cam.controls import merge_keys
from avatar_cam.emotions.card import ModelCard
from avatar_cam.errors import SinkError
from avatar_cam.settings import Settings
from avatar_cam.sinks.trace import TraceWriter
from avatar_cam.sinks.window import Window, has_display
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
    """Until the window is closed, or Ctrl-C: then too, everything is finished that was begun.

    Raises UsageError, PackError, ModelError, SinkError for what cannot work at all, and SourceError when the
    camera is not there at the start; a camera that is busy, or goes later, is waited for.
    """
    _require_display()
    interrupted: KeyboardInterrupt | None = None
    with ExitStack() as stack:
        # It opens beside all that follows.
        opener = partial(open_camera, size=settings.size, fps=settings.fps)
        source = stack.enter_context(LiveSource(settings.camera, opener, settings.rotate))
        live = build_live(settings)
        stack.enter_context(live.pipeline)
        source.wait_opened(_FIRST_PICTURE)
        notices = Notices()
        keeping = stack.enter_context(Keeping(settings.save_dir, settings.fps, notices))
        window = stack.enter_context(_window(settings, source))
        trace = _Trace(settings, live.card, stack)
        reload = partial(_reloaded, settings)
        loop = stack.enter_context(LiveLoop(source, live, window, keeping, notices, reload, settings.mirror))
        try:
            loop.run(trace.sinks)
        except KeyboardInterrupt as error:
            interrupted = error  # a usual way to end it: what was begun is finished, not thrown away
    if interrupted is not None:
        raise interrupted


def _require_display() -> None:
    # Whoever asks SDL for its dummy driver knows that nothing will be seen.
    if not has_display() and "SDL_VIDEODRIVER" not in os.environ:
        raise SinkError(
            "there is no display for a window here; avatar-cam demo and avatar-cam render work without one"
        )


def _window(settings: Settings, source: LiveSource) -> Window:
    size = source.state.size or settings.size
    keys = merge_keys(settings.keys)
    return Window("avatar-cam", size, keys=keys, display=settings.display)


def _reloaded(settings: Settings) -> dict[str, Character]:
    return warmed(Library.open(settings.character_dir))


class _Trace:
    """The trace, where one is wanted, from the first frame on: only then is its size known."""

    def __init__(self, settings: Settings, card: ModelCard, stack: ExitStack) -> None:
        self._settings, self._card, self._stack = settings, card, stack
        self._sinks: list[TraceWriter] = []

    def sinks(self, composite: Composite) -> list[TraceWriter]:
        """Where this composite goes."""
        path = self._settings.trace
        if path is not None and not self._sinks:
            writer = TraceWriter(
                path,
                source=label(self._settings.camera),
                size=composite.frame.size,
                fps=self._settings.fps,
                card=self._card,
            )
            self._sinks.append(self._stack.enter_context(writer))
        return self._sinks
