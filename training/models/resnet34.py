"""ResNet-34 (He et al., *Deep residual learning for image recognition*, arXiv 1512.03385) for small pictures.

The paper's stem brings a picture to a quarter of its side before the first block, which would leave 12 of 48
pixels; here a 3×3 convolution, by default of stride 2, stands in its place, without a pooling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from training.models.layers import convolution, dense_heads, seeds_from
from training.models.options import ResNet34


def resnet34(options: ResNet34, picture: Any, heads: Mapping[str, int], seed: int) -> dict[str, Any]:
    """From float32 (B, S, S, 1) to the heads' logits."""
    seeds = seeds_from(seed)
    x = convolution(picture, options.widths[0], 3, options.stem_stride, seeds)
    for stage, (width, count) in enumerate(zip(options.widths, options.blocks, strict=True)):
        for block in range(count):
            x = _block(x, width, 2 if stage > 0 and block == 0 else 1, seeds)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(options.dropout, seed=next(seeds))(x)
    return dense_heads(x, heads, seeds)


def _block(x: Any, width: int, stride: int, seeds: Iterator[int]) -> Any:
    """Two convolutions; the shortcut is projected where the shape changes (the paper's option B)."""
    shortcut = x
    if stride > 1 or x.shape[-1] != width:
        shortcut = convolution(x, width, 1, stride, seeds, active=False)
    x = convolution(x, width, 3, stride, seeds)
    x = convolution(x, width, 3, 1, seeds, active=False)
    return keras.layers.ReLU()(keras.layers.Add()([x, shortcut]))
