"""A model and its card are refused when they are not what they should be, in one line that says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from avatar_cam.emotions.card import DEFAULT_MODEL, card_path, read_card
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import ModelError
from tests.emotions.models import SIDE, card, constant_model, int8_model, shipped_card, write_model

OUTPUT = (0.5, 0.25, 0.25)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tiny.tflite"


def _refusal(path: Path) -> str:
    with pytest.raises(ModelError) as refused:
        LiteRtRecogniser(path)
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_the_model_that_ships_fits_its_card() -> None:
    shipped = LiteRtRecogniser().card
    assert set(shipped.emotions.values()) <= set(EMOTIONS)
    assert shipped.data and shipped.figures and shipped.commit


def test_a_model_of_ones_own(path: Path) -> None:
    write_model(path, constant_model(OUTPUT), card())
    assert LiteRtRecogniser(path).card.name == "tiny"


def test_a_card_may_say_what_the_model_gets_wrong_and_is_not_for(path: Path) -> None:
    write_model(path, constant_model(OUTPUT), card(limits=["reads beards as anger"], not_for=["judging"]))
    read, _ = read_card(path)
    assert (read.limits, read.not_for) == (["reads beards as anger"], ["judging"])
    write_model(path, constant_model(OUTPUT), card())  # as older cards are
    read, _ = read_card(path)
    assert (read.limits, read.not_for) == ([], [])
    write_model(path, constant_model(OUTPUT), card(limits="all"))
    assert "limits" in _refusal(path)


def test_missing_model(path: Path) -> None:
    assert _refusal(path) == f"{path}: no such model"


def test_missing_card(path: Path) -> None:
    path.write_bytes(constant_model(OUTPUT))
    message = _refusal(path)
    assert message.startswith(f"{card_path(path)}: no such model card")
    assert "beside it" in message


def test_a_folder_as_a_model(path: Path) -> None:
    path.mkdir()
    assert "cannot be read" in _refusal(path)


def test_a_card_that_is_no_json(path: Path) -> None:
    path.write_bytes(b"x")
    card_path(path).write_text("{ labels", encoding="utf-8")
    assert f"{card_path(path)}: not a model card" in _refusal(path)


def test_another_file_than_the_card_describes(path: Path) -> None:
    write_model(path, constant_model(OUTPUT), card(sha256="0" * 64))
    assert "is not the file that tiny.json describes" in _refusal(path)


def test_one_changed_byte(path: Path) -> None:
    model = bytearray(DEFAULT_MODEL.read_bytes())
    model[len(model) // 2] ^= 1
    write_model(path, bytes(model), shipped_card())
    assert "SHA-256 differs" in _refusal(path)


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\0" * 4096])
def test_a_model_that_is_not_a_model(path: Path, content: bytes) -> None:
    write_model(path, content, card())
    assert "is not a TFLite model" in _refusal(path)


def test_a_model_that_was_cut_off(path: Path) -> None:
    model = DEFAULT_MODEL.read_bytes()
    content = {key: value for key, value in shipped_card().items() if key != "sha256"}
    write_model(path, model[: len(model) // 2], content)
    assert "is not a TFLite model" in _refusal(path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"labels": ["happy", "glad"]}, "emotions: must name exactly the labels"),
        ({"labels": ["happy", "happy", "cross"]}, "a label is named twice"),
        ({"labels": ["happy"]}, "labels"),
        (
            {"emotions": {"happy": "joy", "glad": "pleasure", "cross": "anger"}},
            "emotions: happy: must be 'pleasure'",
        ),
        ({"mood": 1}, "mood: is not a known key"),
        ({"input": {"width": SIDE, "height": SIDE, "channels": 1}}, "input: dtype: is missing"),
        (
            {"input": {"width": SIDE, "height": SIDE, "channels": 3, "dtype": "float32"}},
            "input: channels: must be 1",
        ),
        ({"input": {"width": SIDE, "height": 20, "channels": 1, "dtype": "float32"}}, "must be the same"),
        (
            {"input": {"width": SIDE, "height": SIDE, "channels": 1, "dtype": "int8"}},
            "dtype: must be 'float32'",
        ),
        ({"crop": {"function": "haar", "margin": 1.0}}, "crop: function: must be 'landmarks'"),
        ({"crop": {"function": "landmarks", "margin": 9}}, "crop: margin"),
        ({"scaling": {"offset": "x", "factor": 1}}, "scaling: offset"),
        ({"sha256": "abc"}, "sha256"),
    ],
)
def test_a_card_with_a_fault(path: Path, changed: dict[str, Any], said: str) -> None:
    write_model(path, constant_model(OUTPUT), card(**changed))
    message = _refusal(path)
    assert message.startswith(f"{card_path(path)}: not a model card: ")
    assert said in message


@pytest.mark.parametrize("key", ["name", "labels", "emotions", "input", "scaling", "crop", "sha256", "data"])
def test_a_card_without_a_key(path: Path, key: str) -> None:
    model = constant_model(OUTPUT)
    write_model(path, model, card())
    content = read_card(path)[0].model_dump()
    del content[key]
    # Written as it is: `write_model` would add the hash again.
    import json

    card_path(path).write_text(json.dumps(content), encoding="utf-8")
    assert f"{key}: is missing" in _refusal(path)


def test_an_input_of_another_size(path: Path) -> None:
    write_model(path, constant_model(OUTPUT, side=20), card())
    assert _refusal(path).endswith("its input is 1×20×20×1, but its card says 1×16×16×1")


def test_an_output_of_another_length(path: Path) -> None:
    write_model(path, constant_model((0.5, 0.5)), card())
    assert _refusal(path).endswith("its output is 1×2, but its card says 1×3")


def test_the_shipped_model_with_labels_of_another(path: Path) -> None:
    content = {key: value for key, value in shipped_card().items() if key != "sha256"}
    content["labels"] = content["labels"][:-1]
    content["emotions"] = {label: content["emotions"][label] for label in content["labels"]}
    write_model(path, DEFAULT_MODEL.read_bytes(), content)
    assert "its output is 1×8, but its card says 1×7" in _refusal(path)


def test_an_int8_model(path: Path) -> None:
    write_model(path, int8_model(), card())
    assert _refusal(path).endswith("its input is int8, but its card says float32")
