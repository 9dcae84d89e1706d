"""Where packs are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from avatar_cam.characters.character import Character
from avatar_cam.characters.manifest import MANIFEST
from avatar_cam.errors import PackError, UsageError
from avatar_cam.files import is_folder

_PACKAGE = Path(__file__).parents[1]


def installed_folder() -> Path:
    """The packs that ship: inside the package in a wheel, beside it in a checkout."""
    inside = _PACKAGE / "assets" / "characters"
    return inside if inside.is_dir() else _PACKAGE.parent / "assets" / "characters"


def user_folder() -> Path:
    """The user's own packs."""
    return platformdirs.user_data_path("avatar-cam", appauthor=False) / "characters"


@dataclass(frozen=True, slots=True)
class Library:
    """All packs that could be loaded, by id (the folder's name), and what is wrong with the others."""

    characters: dict[str, Character]
    faults: dict[str, str]

    @classmethod
    def open(cls, extra: Path | None = None) -> Library:
        """Packs in `extra`, the user's, and those that ship, in this order.

        An earlier one hides its namesakes. `extra` may also be a pack itself. UsageError without it.
        """
        if extra is not None and not is_folder(extra):
            raise UsageError(f"{extra}: no such folder of characters; give one that holds packs, or a pack")
        folders = [*([extra] if extra else []), user_folder(), installed_folder()]
        characters: dict[str, Character] = {}
        faults: dict[str, str] = {}
        for pack in _packs(folders):
            if pack.name in characters:
                continue
            try:
                characters[pack.name] = Character.load(pack)
            except PackError as error:
                faults[pack.name] = str(error)
            except OSError as error:
                faults[pack.name] = f"{pack}: cannot be read: {error.strerror}"
        return cls(characters, faults)

    def leave_out(self, name: str, fault: str) -> None:
        """A pack that turned out to be broken when its pictures were decoded."""
        self.characters.pop(name, None)
        self.faults[name] = fault

    def get(self, name: str) -> Character:
        """The character of that id, in capitals or not.

        Raises UsageError, which says which there are, and PackError for one that is broken.
        """
        found = next((known for known in self.characters if known.casefold() == name.casefold()), None)
        if found is not None:
            return self.characters[found]
        if name in self.faults:
            raise PackError(self.faults[name])
        known = ", ".join(sorted(self.characters)) or "none at all"
        raise UsageError(f"no character is called {name!r}; there are: {known}")


def _packs(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        if _has_manifest(folder):
            yield folder.resolve()
        elif is_folder(folder):
            yield from sorted(path for path in folder.iterdir() if _has_manifest(path))


def _has_manifest(folder: Path) -> bool:
    try:
        return (folder / MANIFEST).is_file()
    except PermissionError:
        return True  # somebody's pack, which will be said to be unreadable
    except OSError:
        return False
