"""What is said to the user beside what a command prints."""

import sys


def say(line: str) -> None:
    """One line on standard error."""
    print(f"avatar-cam: {line}", file=sys.stderr)
