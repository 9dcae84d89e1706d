"""The page, and the files that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_PAGE = "overlay.html"


@dataclass(frozen=True, slots=True)
class File:
    """What a browser gets."""

    content: bytes
    type: str


@cache
def site() -> dict[str, File]:
    """Path → file."""
    found = {}
    for entry in files(__package__).joinpath("page").iterdir():
        suffix = "." + entry.name.rpartition(".")[2]
        if suffix in _TYPES:
            path = "/" if entry.name == _PAGE else f"/{entry.name}"
            found[path] = File(entry.read_bytes(), _TYPES[suffix])
    return found


def headers(file: File, host: str) -> dict[str, str]:
    """The headers of a response with `file`; `host` is what the browser calls us, and was checked."""
    return {
        "Content-Type": file.type,
        "Content-Length": str(len(file.content)),
        "Cache-Control": "no-cache",
        # Older browsers do not take 'self' for WebSockets too.
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; "
        f"img-src data:; connect-src 'self' ws://{host}; base-uri 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
