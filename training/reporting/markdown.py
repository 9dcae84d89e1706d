"""Reports and tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from training.reporting.report import Framing, Part, Reading, Report, from_confusion

#: Files that `training.evaluate` writes beside the report.
CONFUSION, EMOTION_CONFUSION = "confusion.png", "confusion-emotions.png"
RELIABILITY, WORST = "reliability.png", "worst.png"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; "|" in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}".replace("%", " %")


def with_interval(part: Part | None) -> str:
    """A share with its interval, as "87.2 % (86.0–88.3)"."""
    if part is None:
        return "–"
    return f"{percent(part.share)} ({100 * part.low:.1f}–{100 * part.high:.1f})"


def as_markdown(report: Report, together: Report | None = None, sheet: bool = True) -> str:
    """The report for people; `together` is one of the same model on another split, to be added up with it."""
    parts = [
        f"# {report.model} on {report.data}, {report.split}",
        f"{report.faces} faces with a majority label; {report.left_out} without one are left out. The "
        ".tflite itself, run by ai-edge-litert: one face at a time, one thread, no test-time augmentation. "
        "In brackets the 95 % interval (Wilson).",
        _headlines(report),
        f"## Labels ({report.scheme})",
        _classes(report.labels),
        f"![confusion of the labels]({CONFUSION})",
        "## The program's seven emotions",
        "Probabilities of labels that stand for one emotion are added up.",
        _classes(report.emotions),
        f"![confusion of the emotions]({EMOTION_CONFUSION})",
        "## Calibration",
        f"Expected calibration error {percent(report.calibration.expected_error)} (15 bins). The largest "
        f"probability is {percent(report.calibration.confidence)} on average, and "
        f"{percent(report.labels.accuracy.share)} of the faces are read right.",
        f"![reliability]({RELIABILITY})",
    ]
    if together is not None:
        parts += [
            f"## Emotions, {together.split} and {report.split} together",
            _classes(_added(report, together)),
        ]
    if sheet:
        parts += [
            "## Worst losses",
            "Faces whose given label the model holds least probable; many of these labels are wrong. The "
            "sheet shows pictures of the data set, so the terms of those hold for it.",
            f"![worst losses]({WORST})",
        ]
    return "\n\n".join(parts) + "\n"


def _headlines(report: Report) -> str:
    rows = [
        ("accuracy, labels", with_interval(report.labels.accuracy)),
        ("accuracy, 7 emotions", with_interval(report.emotions.accuracy)),
        ("macro-F1, labels", percent(report.labels.macro_f1)),
        ("macro-F1, 7 emotions", percent(report.emotions.macro_f1)),
        ("mean recall, 7 emotions", percent(report.emotions.mean_recall)),
        ("expected calibration error", percent(report.calibration.expected_error)),
        *_framing("raw framing", report.raw),
        *_framing("face found by the detector", report.found),
        *_framing("not found, read as it is", report.not_found),
        ("size", f"{report.bytes / 1e6:.2f} MB"),
        ("one face on one thread, median", f"{report.one_thread_ms:.2f} ms"),
        ("SHA-256", f"`{report.sha256}`"),
    ]
    return table(("what", "figure"), rows)


def _framing(name: str, framing: Framing | None) -> list[tuple[str, str]]:
    if framing is None:
        return []
    faces = f"{framing.labels.faces} faces"
    return [(f"accuracy, labels, {name} ({faces})", with_interval(framing.labels))]


def _classes(reading: Reading) -> str:
    rows = [
        (name, one.faces, with_interval(one.recall), with_interval(one.precision), percent(one.f1))
        for name, one in reading.classes.items()
    ]
    return table(("class", "faces", "recall", "precision", "F1"), rows)


def _added(report: Report, other: Report) -> Reading:
    """The emotions of both reports' faces."""
    names = tuple(report.emotions.classes)
    return from_confusion(names, np.array(report.emotions.confusion) + np.array(other.emotions.confusion))
