"""Turns a run into the model that the program loads, emotion.tflite, and its card, emotion.json.

python -m training.export runs/first --out avatar_cam/emotions/model
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from avatar_cam.errors import ModelError
from training import config as configs
from training.card import card, to_json
from training.checkpoint import load_weights, trained_on
from training.command import fail_in_one_line
from training.evaluate import evaluate
from training.litert import Reader
from training.model import build, reader
from training.samples import Samples, load
from training.scaling import scaled

#: Weights are stored as float16 and computed with as float32; probabilities may move by this much.
TOLERANCE = 5e-3


def export(run: Path, out: Path, samples: Samples, version: str) -> dict[str, Any]:
    """Write both files into `out` and return the card; `samples` are of FER+ Valid, for the figures."""
    model = build(configs.read(run / "config.toml").model)
    try:
        model.set_weights(load_weights(run / "model.npz"))
    except ValueError as error:
        raise ModelError(
            f"{run / 'model.npz'} does not fit its config: {str(error).splitlines()[0]}"
        ) from None

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".export-") as folder:
        made = Path(folder) / "emotion.tflite"
        write_tflite(reader(model), made)
        lite = Reader(made)
        _check(lite, model, samples)
        report = evaluate(lite, samples)
        figures = {
            "ferplus_valid_accuracy": report["accuracy"],
            "ferplus_valid_emotion_accuracy": report["emotion_accuracy"],
            "ferplus_valid_mean_emotion_recall": report["mean_emotion_recall"],
            "one_thread_ms": report["one_thread_ms"],
        }
        description = card(made.read_bytes(), "ferplus-slim", version, figures)
        (Path(folder) / "emotion.json").write_text(to_json(description), "utf-8")
        # The card last: a loader that comes between the two refuses the pair by its hash.
        for name in ("emotion.tflite", "emotion.json"):
            (Path(folder) / name).replace(out / name)
    return description


def write_tflite(model: Any, path: Path) -> None:
    """Float16 weights, float32 arithmetic: half the size, and just as fast once loaded."""
    model.export(
        str(path),
        format="litert",
        verbose=False,
        optimizations=[tf.lite.Optimize.DEFAULT],
        target_spec={"supported_types": [tf.float16]},
    )


def _check(lite: Reader, model: Any, samples: Samples) -> None:
    """Refuse a file that reads faces differently from the network it was made of."""
    faces = scaled(samples.aligned[:64])
    logits: NDArray[np.float32] = np.asarray(model.predict(faces, verbose=0)["ferplus"])
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    apart = float(np.abs(lite.read_all(faces) - powers / powers.sum(axis=1, keepdims=True)).max())
    if not apart <= TOLERANCE:
        raise ModelError(f"the exported model differs from Keras by {apart:.4f}, more than {TOLERANCE}")


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("run", type=Path, help="the folder that training.train wrote")
    parser.add_argument(
        "--data", type=Path, help="a prepared .npz for the figures; default: what the run learnt from"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="the folder for emotion.tflite and emotion.json"
    )
    parser.add_argument("--version", default="1", help="of the model, written into the card (default 1)")
    options = parser.parse_args(arguments)
    data = options.data or trained_on(options.run)
    made = export(options.run, options.out, load(data).of("PublicTest"), options.version)
    print(f"{options.out / 'emotion.tflite'}: {made['figures']}")


if __name__ == "__main__":
    main()
