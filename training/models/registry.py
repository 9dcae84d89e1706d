"""Builds a network by the name in its options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras

from avatar_cam.errors import UsageError
from training.labels import SCHEMES
from training.models.cnn_baseline import cnn_baseline
from training.models.mini_xception import mini_xception
from training.models.options import Options
from training.models.residual import residual
from training.models.resnet34 import resnet34
from training.models.vgg_small import vgg_small

#: From its options, the input, the heads (name → labels) and a seed to each head's logits.
Network = Callable[..., dict[str, Any]]

NETWORKS: dict[str, Network] = {
    "residual": residual,
    "mini_xception": mini_xception,
    "vgg_small": vgg_small,
    "cnn_baseline": cnn_baseline,
    "resnet34": resnet34,
}


def build(options: Options, heads: Iterable[str], side: int, seed: int = 0, any_side: bool = False) -> Any:
    """The Keras model for training, with a head for each scheme that `heads` names.

    Input float32 (B, side, side, 1), scaled; output a dictionary of logits float32 (B, labels). With
    `any_side` it takes pictures of any side; `side` is then only what it is checked with. The order of its
    weights depends on nothing but `options` and `heads`.
    """
    labels = {name: len(SCHEMES[name].labels) for name in heads}
    shape = (None, None, 1) if any_side else (side, side, 1)
    picture = keras.Input(shape, name="face")
    try:
        logits = NETWORKS[options.name](options, picture, labels, seed)
    except ValueError as error:
        reason = "takes pictures of one side only" if any_side else str(error).splitlines()[0]
        raise UsageError(f"{options.name} cannot be built for {side}x{side} pictures: {reason}") from None
    return keras.Model(picture, logits, name=options.name)


def mean_of(models: Sequence[Any], heads: Iterable[str]) -> Any:
    """One network that gives the mean of the logits of several, of `heads`, which all have."""
    picture = keras.Input(models[0].input.shape[1:], name="face")
    # Of one name each, which Keras wants.
    parts = [keras.Model(model.input, model.output, name=f"part_{i}") for i, model in enumerate(models)]
    logits = [part(picture) for part in parts]
    return keras.Model(
        picture,
        {head: keras.layers.Average(dtype="float32")([each[head] for each in logits]) for head in heads},
    )


def reader(model: Any, head: str, side: int, temperature: float = 1.0, offsets: Sequence[float] = ()) -> Any:
    """What is shipped of it: input float32 (1, side, side, 1), output `head`'s probabilities (1, labels).

    The logits get `offsets`, one a label, and are then divided by the temperature.
    """
    picture = keras.Input(batch_shape=(1, side, side, 1), name="face")
    logits = keras.Model(model.input, model.output[head])(picture)
    if temperature != 1 or any(offsets):
        shifts = [offset / temperature for offset in offsets] or 0.0
        logits = keras.layers.Rescaling(1 / temperature, shifts, dtype="float32")(logits)
    return keras.Model(picture, keras.layers.Softmax(dtype="float32", name="probabilities")(logits))
