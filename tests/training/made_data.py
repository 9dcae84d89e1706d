"""Small data sets of exactly the shapes of the real ones, made here."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from avatar_cam.emotions.vocabulary import KOREAN, Emotion
from training.datasets.fer2013_csv import COLUMNS
from training.datasets.ferplus import LABEL_TABLE, USAGES, VOTE_TABLE, VOTES

#: The English folder names that some copies of the AI-Hub data have.
_ENGLISH = {
    "pleasure": "joy",
    "upset": "embarrassed",
    "anger": "anger",
    "unrest": "anxious",
    "wound": "hurt",
    "sadness": "sadness",
    "neutrality": "neutral",
}

Files = dict[str, bytes]


def jpeg(seed: int = 0, size: tuple[int, int] = (320, 240), turn: int = 1) -> bytes:
    """A JPEG of soft noise, `size` (width, height) px as stored; `turn` is its EXIF orientation, 1 to 8."""
    small = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    done, content = cv2.imencode(".jpg", cv2.resize(small, size))
    assert done
    data = content.tobytes()
    if turn == 1:
        return data
    # One directory with one entry: 0x0112, a SHORT, one of it.
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + bytes([0, turn]) + b"\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]


def png(seed: int = 0, side: int = 48) -> bytes:
    """A grey PNG of noise."""
    noise = np.random.default_rng(seed).integers(0, 256, (side, side)).astype(np.uint8)
    done, content = cv2.imencode(".png", noise)
    assert done
    return bytes(content.tobytes())


ZipNames = Literal["utf8", "utf8 without its flag", "cp949"]


def write_zip(path: Path, files: Mapping[str, bytes], names: ZipNames = "utf8") -> Path:
    """A zip; `names` says how its members' names are stored: CP949 is what Korean Windows writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = "cp949" if names == "cp949" else "utf-8"
    raw = {name: name.encode(encoding) for name in files}
    # `zipfile` writes names in ASCII or UTF-8 with its flag only: placeholders of the same length take their
    # place, and are then put right in both tables.
    stored = {name: name if names == "utf8" else f"{i:0{len(raw[name])}}" for i, name in enumerate(files)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(stored[name], content)
    data = buffer.getvalue()
    if names != "utf8":
        for name in files:
            assert data.count(stored[name].encode()) == 2, name
            data = data.replace(stored[name].encode(), raw[name])
    path.write_bytes(data)
    return path


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Files in a folder, as they would be in a zip."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


# AI-Hub

#: An annotator's box: left, top, right, bottom in px.
BoxPx = tuple[float, float, float, float]


@dataclass
class Photo:
    """One photograph of the AI-Hub data and what is said of it.

    `votes` are the annotators' emotions, None for one who said nothing; `boxes` theirs, None for a missing
    one. `content` is the JPEG.
    """

    person: str
    acted: Emotion
    votes: Sequence[Emotion | None]
    boxes: Sequence[BoxPx | None] = ((80, 60, 240, 200),) * 3
    number: int = 0
    half: Literal["Training", "Validation"] = "Training"
    content: bytes = field(default_factory=jpeg)

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.person}_여_20_{KOREAN[self.acted]}_도심 환경_20201204105732-005-{self.number:03}.jpg"

    def record(self) -> dict[str, Any]:
        """Its record in the label file."""
        record: dict[str, Any] = {
            "filename": self.name,
            "gender": "여",
            "age": 20,
            "isProf": "일반인",
            "faceExp_uploader": KOREAN[self.acted],
            "bg_uploader": "도심 환경",
        }
        for by, vote, box in zip("ABC", self.votes, self.boxes, strict=True):
            annotation: dict[str, Any] = {"bg": "도심 환경"}
            if box is not None:
                annotation["boxes"] = dict(zip(("minX", "minY", "maxX", "maxY"), box, strict=True))
            if vote is not None:
                annotation["faceExp"] = KOREAN[vote]
            record[f"annot_{by}"] = annotation
        return record


def person_hash(number: int) -> str:
    """A person as the file names write one."""
    return f"{number:04x}" + "0f9e8d7c" * 7 + "a1b2"


def photos(
    persons: int = 4,
    emotions: Iterable[Emotion] = ("pleasure", "sadness"),
    picture: Callable[[int], bytes] = jpeg,
    halves: Sequence[Literal["Training", "Validation"]] = ("Training", "Training", "Training", "Validation"),
) -> list[Photo]:
    """Each person once in each emotion, of which two annotators see what was acted and one is neutral.

    `picture` makes the JPEG of a photo from its number. Persons take their half by turns.
    """
    result: list[Photo] = []
    for number in range(persons):
        for emotion in emotions:
            seen: tuple[Emotion, ...] = (emotion, emotion, "neutrality")
            result.append(
                Photo(
                    person_hash(number),
                    emotion,
                    seen,
                    number=len(result),
                    half=halves[number % len(halves)],
                    content=picture(len(result)),
                )
            )
    return result


