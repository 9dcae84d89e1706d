"""What a run keeps on disk."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import SourceError
from training.schedule import Average


def save_weights(path: Path, weights: list[NDArray[np.float32]]) -> None:
    """A model's weights in Keras's order."""
    _write(path, {f"weights_{i}": weight for i, weight in enumerate(weights)})


def load_weights(path: Path) -> list[NDArray[np.float32]]:
    """What `save_weights` wrote."""
    return _numbered(_read(path), "weights")


def save_source(run: Path, data: Path) -> None:
    """Note which prepared data set the run learns from."""
    (run / "data.txt").write_text(f"{data.resolve()}\n", "utf-8")


def trained_on(run: Path) -> Path:
    """The prepared data set that the run learnt from."""
    try:
        return Path((run / "data.txt").read_text("utf-8").strip())
    except OSError:
        raise SourceError(f"{run} does not say what it learnt from: give --data") from None


def save_checkpoint(
    path: Path, model: Any, optimizer: Any, average: Average, epoch: int, best: float
) -> None:
    """All that the epochs after `epoch` depend on, the state of dropout's generators included."""
    arrays = {f"model_{i}": np.asarray(value) for i, value in enumerate(_state(model))}
    arrays |= {f"optimizer_{i}": np.asarray(value) for i, value in enumerate(optimizer.variables)}
    arrays |= {f"average_{i}": value for i, value in enumerate(average.weights)}
    arrays |= {
        "epoch": np.array(epoch),
        "best": np.array(best),
        "updates": np.array(average.updates),
    }
    _write(path, arrays)


def load_checkpoint(path: Path, model: Any, optimizer: Any, average: Average) -> tuple[int, float]:
    """Put everything back; returns the epochs done and the best accuracy so far."""
    arrays = _read(path)
    try:
        for name, variables in (("model", _state(model)), ("optimizer", optimizer.variables)):
            for variable, value in zip(variables, _numbered(arrays, name), strict=True):
                variable.assign(value)
        average.weights = _numbered(arrays, "average")
        average.updates = int(arrays["updates"])
        return int(arrays["epoch"]), float(arrays["best"])
    except (KeyError, ValueError) as error:
        raise SourceError(f"{path} does not fit the run's config: {error}") from None


def _state(model: Any) -> list[Any]:
    """Weights and dropout's generators; the metrics, which are variables too, start anew each epoch."""
    generators = [layer.seed_generator.state for layer in model.layers if hasattr(layer, "seed_generator")]
    return [*model.weights, *generators]


def _numbered(arrays: dict[str, NDArray[Any]], name: str) -> list[NDArray[Any]]:
    count = sum(key.startswith(f"{name}_") for key in arrays)
    return [arrays[f"{name}_{i}"] for i in range(count)]


def _write(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as file:
            np.savez(file, **arrays)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        # Opened here, since NumPy leaves a file open that turns out to be none of its own.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist: train first") from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} cannot be read: {error}") from None
