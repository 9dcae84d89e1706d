"""How many came each day: numbers in a small file, without pictures."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from avatar_cam.files import explaining, replacing
from avatar_cam.kiosk.faults import log

#: visits: how often somebody came, alone or with others; photos: pictures taken; faults: what went wrong.
What = Literal["visits", "photos", "faults"]
WHATS: tuple[What, ...] = get_args(What)
#: Days that are kept, and seconds between two writings.
_DAYS, _EVERY = 400, 60.0

Day = dict[What, int]


class Counts:
    """Daily counts in `path`, a JSON file: `{"2026-11-21": {"visits": 3, "photos": 1, "faults": 0}}`.

    What cannot be read is put aside under another name and begun anew. Times are seconds of one clock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._days = _read(path)
        self._changed = False
        self._written: float | None = None

    def add(self, what: What, day: date) -> None:
        """One more of these on that day."""
        counts = self._days.setdefault(day.isoformat(), dict.fromkeys(WHATS, 0))
        counts[what] += 1
        self._changed = True

    def of(self, day: date) -> Day:
        """The counts of a day."""
        return self._days.get(day.isoformat(), dict.fromkeys(WHATS, 0))

    def write_if_due(self, now: float) -> None:
        """Write what has changed, but not more often than once a minute. Raises `SinkError`."""
        if self._changed and (self._written is None or now - self._written >= _EVERY):
            self._written = now
            self.write()

    def write(self) -> None:
        """Write what has changed: the whole file, or nothing. Raises `SinkError`."""
        if not self._changed:
            return
        self._days = dict(sorted(self._days.items())[-_DAYS:])
        text = json.dumps(self._days, indent=1) + "\n"
        with explaining(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as beside:
            beside.write_text(text, encoding="utf-8")
        self._changed = False


def _read(path: Path) -> dict[str, Day]:
    try:
        return _checked(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        _put_aside(path)
        return {}


def _checked(content: object) -> dict[str, Day]:
    """The file's content. Raises ValueError for what this program does not write."""
    if not isinstance(content, dict):
        raise ValueError("not a table of days")
    days: dict[str, Day] = {}
    for day, counts in content.items():
        if not isinstance(counts, dict):
            raise ValueError("not a table of counts")
        days[date.fromisoformat(day).isoformat()] = {what: _whole(counts.get(what, 0)) for what in WHATS}
    return days


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _put_aside(path: Path) -> None:
    with suppress(OSError):  # a place that cannot be written is said when it is written
        path.replace(path.with_suffix(".broken"))
    log.warning("%s could not be read: counting begins anew", path)
