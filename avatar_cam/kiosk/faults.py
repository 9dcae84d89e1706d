"""What goes wrong while nobody looks: each kind is logged once, not with every frame."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from avatar_cam.errors import AvatarCamError

log = logging.getLogger("avatar_cam.kiosk")

#: The same fault is logged again, with how often it came meanwhile, after so many seconds.
AGAIN = 3600.0
#: Kinds that are remembered at most: messages may hold numbers that are never the same.
_MOST = 64


@dataclass(slots=True)
class _Kind:
    logged: float
    since: int = 0


class Faults:
    """Logs the first fault of a kind, and counts the others. Times are seconds of one clock."""

    def __init__(self) -> None:
        #: How many there were.
        self.count = 0
        self._kinds: dict[str, _Kind] = {}

    def note(self, what: str, error: BaseException | str, now: float) -> None:
        """`what` failed with `error` at `now`."""
        self.count += 1
        kind = f"{what} {_place(error)}"
        known = self._kinds.get(kind)
        if known is not None and now - known.logged < AGAIN:
            known.since += 1
            return
        times = (
            f" ({known.since} times since it was logged last)" if known is not None and known.since else ""
        )
        log.warning("%s: %s%s", what, _line(error), times, exc_info=_unmeant(error))
        self._kinds.pop(kind, None)
        self._kinds[kind] = _Kind(now)
        if len(self._kinds) > _MOST:
            del self._kinds[next(iter(self._kinds))]


def _unmeant(error: BaseException | str) -> BaseException | None:
    """An error that nobody meant to raise, whose traceback tells where it came from."""
    return None if isinstance(error, str | AvatarCamError) else error


def _place(error: BaseException | str) -> str:
    """What makes two faults the same: type and where it was raised, or the words."""
    if isinstance(error, str):
        return error
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {where}"


def _line(error: BaseException | str) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, str) else f"{type(error).__name__}: {text}"
