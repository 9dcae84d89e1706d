"""Pictures of a run, without a display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from training.files import whole


def draw_curves(path: Path, history: Sequence[Mapping[str, Any]]) -> None:
    """Loss, accuracy of each head on the validation split, and learning rate over the epochs, as PNG."""
    epochs = [record["epoch"] for record in history]
    figure = Figure(figsize=(7, 8), layout="constrained")
    losses, accuracies, rates = figure.subplots(3, 1, sharex=True)
    losses.plot(epochs, [record["loss"] for record in history], label="training, all heads, weighted")
    losses.plot(epochs, [record["valid_loss"] for record in history], label="validation, main head")
    losses.set_ylabel("loss")
    losses.legend()
    for head in history[-1]["valid"]:
        accuracies.plot(epochs, [record["valid"][head] for record in history], label=head)
    best = max(history, key=lambda record: record["valid_accuracy"])
    accuracies.axvline(best["epoch"], color="grey", linewidth=0.8)
    accuracies.set_ylabel(f"accuracy on validation\n(best {best['valid_accuracy']:.4f})")
    accuracies.legend()
    rates.plot(epochs, [record["rate"] for record in history])
    rates.set_ylabel("learning rate")
    rates.set_xlabel("epoch")
    rates.xaxis.set_major_locator(MaxNLocator(integer=True))
    for part in (losses, accuracies, rates):
        part.grid(alpha=0.3)
    _save(figure, path)


def draw_rates(path: Path, rates: Sequence[float], losses: Sequence[float], suggestion: float) -> None:
    """The learning-rate finder's curve, as PNG."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    plot = figure.subplots()
    plot.plot(rates, losses)
    plot.axvline(suggestion, color="grey", linewidth=0.8, label=f"suggested: {suggestion:.2g}")
    plot.set_xscale("log")
    plot.set_xlabel("learning rate")
    plot.set_ylabel("loss, smoothed")
    plot.grid(alpha=0.3)
    plot.legend()
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    with whole(path) as part:
        figure.savefig(part, dpi=100)
