"""Trains a network to read expressions from prepared faces.

python -m training.train --data PREPARED [--data ANOTHER] --out RUN [--config FILE.toml] [--resume]

Keras chooses what computes: KERAS_BACKEND=tensorflow (the fastest on a CPU), jax or torch (for a GPU). What
the run's folder gets is said in `training.runs`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from avatar_cam.quiet import quiet

with quiet():  # TensorFlow says much about the graphics card that it does not find
    import keras

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from avatar_cam.errors import UsageError
from training import config as configs
from training import runs
from training.backend import set_up
from training.batches import Batch, Feed, target
from training.checkpoint import Progress, load_checkpoint, save_checkpoint, save_weights
from training.command import fail_in_one_line
from training.config import Config, Head
from training.curves import draw_curves, draw_rates
from training.distil import mix, taught
from training.files import alone, whole
from training.labels import majority
from training.metrics import accuracy
from training.models.registry import build
from training.rate_finder import STEPS, RangeTest, find_rate
from training.reporting.calibration import softmax
from training.resizing import resized
from training.samples import Samples, concatenate, load
from training.scaling import scaled
from training.schedule import Average, learning_rate
from training.start import start_from

DEFAULT_CONFIG = Path(__file__).with_name("configs") / "residual.toml"

#: A long epoch is saved on the way as often as this, s.
SAVE_EVERY = 300.0


def train(
    samples: Samples, run: Path, config: Config, resume: bool = False, until: int | None = None
) -> None:
    """Train to the end of epoch `until` (default: the last), from the run's checkpoint if `resume`.

    `run` is a folder that holds the config as config.toml.
    """
    set_up(config)
    heads = choose_heads(samples, config)
    learn, valid = samples.of("train"), samples.of("valid")
    check(learn, valid, heads, config)
    learnt = fingerprint(samples, run)

    targets = make_targets(learn, heads, config, run, resume)
    model = make_model(heads, config, resume)
    optimizer = compile_model(model, heads, config)
    # A second one with the averaged weights, whose accuracy counts.
    averaged = build(config.model, heads, config.side)
    average = Average(model.get_weights(), config.average, config.average_every)
    progress = Progress(learnt)
    if resume:
        progress = load_checkpoint(run / "checkpoint.npz", model, optimizer, average, learnt)
        write_history(run, progress)

    feed: Feed | None = None
    last = min(until or config.epochs, config.epochs)
    steps = len(learn) // config.batch
    bar = tqdm(total=last * steps, initial=progress.epoch * steps + progress.step, unit="step", disable=None)
    while progress.epoch < last and not out_of_patience(progress, config):
        epoch, saved = progress.epoch, time.monotonic()
        start = saved - progress.seconds  # as if it had not been stopped on the way
        bar.set_description(f"epoch {epoch + 1} of {config.epochs}")
        side = config.side_of(epoch)
        if feed is None or feed.crops.shape[1] != side:
            feed = make_feed(learn, targets, config, side)
            # Compiled anew, or TensorFlow would make one graph for pictures of any side.
            model.make_train_function(force=True)
        for batch in feed.epoch(epoch, progress.step):
            step = epoch * steps + progress.step
            rate = learning_rate(
                step, config.epochs * steps, int(config.warmup_epochs * steps), config.peak_rate
            )
            progress.add(train_step(model, optimizer, batch, rate))
            if average.due(step):
                average.update(model.get_weights())
            bar.update()
            now = time.monotonic()
            if now - saved > SAVE_EVERY and progress.step < steps:
                progress.seconds = now - start
                save_checkpoint(run / "checkpoint.npz", model, optimizer, average, progress)
                saved = time.monotonic()

        averaged.set_weights(average.weights)
        read = validate(averaged, valid, heads)
        if read["valid_accuracy"] > progress.best:
            progress.best, progress.best_epoch = read["valid_accuracy"], epoch + 1
            save_weights(run / "model.npz", average.weights)
        loss, seconds = round(progress.loss / steps, 4), round(time.monotonic() - start, 1)
        progress.end_epoch(
            {"side": side, "rate": rate, "loss": loss, **read, "best": progress.best, "seconds": seconds}
        )
        save_checkpoint(run / "checkpoint.npz", model, optimizer, average, progress)
        write_history(run, progress)
        bar.write(json.dumps(progress.history[-1]))
    bar.close()
    print(f"{run / 'model.npz'}: {progress.best:.4f} on validation, epoch {progress.best_epoch}")


def choose_heads(samples: Samples, config: Config) -> dict[str, Head]:
    """The heads to train, the main one first: those that the config names, or all that the data has."""
    heads = dict(config.heads) or {scheme: Head() for scheme in samples.labels}
    for head in heads:
        if head not in samples.labels:
            raise UsageError(f"heads.{head}: the data has labels of {', '.join(samples.labels)} only")
    return heads


def check(learn: Samples, valid: Samples, heads: dict[str, Head], config: Config) -> None:
    """Refuse what cannot be learnt or judged."""
    if len(learn) < config.batch:
        raise UsageError(f"{len(learn)} faces to learn from make no batch of {config.batch}")
    for head in heads:
        if not learn.labels[head].any():
            raise UsageError(f"no face of the training split has a label of {head}")
    main = next(iter(heads))
    if not (majority(valid.labels[main]) >= 0).any():
        raise UsageError(f"no face of the validation split has a clear label of {main}")


def fingerprint(samples: Samples, run: Path) -> str:
    """Tells what a run learns from: SHA-256 over its config file, and the faces.

    Of the pictures it takes their source, which tells the shards that they lie in.
    """
    digest = hashlib.sha256((run / "config.toml").read_bytes())
    digest.update(samples.source.encode())
    for array in (samples.keys, samples.split, *samples.labels.values()):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def earlier(config: Config) -> list[Path]:
    """The runs that one learns from."""
    teachers = config.distil.teachers if config.distil else ()
    return [*([config.start] if config.start else []), *teachers]


def make_targets(
    learn: Samples, heads: dict[str, Head], config: Config, run: Path, resume: bool = False
) -> dict[str, NDArray[np.float32]]:
    """What each head shall say of each face, the teachers' reading mixed in."""
    shares = {head: learn.labels[head] for head in heads}
    if config.distil:
        read = taught(config.distil, learn.crops, run / "teachers.npz", resume)
        shares = mix(shares, read, config.distil.weight)
    return {head: target(shares[head], settings) for head, settings in heads.items()}


