"""From the AI-Hub data as it is downloaded to the user's own model in the camera, as the docs say."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import pytest

from avatar_cam.emotions.card import read_card
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.sources.performer import draw, score
from tests.commands import SMILING, command
from tests.training.made_data import photos, write_aihub
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]

CONFIG = """
epochs = 1
batch = 16
side = 32
mixed_precision = false
model = { name = "residual", stem = 4, widths = [8, 8], blocks = [1, 1] }
"""


#: Where her face is in those photographs, px.
FACE = (225, 130, 420, 375)


def _photo(number: int) -> bytes:
    """A JPEG of somebody who sits before a camera, a little different each time."""
    picture = draw(score(SMILING + number / 10), (640, 480))
    done, content = cv2.imencode(".jpg", picture[..., ::-1])
    assert done
    return content.tobytes()


def _training(module: str, *arguments: str | Path) -> None:
    """A command in a process of its own: TensorFlow must not meet mediapipe."""
    done = subprocess.run(
        [sys.executable, "-m", f"training.{module}", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model made of a few photos: zips with Korean names, CP949 labels, everybody in two emotions."""
    folder = tmp_path_factory.mktemp("aihub")
    taken = [replace(photo, boxes=(FACE,) * 3) for photo in photos(24, picture=_photo)]
    data = write_aihub(folder / "data", taken, zip_names="cp949")
    (folder / "tiny.toml").write_text(CONFIG, "utf-8")
    prepared, run, made = folder / "prepared", folder / "run", folder / "model"
    _training(
        "prepare", "--data", data, "--out", prepared, "--size", "32", "--shares", "0.6,0.2,0.2", "--jobs", "1"
    )
    manifest = json.loads((prepared / "manifest.json").read_text("utf-8"))
    assert manifest["faces"] == 48, "FaceMesh finds everybody"
    _training("train", "--data", prepared, "--config", folder / "tiny.toml", "--out", run)
    _training("export", run, "--out", made)
    return made / "emotion.tflite"


@pytest.fixture
def trace(model: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """What the camera saw with that model, until the first face had been read."""
    path = tmp_path / "trace.jsonl"
    with subprocess.Popen(
        command("run", "--camera", "demo", "--no-pose", "--model", model, "--trace", path),
        env=os.environ | {"SDL_VIDEODRIVER": "dummy"},
        stderr=subprocess.PIPE,
    ) as running:
        try:
            eventually(lambda: _has_read(path) or running.poll() is not None, patience=60)
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=120)
        finally:
            running.kill()
    assert path.exists(), said
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _has_read(path: Path) -> bool:
    """Whether a reading stands in the trace, which is a hidden file while it is written."""
    parts = [part for part in path.parent.glob(f".*{path.suffix}") if part.is_file()]
    return any('"probabilities": {' in part.read_text("utf-8") for part in parts)


def test_the_card_says_what_it_was_made_of(model: Path) -> None:
    card, _ = read_card(model)
    assert tuple(card.labels) == EMOTIONS
    assert (card.input.width, card.input.height) == (32, 32)
    assert "AI-Hub" in card.data


def test_the_camera_reads_with_it(trace: list[dict[str, Any]]) -> None:
    header, *frames = trace
    assert header["labels"] == list(EMOTIONS)
    read = [face["probabilities"] for frame in frames for face in frame["faces"] if face["probabilities"]]
    assert read
    for probabilities in read:
        assert sum(probabilities.values()) == pytest.approx(1, abs=0.01)
