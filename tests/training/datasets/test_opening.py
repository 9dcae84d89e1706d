"""Telling what kind of data set lies there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from avatar_cam.errors import SourceError
from tests.training.datasets.listed import listed
from tests.training.made_data import (
    class_files,
    photos,
    write_aihub,
    write_fer2013_csv,
    write_ferplus,
    write_files,
    write_zip,
)
from training.datasets.base import DataSet
from training.datasets.opening import KINDS, Kind, kind_of, open_data_set

MAKERS: dict[str, tuple[Callable[[Path], Path], Kind, int]] = {
    "AI-Hub, zips": (lambda folder: write_aihub(folder, photos()), "aihub", 8),
    "AI-Hub, folders": (lambda folder: write_aihub(folder, photos(), "folders"), "aihub", 8),
    "AI-Hub, English": (lambda folder: write_aihub(folder, photos(), english=True), "aihub", 8),
    "AI-Hub, apart": (lambda folder: write_aihub(folder, photos(), normal="NFD"), "aihub", 8),
    "a table": (lambda folder: write_fer2013_csv(folder / "x.csv"), "fer2013", 6),
    "a table's folder": (lambda folder: write_fer2013_csv(folder / "x.csv").parent, "fer2013", 6),
    "FER+, zip": (write_ferplus, "ferplus", 6),
    "FER+, folders": (lambda folder: write_ferplus(folder, form="folders"), "ferplus", 6),
    "class folders": (lambda folder: write_files(folder, class_files()), "folders", 12),
    "class folders beside JSON": (
        lambda folder: write_files(folder, class_files() | {"info.json": b"{}"}),
        "folders",
        12,
    ),
    "a zip of class folders": (lambda folder: write_zip(folder / "x.zip", class_files()), "folders", 12),
}


@pytest.mark.parametrize("case", MAKERS)
def test_the_kind_is_told_by_the_files(tmp_path: Path, case: str) -> None:
    make, kind, count = MAKERS[case]
    path = make(tmp_path)
    assert kind_of(path) == kind
    data: DataSet = open_data_set("auto", path)
    assert type(data) is type(open_data_set(kind, path))
    examples, _ = listed(data)
    assert len(examples) == count
    for example in examples.values():
        assert set(example.labels) <= {scheme.name for scheme in data.schemes}
        assert data.read(example)


@pytest.mark.parametrize("left_out", ["pictures", "labels"])
def test_half_of_the_aihub_data_is_told_as_such(tmp_path: Path, left_out: str) -> None:
    """So that what is missing can be said."""
    write_aihub(tmp_path, photos(), left_out=left_out)
    assert kind_of(tmp_path) == "aihub"


def test_every_kind_says_that_nothing_is_there(tmp_path: Path) -> None:
    for kind in ("auto", *KINDS):
        with pytest.raises(SourceError, match="nowhere does not exist"):
            open_data_set(kind, tmp_path / "nowhere")


def test_nothing_that_is_known(tmp_path: Path) -> None:
    write_files(tmp_path, {"download.tar": b"", "notes.txt": b""})
    with pytest.raises(SourceError, match=r"holds no data set: .*other than \.zip must be unpacked first"):
        open_data_set("auto", tmp_path)


def test_a_file_that_is_no_data_set(tmp_path: Path) -> None:
    write_files(tmp_path, {"x.tar": b""})
    with pytest.raises(SourceError, match=r"x\.tar is a file: give the folder"):
        open_data_set("auto", tmp_path / "x.tar")
