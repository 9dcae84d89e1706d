"""pydantic's list of faults as one clear line, with the line number where there is one."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Place = tuple[int | str, ...]


def first_fault(error: ValidationError, lines: Mapping[Place, int] | None = None) -> str:
    """The first fault as "line 3: layers 2: depth: …"; `lines` maps a key's path to its line."""
    fault = error.errors(include_url=False)[0]
    place: Place = tuple(part for part in fault["loc"] if part != "[key]")
    where = ": ".join(f"{part + 1}" if isinstance(part, int) else part for part in place)
    line = _line_of(place, lines or {})
    more = error.error_count() - 1
    parts = [f"line {line}" if line else "", where, _say(fault)]
    rest = f" (and {more} more)" if more else ""
    return ": ".join(part for part in parts if part) + rest


def _line_of(place: Place, lines: Mapping[Place, int]) -> int | None:
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


#: Our words where pydantic's are not plain; its limits are filled in.
_WORDS = {
    "extra_forbidden": "is not a known key",
    "unexpected_keyword_argument": "is not a known key",
    "missing": "is missing",
    "dict_type": "must be a table",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "too_short": "needs at least {min_length}, and has {actual_length}",
    "too_long": "may have {max_length} at most",
}


def _say(fault: ErrorDetails) -> str:
    if words := _WORDS.get(fault["type"]):
        return words.format(**fault.get("ctx", {}))
    return fault["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
