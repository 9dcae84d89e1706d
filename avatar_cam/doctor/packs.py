"""Characters: those that come with the program, and the user's own."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from avatar_cam.characters.library import Library, has_packs, where
from avatar_cam.doctor.findings import fault, ok, warning
from avatar_cam.errors import PackError, UsageError
from avatar_cam.formats import Finding
from avatar_cam.system import System


def check_packs(system: System, character_dir: Path | None) -> Iterator[Finding]:
    """All packs, their pictures decoded; each broken one with the file and line of what is wrong."""
    try:
        library = Library.open(character_dir)
    except UsageError as error:
        yield fault("packs", str(error), "change --character-dir, or character-dir in the config file")
        library = Library.open()
    else:
        if character_dir is not None and not has_packs(character_dir):
            mend = "put packs into it, or change character-dir in the config file"
            yield warning("packs", f"{character_dir}: there is no character in it", mend)
    faults = dict(library.faults)
    for name, character in library.characters.items():
        try:
            character.warm()
        except PackError as error:
            faults[name] = str(error)
        finally:
            character.cool()
    good = [one for name, one in library.characters.items() if name not in faults]
    count = Counter(where(character.folder) for character in good)
    found = ", ".join(f"{number} {whose}" for whose, number in sorted(count.items()))
    if good:
        yield ok("packs", f"{found}: {', '.join(sorted(one.id for one in good))}", count=len(good))
    else:
        yield fault("packs", "there is no character to wear", system.reinstall(), count=0)
    folders = {folder.name: folder for folder in reversed(library.stamps)}
    for name, wrong in faults.items():
        ours = where(folders[name]) == "installed"
        mend = (
            system.reinstall() if ours else f"avatar-cam characters check {shlex.quote(str(folders[name]))}"
        )
        yield warning(f"pack {name}", f"left out: {wrong}", mend)
