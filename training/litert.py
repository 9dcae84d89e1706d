"""Runs a .tflite as the program does: ai-edge-litert, one thread, one face at a time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.card import read_card
from avatar_cam.errors import ModelError
from avatar_cam.quiet import quiet
from training.scaling import FACTOR, OFFSET, scaled


class Network:
    """A .tflite's content: input float32 (1, S, S, 1), output float32 (1, labels).

    `name` is what errors call it. Raises ModelError where it is no such model.
    """

    def __init__(self, content: bytes, name: str, offset: float = OFFSET, factor: float = FACTOR) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            with quiet():
                self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{name} is no usable TFLite model: {str(error).splitlines()[0]}") from None
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()
        self._name, self._scaling = name, (offset, factor)

    @property
    def size(self) -> int:
        """Side of the faces that it takes, px."""
        return int(self._input["shape"][1])

    @property
    def labels(self) -> int:
        """How many labels it gives."""
        return int(self._output["shape"][-1])

    def read(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Grey faces uint8 (N, S, S) → probabilities float32 (N, labels), one after another."""
        if faces.shape[1:] != (self.size, self.size):
            have = "×".join(map(str, faces.shape[1:]))
            raise ModelError(f"{self._name} reads faces of {self.size}×{self.size} px, not {have}")
        read = np.empty((len(faces), self.labels), np.float32)
        for row, face in enumerate(scaled(faces, *self._scaling)):
            read[row] = self._invoke(face)
        return read

    def milliseconds(self, times: int = 200) -> float:
        """Median time of one reading; the first readings, which warm up, are not counted."""
        face = scaled(np.full((1, self.size, self.size), 90, np.uint8), *self._scaling)[0]
        taken = []
        for number in range(times + 10):
            start = time.perf_counter()
            self._invoke(face)
            if number >= 10:
                taken.append(time.perf_counter() - start)
        return float(np.median(taken)) * 1000

    def _invoke(self, face: NDArray[np.float32]) -> NDArray[np.float32]:
        self._interpreter.set_tensor(self._input["index"], face[None])
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._output["index"])[0], np.float32)


class Reader(Network):
    """A .tflite with its card beside it; refused, with ModelError, where the two do not belong together."""

    def __init__(self, model: Path) -> None:
        self.card, content = read_card(model)
        self.bytes = len(content)
        scaling = self.card.scaling
        super().__init__(content, str(model), scaling.offset, scaling.factor)
        if self.size != self.card.input.width or self.labels != len(self.card.labels):
            raise ModelError(f"{model}: its shapes are not those that its card says")
