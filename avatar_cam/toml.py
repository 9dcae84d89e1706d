"""Read TOML and remember on which line each key stands, so that a fault can be pointed at."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from avatar_cam.faults import Place

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_ARRAY = re.compile(r"\s*\[\[\s*([^\[\]]+?)\s*\]\]\s*(#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")


class TomlFault(Exception):
    """What is wrong with a TOML file, with the line where it is known."""


def read_toml(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """The content of a file and the line (from 1) of each key's path, such as ("layers", 0, "depth").

    Raises TomlFault for text that is not TOML and OSError for a file that cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text), key_lines(text)
    except UnicodeDecodeError as error:
        raise TomlFault("is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise TomlFault(_placed(str(error))) from error
    except RecursionError as error:
        raise TomlFault("is nested too deeply") from error


def key_lines(text: str) -> dict[Place, int]:
    """The line of each table and key; keys inside inline tables and multi-line strings are not told apart."""
    lines: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if array := _ARRAY.match(line):
            name = array[1]
            counts[name] = counts.get(name, -1) + 1
            table = (*_parts(name), counts[name])
            lines.setdefault(table, number)
        elif header := _TABLE.match(line):
            table = _parts(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def _parts(name: str) -> Place:
    if name[:1] in "\"'":
        return (name[1:-1],)
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _placed(message: str) -> str:
    """tomllib says "… (at line 3, column 5)"; the line comes first here, as in all other messages."""
    found = re.search(r"^(.*) \(at line (\d+), column \d+\)$", message, re.DOTALL)
    return f"line {found[2]}: {found[1]}" if found else message
