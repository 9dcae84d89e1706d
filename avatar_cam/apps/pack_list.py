"""`avatar-cam characters list`: the packs that there are."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from avatar_cam.apps.opening import open_library
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import where
from avatar_cam.console import complain
from avatar_cam.emotions.vocabulary import EMOTIONS


def run_list(character_dir: Path | None) -> None:
    """Print a table of all packs, where they lie, and a line for each that is broken.

    UsageError without that folder.
    """
    library = open_library(character_dir)
    heads = "name", "title", "covers", "emotions", "author", "licence", "whose"
    # Without lines between them those that ship fit into 80 letters.
    table = Table(*(Column(head, overflow="fold") for head in heads), box=None, pad_edge=False)
    for name, character in sorted(library.characters.items()):
        manifest = character.manifest
        cells = [
            name,
            manifest.name,
            manifest.covers,
            _emotions(character),
            manifest.author,
            manifest.licence,
        ]
        _add(table, *cells, where(character.folder))
    broken = {pack.name: pack for pack in library.stamps if pack.name not in library.characters}
    for name, pack in broken.items():
        _add(table, name, "broken", "", "", "", "", where(pack))
    Console().print(table)
    for place in dict.fromkeys(pack.parent for pack in library.stamps):
        pack = next(pack for pack in library.stamps if pack.parent == place)
        print(f"{where(pack)}: {place}")
    for fault in library.faults.values():
        complain(f"left out: {fault}")


def _add(table: Table, *cells: str) -> None:
    table.add_row(*(escape(cell) for cell in cells))  # brackets in a name are no markup


def _emotions(character: Character) -> str:
    """How many have something of their own, and which when they are few."""
    own = [emotion for emotion in EMOTIONS if character.composition.shown_as(emotion) == emotion]
    return f"all {len(EMOTIONS)}" if len(own) == len(EMOTIONS) else f"{len(own)}: {', '.join(own)}"
