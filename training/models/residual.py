"""Ours: a slim residual network with squeeze-and-excitation.

Most of its arithmetic lies at half the side and below, so that it can be read beside the tracker on every
frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from training.models.layers import convolution, dense_heads, seeds_from
from training.models.options import Residual


def residual(options: Residual, picture: Any, heads: Mapping[str, int], seed: int) -> dict[str, Any]:
    """From float32 (B, S, S, 1) to the heads' logits."""
    seeds = seeds_from(seed)
    # Each picture by its own mean and spread: neither a dark room nor a pale drawing changes what is read.
    x = keras.layers.LayerNormalization(
        axis=(1, 2, 3), center=False, scale=False, epsilon=1e-3, dtype="float32"
    )(picture)
    x = convolution(x, options.stem, 3, 1, seeds)
    for stage, (width, count) in enumerate(zip(options.widths, options.blocks, strict=True)):
        excited = stage >= options.excite_from
        for block in range(count):
            stride = 1 if block else 2 if stage else options.first_stride
            x = _block(x, width, stride, excited, seeds)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(options.dropout, seed=next(seeds))(x)
    return dense_heads(x, heads, seeds)


def _block(x: Any, width: int, stride: int, excited: bool, seeds: Iterator[int]) -> Any:
    shortcut = x
    if stride > 1:
        shortcut = keras.layers.AveragePooling2D(stride)(shortcut)
    if shortcut.shape[-1] != width:
        shortcut = convolution(shortcut, width, 1, 1, seeds, active=False)
    x = convolution(x, width, 3, stride, seeds)
    x = convolution(x, width, 3, 1, seeds, active=False)
    if excited:
        x = _excite(x, max(width // 8, 8), seeds)
    return keras.layers.ReLU()(keras.layers.Add()([x, shortcut]))


def _excite(x: Any, hidden: int, seeds: Iterator[int]) -> Any:
    """Scale each channel by what the whole picture says of it (Hu et al., 2018)."""
    scale = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    for width, activation in ((hidden, "relu"), (x.shape[-1], "sigmoid")):
        scale = keras.layers.Conv2D(
            width, 1, activation=activation, kernel_initializer=keras.initializers.HeNormal(next(seeds))
        )(scale)
    return keras.layers.Multiply()([x, scale])
