"""Plots as PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from training.reporting.calibration import Bin

#: Pixels an inch; the figures' sides are in inches.
_DPI = 100
#: Colours of a series each, told apart by those who see no red or no green too (Okabe and Ito, 2008).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


def save(figure: Figure, path: Path) -> None:
    """Write `figure`; the same figure gives the same bytes, whatever made it."""
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})


def axes(title: str, across: str, up: str, size: tuple[float, float] = (6, 4.5)) -> tuple[Figure, Axes]:
    """An empty plot, `size` inches, with names at its axes."""
    figure = Figure(figsize=size, layout="constrained")
    plot = figure.add_subplot()
    plot.set_title(title)
    plot.set_xlabel(across)
    plot.set_ylabel(up)
    return figure, plot


def plot_confusion(names: Sequence[str], table: NDArray[np.int64], title: str, path: Path) -> None:
    """A confusion matrix: shade the share of the true class (row), numbers the faces."""
    side = 2.2 + 0.75 * len(names)
    figure, plot = axes(title, "read as", "given label", (side, side))
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    plot.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(table.shape):
        if not table[row, column]:
            continue
        plot.text(
            column,
            row,
            f"{table[row, column]}\n{shares[row, column]:.0%}",
            ha="center",
            va="center",
            fontsize=9,
            color="white" if shares[row, column] > 0.5 else "black",
        )
    plot.set_xticks(range(len(names)), names, rotation=40, ha="right")
    plot.set_yticks(range(len(names)), [f"{name} ({table[row].sum()})" for row, name in enumerate(names)])
    save(figure, path)


def plot_reliability(bins: Sequence[Bin], error: float, path: Path) -> None:
    """How often a model is right against how sure it says to be, and how many faces each bin has."""
    figure = Figure(figsize=(5, 5.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    confidence = [part.confidence for part in bins]
    faces = [part.faces for part in bins]
    upper.plot([0, 1], [0, 1], color="grey", linestyle="--", label="as sure as right")
    upper.plot(confidence, [part.accuracy for part in bins], "o-", color=COLOURS[0], label="read")
    upper.set_title(f"Reliability, expected calibration error {error:.1%}")
    upper.set_ylabel("share read right")
    upper.set(xlim=(0, 1), ylim=(0, 1))
    upper.legend(loc="upper left")
    lower.bar(confidence, faces, width=0.04, color=COLOURS[0])
    lower.set_ylabel("faces")
    lower.set_xlabel("largest probability (mean of the bin)")
    save(figure, path)
