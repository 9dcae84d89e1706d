"""All exports of the tests, in one process: TensorFlow takes long to start, and must not meet mediapipe.

python -m tests.training.export.exporting FOLDER: makes a data set and an untrained run there, and exports it.
"""

from __future__ import annotations

import os
import sys
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
    """`data` and `run`; `logits.npz`: what Keras says of the faces of Valid."""
    samples = noisy_faces()
    write_prepared(folder / "data", samples)
    run = folder / "run"
    run.mkdir()
    (run / "config.toml").write_text(CONFIG, "utf-8")
    runs.describe(run, HEADS, [folder / "data"])
    model = build(configs.read(run / "config.toml").model, HEADS, SIDE, seed=3)
    learn(model, samples.of("train"))
    save_weights(run / "model.npz", model.get_weights())
    np.savez(folder / "logits.npz", **model.predict(scaled(samples.of("valid").crops), verbose=0))


def learn(model: Any, samples: Samples) -> None:
    """Heads by ridge regression on what the untrained layers below give: quicker than training."""
    below = keras.Model(model.input, model.get_layer(HEADS[0]).input)
    seen = below.predict(scaled(samples.crops), verbose=0)
    for head in HEADS:
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
    attempt(folder / "data", "--out", folder / "no-run")
    honest = quantise.to_tflite

    def tampered(reader: Any, kind: Kind, faces: NDArray[np.uint8]) -> bytes:
        """A file of another network: its weights turned around."""
        reader.set_weights([weight[..., ::-1] for weight in reader.get_weights()])
        return honest(reader, kind, faces)

    export.to_tflite = tampered  # type: ignore[attr-defined]
    attempt(run, "--out", folder / "tampered")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
