"""Starts a network from what another run has learnt, to go on with other data, labels or settings."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from avatar_cam.errors import UsageError
from training import runs


def start_from(folder: Path, model: Any, heads: Collection[str]) -> None:
    """Give `model`, which has `heads`, the weights of the run in `folder`; heads new to it stay as they are.

    Raises UsageError where the run's network is another.
    """
    run = runs.read(folder)
    learnt = run.model()
    try:
        for layer, other in zip(_body(model, heads), _body(learnt, run.heads), strict=True):
            layer.set_weights(other.get_weights())
        for head in run.heads:
            if head in heads:
                model.get_layer(head).set_weights(learnt.get_layer(head).get_weights())
    except ValueError:
        message = f"{folder} is a network of another shape: give [model] as in its config.toml"
        raise UsageError(message) from None


def _body(model: Any, heads: Collection[str]) -> list[Any]:
    """Its layers but for the heads, first to last."""
    return [layer for layer in model.layers if layer.name not in heads]
