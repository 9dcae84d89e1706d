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
    if sys.stderr is not None:  # else print would take standard output
        print(f"avatar-cam: {line}", file=sys.stderr)


def put(content: bytes) -> None:
    """Bytes on standard output, for programs, whatever the console's encoding is."""
    if sys.stdout is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def progress_console() -> Console:
    """Where progress bars are drawn."""
    return Console(stderr=True, quiet=talk.quiet)
