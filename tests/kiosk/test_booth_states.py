"""The booth's transitions, as a table, and whole visits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avatar_cam.kiosk.states import Effect, Phase, Seen, State, Timing, start, step

T = Timing()
NOBODY, SOMEBODY = Seen(0.0), Seen(0.0, guests=1)
SMILE, PRESS = Seen(0.0, 1, smiling=True), Seen(0.0, 1, pressed=True)
GONE = Seen(T.stale + 0.1)


def at(phase: Phase, since: float = 100.0, here: float | None = 99.0, **more: object) -> State:
    return replace(State(phase, since, here, last=since), **more)  # type: ignore[arg-type]


#: State, what is seen, seconds later, the next phase, the effects.
TABLE: list[tuple[State, Seen, float, Phase, tuple[Effect, ...]]] = [
    (at("attract", here=None), NOBODY, 60.0, "attract", ()),
    (at("attract", here=None), SOMEBODY, 0.1, "attract", ()),
    (at("attract", here=100.0), SOMEBODY, T.arrive - 0.01, "attract", ()),
    (at("attract", here=100.0), SOMEBODY, T.arrive, "live", ("welcome",)),
    (at("attract", here=100.0), NOBODY, T.arrive, "attract", ()),
    (at("attract", here=None), PRESS, 0.1, "attract", ()),
    (at("live"), SOMEBODY, 60.0, "live", ()),
    (at("live"), NOBODY, T.leave - 0.01, "live", ()),
    (at("live"), NOBODY, T.leave, "farewell", ("part",)),
    (at("live"), PRESS, 0.1, "countdown", ()),
    (at("live"), Seen(0.0, 0, pressed=True), 0.1, "live", ()),
    (at("live", smile=100.0), SMILE, T.smile - 0.01, "live", ()),
    (at("live", smile=100.0), SMILE, T.smile, "countdown", ()),
    (at("live", smile=100.0), SOMEBODY, T.smile, "live", ()),
    (at("live", smile=100.0, spent=True), SMILE, T.smile, "live", ()),
    (at("live", smile=100.0, shot=99.0), SMILE, T.smile, "live", ()),
    (at("live", smile=None, shot=99.0), PRESS, 0.1, "countdown", ()),
    (at("countdown"), SOMEBODY, T.countdown - 0.01, "countdown", ()),
    (at("countdown"), SOMEBODY, T.countdown, "photo", ("shoot",)),
    (at("countdown"), PRESS, 0.1, "countdown", ()),
    (at("countdown", last=97.0), NOBODY, 0.1, "farewell", ("part",)),
    (at("photo"), NOBODY, T.photo - 0.01, "photo", ()),
    (at("photo"), SOMEBODY, T.photo, "live", ("forget",)),
    (at("photo"), PRESS, 0.5, "live", ("forget",)),
    (at("farewell", here=None), NOBODY, T.farewell - 0.01, "farewell", ()),
    (at("farewell", here=None), NOBODY, T.farewell, "attract", ()),
    (at("farewell", here=None), SOMEBODY, 0.1, "attract", ()),
    (at("attract"), GONE, 0.1, "failsafe", ()),
    (at("live"), GONE, 0.1, "failsafe", ("part",)),
    (at("countdown"), GONE, 0.1, "failsafe", ("part",)),
    (at("photo"), GONE, 0.1, "failsafe", ("forget", "part")),
    (at("farewell"), GONE, 0.1, "failsafe", ()),
    (at("failsafe"), GONE, 600.0, "failsafe", ()),
    (at("failsafe"), Seen(None), 600.0, "failsafe", ()),
    (at("failsafe"), NOBODY, 0.1, "attract", ()),
    (at("live"), Seen(T.stale), 0.1, "live", ()),
    (at("attract", here=None), Seen(None), T.start, "attract", ()),
    (at("attract", here=None), Seen(None), T.start + 0.1, "failsafe", ()),
    (at("attract", here=None), Seen(None, blind=True), 0.1, "failsafe", ()),
    (at("live"), Seen(T.stale, blind=True), 0.1, "live", ()),
]


@pytest.mark.parametrize(("state", "seen", "later", "phase", "effects"), TABLE)
def test_one_transition(
    state: State, seen: Seen, later: float, phase: Phase, effects: tuple[Effect, ...]
) -> None:
    after, done = step(state, seen, 100.0 + later, T)
    assert (after.phase, done) == (phase, effects)
    assert after.since == (state.since if phase == state.phase else 100.0 + later)


def _played(script: list[tuple[float, Seen]]) -> tuple[list[Phase], list[Effect]]:
    """Phases and effects of what is seen for so many seconds each, at 20 looks a second."""
    now = 100.0
    state = start(now)
    phases: list[Phase] = [state.phase]
    effects: list[Effect] = []
    for seconds, seen in script:
        for _ in range(round(seconds * 20)):
            now += 0.05
            state, done = step(state, seen, now, T)
            effects += done
            if state.phase != phases[-1]:
                phases.append(state.phase)
    return phases, effects


def test_a_whole_visit() -> None:
    script = [(5.0, NOBODY), (2.0, SOMEBODY), (2.0, SMILE), (14.0, SOMEBODY), (12.0, NOBODY)]
    phases, effects = _played(script)
    assert phases == ["attract", "live", "countdown", "photo", "live", "farewell", "attract"]
    assert effects == ["welcome", "shoot", "forget", "part"]


def test_who_never_stops_smiling_gets_one_picture() -> None:
    _, effects = _played([(120.0, SMILE)])
    assert effects.count("shoot") == 1


def test_a_new_smile_after_a_rest_gets_another_picture() -> None:
    _, effects = _played([(20.0, SMILE), (T.rest, SOMEBODY), (10.0, SMILE)])
    assert effects.count("shoot") == 2


def test_who_comes_during_the_farewell_is_somebody_new() -> None:
    phases, effects = _played([(3.0, SOMEBODY), (T.leave + 0.5, NOBODY), (3.0, SOMEBODY)])
    assert phases == ["attract", "live", "farewell", "attract", "live"]
    assert effects == ["welcome", "part", "welcome"]


def test_how_much_of_a_smile_there_is() -> None:
    state = at("live", smile=100.0)
    assert state.smiled(100.0 + T.smile / 2, T) == pytest.approx(0.5)
    assert state.smiled(200.0, T) == 1
    assert at("live").smiled(200.0, T) == 0
    assert at("countdown").left(101.0, T.countdown) == pytest.approx(T.countdown - 1)
