"""FER2013 with the FER+ votes."""

from __future__ import annotations

import csv
import os
import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.training.datasets.listed import listed, refused
from tests.training.made_data import png, write_ferplus, write_files, write_zip
from training.datasets.base import DataSet
from training.datasets.ferplus import LABEL_TABLE, VOTE_TABLE, FerPlus, shares
from training.labels import FER2013, FERPLUS, majority


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text("utf-8")), "utf-8")


def test_tables_are_joined_by_the_picture_s_name(tmp_path: Path) -> None:
    data: DataSet = pickle.loads(pickle.dumps(FerPlus.at(write_ferplus(tmp_path))))
    examples, left_out = listed(data)
    assert not left_out
    assert set(examples) == {f"fer{i:07}.png" for i in range(6)}
    for i in range(6):
        # The first row of the votes has no picture: by row number, all would be off by one.
        example = examples[f"fer{i:07}.png"]
        assert example.labels["ferplus"].index(1.0) == i
        assert example.labels["fer2013"].index(1.0) == i
        assert example.split == ("train", "valid", "test")[i % 3]
        assert example.person == example.key
        assert data.read(example) == png(i)
    assert data.schemes == (FERPLUS, FER2013)
    assert data.framing == "face"


@pytest.mark.parametrize("labels", [False, True])
def test_zipped_or_unpacked_it_is_the_same(tmp_path: Path, labels: bool) -> None:
    forms = []
    for form in ("zip", "folders"):
        data = FerPlus.at(write_ferplus(tmp_path / form, form=form, labels=labels))
        assert data.schemes == ((FERPLUS, FER2013) if labels else (FERPLUS,))
        forms.append({key: (e.split, e.labels, data.read(e)) for key, e in listed(data)[0].items()})
    assert forms[0] == forms[1]
    assert len(forms[0]) == 6


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((4, 0, 0, 1, 3, 2, 0, 0, 0, 0), {0: 4 / 9, 4: 3 / 9, 5: 2 / 9}),
        ((5, 0, 0, 0, 0, 0, 0, 0, 5, 0), {0: 0.5}),
        ((6, 0, 0, 0, 0, 0, 0, 0, 1, 3), {0: 6 / 9}),
        ((1,) * 10, {}),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0, 10), {}),
    ],
)
def test_single_votes_are_dropped_and_all_ten_columns_count(
    votes: tuple[int, ...], expected: dict[int, float]
) -> None:
    assert shares(votes) == pytest.approx([expected.get(i, 0.0) for i in range(8)])


def test_what_belongs_to_nothing_is_left_out(tmp_path: Path) -> None:
    write_ferplus(tmp_path)
    write_files(tmp_path, {"more/fer0000009.png": png(), "FER2013Train/fer0000000.png": png()})
    _rewrite(tmp_path / VOTE_TABLE, lambda text: text + "Training,fer0000099.png,10,0,0,0,0,0,0,0,0,0\n")
    examples, left_out = listed(FerPlus.at(tmp_path))
    assert left_out == {
        "fer0000009.png": f"a picture of which {VOTE_TABLE} says nothing",
        "fer0000000.png@2": "another picture of the same name",
        "fer0000099.png": "votes without a picture",
    }
    assert len(examples) == 6


def test_a_face_that_has_no_fer2013_label(tmp_path: Path) -> None:
    write_ferplus(tmp_path)
    _rewrite(tmp_path / LABEL_TABLE, lambda text: text.replace("fer0000002", "fer0000077"))
    examples, _ = listed(FerPlus.at(tmp_path))
    assert set(examples["fer0000002.png"].labels) == {"ferplus"}
    assert set(examples["fer0000003.png"].labels) == {"ferplus", "fer2013"}


