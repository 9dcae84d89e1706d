"""What `training.evaluate` writes, and others read again: `report.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avatar_cam.errors import SourceError
from avatar_cam.faults import first_fault
from training.metrics import Indices, confusion, f1_scores, mean_of_known, recalls, wilson

Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Strict):
    """A share with its 95 % interval (Wilson)."""

    share: Share
    low: Share
    high: Share
    faces: int


class ClassFigures(_Strict):
    """One class: `recall` is a share of its own faces, `precision` of those that were read as it.

    None where there are no such faces.
    """

    faces: int
    recall: Part | None
    precision: Part | None
    f1: Share | None


class Reading(_Strict):
    """How faces were read, by one set of names: the model's labels, or the program's emotions."""

    accuracy: Part
    macro_f1: Share
    mean_recall: Share
    classes: dict[str, ClassFigures]
    confusion: Annotated[list[list[int]], Field(description="true class (row) read as (column)")]


class Framing(_Strict):
    """Accuracy on the same faces in another framing, or on some of them."""

    labels: Part
    emotions: Part


class CalibrationBin(_Strict):
    faces: int
    confidence: Share
    accuracy: Share


class Calibration(_Strict):
    """Of the model's labels; `confidence` is the mean of the largest probability."""

    expected_error: Share
    confidence: Share
    bins: list[CalibrationBin]


class Report(_Strict):
    """All that is measured of one .tflite on one split."""

    model: str
    sha256: str
    scheme: str
    data: str
    source: Annotated[str, Field(description="SHA-256 of the data's manifest; of several, joined by +")]
    split: str
    faces: Annotated[int, Field(description="with a majority")]
    left_out: Annotated[int, Field(description="without one")]
    labels: Reading
    emotions: Reading
    raw: Annotated[Framing, Field(description="the same faces as their data set frames them")]
    found: Annotated[Framing | None, Field(description="crops of faces that the detector found")]
    not_found: Annotated[Framing | None, Field(description="those it did not find, read as they are")]
    calibration: Calibration
    bytes: int
    one_thread_ms: float

    def to_json(self) -> str:
        return self.model_dump_json(indent=2) + "\n"


def read_report(path: Path) -> Report:
    """What `Report.to_json` gave. Raises SourceError where it is not there or something else."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise SourceError(f"{path} is no report of training.evaluate: {first_fault(error)}") from None


def part(hits: int, of: int) -> Part | None:
    """The share `hits` / `of`; None of nothing."""
    if of == 0:
        return None
    low, high = wilson(hits, of)
    return Part(share=_round(hits / of), low=_round(low), high=_round(high), faces=of)


def share_right(read: Indices, true: Indices) -> Part:
    """The accuracy on at least one face."""
    right = part(int((read == true).sum()), len(true))
    if right is None:
        raise ValueError("no faces")
    return right


def reading(names: tuple[str, ...], read: Indices, true: Indices) -> Reading:
    """All figures of one set of names; `read` and `true` index it."""
    return from_confusion(names, confusion(read, true, len(names)))


def from_confusion(names: tuple[str, ...], table: NDArray[np.int64]) -> Reading:
    """The same from a confusion matrix."""
    hits, faces, claims, f1 = table.diagonal(), table.sum(axis=1), table.sum(axis=0), f1_scores(table)
    whole = part(int(hits.sum()), int(table.sum()))
    if whole is None:
        raise ValueError("no faces")
    classes = {
        name: ClassFigures(
            faces=int(faces[row]),
            recall=part(int(hits[row]), int(faces[row])),
            precision=part(int(hits[row]), int(claims[row])),
            f1=None if np.isnan(f1[row]) else _round(float(f1[row])),
        )
        for row, name in enumerate(names)
    }
    return Reading(
        accuracy=whole,
        macro_f1=_round(mean_of_known(f1)),
        mean_recall=_round(mean_of_known(recalls(table))),
        classes=classes,
        confusion=table.tolist(),
    )


def _round(value: float) -> float:
    return round(value, 5)
