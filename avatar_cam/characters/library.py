"""Where packs are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import platformdirs

from avatar_cam.characters.bare import is_bare_pack
from avatar_cam.characters.character import Character
from avatar_cam.characters.manifest import MANIFEST
from avatar_cam.characters.stamps import Stamp, stamp_of
from avatar_cam.errors import PackError, UsageError
from avatar_cam.faults import meant
from avatar_cam.files import is_folder

_PACKAGE = Path(__file__).parents[1]
#: Of a folder with more in it than this the rest is not looked at.
_MOST_PACKS = 1000


def installed_folder() -> Path:
    """The packs that ship: inside the package in a wheel, beside it in a checkout."""
    inside = _PACKAGE / "assets" / "characters"
    return inside if inside.is_dir() else _PACKAGE.parent / "assets" / "characters"


def user_folder() -> Path:
    """The user's own packs."""
    return platformdirs.user_data_path("avatar-cam", appauthor=False) / "characters"


@dataclass(frozen=True, slots=True)
class Library:
    """All packs that could be loaded, by id (the folder's name), and what is wrong with the others.

    What is in it never changes, since several threads go through it.
    """

    characters: Mapping[str, Character]
    faults: Mapping[str, str]
    #: Where packs are looked for, the first before the others.
    folders: tuple[Path, ...] = ()
    #: Of every pack that was found, broken or not.
    stamps: dict[Path, Stamp] = field(default_factory=dict)

    @classmethod
    def open(cls, extra: Path | None = None) -> Library:
        """Packs in `extra`, the user's, and those that ship, in this order.

        An earlier one hides its namesakes. `extra` may also be a pack itself. UsageError without it.
        """
        if extra is not None and not is_folder(extra):
            raise UsageError(f"{extra}: no such folder of characters; give one that holds packs, or a pack")
        folders = (*([extra] if extra else []), user_folder(), installed_folder())
        return cls({}, {}, folders).renewed()

    def renewed(self, worn: Collection[str] = ()) -> Library:
        """The same places looked at anew.

        A pack whose files are as they were is the same object, decoded as it is. One that is broken now, or
        cannot be decoded though it is `worn`, stays as it was, and stands among the faults too. What is new
        and `worn` is decoded already.
        """
        characters: dict[str, Character] = {}
        faults: dict[str, str] = {}
        stamps: dict[Path, Stamp] = {}
        for pack in _packs(self.folders):
            stamps[pack] = stamp_of(pack)
            if pack.name in characters:
                continue
            old = self.characters.get(pack.name)
            old = old if old is not None and old.folder == pack else None
            if old is not None and old.stamp == stamps[pack]:
                characters[pack.name] = old
                continue
            try:
                characters[pack.name] = _loaded(pack, warm=pack.name in worn)
            except PackError as error:
                faults[pack.name] = str(error)
            except OSError as error:
                faults[pack.name] = f"{pack}: cannot be read: {error.strerror}"
            if old is not None and pack.name in faults:
                characters[pack.name] = old
        return Library(characters, faults, self.folders, stamps)

    def look(self) -> dict[Path, Stamp]:
        """The stamps of all packs as they are now: other than `stamps` when something has changed."""
        return {pack: stamp_of(pack) for pack in _packs(self.folders)}

    def leave_out(self, name: str, fault: str) -> Library:
        """The same without a pack that turned out to be broken when its pictures were decoded."""
        others = {id: character for id, character in self.characters.items() if id != name}
        return replace(self, characters=others, faults={**self.faults, name: fault})

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
        near = meant(name, self.characters)
        there_are = f"{near} There are" if near else "; there are"
        raise UsageError(f"no character is called {name!r}{there_are}: {known}")


def where(folder: Path) -> str:
    """Whose pack that is, in a word."""
    places = {installed_folder(): "installed", user_folder(): "yours"}
    return next(
        (word for place, word in places.items() if folder.resolve().parent == place.resolve()), "given"
    )


def _loaded(pack: Path, *, warm: bool) -> Character:
    character = Character.load(pack)
    if warm:
        character.warm()
    return character


def _packs(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if is_pack(folder):
            yield folder.resolve()
        elif is_folder(folder):
            try:
                inside = list(islice(folder.iterdir(), _MOST_PACKS))
            except OSError:
                yield folder.resolve()  # as if it were a pack: loading it says what is wrong
            else:
                yield from sorted(path for path in inside if is_pack(path))


def has_packs(folder: Path) -> bool:
    """Whether that is a pack, or has one in it, broken or not."""
    return next(_packs([folder]), None) is not None


def is_pack(folder: Path) -> bool:
    """Whether that is a folder with a manifest, or with pictures named by emotion."""
    try:
        # A manifest that is a folder or a pipe is somebody's pack too, and will be told off.
        return is_folder(folder) and ((folder / MANIFEST).exists() or is_bare_pack(folder))
    except PermissionError:
        return True  # somebody's pack, which will be said to be unreadable
    except OSError:
        return False
