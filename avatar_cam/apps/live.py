"""The live loop: the newest frame in, its composite on the screen, and what the user asks for in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import Protocol

from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.meter import Meter
from avatar_cam.apps.notices import Notices
from avatar_cam.apps.on_lost import OnLost
from avatar_cam.apps.packs import Packs
from avatar_cam.apps.sending import Picture, Sending
from avatar_cam.apps.wishes import Wishes
from avatar_cam.closing import Closing
from avatar_cam.controls import Wish
from avatar_cam.logs import since_start
from avatar_cam.overlay.requests import Requests
from avatar_cam.rendering.cutout import with_overlay
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.view import Figures, Notice, View
from avatar_cam.sources.live import LiveSource
from avatar_cam.types import Composite, Frame, Pixels

_log = logging.getLogger(__name__)

#: Seconds to wait for a frame before keys are looked at, and what is said, again.
_PATIENCE = 0.1
#: Seconds between two readings of the figures: digits that change all the time cannot be read.
_FIGURES_EVERY = 0.5


class Screen(Protocol):
    """Where a user sees the picture, and asks for something: the window, or what stands for it."""

    def actions(self) -> list[Wish]:
        """What was asked for since the last call."""

    def show(self, pixels: Pixels | None, view: View) -> None:
        """Show this now; see `sinks.window.Window.show`."""


class LiveLoop(Closing):
    """Shows `source` on `screen`, with the characters that `live` puts on the faces, until the user quits.

    What `on_lost` hides is hidden everywhere. `sending` gets every picture before anything else does, or with
    `clean`, as long as the user does not hide it, the camera's own. `requests` are other programs'.

    Closes what it starts itself, and of what it was given only what decodes the characters.
    """

    def __init__(
        self,
        source: LiveSource,
        live: Live,
        screen: Screen,
        keeping: Keeping,
        notices: Notices,
        mirror: bool = True,
        clock: Callable[[], float] = monotonic,
        *,
        on_lost: OnLost | None = None,
        sending: Sending | None = None,
        clean: bool = False,
        requests: Requests | None = None,
    ) -> None:
        self._source, self._live, self._screen = source, live, screen
        self._on_lost = on_lost or OnLost("show")
        self._sending, self._clean = sending, clean
        self._requests = requests
        self._camera = source.which
        self._keeping, self._notices = keeping, notices
        self._clock = clock
        self._packs = Packs(
            live,
            lambda about, text, severity: notices.say(about, Notice(text, severity), clock()),
            held=lambda: self._on_lost.in_use,
        )
        own = sending.name if sending is not None else None
        self._wishes = Wishes(
            source, live, self._packs, keeping, notices, mirror, clock, on_lost=self._on_lost, own_camera=own
        )
        self._meter = Meter()
        self._figures: tuple[float, Figures] | None = None
        self._composite: Composite | None = None
        #: Whether the newest composite is one that was hidden after it had been shown.
        self._hidden = False

    def run(self, sinks: Sequence[Sink] = ()) -> None:
        """Until the user quits; `sinks` get every composite."""
        while not self._wishes.quitting:
            for wish in self._screen.actions():
                self._wishes.do(wish)
            if self._requests is not None:
                self._requests.do_all(self._wishes.ask)
            self._wishes.poll()
            self._packs.poll(self._clock())
            frame = self._source.take(_PATIENCE)
            if frame is not None:
                self._notices.look(frame.pixels, self._clock())
                self._composite, self._hidden = self._made(frame), False
                for sink in sinks:
                    sink.write(self._composite)
                self._keeping.take(self._composite, self._clock())
            elif self._on_lost.panic:
                self._hide_last()
            self._show(new=frame is not None)
            if frame is not None and frame.index == 0:
                _log.info("the first picture is shown %.1f s after the start", since_start())
            self._live.schedule.rest()

    def quit(self) -> None:
        """End the loop after what it does now."""
        self._wishes.do("quit")

    def close(self) -> None:
        """Wait until nothing runs aside any more."""
        self._packs.close()

    def _made(self, frame: Frame) -> Composite:
        """The composite of a frame, as it may be shown."""
        if self._source.which != self._camera:
            self._camera = self._source.which
            self._on_lost.begin_anew()
        bare = frame.pixels.copy() if self._clean else None
        return self._sent(self._live.pipeline.step(frame), bare)

    def _sent(self, composite: Composite, bare: Pixels | None = None) -> Composite:
        """The composite as it may be shown; it, or `bare`, is on its way to the virtual camera already."""
        alpha = self._live.backdrop.alpha
        if alpha is not None:
            alpha = with_overlay(alpha, composite.placements)
        composite = self._on_lost.over(composite, alpha)
        if self._sending is not None:
            taken = self._clock() - (self._source.now() - composite.frame.time)
            if bare is not None and not self._on_lost.panic:
                self._sending.offer(Picture(bare, None, taken))
            else:
                self._sending.offer(Picture(composite.frame.pixels, alpha, taken))
        return composite

    def _hide_last(self) -> None:
        """Hide the picture that stands still, since the camera gives no other."""
        if self._composite is not None and not self._hidden:
            # Others may hold what was shown before: they get nothing drawn into it.
            frame = replace(self._composite.frame, pixels=self._composite.frame.pixels.copy())
            self._composite = self._sent(replace(self._composite, frame=frame))
            self._hidden = True

    def _show(self, *, new: bool) -> None:
        now = self._clock()
        composite = self._composite if self._source.state.phase in ("live", "opening", "slow") else None
        self._screen.show(composite.frame.pixels if composite else None, self._view(composite, now))
        if new and self._composite is not None:
            shown = self._source.now()
            latency = shown - self._composite.frame.time
            self._meter.show(shown, latency, self._composite.ms, self._live.schedule.poses)

    def _view(self, composite: Composite | None, now: float) -> View:
        wardrobe, switches = self._live.wardrobe, self._wishes.switches
        return View(
            mirror=switches["mirror"],
            # Neither landmarks nor emotions of who is hidden.
            composite=None if self._on_lost.panic else composite,
            figures=self._measured(now) if switches["figures"] else None,
            bars=switches["figures"],
            landmarks=switches["landmarks"],
            keys=switches["keys"],
            overlay=wardrobe.visible,
            held=wardrobe.holding,
            notices=(*self._notices.at(now, composite, self._source.state.message), *self._lasting()),
            countdown=self._keeping.countdown(now),
            recording=self._keeping.recorded,
            flash=self._keeping.flash(now),
            thumbnails=self._packs.thumbnails,
            worn=wardrobe.worn,
            hidden=self._on_lost.panic,
        )

    def _lasting(self) -> Iterator[Notice]:
        """What is wrong, or hidden, or other than the preview shows, as long as it is."""
        if self._on_lost.panic:
            yield Notice("The picture is hidden", "warning")
        elif self._clean:
            yield Notice("Sent without characters", "warning")
        elif self._on_lost.hiding:
            yield Notice("Hidden until every face is covered again", "warning")
        # Asked once: it is another thread that knows.
        fault = self._sending.fault if self._sending is not None else None
        if fault is not None:
            yield Notice(fault, "warning")

    def _measured(self, now: float) -> Figures:
        """The figures, made anew twice a second."""
        self._meter.forget(self._source.now())
        if self._figures is None or now - self._figures[0] >= _FIGURES_EVERY:
            figures = Figures(
                fps=self._meter.fps,
                camera_fps=self._source.rate,
                dropped=self._source.dropped,
                latency_ms=None if self._sending else self._meter.latency_ms,
                sent_ms=self._sending.latency_ms if self._sending else None,
                pose_fps=self._meter.pose_fps,
                stages=self._meter.stages,
            )
            self._figures = now, figures
        return self._figures[1]
