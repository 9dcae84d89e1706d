"""What several networks are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras


def seeds_from(seed: int) -> Iterator[int]:
    """A seed for each layer in turn, so that a network starts the same whatever was built before it."""
    return iter(range(seed * 1000, seed * 1000 + 1000))


def batch_normalization(**options: Any) -> Any:
    """Batch normalisation with a running mean that short runs can follow; fused under TensorFlow."""
    options = {"momentum": 0.95, **options}
    if keras.backend.backend() == "tensorflow":
        from training.models.fused import FusedBatchNormalization

        return FusedBatchNormalization(**options)
    return keras.layers.BatchNormalization(**options)


def convolution(x: Any, width: int, side: int, stride: int, seeds: Iterator[int], active: bool = True) -> Any:
    """A convolution, batch normalisation and, if `active`, a ReLU."""
    x = keras.layers.Conv2D(
        width,
        side,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(next(seeds)),
    )(x)
    x = batch_normalization()(x)
    return keras.layers.ReLU()(x) if active else x


def hidden(x: Any, width: int, dropout: float, seeds: Iterator[int]) -> Any:
    """All there is, flattened, into a dense layer with a ReLU, and dropout."""
    x = keras.layers.Flatten()(x)
    start = keras.initializers.HeNormal(next(seeds))
    x = keras.layers.Dense(width, activation="relu", kernel_initializer=start)(x)
    return keras.layers.Dropout(dropout, seed=next(seeds))(x)


def dense_heads(x: Any, heads: Mapping[str, int], seeds: Iterator[int]) -> dict[str, Any]:
    """Logits (B, labels) of each head; they stay float32 where the rest is computed in bfloat16."""
    return {
        name: keras.layers.Dense(
            labels,
            dtype="float32",
            name=name,
            kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
        )(x)
        for name, labels in heads.items()
    }