def make_feed(learn: Samples, targets: dict[str, NDArray[np.float32]], config: Config, side: int) -> Feed:
    """The training split's batches, with pictures of this side."""
    crops = resized(learn.crops, side)
    return Feed(
        crops,
        crops if learn.raw is learn.crops else resized(learn.raw, side),
        targets,
        config.augment,
        config.mixup,
        config.batch,
        config.seed,
    )


def make_model(heads: dict[str, Head], config: Config, resume: bool = False) -> Any:
    """The network before its first step; one to `resume` with gets its weights from elsewhere."""
    model = build(config.model, heads, config.side, config.seed, any_side=bool(config.progressive))
    if config.start and not resume:
        start_from(config.start, model, heads)
    return model


def compile_model(model: Any, heads: dict[str, Head], config: Config) -> Any:
    """Give it its loss and its optimizer; returns the latter."""

    def loss(wanted: Any, logits: Any) -> Any:
        # Not Keras's own: TensorFlow's gradient of that takes the targets' sum for 1.
        return -keras.ops.sum(wanted * keras.ops.log_softmax(logits), axis=-1)

    optimizer: Any
    if config.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(
            config.peak_rate, config.momentum, nesterov=True, weight_decay=config.weight_decay
        )
    elif config.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(config.peak_rate, weight_decay=config.weight_decay)
    else:
        optimizer = keras.optimizers.Adam(config.peak_rate)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(
        optimizer,
        loss=dict.fromkeys(heads, loss),
        loss_weights={head: settings.weight for head, settings in heads.items()},
        # XLA's convolutions are four times as slow on a CPU; without it, Keras runs JAX step by step.
        jit_compile=keras.backend.backend() == "jax",
    )
    optimizer.build(model.trainable_variables)
    return optimizer


