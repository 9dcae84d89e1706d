"""What the booth does next: pure transitions from one state to another.

    attract → live ⇄ countdown → photo → live → farewell → attract,   and failsafe from and to everywhere

Times are seconds of one clock. Nothing here is drawn, stored or counted: that is what effects ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Phase = Literal["attract", "live", "countdown", "photo", "farewell", "failsafe"]

#: welcome: a visit begins; shoot: take the picture now; forget: the picture is not shown any more;
#: part: the visit is over, and whoever comes next is somebody new.
Effect = Literal["welcome", "shoot", "forget", "part"]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long what lasts, in seconds."""

    #: Somebody must stay for so long to be a visitor, and may be lost from sight for so long.
    arrive: float = 0.4
    leave: float = 3.0
    #: A smile held for so long asks for a picture; the next one is due so long after it, for a new smile.
    smile: float = 1.2
    rest: float = 12.0
    countdown: float = 3.0
    #: How long a picture is shown; longer where it can be fetched with a phone.
    photo: float = 9.0
    farewell: float = 4.0
    #: A picture older than this is no mirror any more; the first one may take longer, as models are loaded,
    #: but is not waited for while the camera cannot be opened.
    stale: float = 3.0
    start: float = 15.0

    def showing(self, photo: float) -> Timing:
        """The same with pictures shown for so long."""
        return replace(self, photo=photo)


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is at one moment."""

    #: Seconds since the newest picture that could be shown came; None before the first.
    age: float | None
    #: How many people are in.
    guests: int = 0
    #: Whether one of them smiles.
    smiling: bool = False
    #: Whether a key, the mouse, the screen or a gamepad was pressed.
    pressed: bool = False
    #: Whether the camera could not be opened; it is tried again.
    blind: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where the booth is, and what it must remember to go on; all but `phase` are times, or None."""

    phase: Phase
    #: Since when.
    since: float
    #: Since when somebody has been there without a break.
    here: float | None = None
    #: When somebody was there last.
    last: float = 0.0
    #: Since when somebody has smiled; None too while the smile is that of the last picture.
    smile: float | None = None
    #: When the last picture of this visit was taken.
    shot: float | None = None
    #: Whether the present smile has had its picture.
    spent: bool = False

    def smiled(self, now: float, timing: Timing) -> float:
        """How much of the smile that takes a picture there is, 0 to 1."""
        return 0.0 if self.smile is None else min(1.0, (now - self.smile) / timing.smile)

    def left(self, now: float, lasts: float) -> float:
        """Seconds that remain of a phase that `lasts` so long."""
        return max(0.0, self.since + lasts - now)


Step = tuple[State, tuple[Effect, ...]]


def start(now: float) -> State:
    """The first state: nothing has come from the camera yet, which is not a fault for a moment."""
    return State("attract", now, last=now)


def step(state: State, seen: Seen, now: float, timing: Timing = Timing()) -> Step:
    """The next state, and what is to be done on the way."""
    state = _noticed(state, seen, now, timing)
    if _is_stale(state, seen, now, timing):
        return _failed(state, now)
    return _TRANSITIONS[state.phase](state, seen, now, timing)


def _noticed(state: State, seen: Seen, now: float, timing: Timing) -> State:
    """The state with what was seen taken in."""
    here = (now if state.here is None else state.here) if seen.guests else None
    last = now if seen.guests else state.last
    resting = state.shot is not None and now - state.shot < timing.rest
    spent = state.spent and seen.smiling
    smile = (now if state.smile is None else state.smile) if seen.smiling and not (spent or resting) else None
    return replace(state, here=here, last=last, smile=smile, spent=spent)


def _is_stale(state: State, seen: Seen, now: float, timing: Timing) -> bool:
    if seen.age is not None:
        return seen.age > timing.stale
    return seen.blind or now - state.since > timing.start or state.phase == "failsafe"


def _failed(state: State, now: float) -> Step:
    if state.phase == "failsafe":
        return state, ()
    return State("failsafe", now, last=state.last), _parting(state)


def _parting(state: State) -> tuple[Effect, ...]:
    """What ends a visit from where it is."""
    if state.phase == "photo":
        return "forget", "part"
    return ("part",) if state.phase in ("live", "countdown") else ()


def _attract(state: State, seen: Seen, now: float, timing: Timing) -> Step:
    if state.here is not None and now - state.here >= timing.arrive:
        return State("live", now, here=state.here, last=now, smile=state.smile), ("welcome",)
    return state, ()


def _live(state: State, seen: Seen, now: float, timing: Timing) -> Step:
    if now - state.last >= timing.leave:
        return State("farewell", now, last=state.last), ("part",)
    if seen.guests and (seen.pressed or state.smiled(now, timing) >= 1):
        return replace(state, phase="countdown", since=now), ()
    return state, ()


def _countdown(state: State, seen: Seen, now: float, timing: Timing) -> Step:
    if now - state.last >= timing.leave:
        return State("farewell", now, last=state.last), ("part",)
    if now - state.since >= timing.countdown:
        return replace(state, phase="photo", since=now, shot=now, smile=None, spent=True), ("shoot",)
    return state, ()


def _photo(state: State, seen: Seen, now: float, timing: Timing) -> Step:
    # Whoever reads a code with a phone has no face to be seen, so nobody counts as gone meanwhile.
    if seen.pressed or now - state.since >= timing.photo:
        return replace(state, phase="live", since=now, last=now, shot=now), ("forget",)
    return state, ()


def _farewell(state: State, seen: Seen, now: float, timing: Timing) -> Step:
    if now - state.since >= timing.farewell or state.here is not None:
        return replace(state, phase="attract", since=now), ()
    return state, ()


def _failsafe(state: State, seen: Seen, now: float, timing: Timing) -> Step:
    return replace(state, phase="attract", since=now), ()


_TRANSITIONS: Mapping[Phase, Callable[[State, Seen, float, Timing], Step]] = {
    "attract": _attract,
    "live": _live,
    "countdown": _countdown,
    "photo": _photo,
    "farewell": _farewell,
    "failsafe": _failsafe,
}
