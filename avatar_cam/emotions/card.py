"""The model card: what stands in `emotion.json` beside `emotion.tflite`, and is believed about it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import ModelError
from avatar_cam.faults import first_fault

#: The model that ships.
DEFAULT_MODEL = Path(__file__).parent / "model" / "emotion.tflite"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CardInput(_Strict):
    """The tensor that the model takes: [1, height, width, channels]."""

    width: Annotated[int, Field(ge=16, le=512)]
    height: Annotated[int, Field(ge=16, le=512)]
    channels: Literal[1]
    dtype: Literal["float32"]

    @model_validator(mode="after")
    def _is_square(self) -> Self:
        if self.width != self.height:
            raise ValueError("width and height must be the same: face crops are square")
        return self


class CardScaling(_Strict):
    """Model input = (pixel - offset) · factor, with pixels from 0 to 255."""

    offset: float
    factor: float


class CardCrop(_Strict):
    """How faces are cut out: `landmarks` is `avatar_cam.emotions.crop.crop_face` with this margin."""

    function: Literal["landmarks"]
    margin: Annotated[float, Field(gt=0.5, lt=3)]


class ModelCard(_Strict):
    """What a model reads and how it wants to be fed."""

    name: str
    version: str
    labels: Annotated[list[str], Field(min_length=2, description="in the order of the model's output")]
    emotions: Annotated[dict[str, Emotion], Field(description="which emotion each label stands for")]
    input: CardInput
    scaling: CardScaling
    crop: CardCrop
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="of the .tflite file")]
    data: Annotated[str, Field(description="what it was trained on, with licences")]
    figures: Annotated[dict[str, float], Field(description="what was measured, with which data")]
    limits: Annotated[list[str], Field(description="what it gets wrong, and for whom")] = []
    not_for: Annotated[list[str], Field(description="what it must not be used for")] = []
    commit: str

    @model_validator(mode="after")
    def _labels_have_emotions(self) -> Self:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("labels: a label is named twice")
        if set(self.labels) != set(self.emotions):
            raise ValueError("emotions: must name exactly the labels")
        return self


def card_path(model: Path) -> Path:
    """Where the card of a model lies: the same name with .json."""
    return model.with_suffix(".json")


def read_card(model: Path) -> tuple[ModelCard, bytes]:
    """The card of `model` and the bytes of the model that it was made for.

    Raises ModelError when either is missing or unreadable, or when they do not belong together.
    """
    data = _read(model, "model")
    card_file = card_path(model)
    try:
        card = ModelCard.model_validate_json(_read(card_file, "model card"))
    except ValidationError as error:
        raise ModelError(f"{card_file}: not a model card: {first_fault(error)}") from error
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise ModelError(
            f"{model}: is not the file that {card_file.name} describes (SHA-256 differs); "
            "take the model and its card from the same training run"
        )
    return card, data


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        hint = "" if what == "model" else "; a model needs its card beside it, with the same name and .json"
        raise ModelError(f"{path}: no such {what}{hint}") from None
    except OSError as error:
        raise ModelError(f"{path}: the {what} cannot be read: {error.strerror}") from error
