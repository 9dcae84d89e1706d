"""All exports of the tests, in one process: TensorFlow takes long to start, and must not meet mediapipe.

python -m tests.training.export.exporting FOLDER: makes a data set and an untrained run there, and exports it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from numpy.typing import NDArray

from tests.training.export.noisy import SIDE, noisy_faces
from tests.training.train.faces import write_prepared
from training import config as configs
from training import export, quantise, runs
from training.checkpoint import save_weights
from training.kinds import Kind
from training.models.registry import build
from training.samples import Samples
from training.scaling import scaled

HEADS = ("ferplus", "fer2013")
#: The logits are this much larger than they should be: the network is far too sure of what it says.
SURE = 12.0

CONFIG = f"""
side = {SIDE}
mixed_precision = false
[heads.ferplus]
[heads.fer2013]
[model]
name = "cnn_baseline"
widths = [8, 8, 16, 16]
dense = 128
"""


def make(folder: Path) -> None:
    """`data`, `run` and the like; `logits.npz`: what Keras says of the faces of Valid."""
    samples = noisy_faces()
    write_prepared(folder / "data", samples)
    run = make_run(folder / "run", HEADS, samples, seed=3)
    twin = make_run(folder / "twin", HEADS[:1], samples, seed=4)
    make_run(folder / "stranger", HEADS[1:], samples, seed=5)
    smaller = folder / "smaller"
    shutil.copytree(folder / "twin", smaller)
    (smaller / "config.toml").write_text(CONFIG.replace(f"side = {SIDE}", f"side = {SIDE - 8}"), "utf-8")
    shown = scaled(samples.of("valid").crops)
    np.savez(folder / "logits.npz", **run.predict(shown, verbose=0))
    np.savez(folder / "twin.npz", **twin.predict(shown, verbose=0))


def make_run(folder: Path, heads: Sequence[str], samples: Samples, seed: int) -> Any:
    """A folder as training leaves it; returns the model."""
    folder.mkdir()
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    runs.describe(folder, heads, [folder.parent / "data"])
    model = build(configs.read(folder / "config.toml").model, heads, SIDE, seed)
    learn(model, heads, samples.of("train"))
    save_weights(folder / "model.npz", model.get_weights())
    return model


def learn(model: Any, heads: Sequence[str], samples: Samples) -> None:
    """Heads by ridge regression on what the untrained layers below give: quicker than training."""
    below = keras.Model(model.input, model.get_layer(heads[0]).input)
    seen = below.predict(scaled(samples.crops), verbose=0)
    for head in heads:
        wanted = samples.labels[head] - samples.labels[head].mean(axis=0)
        square = seen.T @ seen + 1e-3 * np.trace(seen.T @ seen) / seen.shape[1] * np.eye(seen.shape[1])
        kernel = np.linalg.solve(square, seen.T @ wanted) * SURE
        model.get_layer(head).set_weights([kernel, np.zeros(kernel.shape[1])])


def attempt(*arguments: object) -> None:
    """One export; its error and status go to standard error."""
    print(">>", arguments[-1], file=sys.stderr)
    try:
        export.main([str(argument) for argument in arguments])
    except SystemExit as end:
        print(f"status {end.code}", file=sys.stderr)


def main(folder: Path) -> None:
    make(folder)
    run = folder / "run"
    attempt(run, "--out", folder / "float16")
    attempt(run, "--kind", "all", "--out", folder / "all")
    attempt(run, "--kind", "float32", "--head", "fer2013", "--name", "mine", "--out", folder / "fer2013")
    attempt(run, "--head", "aihub", "--out", folder / "aihub")
    attempt(
        run, "--kind", "float32", "--offset", "fear=1.5", "--offset", "neutral=-1", "--out", folder / "lifted"
    )
    attempt(run, "--offset", "joy=1", "--out", folder / "unknown-label")
    attempt(run, "--offset", "fear", "--out", folder / "no-number")
    attempt(folder / "data", "--out", folder / "no-run")
    attempt(run, folder / "twin", "--kind", "float32", "--out", folder / "both")
    attempt(run, folder / "twin", "--head", "fer2013", "--out", folder / "other-head")
    attempt(run, folder / "smaller", "--out", folder / "sizes")
    attempt(folder / "twin", folder / "stranger", "--out", folder / "strangers")
    honest = quantise.to_tflite

    def tampered(reader: Any, kind: Kind, faces: NDArray[np.uint8]) -> bytes:
        """A file of another network: its weights turned around."""
        reader.set_weights([weight[..., ::-1] for weight in reader.get_weights()])
        return honest(reader, kind, faces)

    export.to_tflite = tampered  # type: ignore[attr-defined]
    attempt(run, "--out", folder / "tampered")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
