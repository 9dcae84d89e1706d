"""What Linux knows about a camera that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def holders(device: str, proc: Path = _PROC) -> dict[int, str]:
    """The programs that have the device open, by process id; those of other users cannot be seen."""
    real = os.path.realpath(device)
    return {
        int(process.name): _name(process)
        for process in proc.iterdir()
        if process.name.isdecimal() and _has_open(process, real)
    }


def _has_open(process: Path, device: str) -> bool:
    try:
        return any(str(link.readlink()) == device for link in (process / "fd").iterdir())
    except OSError:  # another user's, or it has just ended
        return False


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return "another program"
