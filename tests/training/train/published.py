"""A made MobileNet in the form in which a real one is published for TensorFlow.js, and what it computes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.models.mobilenet import BLOCKS, STEM

Weights = Mapping[str, NDArray[np.float32]]


def make_weights() -> dict[str, NDArray[np.float32]]:
    """By the names of the published file, random."""
    chance = np.random.default_rng(7)

    def drawn(*shape: int, spread: float) -> NDArray[np.float32]:
        return chance.normal(0, spread, shape).astype(np.float32)

    weights = {
        "conv1/convolution/merged_input": drawn(3, 3, 3, STEM, spread=0.005),
        "conv1_bn/batchnorm_1/sub": drawn(STEM, spread=0.5),
    }
    inner = STEM
    for number, (width, _) in enumerate(BLOCKS, 1):
        weights[f"conv_dw_{number}/depthwise_kernel"] = drawn(3, 3, inner, 1, spread=0.4)
        weights[f"conv_dw_{number}_bn/batchnorm_1/mul"] = 1 + drawn(inner, spread=0.1)
        weights[f"conv_dw_{number}_bn/batchnorm_1/sub"] = drawn(inner, spread=0.5)
        pointwise = drawn(1, 1, inner, width, spread=(4 / inner) ** 0.5)
        # What all channels have in common is taken out, or it would drown what is in the picture.
        weights[f"conv_pw_{number}/convolution/merged_input"] = pointwise - pointwise.mean(
            axis=2, keepdims=True
        )
        weights[f"conv_pw_{number}_bn/batchnorm_1/sub"] = drawn(width, spread=0.5)
        inner = width
    return weights


def write_graph(path: Path, weights: Weights, **entry: Any) -> Path:
    """As TensorFlow.js does: a .json that describes, and two files with the numbers one after another."""
    blob = b"".join(values.astype("<f4").tobytes() for values in weights.values())
    # An int32 lies among them in the real one.
    blob = np.array([1, 2], "<i4").tobytes() + blob
    entries: list[dict[str, Any]] = [{"name": "indices", "shape": [2], "dtype": "int32"}]
    entries += [
        {"name": name, "shape": list(values.shape), "dtype": "float32", **entry}
        for name, values in weights.items()
    ]
    files = [path.with_name(f"{path.stem}.bin{number}") for number in range(2)]
    files[0].write_bytes(blob[:1000])
    files[1].write_bytes(blob[1000:])
    manifest = [{"paths": [file.name for file in files], "weights": entries}]
    path.write_text(json.dumps({"format": "graph-model", "weightsManifest": manifest}), "utf-8")
    return path


def computed(weights: Weights, picture: NDArray[np.float32]) -> tuple[Any, Any]:
    """What it makes of one grey picture (S, S): after its first layer, and in the end, averaged (1024,).

    The picture is shown at twice its side, in three colours, as the published network wants it.
    """
    x = keras.layers.UpSampling2D(2, interpolation="bilinear")(picture[None, :, :, None])
    x = keras.ops.repeat(x, 3, axis=-1) - np.array([103.939, 116.779, 123.68], np.float32)
    x = keras.ops.conv(x, weights["conv1/convolution/merged_input"], strides=2, padding="same")
    first = x = keras.ops.relu6(x + weights["conv1_bn/batchnorm_1/sub"])
    for number, (_, stride) in enumerate(BLOCKS, 1):
        depthwise, norm = f"conv_dw_{number}", f"conv_dw_{number}_bn/batchnorm_1"
        x = keras.ops.depthwise_conv(
            x, weights[f"{depthwise}/depthwise_kernel"], strides=stride, padding="same"
        )
        x = keras.ops.relu6(x * weights[f"{norm}/mul"] + weights[f"{norm}/sub"])
        pointwise = f"conv_pw_{number}"
        x = keras.ops.conv(x, weights[f"{pointwise}/convolution/merged_input"], padding="same")
        x = keras.ops.relu6(x + weights[f"{pointwise}_bn/batchnorm_1/sub"])
    return np.asarray(first[0]), np.asarray(keras.ops.mean(x, (0, 1, 2)))
