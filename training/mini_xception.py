"""mini_Xception, the small network that most emotion programs use: something to compare with.

Arriaga, Valdenegro-Toro, Plöger, *Real-time convolutional neural networks for emotion and gender
classification*, arXiv 1710.07557: depthwise separable convolutions in residual modules, no dense layer, about
60,000 parameters.
"""

from __future__ import annotations

from typing import Any

import keras

#: Side of the grey picture that it takes, in pixels, and FER2013's classes.
SIZE, CLASSES = 64, 7
_STEM = 8
_WIDTHS = (16, 32, 64, 128)


def mini_xception(size: int = SIZE, classes: int = CLASSES) -> Any:
    """The Keras model: float32 (B, size, size, 1) from -1 to 1 → probabilities (B, classes); not trained."""
    picture = x = keras.Input((size, size, 1), name="face")
    for _ in range(2):
        x = keras.layers.Conv2D(_STEM, 3, use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    for width in _WIDTHS:
        x = _module(x, width)
    x = keras.layers.Conv2D(classes, 3, padding="same")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(picture, keras.layers.Softmax(name="probabilities")(x), name="mini_xception")


def _module(x: Any, width: int) -> Any:
    """Two separable convolutions and a shortcut, at half the side."""
    shortcut = keras.layers.Conv2D(width, 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = keras.layers.BatchNormalization()(shortcut)
    x = _separable(x, width)
    x = keras.layers.ReLU()(x)
    x = _separable(x, width)
    x = keras.layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return keras.layers.Add()([x, shortcut])


def _separable(x: Any, width: int) -> Any:
    x = keras.layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
    return keras.layers.BatchNormalization()(x)