Form = Literal["zips", "folders", "mixed"]


def write_aihub(
    folder: Path,
    photos: Sequence[Photo],
    form: Form = "zips",
    normal: Literal["NFC", "NFD"] = "NFC",
    zip_names: ZipNames = "utf8",
    encoding: Literal["utf-8", "utf-8-sig", "cp949"] = "cp949",
    english: bool = False,
    left_out: Literal["", "pictures", "labels"] = "",
) -> Path:
    """The AI-Hub data with these photos, in `folder`.

    form        all zipped, all unpacked, or the pictures unpacked beside zipped labels
    normal      Korean names composed, or taken apart as a Mac has them; not for zip_names="cp949"
    zip_names   how zips store names
    encoding    of the label files
    english     folders and zips called in English: sadness_TRAIN_01
    left_out    a half that is missing
    """
    for half, mark in (("Training", "TRAIN"), ("Validation", "VALID")):
        for emotion in sorted({photo.acted for photo in photos if photo.half == half}):
            here = [photo for photo in photos if (photo.half, photo.acted) == (half, emotion)]
            korean, prefix = KOREAN[emotion], f"EMOIMG_{KOREAN[emotion]}_{mark}"
            pictures, labels = f"[원천]{prefix}_01", f"[라벨]{prefix}"
            if english:
                pictures, labels = f"{_ENGLISH[emotion]}_{mark}_01", f"{_ENGLISH[emotion]}_{mark}_labels"
            records = json.dumps([photo.record() for photo in here], ensure_ascii=False)
            label_file = f"img_emotion_{half.lower()}_data({korean}).json"
            halves: dict[str, tuple[str, Files, bool]] = {
                "pictures": (pictures, {photo.name: photo.content for photo in here}, form == "zips"),
                "labels": (labels, {label_file: records.encode(encoding)}, form != "folders"),
            }
            for kind, (name, files, zipped) in halves.items():
                if kind != left_out:
                    _write_part(folder / half, name, files, zipped, normal, zip_names)
    return folder


def _write_part(
    folder: Path, name: str, files: Files, zipped: bool, normal: Literal["NFC", "NFD"], zip_names: ZipNames
) -> None:
    name = unicodedata.normalize(normal, name)
    files = {unicodedata.normalize(normal, each): content for each, content in files.items()}
    if zipped:
        write_zip(folder / f"{name}.zip", files, zip_names)
    else:
        write_files(folder / name, files)


# FER2013 and FER+

_USAGES = tuple(USAGES)


def write_fer2013_csv(path: Path, count: int = 6, columns: Sequence[str] = COLUMNS) -> Path:
    """FER2013's table with `count` faces of noise: face i has label i % 7, and the splits take turns."""
    chance = np.random.default_rng(0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for i in range(count):
            cells = {
                "emotion": i % 7,
                "pixels": " ".join(map(str, chance.integers(0, 256, 48 * 48))),
                "Usage": _USAGES[i % 3],
            }
            writer.writerow([cells.get(column.strip(), "") for column in columns])
    return path


def write_ferplus(
    folder: Path,
    count: int = 6,
    form: Literal["zip", "folders"] = "zip",
    labels: bool = True,
    picture: Callable[[int], bytes] = png,
) -> Path:
    """FER2013 with FER+: ten votes for label i % 8 of face i, FER2013's label i % 7, splits by turns.

    Its first row has no picture, as 173 of the real ones. `picture` makes a PNG from its number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shorts = ("Train", "Valid", "Test")
    names = [f"fer{i:07}.png" for i in range(count)]
    votes = [[10 * (column == i % 8) for column in range(len(VOTES))] for i in range(count)]
    _write_table(
        folder / VOTE_TABLE,
        ["Usage", "Image name", *VOTES],
        [["Training", "", *[0] * 9, 10]]
        + [[_USAGES[i % 3], name, *votes[i]] for i, name in enumerate(names)],
    )
    if labels:
        rows = [[name, i % 7, _USAGES[i % 3]] for i, name in enumerate(names)]
        _write_table(folder / LABEL_TABLE, ["image", "emotion", "usage"], rows)
    files = {f"FER2013{shorts[i % 3]}/{name}": picture(i) for i, name in enumerate(names)}
    if form == "zip":
        write_zip(folder / "ferplus_images.zip", files)
    else:
        write_files(folder, files)
    return folder


def _write_table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


# Class folders


def class_files(
    classes: Sequence[str] = ("angry", "happy"),
    splits: Sequence[str] = ("train", "val", "test"),
    count: int = 2,
    picture: Callable[[int], bytes] = jpeg,
) -> Files:
    """`count` pictures a class and split: "train/angry/0.jpg"; without splits "angry/0.jpg"."""
    paths = [f"{split}/{name}" if split else name for split in splits or ("",) for name in classes]
    return {f"{path}/{i}.jpg": picture(n * count + i) for n, path in enumerate(paths) for i in range(count)}
