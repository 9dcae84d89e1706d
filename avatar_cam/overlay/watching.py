"""What changes from frame to frame, as events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.files import legible
from avatar_cam.overlay.messages import EventMessage
from avatar_cam.types import Composite

#: Decimals of seconds, as in a trace.
_SECONDS = 6

_Kind = Literal["face", "emotion", "character", "gone"]


@dataclass(frozen=True, slots=True)
class _Shown:
    emotion: Emotion | None
    character: str | None


class Watcher:
    """Compares each frame with the one that it saw before."""

    def __init__(self) -> None:
        self._frame, self._time = 0, 0.0
        self._shown: dict[int, _Shown] = {}

    def look(self, composite: Composite) -> list[EventMessage]:
        """What is not as it was in the last frame."""
        self._frame, self._time = composite.frame.index, composite.frame.time
        before, self._shown = self._shown, _shown(composite)
        gone = [self._event("gone", who, shown) for who, shown in before.items() if who not in self._shown]
        changed = [event for who in self._shown for event in self._changes(who, before.get(who))]
        return gone + changed

    def present(self) -> list[EventMessage]:
        """Everybody who was in the last frame."""
        return [self._event("face", who, shown) for who, shown in self._shown.items()]

    def _changes(self, who: int, before: _Shown | None) -> Iterator[EventMessage]:
        shown = self._shown[who]
        if before is None:
            yield self._event("face", who, shown)
            return
        if shown.emotion != before.emotion:
            yield self._event("emotion", who, shown, before.emotion)
        if shown.character != before.character:
            yield self._event("character", who, shown)

    def _event(self, kind: _Kind, who: int, shown: _Shown, previous: Emotion | None = None) -> EventMessage:
        return EventMessage(
            event=kind,
            frame=self._frame,
            time=round(self._time, _SECONDS),
            face=who,
            emotion=shown.emotion,
            previous=previous,
            character=shown.character,
        )


def _shown(composite: Composite) -> dict[int, _Shown]:
    choices = {face.id: composite.choices.get(face.id) for face in composite.faces}
    return {
        who: _Shown(choice.emotion, legible(choice.character)) if choice else _Shown(None, None)
        for who, choice in choices.items()
    }
