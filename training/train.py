"""Trains the emotion network on a prepared data set.

python -m training.train --data runs/ferplus.npz --out runs/first [--config FILE.toml] [--resume]

The run's folder gets `config.toml`, `data.txt`, `log.jsonl` (one line an epoch), `checkpoint.npz` (all that
--resume needs) and `model.npz` (the averaged weights of the best epoch on FER+ Valid).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from tqdm import tqdm  # type: ignore[import-untyped]

from avatar_cam.errors import UsageError
from training import config as configs
from training.batches import batches, targets
from training.checkpoint import load_checkpoint, save_checkpoint, save_source, save_weights
from training.command import fail_in_one_line
from training.config import Config
from training.metrics import accuracy
from training.model import build
from training.samples import Samples, load, majority
from training.scaling import scaled
from training.schedule import Average, learning_rate

DEFAULT_CONFIG = Path(__file__).with_name("configs") / "first.toml"


def train(samples: Samples, run: Path, config: Config, resume: bool, until: int) -> None:
    """Train to the end of epoch `until`, from the run's checkpoint if `resume`."""
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_precision else "float32")
    learn, valid = samples.of("Training"), samples.of("PublicTest")
    if len(learn) < config.batch or not len(valid):
        raise UsageError(f"{len(learn)} faces to learn from and {len(valid)} to check are too few")
    wanted = targets(learn, config.balance, config.fer2013_smoothing)
    model, checked = build(config.model, config.seed), build(config.model)
    optimizer = _compile(model, config)
    average = Average(model.get_weights(), config.average)
    first, best = 0, 0.0
    if resume:
        first, best = load_checkpoint(run / "checkpoint.npz", model, optimizer, average)

    steps = len(learn) // config.batch
    for epoch in range(first, until):
        start, losses = time.monotonic(), []
        feed = batches(learn, wanted, config.augment, config.batch, config.seed, epoch)
        for step, (pictures, labels) in enumerate(tqdm(feed, f"epoch {epoch + 1}", total=steps, leave=False)):
            rate = learning_rate(
                epoch * steps + step,
                config.epochs * steps,
                int(config.warmup_epochs * steps),
                config.peak_rate,
            )
            optimizer.learning_rate.assign(rate)
            losses.append(float(model.train_on_batch(pictures, labels)[0]))
            average.update(model.get_weights())

        checked.set_weights(average.weights)
        read = checked.predict(scaled(valid.aligned), batch_size=256, verbose=0)["ferplus"]
        reached = accuracy(read.argmax(axis=1), majority(valid.votes))
        if reached > best:
            best = reached
            save_weights(run / "model.npz", average.weights)
        save_checkpoint(run / "checkpoint.npz", model, optimizer, average, epoch + 1, best)
        _log(
            run,
            epoch=epoch + 1,
            loss=round(float(np.mean(losses)), 4),
            valid_accuracy=round(reached, 4),
            best=round(best, 4),
            seconds=round(time.monotonic() - start, 1),
        )


def _compile(model: Any, config: Config) -> Any:
    def loss(wanted: Any, logits: Any) -> Any:
        # Not Keras's own: TensorFlow's gradient of that takes the targets' sum for 1.
        return -keras.ops.sum(wanted * keras.ops.log_softmax(logits), axis=-1)

    optimizer = keras.optimizers.SGD(
        config.peak_rate, config.momentum, nesterov=True, weight_decay=config.weight_decay
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(
        optimizer,
        loss={"ferplus": loss, "fer2013": loss},
        loss_weights={"ferplus": 1.0, "fer2013": config.fer2013_weight},
        jit_compile=False,  # XLA's convolutions are four times as slow on a CPU
    )
    optimizer.build(model.trainable_variables)
    return optimizer


def _log(run: Path, **values: Any) -> None:
    line = json.dumps(values)
    with (run / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    print(line, flush=True)


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the .npz that training.prepare wrote")
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument(
        "--config", type=Path, help=f"default {DEFAULT_CONFIG.name}; on --resume the run's own"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the run's last whole epoch")
    parser.add_argument(
        "--until", type=int, help="stop after this epoch, to --resume later (default: the last)"
    )
    options = parser.parse_args(arguments)
    if options.until is not None and options.until < 1:
        parser.error("--until must be 1 or more")
    run: Path = options.out
    kept = run / "config.toml"
    if options.resume:
        if options.config is not None:
            parser.error("--resume takes the run's own config")
        if not (run / "checkpoint.npz").exists():
            raise UsageError(f"{run} has no checkpoint to go on from")
    elif (run / "checkpoint.npz").exists():
        raise UsageError(f"{run} holds a run already: give --resume or another folder")
    chosen = kept if options.resume else options.config or DEFAULT_CONFIG
    config = configs.read(chosen)
    samples = load(options.data)
    run.mkdir(parents=True, exist_ok=True)
    if not options.resume:
        shutil.copyfile(chosen, kept)
    save_source(run, options.data)
    train(samples, run, config, options.resume, min(options.until or config.epochs, config.epochs))


if __name__ == "__main__":
    main()
