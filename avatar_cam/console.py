"""What is said to the user beside what a command prints."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from rich.console import Console


@dataclass(slots=True)
class Talk:
    """How much is said: `quiet` leaves all but errors out, `verbose` adds tracebacks."""

    quiet: bool = False
    verbose: bool = False


#: What `-q` and `-v` of the command line say, for the whole program.
talk = Talk()


def say(line: str) -> None:
    """One line on standard error, left out with `-q`."""
    if not talk.quiet:
        complain(line)


def complain(line: str) -> None:
    """One line on standard error that is never left out: what went wrong."""
    print(f"avatar-cam: {line}", file=sys.stderr)


def progress_console() -> Console:
    """Where progress bars are drawn."""
    return Console(stderr=True, quiet=talk.quiet)
