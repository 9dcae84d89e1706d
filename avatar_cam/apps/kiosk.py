"""`avatar-cam kiosk`: full screen, unattended."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import NoReturn

import platformdirs

from avatar_cam.apps.build import Live, Parts, build_live
from avatar_cam.apps.heap import give_back, share_one_heap
from avatar_cam.apps.interrupts import heeded
from avatar_cam.apps.packs import Packs
from avatar_cam.apps.run import LiveTrace
from avatar_cam.characters.library import Library
from avatar_cam.closing import Closing
from avatar_cam.console import complain, say
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.files import explaining
from avatar_cam.kiosk.booth import Booth, Machine, Rules
from avatar_cam.kiosk.counts import Counts
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.guests import Guests
from avatar_cam.kiosk.layout import lay_out
from avatar_cam.kiosk.performers import Performers
from avatar_cam.kiosk.photos import Photos
from avatar_cam.kiosk.screen.window import BoothWindow
from avatar_cam.kiosk.sharing import PhotoServer
from avatar_cam.kiosk.texts import TEXTS, privacy
from avatar_cam.kiosk.watchdog import Watchdog
from avatar_cam.kiosk.wishes import Wanted, Wishes
from avatar_cam.kiosk.worker import Limits, Worker
from avatar_cam.logs import logged
from avatar_cam.overlay.serving import serve_overlay
from avatar_cam.settings import Settings
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.keepsakes import Snapshots
from avatar_cam.sinks.screen import has_display
from avatar_cam.sources.camera import open_camera
from avatar_cam.sources.capture import Patience
from avatar_cam.sources.live import LiveSource
from avatar_cam.types import Composite, Frame

log = logging.getLogger("avatar_cam.kiosk")

#: A camera that is away is tried after 2 s, then ever more seldom up to 20 s, and at once when a look at it
#: every second shows that something has changed.
PATIENCE = Patience(first_pause=2.0, longest_pause=20.0, glance=1.0)
#: The distance of the eyes, m, over the width of what a camera of 60° sees 1 m away, m.
_EYES_AT_1_M = 0.063 / 1.155
#: Seconds that the first picture may take before the booth begins without it.
_FIRST_PICTURE = 1.0


def counts_file() -> Path:
    """Where the daily counts are."""
    return platformdirs.user_state_path("avatar-cam", appauthor=False) / "visits.json"


def run_kiosk(settings: Settings, *, fullscreen: bool = True) -> None:
    """`kiosk`, where there is a display, else SinkError; UsageError for settings that do not fit."""
    if settings.qr and settings.photos is None:
        raise UsageError("--qr needs photos: name a folder for them with --photos")
    if settings.photos is not None and settings.photos.is_file():
        raise UsageError(f"--photos {settings.photos} is a file: name a folder")
    if settings.photos is not None:
        _see_that_pictures_can_be_kept(settings.photos)
    if not has_display() and "SDL_VIDEODRIVER" not in os.environ:
        raise SinkError("there is no display for the booth here; avatar-cam demo works without one")
    with ExitStack() as stack:
        try:
            say(f"the log is {stack.enter_context(logged('kiosk'))}")
        except SinkError as error:
            complain(f"there will be no log: {error}")
        kiosk(settings, fullscreen=fullscreen)


def _see_that_pictures_can_be_kept(folder: Path) -> None:
    """Now, and not when the first visitor has posed; SinkError says why they cannot."""
    with explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass


def kiosk(
    settings: Settings,
    *,
    fullscreen: bool = True,
    patience: Patience = PATIENCE,
    limits: Limits | None = None,
    rules: Rules | None = None,
) -> None:
    """Until staff or a signal end it. What fails on the way is healed.

    Raises what cannot work at all: UsageError, PackError, ModelError, SinkError; and `Exhausted` when only a
    new process helps.
    """
    share_one_heap()
    parts = Parts.of(settings, choose_from_all=True)
    ended: BaseException | None = None
    hanging = False
    with ExitStack() as stack:
        machine = _machine(settings, stack, parts, fullscreen, patience, limits)
        booth = stack.enter_context(Booth(machine, rules or _rules(settings)))
        log.info("started with %s", machine.source.which)
        try:
            with heeded(booth.quit):
                booth.run()
        except BaseException as error:
            ended = error
        log.info("ended%s", f" by {type(ended).__name__}" if ended else "")
        machine.worker.close()
        hanging = machine.worker.hanging
    if hanging:
        _leave(ended)
    if ended is not None:
        raise ended


def _leave(ended: BaseException | None) -> NoReturn:
    """End the process though threads hang in it, which Python would wait for."""
    if ended is not None:
        complain(f"error: {ended}" if not isinstance(ended, KeyboardInterrupt) else "interrupted")
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(0 if ended is None else 130 if isinstance(ended, KeyboardInterrupt) else 1)


def _rules(settings: Settings) -> Rules:
    return Rules(
        mirror=settings.mirror,
        smiles=settings.smile,
        minutes=settings.qr_minutes if settings.qr else 0,
        pin=settings.pin,
    )


def _machine(
    settings: Settings,
    stack: ExitStack,
    parts: Parts,
    fullscreen: bool,
    patience: Patience,
    limits: Limits | None,
) -> Machine:
    """All parts, to be closed by `stack`, the camera and the pipeline before the screen."""
    faults = Faults()
    watchdog = stack.enter_context(Watchdog())
    overlay = stack.enter_context(serve_overlay(settings, commands=True))
    minutes = settings.qr_minutes if settings.qr else None
    server = PhotoServer(settings.qr_port, 60.0 * minutes, settings.qr_host) if minutes is not None else None
    album = Snapshots(settings.photos, ".jpg") if settings.photos is not None else None
    photos = stack.enter_context(Photos(album, server, faults))
    texts = TEXTS[settings.lang]
    foot = privacy(texts, photos=settings.photos is not None, shared_minutes=minutes)
    window = stack.enter_context(
        BoothWindow(settings.size, settings.display, texts, foot, fullscreen=fullscreen)
    )
    side = lay_out(window.size).performer[2]
    performers = stack.enter_context(Performers(lambda: parts.library.characters, side))
    source = _source(settings, stack, patience)
    sinks: list[Sink] = [overlay]
    if settings.trace is not None:
        sinks.append(stack.enter_context(LiveTrace(settings, parts.recogniser.card, source)))
    nearest, first = _EYES_AT_1_M / settings.reach, [parts]
    wishes = Wishes(_names(parts.library), settings.emotion)

    def open_line() -> BoothLine:
        # Models and characters belong to one pipeline: another one reads them anew.
        fresh = first.pop() if first else Parts.of(settings, choose_from_all=True)
        # One visitor after another: what the last one wore is not kept.
        live = build_live(settings, fresh, choosing=lambda finder: Guests(finder, nearest), kept=0)
        return BoothLine(live, faults, wishes)

    worker = stack.enter_context(Worker(open_line, faults, limits))
    return Machine(
        source=source,
        worker=worker,
        window=window,
        performers=performers,
        photos=photos,
        counts=Counts(counts_file()),
        faults=faults,
        watchdog=watchdog,
        wishes=wishes,
        do_all=overlay.requests.do_all,
        sinks=sinks,
    )


def _names(library: Library) -> dict[str, str]:
    return {name: character.manifest.name for name, character in library.characters.items()}


def _source(settings: Settings, stack: ExitStack, patience: Patience) -> LiveSource:
    opener = partial(open_camera, size=settings.size, fps=settings.fps)
    source = stack.enter_context(LiveSource(settings.camera, opener, settings.rotate, patience))
    try:
        source.wait_opened(_FIRST_PICTURE)
    except UsageError:
        raise
    except Exception as error:  # it may come later
        log.warning("%s", error)
    return source


class BoothLine(Closing):
    """A live pipeline and the packs that it draws, as the booth's worker wants them; closes both.

    It is as `wishes` want it from its first frame on.
    """

    def __init__(self, live: Live, faults: Faults, wishes: Wishes) -> None:
        self._live, self._wishes = live, wishes
        self._heeded: Wanted | None = None
        #: What is made anew has read all packs.
        self._reloads = wishes.wanted.reloads
        self._packs = Packs(
            live,
            lambda about, text, severity: (
                faults.note(about, text, monotonic()) if severity == "warning" else log.info("%s", text)
            ),
        )

    def step(self, frame: Frame) -> Composite:
        self._heed(self._wishes.wanted)
        composite = self._live.pipeline.step(frame)
        self._packs.poll(monotonic())
        self._wishes.characters = _names(self._live.library)
        return composite

    def _heed(self, wanted: Wanted) -> None:
        """Have it as it is wanted, where that has changed."""
        if wanted == self._heeded:
            return
        self._heeded, wardrobe = wanted, self._live.wardrobe
        if wanted.character is not None and wanted.character in self._live.characters:
            wardrobe.wear(wanted.character)
        wardrobe.hold(wanted.emotion)
        wardrobe.visible = wanted.visible
        if wanted.reloads != self._reloads:
            self._reloads = wanted.reloads
            self._packs.reload()

    def forget(self) -> None:
        self._live.pipeline.forget()
        give_back()  # nobody is looking

    def pulse(self) -> tuple[tuple[bool, int], ...]:
        return self._live.schedule.pulse

    def rest(self) -> None:
        self._live.schedule.rest()

    def close(self) -> None:
        self._packs.close()
        self._live.pipeline.close()
        give_back()
