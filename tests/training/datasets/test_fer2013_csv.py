"""FER2013 as one table."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.errors import SourceError
from tests.training.datasets.listed import listed, refused
from tests.training.made_data import write_fer2013_csv
from training.datasets.base import DataSet
from training.datasets.fer2013_csv import Fer2013Csv
from training.labels import FER2013


def _rewrite(path: Path, change: Callable[[str], str]) -> Path:
    path.write_bytes(change(path.read_bytes().decode()).encode())
    return path


def _pixels(path: Path, row: int) -> list[int]:
    return [int(number) for number in path.read_text("utf-8").splitlines()[row + 1].split(",")[1].split()]


def test_every_row_is_a_face(tmp_path: Path) -> None:
    path = write_fer2013_csv(tmp_path / "fer2013.csv", 8)
    data: DataSet = pickle.loads(pickle.dumps(Fer2013Csv.at(path)))
    examples, left_out = listed(data)
    assert not left_out
    assert list(examples) == [f"fer{row:07}" for row in range(8)]
    splits = ["train", "valid", "test"] * 3
    for row, (key, example) in enumerate(examples.items()):
        assert (example.file, example.person, example.split) == ("fer2013.csv", key, splits[row])
        assert example.labels["fer2013"].index(1.0) == row % 7
        assert sum(example.labels["fer2013"]) == 1
        picture = cv2.imdecode(np.frombuffer(data.read(example), np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(picture, np.array(_pixels(path, row), np.uint8).reshape(48, 48))
    assert data.schemes == (FER2013,)
    assert data.framing == "face"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.rstrip(),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("emotion,pixels,Usage", "emotion, pixels, Usage"),
        lambda text: text.replace("\r\n", "\r\n\r\n"),
        lambda text: "\n".join(
            ",".join((cells[0], f'"{cells[1]}"', cells[2])) if row else line
            for row, line in enumerate(text.splitlines())
            for cells in [line.split(",")]
        ),
    ],
    ids=["as written", "LF", "no last line end", "BOM", "spaces in the header", "empty lines", "quotes"],
)
def test_tables_are_written_in_many_ways(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = write_fer2013_csv(tmp_path / "fer2013.csv")
    expected = [bytes(_pixels(path, row)) for row in range(6)]
    data = Fer2013Csv.at(_rewrite(path, change))
    examples, _ = listed(data)
    assert [data.read(example)[-48 * 48 :] for example in examples.values()] == expected
    assert [example.split for example in examples.values()] == ["train", "valid", "test"] * 2


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    """As in Kaggle's icml_face_data.csv."""
    one = Fer2013Csv.at(write_fer2013_csv(tmp_path / "1.csv"))
    other = Fer2013Csv.at(write_fer2013_csv(tmp_path / "2.csv", columns=("emotion", " Usage", " pixels")))
    for first, second in zip(*(listed(data)[0].values() for data in (one, other)), strict=True):
        assert (first.key, first.split, first.labels) == (second.key, second.split, second.labels)
        assert one.read(first) == other.read(second)


def test_the_fitting_table_of_a_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "example_submission.csv").write_text("id,emotion\n1,2\n")
    write_fer2013_csv(tmp_path / "in" / "icml_face_data.csv")
    data = Fer2013Csv.at(tmp_path)
    assert data.path == tmp_path / "in" / "icml_face_data.csv"
    assert len(listed(data)[0]) == 6


def _with_cell(path: Path, row: int, column: int, value: str) -> Path:
    lines = path.read_text("utf-8").splitlines()
    cells = lines[row + 1].split(",")
    cells[column] = value
    lines[row + 1] = ",".join(cells)
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, "7", "an emotion that is no number from 0 to 6"),
        (0, "-1", "an emotion that is no number from 0 to 6"),
        (0, "happy", "an emotion that is no number from 0 to 6"),
        (1, "1 2 3", "not 2304 pixels"),
        (1, "", "not 2304 pixels"),
        (2, "Trainin", "a usage that is none of FER2013's"),
        (2, "Training,more", "a row with too few or too many columns"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out(tmp_path: Path, column: int, value: str, reason: str) -> None:
    path = _with_cell(write_fer2013_csv(tmp_path / "fer2013.csv"), 2, column, value)
    examples, left_out = listed(Fer2013Csv.at(path))
    assert left_out == {"fer0000002": reason}
    assert len(examples) == 5


@pytest.mark.parametrize("pixel", ["256", "-1", "x", "1.5", "9" * 40])
def test_a_pixel_that_is_none(tmp_path: Path, pixel: str) -> None:
    """Pixels are looked at when the face is read, not when it is listed."""
    path = write_fer2013_csv(tmp_path / "fer2013.csv")
    data = Fer2013Csv.at(_with_cell(path, 1, 1, " ".join([pixel] * 48 * 48)))
    example = listed(data)[0]["fer0000001"]
    with pytest.raises(SourceError, match="pixels of fer0000001 are not 2304 numbers from 0 to 255"):
        data.read(example)


def test_a_table_that_changed_since(tmp_path: Path) -> None:
    data = Fer2013Csv.at(write_fer2013_csv(tmp_path / "fer2013.csv"))
    examples, _ = listed(data)
    write_fer2013_csv(tmp_path / "fer2013.csv", 1)
    with pytest.raises(SourceError, match=r"shorter than when it was listed: fer0000005 is gone"):
        data.read(examples["fer0000005"])
    (tmp_path / "fer2013.csv").unlink()
    with pytest.raises(SourceError, match=r"fer2013\.csv cannot be read: No such file"):
        data.read(examples["fer0000005"])


def _write(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def _several(folder: Path) -> Path:
    write_fer2013_csv(folder / "a.csv")
    write_fer2013_csv(folder / "b.csv")
    return folder


BROKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "wrong columns": (
        lambda folder: write_fer2013_csv(folder / "x.csv", columns=("emotion", "pixel", "Usage")),
        "x.csv has no column 'pixels': its first line must name emotion, pixels, Usage",
    ),
    "no header": (
        lambda folder: _rewrite(write_fer2013_csv(folder / "x.csv"), lambda text: text.partition("\n")[2]),
        "x.csv has no column 'emotion'",
    ),
    "a header only": (_write("x.csv", b"emotion,pixels,Usage\n"), "x.csv holds no pictures"),
    "no row of use": (
        _write("x.csv", b"emotion,pixels,Usage\n1,2 3,Training\n"),
        "x.csv: of 1 pictures none can be used, most often: not 2304 pixels",
    ),
    "empty": (_write("x.csv", b""), "x.csv is empty: download it again"),
    "Git LFS": (_write("x.csv", b"version https://git-lfs.github.com/spec/v1\n"), "run git lfs pull"),
    "a web page": (_write("x.csv", b"<html>Log in</html>"), "is a web page"),
    "something else": (_write("x.csv", b"\x00\xff" * 5000), "x.csv has no column 'emotion'"),
    "several": (_several, "holds several tables (a.csv, b.csv): give the one with emotion, pixels, Usage"),
    "none": (lambda folder: folder, "holds no .csv: give fer2013.csv, unpacked"),
    "absent": (lambda folder: folder / "x.csv", "x.csv does not exist"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_table_is_one_clear_line(tmp_path: Path, case: str) -> None:
    make, message = BROKEN[case]
    refused(make(tmp_path), message, kind="fer2013")
