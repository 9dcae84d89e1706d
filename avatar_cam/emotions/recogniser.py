"""Read the emotion from a face with a TFLite model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from avatar_cam.emotions.card import DEFAULT_MODEL, ModelCard, read_card
from avatar_cam.emotions.crop import crop_face
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import ModelError
from avatar_cam.quiet import quiet
from avatar_cam.types import Floats, Pixels


class Recogniser(Protocol):
    """Reads emotions. One instance belongs to one thread."""

    @property
    def card(self) -> ModelCard:
        """What the model is."""

    def crop(self, pixels: Pixels, landmarks: Floats) -> Pixels:
        """The face as `read` wants it, uint8 (size, size) grey, from an RGB picture; see `crop_face`."""

    def read(self, crops: Pixels) -> Floats:
        """Probabilities of the seven emotions for N faces, float32 (N, 7).

        `crops` uint8 (N, size, size); each row is in the order of `EMOTIONS` and sums to 1.
        """


class LiteRtRecogniser:
    """A `.tflite` model with its card, run by LiteRT on one thread (the others belong to FaceMesh).

    Raises ModelError when the file is not a model, or when it does not fit its card.
    """

    def __init__(self, model: Path = DEFAULT_MODEL) -> None:
        self.card, data = read_card(model)
        self._interpreter = _interpreter(model, data)
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._check(model)
        #: How many faces the model is set up for, and whether that may change.
        self._batch, self._any_number = 1, self._input["shape_signature"][0] == -1
        self._to_emotions = np.zeros((len(self.card.labels), len(EMOTIONS)), np.float32)
        for row, label in enumerate(self.card.labels):
            self._to_emotions[row, EMOTIONS.index(self.card.emotions[label])] = 1

    def crop(self, pixels: Pixels, landmarks: Floats) -> Pixels:
        return crop_face(pixels, landmarks, self.card.input.width, self.card.crop.margin)

    def read(self, crops: Pixels) -> Floats:
        scaling = self.card.scaling
        scaled = (crops.astype(np.float32) - np.float32(scaling.offset)) * np.float32(scaling.factor)
        together = len(crops) if self._any_number else 1
        labels = [self._invoke(scaled[at : at + together]) for at in range(0, len(crops), together)]
        # Labels that stand for one emotion are added up.
        emotions: Floats = np.clip(np.concatenate(labels), 0, None) @ self._to_emotions
        whole: Floats = np.maximum(emotions.sum(axis=1, keepdims=True), np.float32(1e-9))
        return emotions / whole

    def _invoke(self, scaled: Floats) -> Floats:
        """The model's output for faces that are read at once."""
        if len(scaled) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], (*scaled.shape, 1))
            self._interpreter.allocate_tensors()
            self._batch = len(scaled)
        self._interpreter.set_tensor(self._input["index"], scaled[..., None])
        self._interpreter.invoke()
        output: Floats = self._interpreter.get_tensor(self._output["index"])
        return output

    def _check(self, model: Path) -> None:
        want = self.card.input
        pairs = [
            ("input", tuple(self._input["shape"]), (1, want.height, want.width, want.channels)),
            ("output", tuple(self._output["shape"]), (1, len(self.card.labels))),
        ]
        for name, has, says in pairs:
            if has != says:
                shapes = "×".join(map(str, has)), "×".join(map(str, says))
                raise ModelError(f"{model}: its {name} is {shapes[0]}, but its card says {shapes[1]}")
        for name, details in (("input", self._input), ("output", self._output)):
            if details["dtype"] != np.float32:
                raise ModelError(
                    f"{model}: its {name} is {np.dtype(details['dtype']).name}, but its card says float32"
                )


def _interpreter(model: Path, data: bytes) -> Any:  # LiteRT has no types
    # Loaded here: it takes a moment, and `characters list` needs none.
    from ai_edge_litert.interpreter import Interpreter

    try:
        with quiet():
            interpreter = Interpreter(model_content=data, num_threads=1)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{model}: is not a TFLite model that can be run here") from error
    return interpreter
