"""Says how well a .tflite reads, by running that very file as the program does.

python -m training.evaluate MODEL.tflite --data PREPARED --out FOLDER [--split test]

FOLDER gets report.json and report.md, the confusion matrices, a reliability plot and a sheet of the worst
losses. Choose on Valid; the test split is for one final figure.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import ModelError, UsageError
from training.command import fail_in_one_line
from training.datasets.base import Split
from training.labels import SCHEMES, Scheme, majority
from training.litert import Reader
from training.outputs import gathered
from training.reporting import markdown
from training.reporting.calibration import expected_error, reliability
from training.reporting.plots import plot_confusion, plot_reliability
from training.reporting.report import (
    Calibration,
    CalibrationBin,
    Framing,
    Report,
    read_report,
    reading,
    share_right,
)
from training.reporting.sheet import Cell, save_sheet
from training.samples import Samples, load

REPORT, TEXT = "report.json", "report.md"


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """N faces with a majority label, and what the model says of them.

    `true` int64 (N,) the labels; `crops` and `raw` float32 (N, labels), the probabilities in either framing;
    `left_out` counts the faces without a majority.
    """

    scheme: Scheme
    samples: Samples
    true: NDArray[np.int64]
    crops: NDArray[np.float32]
    raw: NDArray[np.float32]
    left_out: int

    def emotions(self, probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
        """The emotion read from each row; probabilities of labels that stand for one emotion are added."""
        sums = np.zeros((len(probabilities), len(EMOTIONS)), np.float64)
        for label, emotion in enumerate(self.scheme.emotions):
            sums[:, emotion] += probabilities[:, label]
        return np.asarray(sums.argmax(axis=1))

    @property
    def true_emotions(self) -> NDArray[np.int64]:
        """The emotion that each face's label stands for."""
        return np.asarray(self.scheme.emotions[self.true])

    def losses(self) -> NDArray[np.float64]:
        """How surprised the model is by each face's label: -log of its probability."""
        given = self.crops[np.arange(len(self.true)), self.true]
        return np.asarray(-np.log(np.maximum(given.astype(np.float64), 1e-12)))


def scheme_of(reader: Reader) -> Scheme:
    """Whose labels the model gives, by its card."""
    for scheme in SCHEMES.values():
        if list(scheme.labels) == reader.card.labels:
            return scheme
    known = ", ".join(SCHEMES)
    raise ModelError(f"{reader.card.name}: its labels are those of no known scheme ({known})")


def read_faces(reader: Reader, samples: Samples) -> Readings:
    """Read all faces of `samples` that have a majority. Raises UsageError where there is none."""
    scheme = scheme_of(reader)
    if scheme.name not in samples.labels:
        have = ", ".join(samples.labels) or "none"
        raise UsageError(f"the model gives {scheme.name} labels, which the data has not (it has {have})")
    true = majority(samples.labels[scheme.name])
    known = true >= 0
    if not known.any():
        raise UsageError(f"the split has no face with a majority of {scheme.name} labels")
    faces = samples.select(known)
    crops = reader.read(faces.crops)
    return Readings(
        scheme,
        faces,
        true[known],
        crops,
        crops if faces.raw is faces.crops else reader.read(faces.raw),
        int((~known).sum()),
    )


def report_of(reader: Reader, readings: Readings, data: str, split: Split) -> Report:
    """All figures; `data`, a name, and `split` say what was read."""
    found, both = readings.samples.found, np.ones(len(readings.true), np.bool_)
    crops = readings.crops
    bins = reliability(crops, readings.true)
    return Report(
        model=f"{reader.card.name} {reader.card.version}",
        sha256=reader.card.sha256,
        scheme=readings.scheme.name,
        data=data,
        source=readings.samples.source,
        split=split,
        faces=len(readings.true),
        left_out=readings.left_out,
        labels=reading(readings.scheme.labels, crops.argmax(axis=1), readings.true),
        emotions=reading(EMOTIONS, readings.emotions(crops), readings.true_emotions),
        raw=_framing(readings, readings.raw, both),
        found=_framing(readings, crops, found) if found.any() else None,
        not_found=_framing(readings, crops, ~found) if not found.all() else None,
        calibration=Calibration(
            expected_error=expected_error(bins),
            confidence=float(crops.max(axis=1).mean()),
            bins=[
                CalibrationBin(faces=one.faces, confidence=one.confidence, accuracy=one.accuracy)
                for one in bins
            ],
        ),
        bytes=reader.bytes,
        one_thread_ms=round(reader.milliseconds(), 3),
    )


