"""Turns a run into the model that the program loads, emotion.tflite, and its card, emotion.json.

python -m training.export runs/first --out avatar_cam/emotions/model [--kind int8] [--head ferplus]

The temperature that makes the probabilities honest is fitted on the validation split and put into the model.
Several runs become one model.
--kind all writes every kind of numbers side by side, with a table, to choose from.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"  # whichever trained: only TensorFlow writes .tflite
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.errors import ModelError, UsageError
from training import runs
from training.card import card, data_text, limits, to_json
from training.command import fail_in_one_line
from training.kinds import KINDS, TOLERANCES, Difference, Kind
from training.labels import SCHEMES, Scheme, majority
from training.litert import Network
from training.models.registry import reader
from training.outputs import gathered
from training.quantise import to_tflite
from training.reporting.calibration import expected_error, fit_temperature, reliability, softmax
from training.reporting.markdown import percent, table
from training.reporting.report import Reading, reading
from training.runs import Run
from training.samples import Samples, concatenate, load
from training.scaling import scaled

#: Faces of the training split that show int8-full the layers' ranges; a fifth of them as the data set frames
#: them, as in training.
_REPRESENTATIVE, _RAW = 300, 5

TABLE = "kinds.md"

#: By label, what is added to its logit.
Offsets = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A run's network with one head, as it reads the faces of Valid that have a majority.

    `network` is what is shipped of it: a face in, probabilities out, the temperature among its layers.
    `true` int64 (N,); `logits` float32 (N, labels), Keras's with the `offsets`, before the temperature;
    `learnt` uint8 (M, S, S) some faces of the training split.
    """

    run: Run
    scheme: Scheme
    network: Any
    faces: NDArray[np.uint8]
    true: NDArray[np.int64]
    logits: NDArray[np.float32]
    offsets: Offsets
    temperature: float
    learnt: NDArray[np.uint8]

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """What Keras reads, with the temperature."""
        return softmax(self.logits, self.temperature)


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """One kind of numbers: the file's content, and what was measured of it on Valid."""

    kind: Kind
    content: bytes
    read: Reading
    expected_error: float
    one_thread_ms: float
    difference: Difference

    @property
    def faithful(self) -> bool:
        """Whether it differs from Keras by no more than rounding explains."""
        return self.difference.within(TOLERANCES[self.kind])


def open_run(run: Run, samples: Samples, head: str, offsets: Offsets) -> Trained:
    """Read Valid with the run's network, and fit the temperature. `samples` are those it was trained with."""
    if head not in run.heads:
        raise UsageError(f"{run.folder} has no head {head}, but {', '.join(run.heads)}")
    unknown = [label for label in offsets if label not in SCHEMES[head].labels]
    if unknown:
        raise UsageError(f"--offset {unknown[0]}: the labels of {head} are {', '.join(SCHEMES[head].labels)}")
    if head not in samples.labels:
        raise UsageError(f"the data has no {head} labels")
    valid = samples.of("valid")
    true = majority(valid.labels[head])
    if not (true >= 0).any():
        raise UsageError(f"the validation split has no face with a majority of {head} labels")
    faces = valid.crops[true >= 0]
    true = true[true >= 0]
    model = run.model()
    logits = np.asarray(model.predict(scaled(faces), batch_size=128, verbose=0)[head], np.float32)
    if not np.isfinite(logits).all():
        raise ModelError(f"{run.folder}: its network gives numbers that are none")
    shifts = [offsets.get(label, 0.0) for label in SCHEMES[head].labels]
    logits = logits + np.array(shifts, np.float32)
    temperature = fit_temperature(logits, true)
    network = reader(model, head, run.config.side, temperature, shifts)
    learnt = _some_learnt(samples.of("train"))
    return Trained(run, SCHEMES[head], network, faces, true, logits, offsets, temperature, learnt)


def _some_learnt(samples: Samples) -> NDArray[np.uint8]:
    """Always the same ones."""
    some = np.random.default_rng(0).permutation(len(samples))[:_REPRESENTATIVE]
    faces = np.array(samples.crops[some])
    faces[::_RAW] = samples.raw[some][::_RAW]
    return faces


def convert(trained: Trained, kind: Kind) -> Exported:
    """Make a .tflite and read Valid with it."""
    content = to_tflite(trained.network, kind, trained.learnt)
    lite = Network(content, f"the {kind} model")
    read = lite.read(trained.faces)
    return Exported(
        kind,
        content,
        reading(trained.scheme.labels, read.argmax(axis=1), trained.true),
        expected_error(reliability(read, trained.true)),
        lite.milliseconds(),
        Difference.between(read, trained.probabilities),
    )


def write(trained: Trained, made: Exported, place: Path, stem: str, name: str, version: str) -> None:
    """The pair of files in `place`, tried by the program's own loader."""
    model = place / f"{stem}.tflite"
    model.write_bytes(made.content)
    described = card(
        made.content,
        trained.scheme,
        trained.run.config.side,
        name,
        version,
        data_text(trained.run.learnt),
        _figures(trained, made),
        limits(trained.scheme, made.read),
    )
    model.with_suffix(".json").write_text(to_json(described), "utf-8")
    LiteRtRecogniser(model)


