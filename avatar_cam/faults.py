"""pydantic's list of faults as one clear line, with the line number where there is one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Place = tuple[int | str, ...]


def first_fault(
    error: ValidationError, lines: Mapping[Place, int] | None = None, known: Collection[str] = ()
) -> str:
    """The first fault as "line 3: layers 2: depth: …"; `lines` maps a key's path to its line.

    `known` are the keys that there are at the top: one of them is offered for a misspelt one.
    """
    first, *others = all_faults(error, lines or {}, known)
    return f"{first} (and {len(others)} more)" if others else first


def all_faults(error: ValidationError, lines: Mapping[Place, int], known: Collection[str] = ()) -> list[str]:
    """Each fault as "line 3: layers 2: depth: …"; for `known` see `first_fault`."""
    return [
        ": ".join(part for part in (placed(fault["loc"], lines), _say(fault, known)) if part)
        for fault in error.errors(include_url=False, include_input=False)
    ]


def placed(place: Place, lines: Mapping[Place, int]) -> str:
    """A key's path as "line 3: layers: 2: depth", as far as these are known."""
    place = tuple(part for part in place if part != "[key]")
    line = _line_of(place, lines)
    where = (str(part + 1) if isinstance(part, int) else part for part in place)
    return ": ".join([f"line {line}"] * (line is not None) + list(where))


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
    "string_type": "must be text, in quotes",
    "string_too_short": "needs {min_length} letters or more",
    "string_pattern_mismatch": "must be like {pattern}",
    "path_type": "must be the name of a file or folder, in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "too_short": "needs at least {min_length}, and has {actual_length}",
    "too_long": "may have {max_length} at most",
}


def _say(fault: ErrorDetails, known: Collection[str]) -> str:
    if words := _WORDS.get(fault["type"]):
        said = words.format(**fault.get("ctx", {}))
        return said + meant(str(fault["loc"][-1]), known) if fault["type"] == "extra_forbidden" else said
    return fault["msg"].removeprefix("Value error, ").replace("Input should be", "must be")


def meant(word: str, known: Collection[str]) -> str:
    """What to say behind an unknown word: which of the words `known` is meant, or nothing."""
    near = get_close_matches(word.lower().replace("_", "-"), known, 1)
    return f"; did you mean {near[0]}?" if near else ""
