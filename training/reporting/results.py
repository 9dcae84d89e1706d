"""The comparison of models, as `training.compare` writes it: RESULTS.md and its plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from training.reporting.markdown import percent, table, with_interval
from training.reporting.plots import COLOURS, axes, save
from training.reporting.report import Report

#: The plots, in a folder beside RESULTS.md.
FOLDER, AGAINST_TIME, CURVES = "results", "accuracy.png", "curves.png"

#: How each scheme's splits are called in print.
_SPLITS = {
    ("ferplus", "valid"): "FER+ Valid, majority",
    ("ferplus", "test"): "FER+ test, majority",
    ("fer2013", "valid"): "FER2013 PublicTest",
    ("fer2013", "test"): "FER2013 PrivateTest",
}

#: What others published: scheme, who, figure. None of it was measured here.
PUBLISHED = (
    ("fer2013", "ensemble of 7 networks (ResidualMaskingNetwork)", "76.82 %"),
    ("fer2013", "ResMaskingNet, one model", "74.14 %"),
    ("fer2013", "VGG variants", "73.1 to 73.3 %"),
    ("fer2013", "ResNet34", "72.4 %"),
    ("fer2013", "mini-XCEPTION (60 k parameters)", "66 %"),
    ("fer2013", "DeepFace", "57.4 %"),
    ("ferplus", "VGG13 (Barsoum et al.)", "about 85 %"),
    ("aihub", "MobileNetV3-Small, with the same people on both sides of the split", "68.65 %"),
)


#: By what found the faces, on what crops the figures are.
_CROPS = {
    "mediapipe": "made as the program makes them, by the landmarks of FaceMesh",
    "box": "cut by the annotators' boxes, not as the program makes them",
    "haar": "cut around the faces that OpenCV's cascade finds, not as the program makes them",
}


@dataclass(frozen=True, slots=True)
class Data:
    """What all models learnt from and read: its `name`, and what found the faces in each of its parts."""

    name: str
    detectors: Sequence[str]

    @property
    def crops(self) -> str:
        """In words."""
        return " or ".join(_CROPS.get(one, f"found by {one}") for one in dict.fromkeys(self.detectors))


@dataclass(frozen=True, slots=True)
class Epoch:
    """A line of a run's log: the share of Valid read right by each head, and the time it took."""

    valid: Mapping[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """One model: `reports` by (scheme, split), `bytes` and `milliseconds` of its first scheme's .tflite.

    `own_budget`: it was trained beforehand. `runs` has the epochs of each run whose networks it is made of.
    """

    name: str
    own_budget: bool
    parameters: int
    bytes: int
    milliseconds: float
    runs: Sequence[Sequence[Epoch]]
    reports: Mapping[tuple[str, str], Report]


def as_markdown(results: Sequence[Result], budget: str, kind: str, data: Data) -> str:
    """RESULTS.md."""
    schemes = _schemes(results)
    columns = [split for split in _columns(results) if any(split in result.reports for result in results)]
    head = ["model", "parameters", "MB", "ms", "epochs", "minutes", *(_heading(*split) for split in columns)]
    rows = [
        [
            result.name + (" *" if result.own_budget else ""),
            f"{result.parameters:,}",
            f"{result.bytes / 1e6:.2f}",
            f"{result.milliseconds:.2f}",
            sum(len(run) for run in result.runs),
            f"{sum(epoch.seconds for run in result.runs for epoch in run) / 60:.0f}",
            *(_accuracy(result.reports.get(split)) for split in columns),
        ]
        for result in results
    ]
    parts = [
        "# Results",
        "Written by `python -m training.compare`; do not edit.",
        f"All models learnt from the same faces ({data.name}), under one budget: {budget}. Each has a head "
        f"for each set of labels ({', '.join(schemes)}) and learns all at once, so that one set helps the "
        f"figures of another. Figures are those of the {kind} .tflite, run by ai-edge-litert on one thread "
        f"without test-time augmentation, on crops {data.crops}; faces that were not found are read as their "
        "data set frames them. In brackets the 95 % interval (Wilson). Each model is that of its best epoch "
        "on the validation split, on which its temperature was fitted too. The times are of one run, in "
        "which the models took turns.",
        table(head, rows),
    ]
    if any(result.own_budget for result in results):
        parts.append(
            "\\* trained beforehand, by its own config and not under the common budget; its epochs and "
            "minutes leave out the runs that it started from or was taught by."
        )
    if not any(split == "test" for _, split in columns):
        parts.append("The test splits were not run yet.")
    else:
        parts.append(
            "A comparison reads a test split once with each .tflite and keeps its report; what else has read "
            "it, and what was chosen by that, is not recorded here."
        )
    parts += [
        f"![accuracy against time]({FOLDER}/{AGAINST_TIME})",
        f"![accuracy on the validation split, epoch by epoch]({FOLDER}/{CURVES})",
    ]
    others = [
        (_heading(scheme, "test"), who, figure) for scheme, who, figure in PUBLISHED if scheme in schemes
    ]
    if others:
        parts += [
            "## Published by others",
            "Theirs, as they state them, not measured here; their splits may have a few faces more or less.",
            table(("what", "who", "figure"), others),
        ]
    return "\n\n".join(parts) + "\n"


def plot_against_time(results: Sequence[Result], path: Path) -> None:
    """Accuracy of each model against its time, of the final split where it was run."""
    figure, plot = axes("", "one face on one thread, ms", "accuracy, %", (7, 5))
    for colour, scheme in zip(COLOURS, _schemes(results), strict=False):
        split = "test" if all((scheme, "test") in result.reports for result in results) else "valid"
        points = [result for result in results if (scheme, split) in result.reports]
        times = [result.milliseconds for result in points]
        shares = [100 * result.reports[scheme, split].labels.accuracy.share for result in points]
        plot.scatter(times, shares, color=colour, label=_heading(scheme, split))
        for result, time, share in zip(points, times, shares, strict=True):
            plot.annotate(result.name, (time, share), xytext=(4, 4), textcoords="offset points", fontsize=8)
    plot.set_xscale("log")
    plot.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    plot.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    plot.xaxis.set_minor_formatter(NullFormatter())
    plot.margins(0.15)
    plot.grid(alpha=0.3)
    plot.legend()
    save(figure, path)


def plot_curves(results: Sequence[Result], path: Path) -> None:
    """Accuracy on Valid over the epochs: a colour each model, a line style each scheme, a line each run."""
    figure, plot = axes("", "epoch", "accuracy on Valid, %", (7, 5))
    for colour, result in zip(cycle(COLOURS), results, strict=False):
        for style, scheme in zip(("-", ":", "--"), _schemes(results), strict=False):
            label = f"{result.name}, {scheme}"
            for known in filter(None, (_known(run, scheme) for run in result.runs)):
                plot.plot(*zip(*known, strict=True), style, color=colour, label=label)
                label = ""  # the runs of one model share a line of the legend
    plot.grid(alpha=0.3)
    if plot.has_data():
        plot.legend(fontsize=8)
    save(figure, path)


def _known(run: Sequence[Epoch], scheme: str) -> list[tuple[int, float]]:
    """The epochs, counted from 1, of which the accuracy on Valid is known, with it in percent."""
    return [
        (number, 100 * epoch.valid[scheme])
        for number, epoch in enumerate(run, start=1)
        if scheme in epoch.valid
    ]


def _columns(results: Sequence[Result]) -> list[tuple[str, str]]:
    return [(scheme, split) for scheme in _schemes(results) for split in ("valid", "test")]


def _schemes(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(scheme for result in results for scheme, _ in result.reports))


def _heading(scheme: str, split: str) -> str:
    return _SPLITS.get((scheme, split), f"{scheme} {split}")


def _accuracy(report: Report | None) -> str:
    return percent(None) if report is None else with_interval(report.labels.accuracy)
