"""The library of packs, as the commands open it."""

from __future__ import annotations

from pathlib import Path

from avatar_cam.characters.library import Library, has_packs
from avatar_cam.characters.manifest import MANIFEST
from avatar_cam.console import complain


def open_library(character_dir: Path | None) -> Library:
    """All packs, those of `character_dir` first; a line is said where there is none in it.

    UsageError without that folder.
    """
    library = Library.open(character_dir)
    if character_dir is not None and not has_packs(character_dir):
        complain(
            f"{character_dir}: there is no character in it; one is a folder with a {MANIFEST}, or with "
            "pictures named by emotion, such as neutrality.png"
        )
    return library
