"""`avatar-cam characters new`: a pack to begin with."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from avatar_cam.characters.library import installed_folder, user_folder
from avatar_cam.characters.manifest import MANIFEST
from avatar_cam.console import say
from avatar_cam.errors import UsageError
from avatar_cam.files import explaining

#: A character that works: its drawing, the pictures that scripts/make_starter.py makes of it, a manifest.
STARTER = Path(__file__).parents[1] / "characters" / "starter"
#: What a pack may be called: what every system takes for a folder, and a command line for a word.
_NAME = re.compile(r"[^\W_][\w-]{0,39}")
#: What Windows takes for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)", re.IGNORECASE)


def run_new(name: str, folder: Path | None) -> None:
    """Write the starter pack as `name` into `folder`, or among the user's own packs.

    Raises UsageError for a name that cannot be used, or is taken, and SinkError when it cannot be written.
    """
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise UsageError(f"a pack cannot be called {name!r}; use letters, digits, - and _, 40 at most")
    if name.casefold() == "auto":
        raise UsageError("a pack cannot be called auto: --character auto means another one for each person")
    place = folder if folder is not None else user_folder()
    pack = place / name
    if pack.exists() or pack.is_symlink():
        raise UsageError(f"{pack}: is there already; choose another name, or another --dir")
    write_starter(pack)
    say(f"{pack} is a pack that works: draw over its pictures, and change {MANIFEST}")
    if name.casefold() in (shipped.name.casefold() for shipped in installed_folder().glob("*")):
        say("there is a built-in character of that name: yours is worn instead of it")
    option = f" --character-dir {place}" if folder is not None else ""
    say(f"wear it:   avatar-cam run --character {name}{option}")
    say(f"look at it: avatar-cam characters show {name}{option}")
    say(f"check it:  avatar-cam characters check {pack}")


def write_starter(pack: Path) -> None:
    """The starter pack in the folder `pack`, which appears whole or not at all. Raises SinkError."""
    with explaining(pack):
        pack.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".avatar-cam-", dir=pack.parent))
        try:
            # The files' own permissions may be an installer's.
            shutil.copytree(STARTER, beside, dirs_exist_ok=True, copy_function=shutil.copyfile)
            manifest = (STARTER / MANIFEST).read_text("utf-8")
            named = manifest.replace('name = "Starter"', f'name = "{_title(pack.name)}"')
            (beside / MANIFEST).write_text(named, encoding="utf-8")
            beside.chmod(0o755)
            beside.rename(pack)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _title(name: str) -> str:
    """The name of a pack as people read it: "my-fox" is My fox."""
    words = name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
