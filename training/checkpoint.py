"""Weights on disk, and all else that a run needs to go on where it was."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import ModelError, SourceError
from training.files import whole
from training.schedule import Average


@dataclass(slots=True)
class Progress:
    """How far a run is: `epoch` epochs are done, and of the next one `step` steps with a `loss` in sum.

    `seconds` have been spent on that next one up to the checkpoint.

    `history` holds a record for each epoch, as log.jsonl does. `learnt` tells the data and the config from
    which all this comes.
    """

    learnt: str
    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    seconds: float = 0.0
    best: float = -1.0
    best_epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    def add(self, loss: float) -> None:
        """Count a step. Raises ModelError where its loss is no number any more."""
        if not math.isfinite(loss):
            raise ModelError(
                f"epoch {self.epoch + 1}, step {self.step + 1}: the loss is {loss}; "
                "try a lower peak_rate, see --find-rate"
            )
        self.loss += loss
        self.step += 1

    def end_epoch(self, record: dict[str, Any]) -> None:
        """Count an epoch, and keep its record."""
        self.epoch, self.step, self.loss, self.seconds = self.epoch + 1, 0, 0.0, 0.0
        self.history.append({"epoch": self.epoch, **record})


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an .npz, whole or not at all."""
    with whole(path) as part:
        np.savez(part, **arrays)


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """What `save_arrays` wrote."""
    try:
        # Opened here, since NumPy leaves a file open that turns out to be none of its own.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist: train first") from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None


def save_weights(path: Path, weights: list[NDArray[np.float32]]) -> None:
    """A model's weights in Keras's order, which no back-end changes."""
    save_arrays(path, {f"weights_{i}": weight for i, weight in enumerate(weights)})


def load_weights(path: Path) -> list[NDArray[np.float32]]:
    """What `save_weights` wrote."""
    return _numbered(load_arrays(path), "weights")


def save_checkpoint(path: Path, model: Any, optimizer: Any, average: Average, progress: Progress) -> None:
    """All that what follows depends on, the state of dropout's generators included."""
    import keras

    to_numpy = keras.ops.convert_to_numpy
    arrays = {f"model_{i}": to_numpy(value) for i, value in enumerate(_state(model))}
    arrays |= {f"optimizer_{i}": to_numpy(value) for i, value in enumerate(optimizer.variables)}
    arrays |= {f"average_{i}": value for i, value in enumerate(average.weights)}
    arrays |= {"updates": np.array(average.updates), "progress": np.array(json.dumps(asdict(progress)))}
    save_arrays(path, arrays)


def load_checkpoint(path: Path, model: Any, optimizer: Any, average: Average, learnt: str) -> Progress:
    """Put everything back. Raises SourceError if it comes of other data or another config than `learnt`."""
    arrays = load_arrays(path)
    try:
        progress = Progress(**json.loads(str(arrays["progress"])))
        if progress.learnt != learnt:
            raise SourceError(f"{path} comes of other data or another config")
        for name, variables in (("model", _state(model)), ("optimizer", optimizer.variables)):
            values = _numbered(arrays, name)
            if len(values) != len(variables):
                raise ValueError(f"{len(values)} arrays for the {name}, not {len(variables)}")
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        average.weights = _numbered(arrays, "average")
        average.updates = int(arrays["updates"])
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(f"{path} does not fit the run's config: {str(error).splitlines()[0]}") from None
    return progress


def _state(model: Any) -> list[Any]:
    """Weights and dropout's generators; the metrics, which are variables too, start anew each step."""
    generators = [layer.seed_generator.state for layer in model.layers if hasattr(layer, "seed_generator")]
    return [*model.weights, *generators]


def _numbered(arrays: dict[str, NDArray[Any]], name: str) -> list[NDArray[Any]]:
    count = sum(key.startswith(f"{name}_") for key in arrays)
    return [arrays[f"{name}_{i}"] for i in range(count)]
