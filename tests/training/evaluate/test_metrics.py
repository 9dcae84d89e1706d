"""Figures against values computed by hand, and intervals against published ones."""

from __future__ import annotations

import numpy as np
import pytest

from training.metrics import accuracy, confusion, f1_scores, mean_of_known, recalls, wilson
from training.reporting.report import part, reading

#: Ten faces of four classes; the last class has none, and nothing is read as the third. -1: no majority.
TRUE = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, -1, 0])
READ = np.array([0, 0, 0, 1, 1, 1, 0, 0, 1, 2, 3])
TABLE = [[3, 1, 0, 1], [1, 2, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def test_confusion_has_true_classes_as_rows_and_leaves_out_faces_without_a_majority() -> None:
    assert confusion(READ, TRUE, 4).tolist() == TABLE


def test_accuracy_is_of_the_faces_with_a_majority() -> None:
    assert accuracy(READ, TRUE) == pytest.approx(5 / 10)
    assert accuracy(READ[:1], np.array([-1])) == 0


def test_recall_and_f1_by_hand() -> None:
    table = np.array(TABLE)
    np.testing.assert_allclose(recalls(table), [3 / 5, 2 / 3, 0, np.nan])
    # 2 · hits / (faces + claims): 6 / (5 + 5), 4 / (3 + 4), 0 / (2 + 0)
    np.testing.assert_allclose(f1_scores(table), [0.6, 4 / 7, 0, np.nan])
    assert mean_of_known(f1_scores(table)) == pytest.approx((0.6 + 4 / 7 + 0) / 3)


#: Newcombe, *Two-sided confidence intervals for the single proportion*, Statistics in Medicine 17 (1998),
#: table I, method 3.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("hits", "of", "low", "high"), PUBLISHED)
def test_wilsons_interval_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=6e-5)
    mirrored = wilson(of - hits, of)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=6e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0, 0) == (0, 1)
    assert part(0, 0) is None


def test_a_reading_names_every_class() -> None:
    names = ("a", "b", "c", "d")
    known = TRUE >= 0
    read = reading(names, READ[known], TRUE[known])
    assert read.accuracy.share == pytest.approx(0.5) and read.accuracy.faces == 10
    assert read.confusion == TABLE
    assert read.mean_recall == pytest.approx((3 / 5 + 2 / 3 + 0) / 3, abs=1e-5)
    a, c, d = (read.classes[name] for name in ("a", "c", "d"))
    assert a.faces == 5 and a.precision is not None and a.precision.share == pytest.approx(3 / 5)
    assert c.precision is None and c.recall is not None and (c.recall.share, c.f1) == (0, 0)
    assert d.recall is None and d.f1 is None and d.precision is not None and d.precision.share == 0
