"""pydantic's list of faults as one clear line, with the line number where there is one."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

Place = tuple[int | str, ...]


def first_fault(error: ValidationError, lines: Mapping[Place, int] | None = None) -> str:
    """The first fault as "line 3: layers 2: depth: …"; `lines` maps a key's path to its line."""
    fault = error.errors(include_url=False)[0]
    place: Place = tuple(fault["loc"])
    where = ": ".join(f"{part + 1}" if isinstance(part, int) else part for part in place)
    line = _line_of(place, lines or {})
    more = error.error_count() - 1
    parts = [f"line {line}" if line else "", where, _say(fault["type"], fault["msg"])]
    rest = f" (and {more} more)" if more else ""
    return ": ".join(part for part in parts if part) + rest


def _line_of(place: Place, lines: Mapping[Place, int]) -> int | None:
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


def _say(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is not a known key"
    if kind == "missing":
        return "is missing"
    return message.removeprefix("Value error, ").replace("Input should be", "must be")
