"""How right a reading is, by FER+'s own rule: faces without a majority are left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.integer[Any]]


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
    total = table.sum(axis=1).astype(np.float64)
    return np.divide(table.diagonal(), total, out=np.full(len(total), np.nan), where=total > 0)