def train_step(model: Any, optimizer: Any, batch: Batch, rate: float) -> float:
    """One step at a learning rate; the batch's loss before it."""
    optimizer.learning_rate.assign(rate)
    losses = model.train_on_batch(*batch)
    return float(losses[0] if isinstance(losses, Sequence) else losses)


def validate(model: Any, valid: Samples, heads: dict[str, Head]) -> dict[str, Any]:
    """Each head's accuracy on the faces with a clear label, the main one's again, and its loss."""
    logits = model.predict(scaled(valid.crops), batch_size=256, verbose=0)
    reached = {
        head: round(accuracy(logits[head].argmax(axis=1), majority(valid.labels[head])), 5)
        for head in heads
        if valid.labels[head].any()
    }
    main = next(iter(heads))
    shares = valid.labels[main]
    losses = -(shares * np.log(softmax(logits[main]) + 1e-12)).sum(axis=1)
    loss = float(losses[shares.any(axis=1)].mean())
    return {"valid_loss": round(loss, 4), "valid_accuracy": reached[main], "valid": reached}


def out_of_patience(progress: Progress, config: Config) -> bool:
    """Whether too many epochs have gone by without a better one."""
    return 0 < config.patience <= progress.epoch - progress.best_epoch


def write_history(run: Path, progress: Progress) -> None:
    """What is known of all epochs, as lines and as curves."""
    if progress.history:
        with whole(run / "log.jsonl") as part:
            part.write_text("".join(json.dumps(record) + "\n" for record in progress.history), "utf-8")
        draw_curves(run / "curves.png", progress.history)


def find(samples: Samples, run: Path, config: Config) -> RangeTest:
    """The learning-rate finder with this data and config; writes `rate.png`."""
    set_up(config)
    heads = choose_heads(samples, config)
    learn = samples.of("train")
    check(learn, samples.of("valid"), heads, config)
    feed = make_feed(learn, make_targets(learn, heads, config, run), config, config.side)
    model = make_model(heads, config)
    optimizer = compile_model(model, heads, config)

    def endless() -> Iterator[Batch]:
        for epoch in count():
            yield from feed.epoch(epoch)

    batches = tqdm(endless(), "finding the rate", total=STEPS, unit="step", disable=None)
    found = find_rate(batches, lambda batch, rate: train_step(model, optimizer, batch, rate))
    draw_rates(run / "rate.png", found.rates, found.losses, found.suggestion)
    return found


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        help="a folder that training.prepare wrote; several are joined. On --resume the run's own",
    )
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument(
        "--config", type=Path, help=f"default {DEFAULT_CONFIG.name}; on --resume the run's own"
    )
    parser.add_argument("--resume", action="store_true", help="go on where the run was stopped")
    parser.add_argument(
        "--until", type=int, help="stop after this epoch, to --resume later (default: the last)"
    )
    parser.add_argument(
        "--find-rate", action="store_true", help="only suggest a peak_rate, and draw rate.png"
    )
    options = parser.parse_args(arguments)
    if options.until is not None and options.until < 1:
        parser.error("--until must be 1 or more")
    if options.resume and (options.config or options.find_rate):
        parser.error("--resume takes the run's own config, and finds no rate")
    if not options.resume and not options.data:
        parser.error("--data is needed")
    run: Path = options.out
    if options.resume and not (run / "checkpoint.npz").exists():
        raise UsageError(f"{run} has no checkpoint to go on from")
    with alone(run):
        if not options.resume and (run / "checkpoint.npz").exists():
            raise UsageError(f"{run} holds a run already: give --resume or another folder")
        source = run / "config.toml" if options.resume else options.config or DEFAULT_CONFIG
        text = configs.text_of(source)
        config = configs.parsed(text, source)
        data = options.data or runs.read(run).data
        samples = concatenate([load(path, config.side) for path in data])
        if options.find_rate:
            print(f"peak_rate = {find(samples, run, config).suggestion:.2g}  ({run / 'rate.png'})")
            return
        if not options.resume:
            with whole(run / "config.toml") as part:  # which may be the very file that was read
                part.write_text(text, "utf-8")
            runs.describe(run, list(choose_heads(samples, config)), data, earlier(config))
        train(samples, run, config, options.resume, options.until)


if __name__ == "__main__":
    main()
