"""Models whose reading is known, for the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.emotions.models import card, constant_model, write_model
from training.labels import SCHEMES
from training.samples import Samples

SIDE = 16
#: What `write_reader`'s model says of a dark face, a grey one and a bright one.
DARK, GREY, BRIGHT = 0, 128, 255


def write_reader(path: Path, scheme: str = "ferplus") -> Path:
    """A model that reads bright faces as the scheme's first label, all others as its second.

    Its probabilities are .5 + brightness and .5, brightness from -.3 to .3, and 0 for all other labels.
    """
    labels = SCHEMES[scheme]
    content = card(
        labels=list(labels.labels),
        emotions=dict(labels.meaning),
        input={"width": SIDE, "height": SIDE, "channels": 1, "dtype": "float32"},
    )
    output = [0.5, 0.5, *[0.0] * (len(labels.labels) - 2)]
    return write_model(path, constant_model(output, SIDE, mean_weight=0.3), content)


def bright(greys: list[int], labels: list[int | None], raw: list[int] | None = None) -> Samples:
    """Evenly grey faces with FER+ labels (None: no majority) and FER2013 labels, all of Valid."""
    count = len(greys)
    shares = np.zeros((count, 8), np.float32)
    for row, label in zip(shares, labels, strict=True):
        if label is None:
            row[:2] = 0.5
        else:
            row[label] = 1
    faces = np.ones((count, SIDE, SIDE), np.uint8)
    return Samples(
        faces * np.array(greys, np.uint8)[:, None, None],
        faces * np.array(raw or greys, np.uint8)[:, None, None],
        np.arange(count) % 4 != 3,
        {"ferplus": shares, "fer2013": np.eye(7, dtype=np.float32)[np.arange(count) % 7]},
        np.ones(count, np.uint8),
        np.array([f"face{number}" for number in range(count)]),
        "made",
    )
