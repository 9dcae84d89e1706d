"""A run's folder, for whatever comes after training.

config.toml      the run's settings, a copy
run.json         the heads in order, and the prepared data sets it learns from
log.jsonl        a line an epoch; curves.png shows it
model.npz        the averaged weights of the best epoch on the validation split
checkpoint.npz   what --resume needs
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar_cam.errors import ModelError, SourceError
from training import config as configs
from training.checkpoint import load_weights
from training.files import whole
from training.labels import SCHEMES


@dataclass(frozen=True, slots=True)
class Run:
    """What was trained: the settings, the `heads` (schemes by name, the main one first), on which `data`."""

    folder: Path
    config: configs.Config
    heads: tuple[str, ...]
    data: tuple[Path, ...]

    def model(self) -> Any:
        """The Keras model with its best weights: float32 (B, side, side, 1), scaled → {head: logits}."""
        from training.models.registry import build

        weights = self.folder / "model.npz"
        model = build(self.config.model, self.heads, self.config.side)
        try:
            model.set_weights(load_weights(weights))
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"{weights} does not fit its config: {reason}") from None
        return model


def describe(folder: Path, heads: Sequence[str], data: Sequence[Path]) -> None:
    """Write `run.json`."""
    # Relative to the run where they lie beside it, so that both can be moved together.
    text = json.dumps({"heads": list(heads), "data": [_name(path, folder) for path in data]}, indent=2)
    with whole(folder / "run.json") as part:
        part.write_text(text + "\n", "utf-8")


def read(folder: Path) -> Run:
    """What training left in `folder`; raises SourceError or UsageError."""
    file = folder / "run.json"
    try:
        values = json.loads(file.read_text("utf-8"))
        heads = tuple(str(SCHEMES[name].name) for name in values["heads"])
        data = tuple((folder / path).resolve() for path in values["data"])
    except FileNotFoundError:
        raise SourceError(f"{folder} is no run: it has no run.json") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{file} cannot be read: {error!r}") from None
    return Run(folder, configs.read(folder / "config.toml"), heads, data)


def _name(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:  # another drive
        return str(path.resolve())
