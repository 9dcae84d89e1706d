"""Opens a data set of any kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from avatar_cam.errors import SourceError
from training.datasets.aihub import AiHub
from training.datasets.aihub_names import acted_emotion
from training.datasets.base import DataSet
from training.datasets.fer2013_csv import Fer2013Csv
from training.datasets.ferplus import VOTE_TABLE, FerPlus
from training.datasets.folders import ClassFolders
from training.datasets.tree import PICTURES, Tree, is_folder

Kind: TypeAlias = Literal["aihub", "fer2013", "ferplus", "folders"]

KINDS: tuple[Kind, ...] = get_args(Kind)


_OPEN: dict[Kind, Callable[[Path], DataSet]] = {
    "aihub": AiHub.at,
    "fer2013": Fer2013Csv.at,
    "ferplus": FerPlus.at,
    "folders": ClassFolders.at,
}


def open_data_set(kind: Kind | Literal["auto"], path: Path) -> DataSet:
    """The data set at `path`, with the usual choices; "auto" looks what kind it is.

    Raises SourceError where there is no data set of that kind.
    """
    return _OPEN[kind_of(path) if kind == "auto" else kind](path)


def kind_of(path: Path) -> Kind:
    """What kind of data set lies there, told by its files' names. Raises SourceError where it is none."""
    if not is_folder(path) and path.suffix.casefold() == ".csv":
        return "fer2013"
    suffixes = set()
    for leaf in Tree.at(path).leaves():
        if leaf.name == VOTE_TABLE:
            return "ferplus"
        if leaf.suffix in PICTURES and acted_emotion(leaf.name):
            return "aihub"
        suffixes.add(leaf.suffix)
    if suffixes & PICTURES:
        return "folders"
    if ".json" in suffixes:
        return "aihub"
    if ".csv" in suffixes:
        return "fer2013"
    raise SourceError(
        f"{path} holds no data set: neither pictures, nor label files (.json), nor a table (.csv); "
        "archives other than .zip must be unpacked first"
    )
