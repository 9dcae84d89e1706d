"""Has a pack been changed? Told by its files' times and sizes."""

from __future__ import annotations

import os
from pathlib import Path

#: Name, time of the last change (ns) and size of each file that a pack may be made of.
Stamp = tuple[tuple[str, int, int], ...]

_SUFFIXES = (".png", ".toml")
#: How deep folders in a pack are looked into, and how many entries at most: packs come from strangers.
_DEPTH, _MOST = 3, 3000


def stamp_of(folder: Path) -> Stamp:
    """Of the manifest and the pictures in `folder`; what cannot be seen is left out."""
    files: list[tuple[str, int, int]] = []
    left = _MOST
    folders = [(folder, 0)]
    while folders and left > 0:
        place, depth = folders.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    left -= 1
                    if left <= 0:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        folders += [(Path(entry.path), depth + 1)] if depth < _DEPTH else []
                    elif entry.name.lower().endswith(_SUFFIXES):
                        about = entry.stat()
                        name = os.path.relpath(entry.path, folder)
                        files.append((name, about.st_mtime_ns, about.st_size))
        except OSError:
            continue
    return tuple(sorted(files))
