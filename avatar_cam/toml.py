"""Read TOML and remember on which line each key stands, so that a fault can be pointed at."""

from __future__ import annotations

import codecs
import re
import tomllib
from bisect import bisect_left
from pathlib import Path
from typing import Any

from avatar_cam.faults import Place
from avatar_cam.files import read_bounded

# What is between brackets is stripped afterwards: a pattern for that would take for ever on a line of spaces.
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?$")
_ARRAY = re.compile(r"\s*\[\[([^\[\]]+)\]\]\s*(#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")

#: In one line: dots of keys, numbers and names of files, and brackets.
_MOST_DOTS = 100
#: Python refuses to read a longer number (`sys.set_int_max_str_digits`).
_LONG_NUMBER = re.compile(r"[0-9_]{4000}")
#: Bytes.
_LARGEST = 1_000_000


class TomlFault(Exception):
    """What is wrong with a TOML file, with the line where it is known."""


def read_toml(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """The content of a file and the line (from 1) of each key's path, such as ("layers", 0, "depth").

    Raises TomlFault for text that is not TOML and OSError for a file that cannot be read.
    """
    data = read_bounded(path, _LARGEST)
    if data is None:
        raise TomlFault(f"is larger than {_LARGEST // 1_000_000} MB, so it is something else")
    return parse_toml(data)


def parse_toml(data: bytes) -> tuple[dict[str, Any], dict[Place, int]]:
    """What `read_toml` gives, of a file's content."""
    text = _decoded(data)
    _check_depth(text)
    try:
        return tomllib.loads(text), key_lines(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlFault(_placed(str(error), text)) from error
    except RecursionError as error:
        raise TomlFault("is nested too deeply") from error


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        raise TomlFault("is UTF-16, or no text at all; save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TomlFault(f"line {line}: is not UTF-8; save the file as UTF-8") from error


def _lines(text: str) -> list[str]:
    """As `tomllib` counts them: `splitlines` knows more ends of lines."""
    return text.replace("\r\n", "\n").split("\n")


def _check_depth(text: str) -> None:
    """`tomllib` takes time with the square of a key's parts, and calls itself for each level of brackets."""
    for number, line in enumerate(_lines(text), start=1):
        if line.count(".") > _MOST_DOTS or line.count("[") > _MOST_DOTS or line.count("{") > _MOST_DOTS:
            raise TomlFault(f"line {number}: is nested too deeply, or too long; break it")
        if _LONG_NUMBER.search(line):
            raise TomlFault(f"line {number}: has a number with thousands of digits")


def key_lines(text: str) -> dict[Place, int]:
    """The line of each table and key; keys inside inline tables and multi-line strings are not told apart."""
    lines: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(_lines(text), start=1):
        if array := _ARRAY.match(line):
            name = array[1].strip()
            counts[name] = counts.get(name, -1) + 1
            table = (*_parts(name), counts[name])
            lines.setdefault(_parts(name), number)
            lines.setdefault(table, number)
        elif header := _TABLE.match(line):
            table = _parts(header[1].strip())
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def _parts(name: str) -> Place:
    if name[:1] in "\"'":
        return (name[1:-1],)
    return tuple(part.strip().strip("\"'") for part in name.split("."))


#: What `tomllib` says, and what we say: it speaks of grammar, and its reader thinks of a file with settings.
_WORDS = (
    (r"Cannot overwrite a value", "this key stands here for the second time"),
    (r"Cannot declare \('(.*)',\) twice", r"the table [\1] stands here for the second time"),
    (r"Duplicate inline table key '(.*)'", r"the key \1 stands here twice"),
    (r"Invalid value", "is no value: text stands in quotes, numbers, true and false without"),
    (r"Invalid statement|Invalid initial character for a key part", "is neither key = value nor [table]"),
    (r"Expected '=' after a key in a key/value pair", "is neither key = value nor [table]"),
    (r"Expected newline or end of document after a statement", "has something behind its value"),
    (r"Expected '\]+' at the end of an? \w+ declaration", "the table's ] is missing"),
    (
        r"Invalid hex value|Unescaped '\\\\' in a string|Escaped character is not a .*",
        r"has a \\ in double quotes: write it twice, or use single quotes",
    ),
    (
        r"Illegal character '\\n'|Unterminated string|Expected \"'+\"",
        "the text that begins here has no end quote",
    ),
    (r"(Illegal|Found invalid) character .*", "has a character that may not stand there"),
    (r"Unclosed array", "the list that begins here has no ]"),
    (r"Unclosed inline table", "the table that begins here has no }"),
)


def _placed(message: str, text: str) -> str:
    """`tomllib` says "… (at line 3, column 5)"; the line comes first here, as in all other messages."""
    found = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", message, re.DOTALL)
    if found is None:
        return message
    endless = found[2] is None or found[1].startswith("Unclosed")
    line = _unfinished(text) if endless else int(found[2])
    matches = (re.fullmatch(what, found[1]) for what, _ in _WORDS)
    said = (match.expand(ours) for match, (_, ours) in zip(matches, _WORDS, strict=True) if match)
    return f"line {line}: {next(said, found[1])}"


def _unfinished(text: str) -> int:
    """The line where that begins which has no end: the last key before which all can be read."""
    lines, keys = _lines(text), sorted(key_lines(text).values())

    def too_late(line: int) -> bool:
        try:
            tomllib.loads("\n".join(lines[: line - 1]))
        except tomllib.TOMLDecodeError:
            return True
        return False

    return keys[max(bisect_left(keys, True, key=too_late) - 1, 0)] if keys else 1