def _no_columns(folder: Path) -> None:
    _rewrite(folder / VOTE_TABLE, lambda text: text.replace("Image name", "image"))


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no votes": (
        lambda folder: (folder / VOTE_TABLE).unlink(),
        f"holds no {VOTE_TABLE}: give the folder that holds it and the pictures",
    ),
    "no pictures": (
        lambda folder: (folder / "ferplus_images.zip").unlink(),
        "holds no pictures: ferplus_images.zip or its folders are missing",
    ),
    "an empty zip": (lambda folder: write_zip(folder / "ferplus_images.zip", {}), "holds no pictures"),
    "a truncated zip": (
        lambda folder: os.truncate(folder / "ferplus_images.zip", 3000),
        "ferplus_images.zip is cut off or damaged",
    ),
    "no column": (
        _no_columns,
        f"{VOTE_TABLE} has no column 'Image name': its first line must name Usage, Image name, neutral",
    ),
    "no column of labels": (
        lambda folder: _rewrite(folder / LABEL_TABLE, lambda text: text.replace("emotion", "x")),
        f"{LABEL_TABLE} has no column 'emotion'",
    ),
    "a strange usage": (
        lambda folder: _rewrite(folder / VOTE_TABLE, lambda text: text.replace("PublicTest", "?")),
        "the votes or the usage of fer0000001.png make no sense",
    ),
    "a vote that is no number": (
        lambda folder: _rewrite(folder / VOTE_TABLE, lambda text: text.replace("0.png,10", "0.png,x")),
        "the votes or the usage of fer0000000.png make no sense",
    ),
    "votes below zero": (
        lambda folder: _rewrite(folder / VOTE_TABLE, lambda text: text.replace("0.png,10", "0.png,-1")),
        "the votes or the usage of fer0000000.png make no sense",
    ),
    "a short row": (
        lambda folder: _rewrite(folder / VOTE_TABLE, lambda text: text + "Training,fer0000000.png,1,2\n"),
        "the votes or the usage of fer0000000.png make no sense",
    ),
    "a label out of range": (
        lambda folder: _rewrite(folder / LABEL_TABLE, lambda text: text.replace(",4,", ",9,")),
        "the emotion of fer0000004.png is no number from 0 to 6",
    ),
    "Git LFS": (
        lambda folder: (folder / VOTE_TABLE).write_bytes(b"version https://git-lfs.github.com/spec/v1\n"),
        f"{VOTE_TABLE} is a Git LFS pointer",
    ),
    "no text": (lambda folder: (folder / VOTE_TABLE).write_bytes(b"\xff\xfe\x00"), "is no text in UTF-8"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_data_set_is_one_clear_line(tmp_path: Path, case: str) -> None:
    break_it, message = BROKEN[case]
    break_it(write_ferplus(tmp_path))
    refused(tmp_path, message, kind="ferplus")


def test_a_folder_too_high_or_a_zip_of_it(tmp_path: Path) -> None:
    folder = write_ferplus(tmp_path / "one" / "two")
    refused(tmp_path, f"holds no {VOTE_TABLE}: it is in {folder}: give that")
    refused(
        folder / "ferplus_images.zip", f"is a file: give the folder that holds {VOTE_TABLE}", kind="ferplus"
    )


@pytest.mark.skipif("AVATAR_CAM_FERPLUS" not in os.environ, reason="needs FER+ (AVATAR_CAM_FERPLUS=FOLDER)")
def test_the_real_one_has_as_many_faces_as_is_known() -> None:
    folder = Path(os.environ["AVATAR_CAM_FERPLUS"])
    examples, left_out = listed(FerPlus.at(folder))
    assert len(examples) == 35_710
    assert not left_out
    assert Counter(example.split for example in examples.values()) == {
        "train": 28_558,
        "valid": 3_579,
        "test": 3_573,
    }
    test = np.array([each.labels["ferplus"] for each in examples.values() if each.split == "test"])
    assert (majority(test) >= 0).sum() == 3_152
    with (folder / LABEL_TABLE).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert examples[row["image"]].labels["fer2013"][int(row["emotion"])] == 1
