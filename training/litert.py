"""Runs a .tflite as the program does: ai-edge-litert, one thread, one face at a time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import ModelError
from avatar_cam.quiet import quiet


class Reader:
    """A loaded emotion model: input float32 (1, 48, 48, 1), output float32 (1, labels)."""

    def __init__(self, path: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            with quiet():
                self._interpreter: Any = Interpreter(model_content=path.read_bytes(), num_threads=1)
                self._interpreter.allocate_tensors()
        except FileNotFoundError:
            raise ModelError(f"{path} does not exist") from None
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(f"{path} is no usable TFLite model: {str(error).splitlines()[0]}") from None
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()

    def read(self, face: NDArray[np.float32]) -> NDArray[np.float32]:
        """`face` float32 (48, 48, 1), scaled → probabilities float32 (labels,)."""
        if face[None].shape != tuple(self._input["shape"]):
            raise ModelError(f"the model wants {self._input['shape'].tolist()}, not {[1, *face.shape]}")
        self._interpreter.set_tensor(self._input["index"], face[None])
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._output["index"])[0], np.float32)

    def read_all(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 48, 48, 1) → (N, labels), one after another."""
        return np.stack([self.read(face) for face in faces])

    def milliseconds(self, times: int = 200) -> float:
        """Median time of one reading."""
        face = np.zeros(self._input["shape"][1:], np.float32)
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            self.read(face)
            taken.append(time.perf_counter() - start)
        return float(np.median(taken)) * 1000
