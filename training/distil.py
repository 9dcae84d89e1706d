"""Soft labels from trained networks (Hinton, Vinyals, Dean, arXiv 1503.02531)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_cam.errors import UsageError
from training import runs
from training.checkpoint import load_arrays, save_arrays
from training.config import Distil
from training.reporting.calibration import softmax
from training.resizing import resized
from training.scaling import scaled

Rows = Mapping[str, NDArray[np.float32]]


def taught(
    settings: Distil, pictures: NDArray[np.uint8], kept: Path, again: bool
) -> dict[str, NDArray[np.float32]]:
    """What the teachers read in the pictures, which is written to `kept`, or `again` taken from there.

    So a resumed run learns just what it began with, wherever its teachers are by then.
    """
    if again:
        return load_arrays(kept)
    read = read_by_teachers(settings, pictures)
    save_arrays(kept, read)
    return read


def read_by_teachers(settings: Distil, pictures: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Of each head that a teacher has, its probabilities (N, labels): mean over teachers and mirror images.

    They read the pictures, uint8 (N, S, S), as they are, once for the whole training: to read every changed
    picture would take as long as training them.
    """
    found: dict[str, list[NDArray[np.float64]]] = {}
    for folder in settings.teachers:
        run = runs.read(folder)
        model = run.model()
        faces = resized(pictures, run.config.side)
        for side in (faces, faces[:, :, ::-1]):
            for head, logits in model.predict(scaled(side), batch_size=256, verbose=0).items():
                found.setdefault(head, []).append(softmax(logits, settings.temperature))
    return {head: np.mean(each, axis=0, dtype=np.float32) for head, each in found.items()}


def mix(shares: Rows, taught: Rows, weight: float) -> dict[str, NDArray[np.float32]]:
    """The votes' shares with `weight` of what the teachers say; a head they do not know keeps its own."""
    if not any(head in taught for head in shares):
        raise UsageError(f"no teacher has a head of {', '.join(shares)}")
    return {
        head: (1 - weight) * rows + weight * taught[head] if head in taught else rows
        for head, rows in shares.items()
    }
