"""From a crop to the seven emotions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.sources.performer import EXPRESSIONS, Rig, draw
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.types import Pixels
from tests.emotions.models import SIDE, card, constant_model, write_model

EXACT = 1e-6


def _grey(value: int) -> Pixels:
    return np.full((SIDE, SIDE), value, np.uint8)


def _of(probabilities: np.ndarray[tuple[int], np.dtype[np.float32]]) -> dict[str, float]:
    return dict(zip(EMOTIONS, probabilities.tolist(), strict=True))


def test_labels_of_one_emotion_are_added(tmp_path: Path) -> None:
    path = write_model(tmp_path / "tiny.tflite", constant_model((0.2, 0.3, 0.5)), card())
    read = _of(LiteRtRecogniser(path).read(_grey(0)[None])[0])
    assert read["pleasure"] == pytest.approx(0.5, abs=EXACT)
    assert read["anger"] == pytest.approx(0.5, abs=EXACT)
    assert sum(read.values()) == pytest.approx(1, abs=EXACT)


def test_what_does_not_sum_to_one_is_brought_to_it(tmp_path: Path) -> None:
    path = write_model(tmp_path / "tiny.tflite", constant_model((3.0, -2.0, 1.0)), card())
    read = _of(LiteRtRecogniser(path).read(_grey(0)[None])[0])
    assert read["pleasure"] == pytest.approx(0.75, abs=EXACT), "and less than nothing is nothing"
    assert read["anger"] == pytest.approx(0.25, abs=EXACT)


@pytest.mark.parametrize(("value", "first"), [(0, -1.0), (255, 1.0), (170, 1 / 3)])
def test_pixels_are_scaled_as_the_card_says(tmp_path: Path, value: int, first: float) -> None:
    """The model adds the mean of its input, -1 to 1, to 1.5; the other two labels stay at 1 and 0.5."""
    path = write_model(tmp_path / "tiny.tflite", constant_model((1.5, 0.0, 1.0), mean_weight=1.0), card())
    read = _of(LiteRtRecogniser(path).read(_grey(value)[None])[0])
    assert read["pleasure"] == pytest.approx((1.5 + first) / (2.5 + first), abs=1e-5)


def test_a_reading_is_a_copy(tmp_path: Path) -> None:
    path = write_model(tmp_path / "tiny.tflite", constant_model((0.5, 0.0, 0.5), mean_weight=1.0), card())
    recogniser = LiteRtRecogniser(path)
    dark = recogniser.read(_grey(100)[None])
    kept = dark.copy()
    recogniser.read(_grey(255)[None])
    assert np.array_equal(dark, kept)


@pytest.mark.parametrize(
    ("acted", "accepted"),
    [
        ("pleasure", {"pleasure"}),
        ("upset", {"upset"}),
        ("anger", {"anger"}),
        ("sadness", {"sadness", "neutrality"}),
        ("neutrality", {"neutrality"}),
    ],
)
def test_the_performers_faces_are_read_by_the_model_that_ships(acted: str, accepted: set[str]) -> None:
    pixels = draw(Rig(expression=EXPRESSIONS[acted]), (1280, 720))  # type: ignore[index]
    recogniser = LiteRtRecogniser()
    with FaceMesh(still=True) as finder:
        (points,) = finder.find(pixels)
    read = recogniser.read(recogniser.crop(pixels, points)[None])[0]
    assert EMOTIONS[int(read.argmax())] in accepted, _of(read)
