"""The plain network of tutorials: convolutions of 32, 64, 128 and 256 channels and a dense layer of 512.

Trained as they do it (configs/cnn_baseline.toml), it says what one gets without further thought.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from training.models.layers import dense_heads, hidden, seeds_from
from training.models.options import CnnBaseline


def cnn_baseline(options: CnnBaseline, picture: Any, heads: Mapping[str, int], seed: int) -> dict[str, Any]:
    """From float32 (B, S, S, 1) to the heads' logits."""
    seeds = seeds_from(seed)
    x = picture
    for index, width in enumerate(options.widths):
        start = keras.initializers.HeNormal(next(seeds))
        x = keras.layers.Conv2D(width, 3, padding="same", activation="relu", kernel_initializer=start)(x)
        # The first two share a pooling.
        if index > 0:
            x = keras.layers.MaxPooling2D()(x)
            x = keras.layers.Dropout(options.block_dropout, seed=next(seeds))(x)
    x = hidden(x, options.dense, options.dropout, seeds)
    return dense_heads(x, heads, seeds)