def _framing(readings: Readings, probabilities: NDArray[np.float32], chosen: NDArray[np.bool_]) -> Framing:
    read = probabilities[chosen]
    return Framing(
        labels=share_right(read.argmax(axis=1), readings.true[chosen]),
        emotions=share_right(readings.emotions(read), readings.true_emotions[chosen]),
    )


def write(out: Path, report: Report, readings: Readings, together: Report | None, worst: int) -> None:
    """Write the folder's files; report.json comes last."""
    with gathered(out, REPORT) as place:
        for reads, file in (
            (report.labels, markdown.CONFUSION),
            (report.emotions, markdown.EMOTION_CONFUSION),
        ):
            title = f"{report.model}, {report.split}: {reads.accuracy.share:.1%} of {report.faces} faces"
            plot_confusion(tuple(reads.classes), np.array(reads.confusion), title, place / file)
        bins = reliability(readings.crops, readings.true)
        plot_reliability(bins, report.calibration.expected_error, place / markdown.RELIABILITY)
        if worst:
            save_sheet(_worst(readings, worst), place / markdown.WORST)
        (place / TEXT).write_text(markdown.as_markdown(report, together, bool(worst)), "utf-8")
        (place / REPORT).write_text(report.to_json(), "utf-8")


def _worst(readings: Readings, count: int) -> list[Cell]:
    labels = readings.scheme.labels
    cells = []
    for index in np.argsort(-readings.losses(), kind="stable")[:count]:
        row = readings.crops[index]
        read, given = int(row.argmax()), int(readings.true[index])
        lines = [
            f"read {labels[read]} {row[read]:.2f}",
            f"given {labels[given]} {row[given]:.2f}",
            Path(str(readings.samples.keys[index])).name[-18:],
        ]
        cells.append(Cell(readings.samples.crops[index], lines))
    return cells


def _together(path: Path | None, report: Report) -> Report | None:
    """The report to add up with this one: of the same file, on another split."""
    if path is None:
        return None
    other = read_report(path)
    if (other.sha256, other.scheme) != (report.sha256, report.scheme):
        raise UsageError(f"{path} is of another model")
    if other.source != report.source:
        raise UsageError(f"{path} is of other data")
    if other.split == report.split:
        raise UsageError(f"{path} is of the same split")
    return other


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("model", type=Path, help="a .tflite with its card beside it")
    parser.add_argument("--data", type=Path, required=True, help="the folder that training.prepare wrote")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    parser.add_argument("--split", choices=("valid", "test"), default="valid", help="default valid")
    parser.add_argument(
        "--together", type=Path, metavar="REPORT", help="a report.json of the other split, to be added up"
    )
    parser.add_argument("--worst", type=int, default=40, help="faces on the sheet (default 40; 0: no sheet)")
    options = parser.parse_args(arguments)
    if options.worst < 0:
        parser.error("--worst must be 0 or more")
    reader = Reader(options.model)
    scheme_of(reader)  # before the data is read, which takes longer
    if options.split == "test":
        print("test split: for one final figure of a model that was chosen on Valid; note that it was run")
    readings = read_faces(reader, load(options.data, reader.size).of(options.split))
    report = report_of(reader, readings, options.data.name, options.split)
    write(options.out, report, readings, _together(options.together, report), options.worst)
    print(
        f"{options.out / TEXT}: {report.faces} faces, accuracy {report.labels.accuracy.share:.4f}, "
        f"7 emotions {report.emotions.accuracy.share:.4f}, macro-F1 {report.emotions.macro_f1:.4f}, "
        f"calibration error {report.calibration.expected_error:.4f}, {report.one_thread_ms} ms"
    )


if __name__ == "__main__":
    main()