def _figures(trained: Trained, made: Exported) -> dict[str, float]:
    head = trained.scheme.name
    before = expected_error(reliability(softmax(trained.logits), trained.true))
    figures = {
        f"{head}_valid_faces": len(trained.true),
        f"{head}_valid_accuracy": made.read.accuracy.share,
        f"{head}_valid_mean_recall": made.read.mean_recall,
        f"{head}_valid_calibration_error_before": before,
        f"{head}_valid_calibration_error": made.expected_error,
        "temperature": trained.temperature,
        "parameters": trained.network.count_params(),
        "one_thread_ms": made.one_thread_ms,
    } | {f"offset_{label}": offset for label, offset in trained.offsets.items()}
    return {key: round(value, 4) for key, value in figures.items()}


def as_table(trained: Trained, made: list[Exported]) -> str:
    """What each kind costs and what it reads, in Markdown."""
    head = (
        "kind",
        "MB",
        "ms",
        "accuracy",
        "calibration error",
        "largest difference",
        "mean",
        "other label",
        "",
    )
    rows = [
        (
            one.kind,
            f"{len(one.content) / 1e6:.2f}",
            f"{one.one_thread_ms:.2f}",
            percent(one.read.accuracy.share),
            percent(one.expected_error),
            f"{one.difference.largest:.4f}",
            f"{one.difference.mean:.5f}",
            percent(one.difference.other),
            "" if one.faithful else "refused",
        )
        for one in made
    ]
    return (
        f"{trained.scheme.name}, {len(trained.true)} faces of the validation split, one thread, temperature "
        f"{trained.temperature:.3f}. Differences are of probabilities, from Keras's; what is beyond rounding "
        f"is refused.\n\n{table(head, rows)}\n"
    )


def export_one(trained: Trained, kind: Kind, out: Path, name: str, version: str) -> Exported:
    """Write emotion.tflite and emotion.json. Raises ModelError where the kind reads otherwise than Keras."""
    made = convert(trained, kind)
    if not made.faithful:
        apart = made.difference
        raise ModelError(
            f"the {kind} model differs from Keras by up to {apart.largest:.3f}, by {apart.mean:.4f} on "
            f"average, and reads {apart.other:.1%} of the faces otherwise: more than rounding explains"
        )
    # The card last: a loader that comes between the two refuses the pair by its hash.
    with gathered(out, "emotion.json") as place:
        write(trained, made, place, "emotion", name, version)
    return made


def export_all(trained: Trained, out: Path, name: str, version: str) -> str:
    """Write emotion-KIND.tflite and its card for each kind that reads as Keras does, and the table."""
    every = [convert(trained, kind) for kind in KINDS]
    text = as_table(trained, every)
    with gathered(out, TABLE) as place:
        for made in every:
            if made.faithful:
                write(trained, made, place, f"emotion-{made.kind}", name, version)
        rows = [
            {"kind": one.kind, "bytes": len(one.content), "accuracy": one.read.accuracy.share}
            | {"one_thread_ms": one.one_thread_ms, "expected_error": one.expected_error}
            | asdict(one.difference)
            for one in every
        ]
        (place / "kinds.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
        (place / TABLE).write_text(text, "utf-8")
    return text


def _offset(text: str) -> tuple[str, float]:
    label, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text}: give LABEL=NUMBER, such as disgust=1.2")
    return label, value


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument(
        "run",
        type=Path,
        nargs="+",
        help="the folder that training.train wrote; several become one model that reads the mean of theirs",
    )
    parser.add_argument(
        "--data", type=Path, nargs="+", help="prepared folders; default: those that the run learnt from"
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder for the model and its card")
    parser.add_argument("--head", choices=SCHEMES, help="whose labels it gives; default: the run's main ones")
    parser.add_argument("--kind", choices=(*KINDS, "all"), default="float16", help="default float16")
    parser.add_argument(
        "--offset",
        type=_offset,
        action="append",
        default=[],
        metavar="LABEL=NUMBER",
        help="lifts a label whenever it is read, or holds it down below 0; may be given for several",
    )
    parser.add_argument("--name", help="of the model, written into the card; default: head and network")
    parser.add_argument("--version", default="1", help="of the model, written into the card (default 1)")
    options = parser.parse_args(arguments)
    run = runs.together(options.run)
    head = options.head or run.heads[0]
    samples = concatenate([load(path, run.config.side) for path in options.data or run.data])
    trained = open_run(run, samples, head, dict(options.offset))
    name = options.name or f"{head}-{run.config.model.name}"
    if options.kind == "all":
        print(export_all(trained, options.out, name, options.version))
        return
    made = export_one(trained, options.kind, options.out, name, options.version)
    print(
        f"{options.out / 'emotion.tflite'}: {made.kind}, {len(made.content) / 1e6:.2f} MB, "
        f"{made.one_thread_ms:.2f} ms, accuracy on Valid {made.read.accuracy.share:.4f}, calibration error "
        f"{made.expected_error:.4f}"
    )


if __name__ == "__main__":
    main()
