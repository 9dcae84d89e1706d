"""The config file that `avatar-cam config init` writes: every setting, commented, made from `Settings`."""

from __future__ import annotations

import json
import secrets
import string
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from avatar_cam.settings import Settings

_WIDTH = 100

_HEAD = """\
# The settings of avatar-cam. It reads this file at every start: `avatar-cam config path` says where it
# has to lie, `avatar-cam config show` what is in effect.

# A line with # and no space behind it is a setting as it is anyway, or an example where it says so:
# take the # away and change the value. Options on the command line count more than this file. Relative
# paths start at this file's folder. What belongs to one call alone, such as --output, has no place here.
"""

#: Which commands have an option, by the mark that its field has; others are named by the mark itself.
_OF = {"": "Of all commands that show characters", "live": "Of the live ones: run, stream, kiosk"}
_FILE_ONLY = "Only in this file"


def fresh(example: str) -> str:
    """Not the secret of the documents: as many digits, or letters that nobody guesses."""
    if example.isdecimal():
        return "".join(secrets.choice(string.digits) for _ in example)
    return secrets.token_urlsafe(18)


def config_text(secret: Callable[[str], str] = fresh) -> str:
    """The whole file. `secret` makes what stands there for a password, of its example."""
    values = Settings().model_dump(mode="json", by_alias=True)
    parts: dict[str, list[str]] = {}
    tables = []
    for field in Settings.model_fields.values():
        default = values[str(field.alias)]
        if isinstance(default, dict):
            tables.append(_table(field, default))
        else:
            parts.setdefault(_section(field), []).append(_setting(field, default, secret))
    order = sorted(parts, key=lambda title: title == _FILE_ONLY)
    return "\n".join(
        [_HEAD, *(f"# ──── {title} ────\n\n" + "\n".join(parts[title]) for title in order), *tables]
    )


def toml_value(value: object) -> str:
    """Text, a number, true or false, or a list of them, as TOML, which writes them as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _section(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if not isinstance(extra, dict):
        return _FILE_ONLY
    mark = next((mark for mark, on in extra.items() if on is True), "")
    return _OF.get(mark, f"Of {mark}")


def _setting(field: FieldInfo, default: object, secret: Callable[[str], str]) -> str:
    value = default
    about = [_meaning(field), _may_be(field)]
    if field.examples and (default is None or field.annotation is Path):
        value = field.examples[0] if field.repr else secret(str(field.examples[0]))
        about.append(
            "Not set by default; an example:" if default is None else "Built in by default; an example:"
        )
    return f"{_comment(' '.join(about))}\n#{field.alias} = {toml_value(value)}\n"


def _meaning(field: FieldInfo) -> str:
    """What it is, less what is plain to who reads this file."""
    return str(field.description).replace("; only in the config file", "")


def _may_be(field: FieldInfo) -> str:
    """What there is to choose from, where that can be listed."""
    extra = field.json_schema_extra
    choices = str(extra["metavar"]) if isinstance(extra, dict) else ""
    if field.annotation is bool:
        choices = "true|false"
    return f"({choices.replace('|', ' | ')})" if "|" in choices else ""


def _table(field: FieldInfo, default: Mapping[str, Any]) -> str:
    """A table: its head is no comment, so that each of its lines can be used by itself."""
    content = field.examples[0] if field.examples else default
    lines = (f"#{key} = {toml_value(value)}" for key, value in content.items())
    return "\n".join([_comment(_meaning(field)), f"[{field.alias}]", *lines, ""])


def _comment(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent="# ", subsequent_indent="# ")
