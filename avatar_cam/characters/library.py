"""Where packs are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from avatar_cam.characters.character import Character
from avatar_cam.characters.manifest import MANIFEST
from avatar_cam.errors import PackError

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
    """All packs that could be loaded, by id (the folder's name), and a line for each that could not."""

    characters: dict[str, Character]
    faults: tuple[str, ...]

    @classmethod
    def open(cls, extra: Path | None = None) -> Library:
        """Packs that ship, the user's, and those in `extra`; a later one takes the place of its namesake.

        `extra` may also be a pack itself. PackError when it does not exist.
        """
        if extra is not None and not extra.is_dir():
            raise PackError(f"{extra}: no such folder of characters; give one that holds packs, or a pack")
        folders = [installed_folder(), user_folder(), *([extra] if extra else [])]
        characters: dict[str, Character] = {}
        faults: list[str] = []
        for pack in _packs(folders):
            try:
                characters[pack.name] = Character.load(pack)
            except PackError as error:
                faults.append(str(error))
        return cls(characters, tuple(faults))

    def get(self, name: str) -> Character:
        """The character of that id; PackError says which there are."""
        if name in self.characters:
            return self.characters[name]
        broken = [fault for fault in self.faults if f"/{name}/" in fault.replace("\\", "/")]
        if broken:
            raise PackError(broken[0])
        known = ", ".join(sorted(self.characters)) or "none at all"
        raise PackError(f"no character is called {name!r}; there are: {known}")


def _packs(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        if (folder / MANIFEST).is_file():
            yield folder.resolve()
        elif folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if (path / MANIFEST).is_file())
