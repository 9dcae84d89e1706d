"""Class folders."""

from __future__ import annotations

import pickle
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from avatar_cam.emotions.vocabulary import KOREAN
from avatar_cam.errors import SourceError
from tests.training.datasets.listed import listed, refused
from tests.training.made_data import class_files, write_files, write_zip
from training.datasets.base import DataSet
from training.datasets.folders import ClassFolders
from training.labels import AIHUB, FER2013, FERPLUS


def test_folders_say_class_and_split(tmp_path: Path) -> None:
    files = class_files(FER2013.labels)
    data: DataSet = pickle.loads(pickle.dumps(ClassFolders.at(write_files(tmp_path, files))))
    examples, left_out = listed(data)
    assert not left_out
    assert len(examples) == 7 * 3 * 2
    assert Counter(example.split for example in examples.values()) == {"train": 14, "valid": 14, "test": 14}
    example = examples["valid/happy/1.jpg"]
    assert (example.file, example.split, example.person) == ("val/happy/1.jpg", "valid", example.key)
    assert example.labels == {"fer2013": (0, 0, 0, 1, 0, 0, 0)}
    assert data.read(example) == files["val/happy/1.jpg"]
    assert data.schemes == (FER2013,)
    assert data.framing == "face"


def test_without_splits(tmp_path: Path) -> None:
    data = ClassFolders.at(write_files(tmp_path, class_files(FERPLUS.labels, ())), framing="scene")
    examples, _ = listed(data)
    assert set(examples) == {f"{label}/{i}.jpg" for label in FERPLUS.labels for i in range(2)}
    assert {example.split for example in examples.values()} == {None}
    assert data.schemes == (FERPLUS,)
    assert data.framing == "scene"


def test_korean_folders_taken_apart_or_not_are_the_same(tmp_path: Path) -> None:
    seen = []
    for form in ("NFC", "NFD"):
        files = {unicodedata.normalize(form, k): v for k, v in class_files(tuple(KOREAN.values())).items()}
        for path in (
            write_files(tmp_path / form / "folders", files),
            write_zip(tmp_path / form / "data.zip", files),
            write_zip(tmp_path / form / "zipped" / "archive.zip", files).parent,
        ):
            data = ClassFolders.at(path)
            assert data.schemes == (AIHUB,)
            examples = listed(data)[0]
            seen.append({key: (e.split, e.person, e.labels, data.read(e)) for key, e in examples.items()})
    assert len(seen) == 6
    assert all(each == seen[0] for each in seen)
    assert len(seen[0]) == 7 * 3 * 2


def test_a_zip_for_each_split_and_folders_around_everything(tmp_path: Path) -> None:
    for split in ("train", "test"):
        write_zip(tmp_path / "images" / f"{split}.zip", class_files(("anger", "joy"), ()))
    examples, _ = listed(ClassFolders.at(tmp_path))
    assert {key: example.split for key, example in examples.items()} == {
        f"{split}/{label}/{i}.jpg": split
        for split in ("train", "test")
        for label in ("angry", "happy")
        for i in range(2)
    }


def test_persons_are_told_by_a_pattern(tmp_path: Path) -> None:
    names = ("train/angry/ann_1.jpg", "test/angry/ann_2.jpg", "test/happy/bob_1.jpg", "test/happy/x.jpg")
    write_files(tmp_path, dict.fromkeys(names, b"1"))
    examples, left_out = listed(ClassFolders.at(tmp_path, person="^([a-z]+)_"))
    assert {key: (e.person, e.split) for key, e in examples.items()} == {
        "train/angry/ann_1.jpg": ("ann", None),
        "test/angry/ann_2.jpg": ("ann", None),
        "test/happy/bob_1.jpg": ("bob", None),
    }
    assert left_out == {"test/happy/x.jpg": "its name says no person"}


@pytest.mark.parametrize(
    ("pattern", "message"), [("(", "is no regular expression"), ("^[^_]+_", "needs a group")]
)
def test_a_pattern_that_makes_no_sense(tmp_path: Path, pattern: str, message: str) -> None:
    write_files(tmp_path, class_files())
    with pytest.raises(SourceError, match=message):
        ClassFolders.at(tmp_path, person=pattern)


def test_two_folders_of_one_class(tmp_path: Path) -> None:
    write_files(tmp_path, {"happy/1.jpg": b"1", "Happiness/1.jpg": b"2", "Happiness/2.jpg": b"3"})
    examples, left_out = listed(ClassFolders.at(tmp_path))
    assert set(examples) == {"happy/1.jpg", "happy/2.jpg"}
    assert left_out == {"happy/1.jpg@2": "another picture of the same name"}


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    write_files(tmp_path, class_files())
    write_files(tmp_path, {"readme.md": b"", "labels/x.json": b"{}", "train/.cache/y.jpg": b"1"})
    assert len(listed(ClassFolders.at(tmp_path))[0]) == 12


def test_an_unknown_class_is_named_and_the_known_ones_are(tmp_path: Path) -> None:
    write_files(tmp_path, class_files(("angry", "smirking")))
    refused(tmp_path, "there is no class 'smirking'; known are", " anger,", " happy,", " 기쁨,", " hurt,")


def test_classes_of_different_schemes(tmp_path: Path) -> None:
    write_files(tmp_path, class_files(("pleasure", "contempt")))
    refused(tmp_path, "there is no one set of labels for contempt, pleasure; known are")


def test_the_wrong_level_of_folders(tmp_path: Path) -> None:
    write_files(tmp_path, class_files())
    refused(
        tmp_path / "train" / "angry",
        "has pictures right in it: give the folder above, with one folder a class",
    )
    write_files(tmp_path, {"train/1.jpg": b""})
    refused(tmp_path, "there is no class 'train'")


def test_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "train" / "angry").mkdir(parents=True)
    refused(tmp_path, "holds no pictures", kind="folders")
