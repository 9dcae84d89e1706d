"""The card beside the model: what it gives, what it wants, and what it was made of."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from avatar_cam.emotions.crop import MARGIN
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from training.samples import LABELS, SIZE
from training.scaling import FACTOR, OFFSET

#: Which of the program's emotions each label of FER+ stands for.
MEANING: dict[str, Emotion] = {
    "neutral": "neutrality",
    "happiness": "pleasure",
    "surprise": "upset",
    "sadness": "sadness",
    "anger": "anger",
    "disgust": "wound",
    "fear": "unrest",
    "contempt": "wound",
}

DATA = (
    "Trained on FER2013 (Goodfellow et al., 2013, ICML challenge; training split) with the votes of FER+ "
    "(Barsoum et al., 2016; MIT licence). The pictures of FER2013 are not redistributed."
)


def emotion_indices() -> list[int]:
    """For each of `LABELS` the index of its emotion in `EMOTIONS`."""
    return [EMOTIONS.index(MEANING[label]) for label in LABELS]


def card(model: bytes, name: str, version: str, figures: dict[str, float]) -> dict[str, Any]:
    """The card of a .tflite with this content."""
    return {
        "name": name,
        "version": version,
        "labels": list(LABELS),
        "emotions": dict(MEANING),
        "input": {"width": SIZE, "height": SIZE, "channels": 1, "dtype": "float32"},
        "scaling": {"offset": OFFSET, "factor": FACTOR},
        "crop": {"function": "landmarks", "margin": MARGIN},
        "sha256": hashlib.sha256(model).hexdigest(),
        "data": DATA,
        "figures": figures,
        "commit": _commit(),
    }


def to_json(card: dict[str, Any]) -> str:
    return json.dumps(card, indent=2, ensure_ascii=False) + "\n"


def _commit() -> str:
    """The commit this was made from, "unknown" outside a repository."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
