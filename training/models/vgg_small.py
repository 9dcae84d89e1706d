"""Three blocks of two convolutions, as in VGG (Simonyan, Zisserman, arXiv 1409.1556), and a dense layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from training.models.layers import convolution, dense_heads, hidden, seeds_from
from training.models.options import VggSmall


def vgg_small(options: VggSmall, picture: Any, heads: Mapping[str, int], seed: int) -> dict[str, Any]:
    """From float32 (B, S, S, 1) to the heads' logits."""
    seeds = seeds_from(seed)
    x = picture
    for width in options.widths:
        for _ in range(2):
            x = convolution(x, width, 3, 1, seeds)
        x = keras.layers.MaxPooling2D()(x)
        x = keras.layers.Dropout(options.block_dropout, seed=next(seeds))(x)
    x = hidden(x, options.dense, options.dropout, seeds)
    return dense_heads(x, heads, seeds)
