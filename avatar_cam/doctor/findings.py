"""Short ways of writing findings."""

from __future__ import annotations

from avatar_cam.formats import Finding

#: What mends a check that takes too long with no device to blame.
TOO_SLOW = "close other programs and try again; if that does not help, this processor is too slow"


def ok(check: str, found: str, **figures: float) -> Finding:
    """All is well."""
    return Finding(check=check, verdict="ok", found=found, figures=figures or None)


def warning(check: str, found: str, mend: str, **figures: float) -> Finding:
    """Something does not work, or not well, that can be done without."""
    return Finding(check=check, verdict="warning", found=found, mend=mend, figures=figures or None)


def fault(check: str, found: str, mend: str, **figures: float) -> Finding:
    """The program does not work like this."""
    return Finding(check=check, verdict="fault", found=found, mend=mend, figures=figures or None)


def parted(message: str) -> tuple[str, str]:
    """An error's message, "what is wrong: what to do", as these two; the latter may be empty."""
    wrong, _, mend = message.partition(": ")
    return wrong, mend
