"""What the program tells of its own doings: nothing, until it is asked to.

Modules log by `logging.getLogger(__name__)`. INFO is for what somebody wants to know afterwards: what was
opened, how long the start took, what was healed; WARNING for what went wrong and was borne. No pictures, no
readings and no names of people go into a log.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic

import platformdirs

from avatar_cam.files import explaining

#: The logger that all of ours hang on; libraries have their own, which nobody here listens to.
OURS = logging.getLogger("avatar_cam")
#: Five files of 1 MB at most, the newest without a number.
_BYTES, _OLDER = 1_000_000, 4

#: When the program began, or nearly so: `cli` imports this module first of all.
_BEGAN = monotonic()

_terminal: logging.Handler | None = None


def since_start() -> float:
    """Seconds since the program began."""
    return monotonic() - _BEGAN


def hush() -> None:
    """Nothing is logged to the terminal; what libraries log goes nowhere."""
    global _terminal  # noqa: PLW0603  # the terminal is the process's, too
    if _terminal is not None:
        OURS.removeHandler(_terminal)
        _terminal = None
    root = logging.getLogger()
    if not root.handlers:
        # Else Python prints on standard error what nobody listens to.
        root.addHandler(logging.NullHandler())
    OURS.setLevel(logging.INFO)


def log_to_terminal() -> None:
    """From now on what is logged stands on standard error: in colour where that is a terminal."""
    global _terminal  # noqa: PLW0603
    if _terminal is None and sys.stderr is not None:
        _terminal = _handler_for_terminal()
        OURS.addHandler(_terminal)


def _handler_for_terminal() -> logging.Handler:
    from rich.console import Console
    from rich.logging import RichHandler

    console = Console(stderr=True)
    if console.is_terminal:
        return RichHandler(console=console, show_path=False, log_time_format="%H:%M:%S", markup=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    return handler


def log_folder() -> Path:
    """Where log files lie on this system."""
    return platformdirs.user_log_path("avatar-cam", appauthor=False)


@contextmanager
def logged(name: str, folder: Path | None = None) -> Iterator[Path]:
    """What is logged in the block also goes into `NAME.log` in `folder`, default `log_folder()`.

    UTF-8; at 1 MB the file becomes `NAME.log.1`, and so on up to `.4`; what is older is deleted. Gives the
    file. Raises SinkError when it cannot be written at the start; a disk that is full later loses lines, and
    nothing else.
    """
    folder = folder or log_folder()
    path = folder / f"{name}.log"
    with explaining(path):
        folder.mkdir(parents=True, exist_ok=True)
        handler = _File(
            path, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", errors="backslashreplace"
        )
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
    OURS.addHandler(handler)
    try:
        yield path
    finally:
        OURS.removeHandler(handler)
        handler.close()


class _File(RotatingFileHandler):
    """A log is never a reason to stop, or to write to a screen that nobody sees."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        pass


class _Formatter(logging.Formatter):
    """Without the name of the user, which the home folder's path has in it."""

    def format(self, record: logging.LogRecord) -> str:
        home, text = os.path.expanduser("~"), super().format(record)  # noqa: PTH111  # never raises
        return text.replace(home, "~") if len(home) > 1 else text
