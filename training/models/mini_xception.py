"""mini_Xception, the small network that most emotion programs use.

Arriaga, Valdenegro-Toro, Plöger, *Real-time convolutional neural networks for emotion and gender
classification*, arXiv 1710.07557: depthwise separable convolutions in residual modules, no dense layer, about
60,000 parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from training.models.layers import batch_normalization, seeds_from
from training.models.options import MiniXception

_STEM = 8
_WIDTHS = (16, 32, 64, 128)


def mini_xception(options: MiniXception, picture: Any, heads: Mapping[str, int], seed: int) -> dict[str, Any]:
    """From float32 (B, S, S, 1) to the heads' logits; the paper's S is 64."""
    seeds = seeds_from(seed)
    x = picture
    for _ in range(2):
        x = keras.layers.Conv2D(_STEM, 3, use_bias=False, kernel_initializer=_start(seeds))(x)
        x = batch_normalization()(x)
        x = keras.layers.ReLU()(x)
    for width in _WIDTHS:
        x = _module(x, width, seeds)
    return {name: _head(x, name, labels, seeds) for name, labels in heads.items()}


def _head(x: Any, name: str, labels: int, seeds: Iterator[int]) -> Any:
    """A map for each label, and its mean."""
    x = keras.layers.Conv2D(labels, 3, padding="same", kernel_initializer=_start(seeds))(x)
    return keras.layers.GlobalAveragePooling2D(dtype="float32", name=name)(x)


def _module(x: Any, width: int, seeds: Iterator[int]) -> Any:
    """Two separable convolutions and a shortcut, at half the side."""
    shortcut = keras.layers.Conv2D(
        width, 1, strides=2, padding="same", use_bias=False, kernel_initializer=_start(seeds)
    )(x)
    shortcut = batch_normalization()(shortcut)
    x = _separable(x, width, seeds)
    x = keras.layers.ReLU()(x)
    x = _separable(x, width, seeds)
    x = keras.layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return keras.layers.Add()([x, shortcut])


def _separable(x: Any, width: int, seeds: Iterator[int]) -> Any:
    x = keras.layers.SeparableConv2D(
        width,
        3,
        padding="same",
        use_bias=False,
        depthwise_initializer=_start(seeds),
        pointwise_initializer=_start(seeds),
    )(x)
    return batch_normalization()(x)


def _start(seeds: Iterator[int]) -> Any:
    return keras.initializers.GlorotUniform(next(seeds))
