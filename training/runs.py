"""A run's folder, for whatever comes after training.

config.toml      the run's settings, a copy
run.json         the heads in order, the prepared data sets it learns from, and all schemes that it has learnt
log.jsonl        a line an epoch; curves.png shows it
model.npz        the averaged weights of the best epoch on the validation split
checkpoint.npz   what --resume needs
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from avatar_cam.errors import ModelError, SourceError, UsageError
from training import config as configs
from training.checkpoint import load_weights
from training.files import whole
from training.labels import SCHEMES


@dataclass(frozen=True, slots=True)
class Run:
    """What was trained: the settings, the `heads` (schemes by name, the main one first), on which `data`.

    `learnt` are the schemes of all labels that went into it, of its teachers and its start, too. If it has
    `parts` it stands for their mean.
    """

    folder: Path
    config: configs.Config
    heads: tuple[str, ...]
    data: tuple[Path, ...]
    learnt: tuple[str, ...]
    parts: tuple[Run, ...] = ()

    def model(self) -> Any:
        """The Keras model with its best weights: float32 (B, side, side, 1), scaled → {head: logits}."""
        from training.models.registry import build, mean_of

        if self.parts:
            return mean_of([part.model() for part in self.parts], self.heads)
        weights = self.folder / "model.npz"
        model = build(self.config.model, self.heads, self.config.side)
        try:
            model.set_weights(load_weights(weights))
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"{weights} does not fit its config: {reason}") from None
        return model


def describe(folder: Path, heads: Sequence[str], data: Sequence[Path], earlier: Sequence[Path] = ()) -> None:
    """Write `run.json`; `earlier` are the runs that it learns from."""
    learnt = dict.fromkeys(heads) | dict.fromkeys(name for run in earlier for name in read(run).learnt)
    # Relative to the run where they lie beside it, so that both can be moved together.
    places = [_name(path, folder) for path in data]
    text = json.dumps({"heads": list(heads), "data": places, "learnt": list(learnt)}, indent=2)
    with whole(folder / "run.json") as part:
        part.write_text(text + "\n", "utf-8")


def read(folder: Path) -> Run:
    """What training left in `folder`; raises SourceError or UsageError."""
    file = folder / "run.json"
    try:
        values = json.loads(file.read_text("utf-8"))
        heads = _schemes(values["heads"])
        learnt = _schemes(values.get("learnt", heads))
        data = tuple((folder / path).resolve() for path in values["data"])
    except FileNotFoundError:
        raise SourceError(f"{folder} is no run: it has no run.json") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{file} cannot be read: {error!r}") from None
    return Run(folder, configs.read(folder / "config.toml"), heads, data, learnt)


def together(folders: Sequence[Path]) -> Run:
    """The runs in `folders` as one, which reads the mean of what they read, with the heads that all have.

    Raises UsageError where they do not fit.
    """
    every = [read(folder) for folder in folders]
    first, *others = every
    if not others:
        return first
    for other in others:
        if other.config.side != first.config.side:
            raise UsageError(
                f"{other.folder} reads pictures of {other.config.side} px, "
                f"{first.folder} of {first.config.side} px: they cannot be one model"
            )
    heads = tuple(head for head in first.heads if all(head in run.heads for run in others))
    if not heads:
        raise UsageError(f"{', '.join(map(str, folders))} have no head in common: they cannot be one model")
    return replace(
        first,
        heads=heads,
        data=tuple(dict.fromkeys(path for run in every for path in run.data)),
        learnt=tuple(dict.fromkeys(name for run in every for name in run.learnt)),
        parts=tuple(every),
    )


def _schemes(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(SCHEMES[name].name) for name in names)


def _name(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:  # another drive
        return str(path.resolve())
