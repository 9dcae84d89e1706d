"""The comparison's plots show the figures: other figures, another picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.training.evaluate.read import BRIGHT, DARK, bright, write_reader
from training.evaluate import read_faces, report_of
from training.litert import Reader
from training.reporting.results import Data, Epoch, Result, as_markdown, plot_against_time, plot_curves


@pytest.fixture
def result(tmp_path: Path) -> Result:
    """Three of four faces read right, with no test split."""
    reader = Reader(write_reader(tmp_path / "reader.tflite"))
    readings = read_faces(reader, bright([BRIGHT, BRIGHT, DARK, DARK], [0, 0, 1, 2]))
    report = report_of(reader, readings, "made", "valid")
    epochs = [Epoch({"ferplus": 0.3}, 60), Epoch({"ferplus": 0.6}, 90)]
    return Result("one", False, 1000, 2_500_000, 1.25, [epochs], {("ferplus", "valid"): report})


def test_a_row_by_hand(result: Result) -> None:
    text = as_markdown([result], "2 epochs", "int8", Data("made", ["mediapipe"]))
    (row,) = [line for line in text.splitlines() if line.startswith("| one ")]
    # Wilson's interval of 3 of 4: 30.06 to 95.44 %.
    assert row == "| one | 1,000 | 2.50 | 1.25 | 2 | 2 | 75.0 % (30.1–95.4) |"
    assert "VGG13" in text and "ResMaskingNet" not in text  # only figures of the labels that are compared
    assert "not run yet" in text


def test_the_crops_are_said_to_be_what_the_manifest_says(result: Result) -> None:
    def said(*detectors: str) -> str:
        return as_markdown([result], "2 epochs", "int8", Data("made", detectors))

    ours = "made as the program makes them, by"
    assert ours in said("mediapipe") and "annotators" not in said("mediapipe")
    for other, words in (("box", "annotators' boxes, not as"), ("haar", "cascade finds, not as")):
        assert words in said(other) and ours not in said(other)
        assert words in said("mediapipe", other) and ours in said("mediapipe", other)


def test_the_epochs_of_all_its_runs_are_counted(result: Result) -> None:
    twice = replace(result, runs=[*result.runs, *result.runs])
    text = as_markdown([twice], "2 epochs", "int8", Data("made", ["mediapipe"]))
    assert "| 1.25 | 4 | 5 |" in text


PLOTS = [
    (plot_against_time, lambda one: replace(one, milliseconds=9.0)),
    # Two runs are two lines, not one that falls back where the second begins.
    (plot_curves, lambda one: replace(one, runs=[one.runs[0][:1], one.runs[0][1:]])),
    (plot_curves, lambda one: replace(one, runs=[[*one.runs[0], Epoch({"ferplus": 0.9}, 60)]])),
]


@pytest.mark.parametrize(("draw", "change"), PLOTS)
def test_a_plot_shows_the_figures(
    result: Result,
    tmp_path: Path,
    draw: Callable[[Sequence[Result], Path], None],
    change: Callable[[Result], Result],
) -> None:
    other = replace(result, name="other", milliseconds=4.0)
    draw([result, other], tmp_path / "one.png")
    draw([result, change(other)], tmp_path / "two.png")
    one, two = (cv2.imread(str(tmp_path / f"{name}.png")) for name in ("one", "two"))
    assert one is not None and np.ptp(one) > 100
    assert two is not None and not np.array_equal(one, two)
    draw([result, other], tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "one.png").read_bytes()
    assert (tmp_path / "one.png").stat().st_size < 100_000
