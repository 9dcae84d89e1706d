"""Words for what a user can ask for: `character bear`, `overlay off`, `snapshot`."""

from __future__ import annotations

from typing import get_args

from avatar_cam.controls import (
    ACTIONS,
    CHARACTERS,
    Action,
    Hold,
    Switch,
    Switchable,
    Wear,
    Wish,
    action_named,
)
from avatar_cam.emotions.vocabulary import EMOTIONS, emotion_named
from avatar_cam.errors import UsageError

_SWITCHABLE: tuple[Switchable, ...] = get_args(Switchable)
#: Lets go of an emotion that is held; also what is switched.
OFF, ON = "off", "on"


def wish_of(do: str, value: str | None = None) -> Wish:
    """The wish that these words stand for; UsageError, with one line, when they stand for none."""
    if do == "character":
        return _worn(value)
    if do == "hold" and value is not None:
        return _held(value)
    action = _action(do)
    if value is None:
        return action
    switch = next((switch for switch in _SWITCHABLE if switch == action), None)
    if switch is None:
        raise UsageError(f"{do} takes no value, and was given {value!r}")
    if value not in (ON, OFF):
        raise UsageError(f"{do} takes {ON}, {OFF} or nothing, not {value!r}")
    return Switch(switch, value == ON)


def _worn(value: str | None) -> Wish:
    if not value:
        raise UsageError("character needs a name; avatar-cam characters list shows which there are")
    return Wear(value)


def _held(value: str) -> Wish:
    if value == OFF:
        return Hold(None)
    named = emotion_named(value)
    emotion = next((emotion for emotion in EMOTIONS if emotion == named), None)
    if emotion is None:
        raise UsageError(f"hold takes an emotion, {OFF} or nothing, not {value!r}: {', '.join(EMOTIONS)}")
    return Hold(emotion)


def _action(do: str) -> Action:
    try:
        return action_named(do)
    except ValueError as error:
        others = ", ".join(ACTIONS[len(CHARACTERS) :])
        raise UsageError(
            f"there is no command {do!r}; there are character, {CHARACTERS[0]} to {CHARACTERS[-1]}, {others}"
        ) from error
