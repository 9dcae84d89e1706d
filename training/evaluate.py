"""Says how well a .tflite reads, by running that very file.

python -m training.evaluate MODEL.tflite --data runs/ferplus.npz [--split PublicTest] [--report report.json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import UsageError
from training.card import emotion_indices
from training.command import fail_in_one_line
from training.litert import Reader
from training.metrics import accuracy, confusion, recalls
from training.samples import LABELS, SPLITS, Samples, load, majority
from training.scaling import scaled

#: Of the report, what is printed below the table.
_HEADLINES = ("faces", "accuracy", "raw_accuracy", "emotion_accuracy", "mean_emotion_recall", "one_thread_ms")


def evaluate(reader: Reader, samples: Samples) -> dict[str, Any]:
    """The report: accuracy and recall over FER+'s 8 labels and over the 7 emotions, and the time of one face.

    `samples` are of one split; faces without a majority are left out. `raw_accuracy` is that of FER2013's own
    framing.
    """
    samples = samples.select(majority(samples.votes) >= 0)
    if not len(samples):
        raise UsageError("the split has no face with a majority")
    true = majority(samples.votes)
    read = reader.read_all(scaled(samples.aligned))
    raw = reader.read_all(scaled(samples.raw))
    by_label = confusion(read.argmax(axis=1), true, len(LABELS))
    emotions = to_emotions(read).argmax(axis=1)
    true_emotions = np.array(emotion_indices())[true]
    by_emotion = confusion(emotions, true_emotions, len(EMOTIONS))
    return {
        "faces": len(samples),
        "accuracy": round(accuracy(read.argmax(axis=1), true), 4),
        "raw_accuracy": round(accuracy(raw.argmax(axis=1), true), 4),
        "emotion_accuracy": round(accuracy(emotions, true_emotions), 4),
        "recall": _named(LABELS, recalls(by_label)),
        "emotion_recall": _named(EMOTIONS, recalls(by_emotion)),
        "mean_emotion_recall": round(float(np.nanmean(recalls(by_emotion))), 4),
        "confusion": by_label.tolist(),
        "one_thread_ms": round(reader.milliseconds(), 3),
    }


def to_emotions(read: NDArray[np.float32]) -> NDArray[np.float32]:
    """Labels (N, 8) → `EMOTIONS` (N, 7): probabilities of labels that stand for one emotion are added."""
    table = np.zeros((len(LABELS), len(EMOTIONS)), np.float32)
    table[np.arange(len(LABELS)), emotion_indices()] = 1
    return read @ table


def _named(names: tuple[str, ...], values: NDArray[np.float64]) -> dict[str, float | None]:
    return {
        name: None if np.isnan(value) else round(float(value), 4)
        for name, value in zip(names, values, strict=True)
    }


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = ["true label (row) read as (column)", "".join(f"{name:>11}" for name in ("", *LABELS, "recall"))]
    for label, row in zip(LABELS, report["confusion"], strict=True):
        recall = report["recall"][label]
        cells = [label, *row, "-" if recall is None else f"{recall:.3f}"]
        lines.append("".join(f"{cell:>11}" for cell in cells))
    lines += [f"{key:>20} {report[key]}" for key in _HEADLINES]
    return "\n".join(lines)


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="the .npz that training.prepare wrote")
    parser.add_argument(
        "--split", choices=SPLITS, default="PublicTest", help="default PublicTest, FER+ Valid"
    )
    parser.add_argument("--report", type=Path, default=Path("report.json"), help="default report.json")
    options = parser.parse_args(arguments)
    report = {"split": options.split, **evaluate(Reader(options.model), load(options.data).of(options.split))}
    print(as_text(report))
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
