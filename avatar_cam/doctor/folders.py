"""Folders that the program writes to, and the room on their disks."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from avatar_cam.doctor.findings import fault, ok, warning
from avatar_cam.formats import Finding
from avatar_cam.system import System

#: Bytes: a recording of 1280x720 takes some 30 MB a minute.
_LITTLE, _NONE = 1_000_000_000, 50_000_000


def check_folders(
    system: System,
    folders: Mapping[str, Path],
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
) -> Iterator[Finding]:
    """`folders`: what is kept there → where. A folder that is not there yet must be one that can be made.

    `free` gives the free bytes of a folder's disk.
    """
    for what, folder in folders.items():
        place = _existing(folder)
        wrong = _unwritable(place)
        check = f"folder for {what}"
        if wrong is not None:
            yield warning(check, f"{folder} cannot be written: {place} {wrong}", _allow(system, place))
            continue
        room = free(place)
        found = f"{folder}, {room / 1e9:.1f} GB free"
        if room < _LITTLE:
            speak = fault if room < _NONE else warning
            yield speak(
                check, found, "free some space, or give another disk with --save-dir", free_mb=room // 10**6
            )
        else:
            yield ok(check, found, free_mb=room // 10**6)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that there is."""
    return next((place for place in (folder, *folder.parents) if os.path.lexists(place)), Path(folder.anchor))


def _unwritable(place: Path) -> str | None:
    if not place.is_dir():
        return "is no folder"
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError as error:
        return f"says: {error.strerror or error}"


def _allow(system: System, place: Path) -> str:
    if system.name == "Windows":
        return f'icacls "{place}" /grant "%USERNAME%:(OI)(CI)M"'
    return f'sudo chown "$USER" {shlex.quote(str(place))}, or give another folder with --save-dir'
