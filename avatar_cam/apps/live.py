"""The live loop: the newest frame in, its composite on the screen, and what the user asks for in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.meter import Meter
from avatar_cam.apps.notices import Notices
from avatar_cam.apps.wishes import Reload, Wishes
from avatar_cam.closing import Closing
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.view import Figures, View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.live import LiveSource
from avatar_cam.types import Composite

#: Seconds to wait for a frame before keys are looked at, and what is said, again.
_PATIENCE = 0.1
#: Seconds between two readings of the figures: digits that change all the time cannot be read.
_FIGURES_EVERY = 0.5


class LiveLoop(Closing):
    """Shows `source` in `window`, with the characters that `live` puts on the faces, until the user quits.

    `reload` reads the packs anew. Closes what it starts itself, and nothing that it was given.
    """

    def __init__(
        self,
        source: LiveSource,
        live: Live,
        window: Window,
        keeping: Keeping,
        notices: Notices,
        reload: Reload,
        mirror: bool = True,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._source, self._live, self._window = source, live, window
        self._keeping, self._notices = keeping, notices
        self._clock = clock
        self._wishes = Wishes(source, live, keeping, notices, reload, mirror, clock)
        self._meter = Meter()
        self._figures: tuple[float, Figures] | None = None
        self._composite: Composite | None = None

    def run(self, sinks: Sequence[Sink] = ()) -> None:
        """Until the user quits; `sinks` get every composite."""
        while not self._wishes.quitting:
            for wish in self._window.actions():
                self._wishes.do(wish)
            self._wishes.poll()
            frame = self._source.take(_PATIENCE)
            if frame is not None:
                self._notices.look(frame.pixels, self._clock())
                self._composite = self._live.pipeline.step(frame)
                for sink in sinks:
                    sink.write(self._composite)
                self._keeping.take(self._composite, self._clock())
            self._show(new=frame is not None)
            self._live.schedule.rest()

    def quit(self) -> None:
        """End the loop after what it does now."""
        self._wishes.do("quit")

    def close(self) -> None:
        """Wait until nothing runs aside any more."""
        self._wishes.close()

    def _show(self, *, new: bool) -> None:
        now = self._clock()
        composite = self._composite if self._source.state.phase in ("live", "opening", "slow") else None
        self._window.show(composite.frame.pixels if composite else None, self._view(composite, now))
        if new and self._composite is not None:
            shown = self._source.now()
            latency = shown - self._composite.frame.time
            self._meter.show(shown, latency, self._composite.ms, self._live.schedule.poses)

    def _view(self, composite: Composite | None, now: float) -> View:
        wardrobe, switches = self._live.wardrobe, self._wishes.switches
        return View(
            mirror=switches["mirror"],
            composite=composite,
            figures=self._measured(now) if switches["figures"] else None,
            bars=switches["figures"],
            landmarks=switches["landmarks"],
            keys=switches["keys"],
            overlay=wardrobe.visible,
            held=wardrobe.holding,
            notices=self._notices.at(now, composite, self._source.state.message),
            countdown=self._keeping.countdown(now),
            recording=self._keeping.recorded,
            flash=self._keeping.flash(now),
            thumbnails=self._wishes.thumbnails,
            worn=wardrobe.worn,
        )

    def _measured(self, now: float) -> Figures:
        """The figures, made anew twice a second."""
        self._meter.forget(self._source.now())
        if self._figures is None or now - self._figures[0] >= _FIGURES_EVERY:
            figures = Figures(
                fps=self._meter.fps,
                camera_fps=self._source.rate,
                dropped=self._source.dropped,
                latency_ms=self._meter.latency_ms,
                pose_fps=self._meter.pose_fps,
                stages=self._meter.stages,
            )
            self._figures = now, figures
        return self._figures[1]
