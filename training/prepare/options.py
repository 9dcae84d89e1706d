"""The command line of `python -m training.prepare`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import get_args

from avatar_cam.errors import UsageError
from training.datasets.aihub import AiHub, Disagreement
from training.datasets.base import DataSet, Framing
from training.datasets.folders import ClassFolders
from training.datasets.opening import KINDS, kind_of, open_data_set
from training.prepare.settings import LOSSLESS, Detector, Quality, Settings

_DESCRIPTION = """\
Cuts the faces out of a data set and writes them, small, with soft labels. Zips are read in place. It can be
stopped at any moment: the same command goes on from there."""

#: Side of the stored crop, px: of FER2013's pictures, and twice that where photographs have more to give.
_SIZE: dict[Framing, int] = {"face": 48, "scene": 96}
_READING = "what one kind of data set offers to choose"


def make_parser() -> argparse.ArgumentParser:
    """All options."""
    parser = argparse.ArgumentParser(prog="python -m training.prepare", description=_DESCRIPTION)
    add = parser.add_argument
    add("--data", type=Path, required=True, metavar="PATH", help="the data set: a folder, a zip or a .csv")
    add("--out", type=Path, required=True, metavar="FOLDER", help="a new folder, or one to go on with")
    add("--kind", choices=("auto", *KINDS), default="auto", help="default: auto, told by the files")
    add(
        "--detector",
        choices=get_args(Detector),
        default="mediapipe",
        help="what finds the face: FaceMesh, so that crops are cut as at run time (default), the annotators' "
        "boxes, which is quicker, or OpenCV's cascade",
    )
    add("--size", type=int, metavar="PX", help="side of the crops; default: 96, 48 where pictures are faces")
    add(
        "--quality",
        type=_quality,
        default=40,
        help=f'of the crops\' JPEG compression, 1 to 100, or "{LOSSLESS}", which is right for FER2013 '
        "(default: 40)",
    )
    add(
        "--shares",
        type=_shares,
        default=(0.8, 0.1, 0.1),
        metavar="TRAIN,VALID,TEST",
        help="of the persons, where the data set has no split of its own (default: 0.8,0.1,0.1)",
    )
    add("--seed", type=int, default=0, help="draws that split (default: 0)")
    add("--shards", type=int, help="number of files; default: one for every 4,096 pictures")
    add("--restart", action="store_true", help="throw away what is in FOLDER and begin anew")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, default=_cores(), help="processes (default: one a core)")
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="let a Dask scheduler's workers do it: tcp://HOST:8786"
    )
    reading = parser.add_argument_group(_READING).add_argument
    reading(
        "--disagreement",
        choices=get_args(Disagreement),
        help="aihub: a picture on which no two annotators agree (default: drop)",
    )
    reading("--official-split", action="store_true", help="aihub: Training and Validation, not drawn anew")
    reading("--framing", choices=get_args(Framing), help="folders: faces or photographs (default: face)")
    reading("--person", metavar="REGEX", help="folders: its group finds a picture's person in the file name")
    return parser


def open_data(options: argparse.Namespace) -> tuple[DataSet, tuple[tuple[str, str], ...]]:
    """The data set, and how it is read, for the settings. Raises SourceError and UsageError."""
    # Workers elsewhere have another current folder.
    path = Path(os.path.abspath(options.data))
    kind = kind_of(path) if options.kind == "auto" else options.kind
    _refuse_idle(options, kind)
    match kind:
        case "aihub":
            disagreement: Disagreement = options.disagreement or "drop"
            chosen = {"disagreement": disagreement, "official split": str(options.official_split)}
            data: DataSet = AiHub.at(path, disagreement, options.official_split)
        case "folders":
            framing: Framing = options.framing or "face"
            person = options.person or ""
            chosen = {"framing": framing, "person": person}
            data = ClassFolders.at(path, framing, person)
        case _:
            chosen = {}
            data = open_data_set(kind, path)
    return data, tuple({"kind": kind, **chosen}.items())


def settings_of(
    options: argparse.Namespace, framing: Framing, reading: tuple[tuple[str, str], ...]
) -> Settings:
    """What the options say. Raises UsageError."""
    size = _SIZE[framing] if options.size is None else options.size
    if not 16 <= size <= 512:
        raise UsageError(f"--size must be 16 to 512, not {size}")
    if options.shards is not None and not 1 <= options.shards <= 99_999:
        raise UsageError(f"--shards must be 1 to 99999, not {options.shards}")
    if options.jobs < 1:
        raise UsageError(f"--jobs must be 1 or more, not {options.jobs}")
    if options.detector == "box" and framing == "face":
        raise UsageError("--detector box needs boxes, and these pictures are faces without any")
    return Settings(
        options.detector, size, options.quality, options.shares, options.seed, options.shards, reading
    )


def _refuse_idle(options: argparse.Namespace, kind: str) -> None:
    """An option that would do nothing is a mistake."""
    kinds = {"disagreement": "aihub", "official_split": "aihub", "framing": "folders", "person": "folders"}
    for name, needed in kinds.items():
        if getattr(options, name) and kind != needed:
            raise UsageError(f"--{name.replace('_', '-')} is for data of kind {needed}, and this is {kind}")


def _quality(text: str) -> Quality:
    if text == LOSSLESS:
        return "lossless"
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f'needs 1 to 100, or "{LOSSLESS}", not {text!r}')
    return int(text)


def _shares(text: str) -> tuple[float, float, float]:
    try:
        train, valid, test = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"needs three numbers, as in 0.8,0.1,0.1, not {text!r}") from None
    if not all(0 <= share < float("inf") for share in (train, valid, test)) or train <= 0:
        raise argparse.ArgumentTypeError(f"needs numbers that are not negative, the first above 0: {text!r}")
    return train, valid, test


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
