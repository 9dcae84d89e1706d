"""The network: a slim residual one with squeeze-and-excitation, and two heads.

Most of its arithmetic lies at 24×24 and below, so that it can be read beside the tracker on every frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from training.samples import FER2013, LABELS, SIZE


@dataclass(frozen=True, slots=True)
class Shape:
    """`stem` channels at 48×48, then stages of `blocks` and `widths` channels, each at half the side."""

    stem: int = 16
    widths: tuple[int, ...] = (32, 64, 128, 192)
    blocks: tuple[int, ...] = (2, 2, 2, 2)
    dropout: float = 0.3

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ValueError("widths and blocks need one number for each stage")


def build(shape: Shape, seed: int = 0) -> Any:
    """The Keras model for training.

    Input float32 (B, 48, 48, 1), scaled; outputs "ferplus" float32 (B, 8) and "fer2013" (B, 7), both logits.
    """
    seeds = iter(range(seed * 1000, seed * 1000 + 1000))
    picture = keras.Input((SIZE, SIZE, 1), name="face")
    # Each picture by its own mean and spread: neither a dark room nor a pale drawing changes what is read.
    x = keras.layers.LayerNormalization(
        axis=(1, 2, 3), center=False, scale=False, epsilon=1e-3, dtype="float32"
    )(picture)
    x = _conv(x, shape.stem, 3, 1, seeds)
    for width, count in zip(shape.widths, shape.blocks, strict=True):
        for block in range(count):
            x = _residual(x, width, 2 if block == 0 else 1, seeds)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(shape.dropout, seed=next(seeds))(x)
    # The logits stay float32 where the rest is computed in bfloat16.
    heads = {
        name: keras.layers.Dense(
            units,
            dtype="float32",
            name=name,
            kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
        )(x)
        for name, units in (("ferplus", len(LABELS)), ("fer2013", len(FER2013)))
    }
    return keras.Model(picture, heads, name="emotion")


def reader(model: Any) -> Any:
    """What is shipped of it: input float32 (1, 48, 48, 1), output the probabilities of `LABELS`, (1, 8)."""
    picture = keras.Input(batch_shape=(1, SIZE, SIZE, 1), name="face")
    logits = keras.Model(model.input, model.output["ferplus"])(picture)
    return keras.Model(picture, keras.layers.Softmax(dtype="float32", name="probabilities")(logits))


class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Keras's own layer, trained by TensorFlow's fused kernel.

    Keras 3 computes it from elementary operations: in bfloat16 an epoch took 45 s with those, 32 s with this.
    It has the same weights, and behaves the same when it does not train.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if not training:
            return super().call(inputs, training=False, mask=mask)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=tf.zeros([0]),
            variance=tf.zeros([0]),
            epsilon=self.epsilon,
            is_training=True,
        )
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1 - self.momentum))
        return outputs


def _residual(x: Any, width: int, stride: int, seeds: Any) -> Any:
    shortcut = x
    if stride > 1:
        shortcut = keras.layers.AveragePooling2D(stride)(shortcut)
    if shortcut.shape[-1] != width:
        shortcut = _conv(shortcut, width, 1, 1, seeds, active=False)
    x = _conv(x, width, 3, stride, seeds)
    x = _conv(x, width, 3, 1, seeds, active=False)
    x = _excite(x, max(width // 8, 8), seeds)
    return keras.layers.ReLU()(keras.layers.Add()([x, shortcut]))


def _conv(x: Any, width: int, side: int, stride: int, seeds: Any, active: bool = True) -> Any:
    x = keras.layers.Conv2D(
        width,
        side,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(next(seeds)),
    )(x)
    x = FusedBatchNormalization(momentum=0.95)(x)
    return keras.layers.ReLU()(x) if active else x


def _excite(x: Any, hidden: int, seeds: Any) -> Any:
    """Scale each channel by what the whole picture says of it (Hu et al., 2018)."""
    scale = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    for width, activation in ((hidden, "relu"), (x.shape[-1], "sigmoid")):
        scale = keras.layers.Conv2D(
            width, 1, activation=activation, kernel_initializer=keras.initializers.HeNormal(next(seeds))
        )(scale)
    return keras.layers.Multiply()([x, scale])
