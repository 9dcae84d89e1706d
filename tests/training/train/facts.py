"""What the tests want to know of Keras, found out in one process, since TensorFlow takes seconds to start.

It must not meet mediapipe, so the process is not that of the tests: `python -m tests.training.train.facts
FOLDER` writes facts.json.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from training import runs, train
from training.checkpoint import load_weights
from training.config import Config, Head
from training.distil import read_by_teachers
from training.files import alone
from training.models.options import (
    CnnBaseline,
    MiniXception,
    Options,
    Residual,
    ResNet34,
    VggSmall,
)
from training.models.registry import build, reader
from training.reporting.calibration import softmax
from training.samples import load

HEADS = ("fer2013", "ferplus")
#: Each network as it is, and small enough to be trained for a test.
MODELS: tuple[tuple[Options, Options], ...] = (
    (Residual(), Residual(stem=4, widths=(8, 8), blocks=(1, 2), excite_from=1)),
    (MiniXception(), MiniXception()),
    (VggSmall(), VggSmall(widths=(4, 8), dense=8)),
    (CnnBaseline(), CnnBaseline(widths=(4, 4, 8, 8), dense=8)),
    (ResNet34(), ResNet34(widths=(8, 16), blocks=(1, 2))),
)


def resume(run: Path) -> list[int]:
    """Go on to the end of the second epoch, and then to the end; the epochs done after each."""
    done = []
    for until in (["--until", "2"], []):
        train.main(["--out", str(run), "--resume", *until])
        done.append(len((run / "log.jsonl").read_text("utf-8").splitlines()))
    return done


def models() -> dict[str, Any]:
    """Of each: its parameters with one head for seven labels, and what two steps do."""
    known = {}
    for options, small in MODELS:
        single = build(options, ("fer2013",), 64 if options.name == "mini_xception" else 48)
        train.set_up(Config(mixed_precision=options.name == "residual"))
        model = build(small, HEADS, 16)
        kind = "adam" if options.name == "cnn_baseline" else "sgd"
        optimizer = train.compile_model(model, dict.fromkeys(HEADS, Head()), Config(optimizer=kind))
        chance = np.random.default_rng(0)
        pictures = chance.standard_normal((4, 16, 16, 1)).astype(np.float32)
        wanted = {"ferplus": np.eye(8, dtype=np.float32)[:4], "fer2013": np.eye(7, dtype=np.float32)[:4]}
        before = model.get_weights()
        losses = [train.train_step(model, optimizer, (pictures, wanted), 0.01) for _ in range(2)]
        moved = [not np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True)]
        logits = model.predict(pictures, verbose=0)
        known[options.name] = {
            "parameters": single.count_params(),
            "trainable": sum(int(np.prod(weight.shape)) for weight in single.trainable_weights),
            "losses": losses,
            "all_moved": all(moved),
            "output": {head: [*logits[head].shape, str(logits[head].dtype)] for head in HEADS},
        }
    return known


def any_side() -> dict[str, Any]:
    """A network for pictures of any side has the weights of one for a single side."""
    options = MODELS[0][1]
    fixed = build(options, HEADS, 48, 3).get_weights()
    free = build(options, HEADS, 48, 3, any_side=True).get_weights()
    return {"same": all(np.array_equal(*pair) for pair in zip(fixed, free, strict=True))}


def probabilities(run: Path) -> dict[str, Any]:
    """What a trained network, its reader and it as a teacher say of the same faces."""
    trained = runs.read(run)
    faces = load(trained.data[0], trained.config.side).crops[:16]
    model = trained.model()
    shown = train.scaled(faces)
    logits = model.predict(shown, verbose=0)["ferplus"]
    hot = reader(model, "ferplus", trained.config.side, temperature=2.0)
    given = np.concatenate([hot.predict(face[None], verbose=0) for face in shown])
    powers = np.exp(logits / 2)
    mirrored = model.predict(shown[:, :, ::-1], verbose=0)["ferplus"]
    settings = Config(distil={"teachers": [str(run)] * 2}).distil  # type: ignore[arg-type]
    assert settings is not None
    taught = read_by_teachers(settings, faces)["ferplus"]
    both = (softmax(logits) + softmax(mirrored)) / 2
    return {
        "reader": float(np.abs(given - powers / powers.sum(axis=1, keepdims=True)).max()),
        "teacher": float(np.abs(taught - both).max()),
        "weights": len(load_weights(run / "model.npz")) == len(model.get_weights()),
    }


def called(calls: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    """Of each call of `train` its exit status and what it wrote on stderr; the folder "busy" is in use."""
    results = []
    with alone(folder / "busy"):
        for arguments in calls:
            error, status = io.StringIO(), 0
            with contextlib.redirect_stderr(error), contextlib.redirect_stdout(io.StringIO()):
                try:
                    train.main(arguments)
                except SystemExit as end:
                    status = int(end.code or 0)
            results.append({"status": status, "error": error.getvalue()})
    return results


def main() -> None:
    folder = Path(sys.argv[1])
    asked: dict[str, Callable[[], Any]] = {
        "resumed": lambda: resume(folder / "killed"),
        "models": models,
        "any_side": any_side,
        "probabilities": lambda: probabilities(folder / "whole"),
        "calls": lambda: called(json.loads((folder / "calls.json").read_text("utf-8")), folder),
    }
    facts = {name: find() for name, find in asked.items()}
    (folder / "facts.json").write_text(json.dumps(facts), "utf-8")


if __name__ == "__main__":
    main()
