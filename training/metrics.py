"""How right readings are. Faces whose true label is -1 (no majority) are left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.integer[Any]]

#: Two-sided 95 % of the normal distribution.
_Z95 = 1.959964


def accuracy(read: Indices, true: Indices) -> float:
    """Share of the faces read right; `true` -1: left out. 0 if all are."""
    counted = true >= 0
    return float((read == true)[counted].mean()) if counted.any() else 0.0


def confusion(read: Indices, true: Indices, classes: int) -> NDArray[np.int64]:
    """int64 (classes, classes): how many of each true class (row) were read as each (column)."""
    counted = true >= 0
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (true[counted], read[counted]), 1)
    return table


def recalls(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of each row of a confusion matrix, the share on the diagonal; NaN for a class without faces."""
    return _shares(table.diagonal(), table.sum(axis=1))


def f1_scores(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Harmonic mean of precision and recall of each class; NaN for a class without faces.

    A class that has faces and is never read counts 0.
    """
    scores = _shares(2 * table.diagonal(), table.sum(axis=0) + table.sum(axis=1))
    return np.where(table.sum(axis=1) > 0, scores, np.nan)


def mean_of_known(values: NDArray[np.float64]) -> float:
    """Mean over the classes that have faces, which is what "macro" means; 0 if none has."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else 0.0


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927): honest for few faces and near 0 and 1.

    Of nothing, (0, 1).
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, _Z95 * _Z95
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = _Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def _shares(parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(parts, wholes, out=np.full(len(parts), np.nan), where=wholes > 0)
