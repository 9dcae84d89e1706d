"""The AI-Hub data, in small."""

from __future__ import annotations

import json
import os
import pickle
import sys
import unicodedata
from dataclasses import replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.emotions.vocabulary import EMOTIONS, KOREAN
from avatar_cam.errors import SourceError
from tests.training.datasets.listed import listed, refused
from tests.training.made_data import (
    Photo,
    jpeg,
    person_hash,
    photos,
    write_aihub,
    write_files,
    write_zip,
)
from training.datasets.aihub import AiHub
from training.datasets.base import Box, DataSet
from training.labels import AIHUB

PHOTOS = photos()

_WAYS = [
    way
    for way in product(
        ("zips", "folders", "mixed"),
        ("NFC", "NFD"),
        ("utf8", "utf8 without its flag", "cp949"),
        ("utf-8", "utf-8-sig", "cp949"),
        (False, True),
    )
    if way[1:3] != ("NFD", "cp949")  # CP949 knows no syllables taken apart
]


def _shares(**shares: float) -> tuple[float, ...]:
    return tuple(shares.get(emotion, 0.0) for emotion in EMOTIONS)


def _label_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def test_however_it_is_stored_it_says_the_same(tmp_path: Path) -> None:
    seen = set()
    for number, (form, normal, zip_names, encoding, english) in enumerate(_WAYS):
        folder = write_aihub(
            tmp_path / str(number),
            PHOTOS,
            form,
            normal,
            zip_names,
            encoding,
            english,
        )
        data = AiHub.at(folder)
        examples, left_out = listed(data)
        assert not left_out
        assert {key: data.read(example) for key, example in examples.items()} == {
            photo.name: photo.content for photo in PHOTOS
        }
        seen.add(json.dumps([[e.key, e.person, e.split, e.labels, str(e.boxes)] for e in examples.values()]))
    assert len(_WAYS) == 90
    assert len(seen) == 1


