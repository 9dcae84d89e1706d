"""Small data sets, made here: noise with a bright spot whose place says the label."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np

from training.samples import SIZE, VOTES, Samples

ROOT = Path(__file__).parents[2]

#: FER2013's number of each of FER+'s eight labels; contempt is neutral there.
FER2013_OF = (6, 3, 5, 4, 0, 1, 2, 6)


def make_samples(count: int, seed: int = 0) -> Samples:
    """`count` faces: two thirds to learn from, the others Valid and test by turns."""
    chance = np.random.default_rng(seed)
    label = np.arange(count) % 8
    pictures = chance.integers(0, 60, (count, SIZE, SIZE)).astype(np.uint8)
    for picture, kind in zip(pictures, label, strict=True):
        y, x = divmod(int(kind), 4)
        picture[y * 24 + 6 : y * 24 + 18, x * 12 : x * 12 + 12] += 150
    votes = np.zeros((count, len(VOTES)), np.uint8)
    votes[np.arange(count), label] = 10
    return Samples(
        aligned=pictures,
        raw=pictures[:, :, ::-1].copy(),
        found=np.ones(count, np.bool_),
        votes=votes,
        fer2013=np.array(FER2013_OF, np.uint8)[label],
        split=np.where(np.arange(count) // 8 % 3 < 2, 0, 1 + np.arange(count) // 8 % 2).astype(np.uint8),
        names=np.array([f"fer{i:07}.png" for i in range(count)]),
    )


def write_data_set(folder: Path, count: int = 6) -> Path:
    """A data set as FER+'s tools lay it out, with a row that has no picture at its beginning."""
    folder.mkdir()
    chance = np.random.default_rng(0)
    splits = (("Training", "Train"), ("PublicTest", "Valid"), ("PrivateTest", "Test"))
    votes, labels = [["Training", "", *[0] * 9, 10]], []
    with zipfile.ZipFile(folder / "ferplus_images.zip", "w") as archive:
        for i in range(count):
            usage, short = splits[i % 3]
            name = f"fer{i:07}.png"
            done, png = cv2.imencode(".png", chance.integers(0, 256, (SIZE, SIZE)).astype(np.uint8))
            assert done
            archive.writestr(f"FER2013{short}/{name}", png.tobytes())
            row = [0] * 10
            row[i % 8] = 10
            votes.append([usage, name, *row])
            labels.append([name, i % 7, usage])
    _write(folder / "fer2013new.csv", ["Usage", "Image name", *VOTES], votes)
    _write(folder / "fer2013_labels.csv", ["image", "emotion", "usage"], labels)
    return folder


def _write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def start(module: str, *arguments: object) -> subprocess.Popen[str]:
    """`python -m training.MODULE`, in a process of its own: TensorFlow must not meet mediapipe."""
    command = [sys.executable, "-m", f"training.{module}", *map(str, arguments)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for it to succeed; what it printed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out
