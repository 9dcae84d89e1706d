"""The booth's loop: what the camera sees goes through the pipeline and onto the screen, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep

from avatar_cam.closing import Closing
from avatar_cam.controls import Wish
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.kiosk.counts import Counts
from avatar_cam.kiosk.cropping import Aim, follow, part_at, whole_part, with_all_of
from avatar_cam.kiosk.faults import Faults, log
from avatar_cam.kiosk.performers import Performers
from avatar_cam.kiosk.photos import Photos
from avatar_cam.kiosk.screen.photo import framed
from avatar_cam.kiosk.screen.scene import Scene
from avatar_cam.kiosk.screen.window import BoothWindow, Press
from avatar_cam.kiosk.staff import Staff, knock, pass_time, press_corner, type_key
from avatar_cam.kiosk.states import Effect, Seen, State, Timing, start, step
from avatar_cam.kiosk.watchdog import Watchdog
from avatar_cam.kiosk.wishes import DoAll, Wishes, do_nothing
from avatar_cam.kiosk.worker import Exhausted, Worker
from avatar_cam.sinks.base import Sink
from avatar_cam.sources.live import LiveSource
from avatar_cam.tracking.geometry import place
from avatar_cam.types import Box, Composite

#: Seconds for which a frame, and then its composite, is waited for before the screen moves on.
_PATIENCE = 0.1
#: So many turns of the loop in a row may fail before the program gives up, to be started anew.
_MOST_FAILURES = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """What the owner decided; times in seconds."""

    timing: Timing = field(default_factory=Timing)
    mirror: bool = True
    #: Whether a smile takes a picture.
    smiles: bool = True
    #: For how many minutes a picture can be fetched; 0 where it cannot.
    minutes: int = 0
    #: How long a picture is shown that can be fetched.
    fetching: float = 30.0
    pin: str | None = None
    #: A camera that failed for good is tried again with pauses from the first to the second.
    first_pause: float = 2.0
    longest_pause: float = 20.0


@dataclass(slots=True)
class Machine:
    """What the booth is made of; the booth closes none of it."""

    source: LiveSource
    worker: Worker
    window: BoothWindow
    performers: Performers
    photos: Photos
    counts: Counts
    faults: Faults
    watchdog: Watchdog
    wishes: Wishes
    #: What other programs ask for.
    do_all: DoAll = do_nothing
    #: Get every composite; one that raises is noted, and asked again with the next.
    sinks: Sequence[Sink] = ()


class Booth(Closing):
    """Runs a booth until `quit`; `clock` is that of all its parts, in seconds, and `today` tells the date.

    Closing it writes what was counted.
    """

    def __init__(
        self,
        machine: Machine,
        rules: Rules,
        clock: Callable[[], float] = monotonic,
        today: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._machine, self._rules, self._clock, self._today = machine, rules, clock, today
        self.state: State = start(clock())
        self._staff = Staff()
        self._composite: Composite | None = None
        self._newest: float | None = None
        self._aim: Aim | None = None
        self._pressed = False
        self._quitting = False
        self._ready = False
        self._failures = 0
        self._counted = 0
        self._camera_pause, self._camera_due = 0.0, 0.0

    def run(self) -> None:
        """Until staff or `quit` end it. Raises `Exhausted` when only a new process helps."""
        while not (self._quitting or self._staff.out):
            try:
                self.turn()
                self._failures = 0
            except Exhausted:
                raise
            except Exception as error:
                self._failures += 1
                self._machine.faults.note("a turn of the loop failed", error, self._clock())
                if self._failures >= _MOST_FAILURES:
                    raise

    def quit(self) -> None:
        """End after what is being done now."""
        self._quitting = True

    def close(self) -> None:
        """Write what was counted."""
        try:
            self._count_faults()
            self._machine.counts.write()
        except SinkError as error:
            log.warning("%s", error)

    def turn(self) -> None:
        """Once round the loop: a frame, if one comes, and what is to be shown."""
        machine = self._machine
        for press in machine.window.presses():
            self._press(press)
        machine.do_all(self._ask)
        fresh = self._next_composite()
        now = self._clock()
        if fresh is not None:
            self._composite, self._newest = fresh, now
            self._hand_on(fresh)
        self._advance(now)
        self._look_after(now)
        machine.window.show(self._scene(now))
        machine.worker.rest()
        if not self._ready:
            self._ready = True
            machine.watchdog.ready()
        machine.watchdog.alive(now, f"{self.state.phase}, {self._guests()} in")

    def _next_composite(self) -> Composite | None:
        """The composite of the newest frame, when there is one in time."""
        machine = self._machine
        if machine.worker.idle:
            try:
                frame = machine.source.take(_PATIENCE)
            except Exception as error:
                machine.faults.note("the camera's thread ended", error, self._clock())
                self._reopen_camera()
                sleep(_PATIENCE)
                return None
            if frame is None:
                return None
            machine.worker.offer(frame, self._clock())
        return machine.worker.newest(_PATIENCE)

    def _press(self, press: Press) -> None:
        now, pin = self._clock(), self._rules.pin
        match press.what:
            case "corner":
                self._staff = press_corner(self._staff, now, pin)
            case "chord":
                self._staff = knock(self._staff, now, pin)
            case "pad":
                self._staff = type_key(self._staff, press.key, now, pin)
            case _:
                self._pressed = True

    def _ask(self, wish: Wish) -> str | None:
        """Do what another program asked for, and say what came of it; UsageError for what cannot be."""
        match wish:
            case "quit":
                self.quit()
                return "The booth ends"
            case "snapshot":
                # As a visitor would: they are told, and get ready.
                if self.state.phase != "live" or not self._guests():
                    raise UsageError("no picture can be taken now: nobody is looking at themselves")
                self._pressed = True
                return "The countdown begins"
        return self._machine.wishes.ask(wish, self._worn(), self._shown())

    def _advance(self, now: float) -> None:
        """Go on to the next state, and do what that asks for."""
        age = None if self._newest is None else now - self._newest
        blind = self._machine.source.state.phase in ("busy", "gone", "failed")
        seen = Seen(age, self._guests(), self._smiling(), self._pressed, blind)
        self._pressed = False
        before, timing = self.state, self._timing()
        self.state, effects = step(self.state, seen, now, timing)
        if self.state.phase != before.phase:
            if self.state.phase == "failsafe":
                message = self._machine.source.state.message
                self._machine.faults.note("no picture", message or "the pipeline gives none", now)
            elif before.phase == "failsafe":
                log.info("pictures again after %.1f s", now - before.since)
            elif self.state.phase == "countdown":
                self._machine.performers.ask(self._worn())
        for effect in effects:
            self._do(effect)

    def _timing(self) -> Timing:
        """A picture that can be fetched is shown for longer."""
        timing = self._rules.timing
        if self._machine.photos.address is None:
            return timing
        return timing.showing(self._rules.fetching)

    def _do(self, effect: Effect) -> None:
        machine = self._machine
        match effect:
            case "welcome":
                machine.counts.add("visits", self._today().date())
            case "shoot":
                self._shoot()
            case "forget":
                machine.photos.forget()
            case "part":
                machine.worker.forget()

    def _shoot(self) -> None:
        composite = self._composite
        if composite is None:
            return
        # A screen that stands shows less than the camera sees: no ear is to be cut off for that.
        drawn = [placement.box for placement in composite.placements if placement.opacity > 0]
        left, top, right, bottom = with_all_of(self._part(composite), drawn, composite.frame.size)
        pixels = composite.frame.pixels[top:bottom, left:right].copy()
        photo = framed(pixels, self._machine.performers.portrait_of(self._worn()), self._today().date())
        self._machine.photos.take(photo, self._today)
        self._machine.counts.add("photos", self._today().date())

    def _look_after(self, now: float) -> None:
        """See to everything that could be broken."""
        machine = self._machine
        machine.worker.poll(now)
        machine.photos.poll(now)
        self._staff = pass_time(self._staff, now)
        if machine.source.state.phase == "failed":
            self._reopen_camera()
        elif machine.source.state.phase == "live":
            self._camera_pause = 0.0
        self._count_faults()
        try:
            machine.counts.write_if_due(now)
        except SinkError as error:
            machine.faults.note("the counts", error, now)

    def _reopen_camera(self) -> None:
        """Try a camera again that failed for good, now and then."""
        now = self._clock()
        if now < self._camera_due:
            return
        doubled = max(2 * self._camera_pause, self._rules.first_pause)
        self._camera_pause = min(doubled, self._rules.longest_pause)
        self._camera_due = now + self._camera_pause
        source = self._machine.source
        self._machine.faults.note("the camera is opened anew", source.state.message or "it had ended", now)
        source.switch(source.which)

    def _count_faults(self) -> None:
        while self._counted < self._machine.faults.count:
            self._counted += 1
            self._machine.counts.add("faults", self._today().date())

    def _hand_on(self, composite: Composite) -> None:
        for sink in self._machine.sinks:
            try:
                sink.write(composite)
            except Exception as error:
                self._machine.faults.note(f"{type(sink).__name__} failed", error, self._clock())

    def _guests(self) -> int:
        return 0 if self._composite is None else len(self._composite.faces)

    def _smiles_count(self) -> bool:
        # An emotion that is held is no smile.
        return self._rules.smiles and self._machine.wishes.wanted.emotion is None

    def _smiling(self) -> bool:
        if self._composite is None or not self._smiles_count():
            return False
        return any(choice.emotion == "pleasure" for choice in self._composite.choices.values())

    def _worn(self) -> str | None:
        """The character of the first person in the picture."""
        choices = self._composite.choices.values() if self._composite is not None else ()
        return next((choice.character for choice in choices), None)

    def _shown(self) -> Emotion | None:
        """The emotion of the first person in the picture."""
        choices = self._composite.choices.values() if self._composite is not None else ()
        return next((choice.emotion for choice in choices), None)

    def _part(self, composite: Composite) -> Box:
        """The part of the picture that is shown."""
        size = composite.frame.size
        part = whole_part(size, self._machine.window.size)
        people = [place(face.landmarks) for face in composite.faces]
        self._aim = follow(self._aim, people, size, part[0], composite.frame.time)
        return part_at(self._aim, size, part)

    def _scene(self, now: float) -> Scene:
        machine, state, composite = self._machine, self.state, self._composite
        performer = machine.performers.present(now)
        live = composite if state.phase in ("live", "countdown") else None
        return Scene(
            phase=state.phase,
            now=now,
            since=state.since,
            pixels=live.frame.pixels if live else None,
            part=self._part(live) if live else None,
            mirror=self._rules.mirror,
            performer=performer,
            performing=machine.performers.began,
            countdown=state.left(now, self._rules.timing.countdown),
            smiles=self._smiles_count(),
            smiled=state.smiled(now, self._rules.timing),
            photo=machine.photos.photo if state.phase == "photo" else None,
            keeping=machine.photos.keeping,
            address=machine.photos.address,
            minutes=self._rules.minutes,
            note=machine.source.state.message if state.phase == "failsafe" else None,
            pin=None if self._staff.typed is None else len(self._staff.typed),
        )