def test_an_example_is_what_is_known_of_a_photo(tmp_path: Path) -> None:
    photo = Photo(
        person_hash(5),
        "wound",
        ("sadness", "wound", "sadness"),
        ((-20, 10, 100, 150), None, (1, 1, 1, 1)),
        content=jpeg(3, (64, 48), turn=6),
    )
    data = AiHub.at(write_aihub(tmp_path, [photo]))
    (example,), _ = (list(each.values()) for each in listed(data))
    assert example.key == photo.name == unicodedata.normalize("NFC", photo.name)
    assert example.person == person_hash(5)
    assert example.split is None
    assert example.labels == {"aihub": pytest.approx(_shares(sadness=2 / 3, wound=1 / 3))}
    assert example.boxes == (Box(-20, 10, 100, 150),)
    picture = cv2.imdecode(np.frombuffer(data.read(example), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (64, 48, 3)  # OpenCV turns it as EXIF says
    assert data.schemes == (AIHUB,)
    assert data.framing == "scene"


def test_large_and_small_letters_do_not_matter(tmp_path: Path) -> None:
    """Some copies say .JPG where the labels say .jpg."""
    write_aihub(tmp_path, PHOTOS, "folders")
    for path in list(tmp_path.rglob("*.jpg")):
        path.rename(path.with_name(path.name.upper()))
    examples, left_out = listed(AiHub.at(tmp_path))
    assert not left_out
    assert {key: example.person for key, example in examples.items()} == {
        photo.name: photo.person for photo in PHOTOS
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only there names may be any bytes")
@pytest.mark.parametrize("how", ["as code page 437", "as bytes"])
def test_names_that_unpacking_spoilt_are_mended(tmp_path: Path, how: str) -> None:
    """What Info-ZIP's unzip and 7z leave of zips with CP949 names, outside Korea."""
    write_aihub(tmp_path, PHOTOS, "folders")
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        raw = path.name.encode("cp949")
        path.rename(path.with_name(os.fsdecode(raw) if how == "as bytes" else raw.decode("cp437")))
    data = AiHub.at(tmp_path)
    examples, left_out = listed(data)
    assert not left_out
    assert {key: data.read(example) for key, example in examples.items()} == {
        photo.name: photo.content for photo in PHOTOS
    }


def test_it_travels_to_other_processes(tmp_path: Path) -> None:
    data: DataSet = AiHub.at(write_aihub(tmp_path, PHOTOS), "keep", official=True)
    examples, _ = listed(data)
    copy: DataSet = pickle.loads(pickle.dumps(data))
    assert copy == data
    for example in examples.values():
        assert copy.read(pickle.loads(pickle.dumps(example))) == data.read(example)


def test_listing_reads_no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_aihub(tmp_path, PHOTOS, "mixed")
    for path in folder.rglob("*.jpg"):
        os.truncate(path, 0)
    assert len(listed(AiHub.at(folder))[0]) == len(PHOTOS)


@pytest.mark.parametrize(
    ("votes", "kept", "dropped"),
    [
        (("sadness", "sadness", "wound"), _shares(sadness=2 / 3, wound=1 / 3), False),
        (("sadness", "sadness", None), _shares(sadness=1), False),
        (("sadness", None, None), _shares(sadness=1), False),
        (("sadness", "wound", "anger"), _shares(sadness=1 / 3, wound=1 / 3, anger=1 / 3), True),
        (("sadness", "wound", None), _shares(sadness=1 / 2, wound=1 / 2), True),
    ],
    ids=str,
)
def test_votes_become_shares(
    tmp_path: Path, votes: tuple[None, ...], kept: tuple[float, ...], dropped: bool
) -> None:
    photo = Photo(person_hash(1), "sadness", votes)
    folder = write_aihub(tmp_path, [photo, *PHOTOS])
    examples, left_out = listed(AiHub.at(folder, "keep"))
    assert not left_out
    assert examples[photo.name].labels["aihub"] == pytest.approx(kept)
    examples, left_out = listed(AiHub.at(folder, "drop"))
    assert left_out == ({photo.name: "no two annotators agree"} if dropped else {})
    assert (photo.name in examples) is not dropped


def test_whoever_is_in_validation_is_in_no_other_split(tmp_path: Path) -> None:
    both = [
        Photo(person_hash(9), "sadness", ("sadness",) * 3, number=90 + i, half=half)
        for i, half in enumerate(("Training", "Validation"))
    ]
    folder = write_aihub(tmp_path, [*PHOTOS, *both])
    examples, left_out = listed(AiHub.at(folder))
    assert {example.split for example in examples.values()} == {None}
    assert not left_out
    examples, left_out = listed(AiHub.at(folder, official=True))
    assert left_out == {both[0].name: "its person is in Validation too"}
    assert {key: example.split for key, example in examples.items()} == {
        photo.name: "train" if photo.half == "Training" else "valid" for photo in [*PHOTOS, both[1]]
    }


def test_an_official_split_needs_its_folders(tmp_path: Path) -> None:
    folder = write_aihub(tmp_path, PHOTOS, "folders", english=True)
    (folder / "Training" / "joy_TRAIN_01").rename(folder / "joy")
    (folder / "Training").rename(folder / "first")
    for part in (folder / "first").iterdir():
        part.rename(folder / part.name.replace("TRAIN", "1"))
    examples, _ = listed(AiHub.at(folder))
    assert len(examples) == len(PHOTOS)
    with pytest.raises(
        SourceError, match="is neither in Training nor in Validation: it has no official split"
    ):
        list(AiHub.at(folder, official=True).examples())


def _spoilt(tmp_path: Path, spoil: str) -> Path:
    """The data unpacked, with one fault."""
    folder = write_aihub(tmp_path, PHOTOS, "folders", encoding="utf-8")
    label_file = _label_files(folder)[0]
    records = json.loads(label_file.read_text("utf-8"))
    match spoil:
        case "no annotators":
            for by in "ABC":
                del records[0][f"annot_{by}"]
        case "a strange word":
            records[0]["annot_B"]["faceExp"] = "부끄러움"
        case "the same record twice":
            records.append(records[0])
        case "records that differ":
            records.append(json.loads(json.dumps(records[0])))
            records[-1]["annot_A"]["faceExp"] = KOREAN["anger"]
        case "no record":
            del records[0]
        case "no picture":
            (next(folder.rglob(PHOTOS[0].name))).unlink()
        case "no person":
            name = next(folder.rglob(records[0]["filename"]))
            name.rename(name.with_name("photo.jpg"))
            records[0]["filename"] = "photo.jpg"
    label_file.write_text(json.dumps(records), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("spoil", "key", "reason", "lost"),
    [
        ("no annotators", PHOTOS[0].name, "no annotator names an emotion", 1),
        ("a strange word", PHOTOS[0].name, "'부끄러움' is none of the seven emotions", 1),
        ("the same record twice", f"{PHOTOS[0].name}#2", "another record of the same picture", 0),
        ("no record", PHOTOS[0].name, "a picture without a record", 1),
        ("no picture", PHOTOS[0].name, "a record without its picture", 1),
        (
            "no person",
            "photo.jpg",
            "the file name does not begin with a person, as PERSON_여_20_기쁨_…",
            1,
        ),
    ],
)
def test_what_cannot_be_used_is_left_out(
    tmp_path: Path, spoil: str, key: str, reason: str, lost: int
) -> None:
    examples, left_out = listed(AiHub.at(_spoilt(tmp_path, spoil)))
    assert left_out == {key: reason}
    assert len(examples) == len(PHOTOS) - lost


def test_records_that_differ_are_both_left_out(tmp_path: Path) -> None:
    examples, left_out = listed(AiHub.at(_spoilt(tmp_path, "records that differ")))
    assert left_out == {
        PHOTOS[0].name: "its records contradict each other",
        f"{PHOTOS[0].name}#2": "another record of the same picture",
    }
    assert len(examples) == len(PHOTOS) - 1


def test_a_zip_beside_what_was_unpacked_from_it(tmp_path: Path) -> None:
    write_aihub(tmp_path, PHOTOS, "mixed")
    name = next(path for path in tmp_path.rglob(PHOTOS[0].name)).parent
    write_zip(name.with_name(f"{name.name}.zip"), {path.name: path.read_bytes() for path in name.iterdir()})
    examples, left_out = listed(AiHub.at(tmp_path))
    assert len(examples) == len(PHOTOS)
    assert set(left_out.values()) == {"another picture of the same name"}
    assert f"{PHOTOS[0].name}@2" in left_out


def test_some_pictures_may_be_missing_altogether(tmp_path: Path) -> None:
    """They are large; whoever has fetched one emotion can begin with it."""
    write_aihub(tmp_path, PHOTOS)
    next(tmp_path.rglob("[[]원천*슬픔*VALID*")).unlink()
    examples, left_out = listed(AiHub.at(tmp_path))
    missing = {photo.name for photo in PHOTOS if photo.acted == "sadness" and photo.half == "Validation"}
    assert left_out == dict.fromkeys(missing, "a record without its picture")
    assert len(examples) == len(PHOTOS) - len(missing)


def test_labels_of_a_part_are_missing(tmp_path: Path) -> None:
    write_aihub(tmp_path, PHOTOS)
    next(tmp_path.rglob("[[]라벨*슬픔*VALID*")).unlink()
    refused(
        tmp_path,
        "the labels of 슬픔 (sadness) in Validation are missing, for 1 pictures: ",
        "add the zip that begins with [라벨]",
    )


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ("labels", "holds pictures but no labels: the zips that begin with [라벨] are missing"),
        ("pictures", "holds labels but no pictures: the zips that begin with [원천] are missing"),
    ],
)
@pytest.mark.parametrize("form", ["zips", "folders", "mixed"])
def test_a_missing_half_is_named(tmp_path: Path, form: str, left_out: str, message: str) -> None:
    refused(write_aihub(tmp_path, PHOTOS, form, left_out=left_out), message)


def test_labels_of_other_pictures(tmp_path: Path) -> None:
    write_aihub(tmp_path / "pictures", PHOTOS, left_out="labels")
    others = [replace(photo, person=person_hash(77 + i)) for i, photo in enumerate(PHOTOS)]
    write_aihub(tmp_path / "labels", others, left_out="pictures")
    refused(tmp_path, "none of the 8 pictures is named in the 8 records, so the labels are of other pictures")


def test_no_label_that_can_be_used(tmp_path: Path) -> None:
    silent = [replace(photo, votes=(None, None, None)) for photo in PHOTOS]
    refused(
        write_aihub(tmp_path, silent),
        "of 8 pictures none can be used, most often: no annotator names an emotion",
    )


def test_an_empty_folder(tmp_path: Path) -> None:
    refused(tmp_path, "holds neither pictures nor label files: give the folder above Training", kind="aihub")


def test_one_part_of_it_alone(tmp_path: Path) -> None:
    write_aihub(tmp_path, PHOTOS)
    refused(next(tmp_path.rglob("[[]원천*")), "holds pictures but no labels", kind="aihub")


def test_a_spoilt_label_file_is_named(tmp_path: Path) -> None:
    write_aihub(tmp_path, PHOTOS, "folders")
    label_file = _label_files(tmp_path)[0]
    os.truncate(label_file, 100)
    refused(tmp_path, f"{label_file} is no whole JSON", "get it anew")


def test_a_spoilt_label_file_in_a_zip_is_named(tmp_path: Path) -> None:
    write_aihub(tmp_path, PHOTOS, zip_names="cp949")
    path = next(tmp_path.rglob("[[]라벨*"))
    write_zip(path, {"라벨(기쁨).json": b"["}, "cp949")
    refused(tmp_path, f"{path}: 라벨(기쁨).json breaks off in the middle")


def test_folders_above_and_beside_do_not_matter(tmp_path: Path) -> None:
    write_aihub(tmp_path / "download" / "1.데이터", PHOTOS, "mixed")
    write_files(tmp_path, {"readme.txt": b"", "__MACOSX/._x.json": b"junk", ".cache/x.json": b"junk"})
    examples, left_out = listed(AiHub.at(tmp_path))
    assert len(examples) == len(PHOTOS)
    assert not left_out
