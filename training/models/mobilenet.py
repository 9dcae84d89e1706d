"""MobileNet (Howard et al., arXiv 1704.04861), of depthwise separable convolutions.

Its first convolution works at full side where the original halves it: a picture is read as the original
reads one of twice the side, so that 48 px do for weights that were learnt from larger faces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from training.models.layers import batch_normalization, dense_heads, seeds_from
from training.models.options import MobileNet

#: Channels of the first convolution, and of each block, with its stride.
STEM = 32
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
)


def mobilenet(options: MobileNet, picture: Any, heads: Mapping[str, int], seed: int) -> dict[str, Any]:
    """From float32 (B, S, S, 1) to the heads' logits."""
    seeds = seeds_from(seed)
    # Each picture by its own mean and spread: neither a dark room nor a pale drawing changes what is read.
    x = keras.layers.LayerNormalization(
        axis=(1, 2, 3), center=False, scale=False, epsilon=1e-3, dtype="float32"
    )(picture)
    x = _normalized(keras.layers.Conv2D(STEM, 3, **_settings(seeds))(x))
    for width, stride in BLOCKS:
        # A strided one's gradient has no fast kernel for bfloat16: it would take a third of a step.
        dtype = "float32" if stride > 1 else None
        x = _normalized(_depthwise(stride, dtype, seeds)(x))
        x = _normalized(keras.layers.Conv2D(width, 1, **_settings(seeds))(x))
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(options.dropout, seed=next(seeds))(x)
    return dense_heads(x, heads, seeds)


def _settings(seeds: Iterator[int]) -> dict[str, Any]:
    start = keras.initializers.HeNormal(next(seeds))
    return {"padding": "same", "use_bias": False, "kernel_initializer": start}


def _depthwise(stride: int, dtype: str | None, seeds: Iterator[int]) -> Any:
    start = keras.initializers.HeNormal(next(seeds))
    return keras.layers.DepthwiseConv2D(
        3, stride, padding="same", use_bias=False, depthwise_initializer=start, dtype=dtype
    )


def _normalized(x: Any) -> Any:
    return keras.layers.ReLU(6.0)(batch_normalization()(x))
