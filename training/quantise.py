"""From a Keras model to a .tflite, its numbers in one of several kinds. Needs TensorFlow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from avatar_cam.errors import ModelError
from avatar_cam.quiet import quiet
from training.kinds import Kind
from training.scaling import scaled


def to_tflite(reader: Any, kind: Kind, faces: NDArray[np.uint8]) -> bytes:
    """The content of a .tflite that reads as the Keras model `reader` does, float32 in and out.

    `reader` takes float32 (1, S, S, 1), scaled. `faces` uint8 (N, S, S), of the training split, show
    int8-full in which ranges the layers' outputs lie; the other kinds need none.
    """
    options: dict[str, Any] = {}
    if kind != "float32":
        options["optimizations"] = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        options["target_spec"] = {"supported_types": [tf.float16]}
    if kind == "int8-full":
        if not len(faces):
            raise ModelError("int8-full learns ranges from faces, and the training split has none")
        options["representative_dataset"] = lambda: _one_by_one(faces)
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "model.tflite"
        reader.export(str(path), format="litert", verbose=False, **options)
        return path.read_bytes()


def _one_by_one(faces: NDArray[np.uint8]) -> Iterator[list[NDArray[np.float32]]]:
    for face in faces:
        yield [scaled(face[None])]
