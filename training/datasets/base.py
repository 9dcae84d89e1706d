"""What every data set on disk is turned into: examples, one face each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from avatar_cam.errors import SourceError
from training.labels import Scheme

Split: TypeAlias = Literal["train", "valid", "test"]

#: `face`: the picture is a face cut out already; `scene`: a photograph in which the face is to be found.
Framing: TypeAlias = Literal["face", "scene"]


@dataclass(frozen=True, slots=True)
class Box:
    """Where an annotator saw the face, in the pixels of the stored picture; it may reach beyond it."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Example:
    """One face of a data set.

    key      names it, once in the data set and the same on every machine; the order of everything that is
             written is the order of keys
    file     where its picture lies, relative to the data set's folder, with "/": a picture, or what holds
             many
    member   its name inside `file`, where that holds many; else ""
    person   who it is: nobody may stand in two splits. The key, where the data set does not say
    split    the data set's own, or None: then it is drawn by person
    labels   of each scheme that speaks of it, every label's share of the votes; a row sums to 1 at most, and
             what is missing went to none of them ("unknown", votes dropped)
    boxes    the annotators' boxes, if there are any
    """

    key: str
    file: str
    member: str
    person: str
    split: Split | None
    labels: Mapping[str, tuple[float, ...]]
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture or record that cannot be used, and why, in a few words that are the same for all its kind."""

    key: str
    reason: str


class Damaged(SourceError):
    """One picture's content is of no use; the rest of the data set may well be whole.

    Any other SourceError from `DataSet.read` says that the data set is not there as it was: a disk that went
    away, a file that vanished. Then it is no picture's fault, and it may come back.
    """


class DataSet(Protocol):
    """A data set in a folder (or a file).

    Building one is cheap, so that every process may have its own: what is slow belongs into `examples`. It
    can be pickled. Whatever makes the whole of it unusable is a `SourceError` with one line; single faces
    that cannot be used are `LeftOut`s.
    """

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Whose labels its examples have, the main one first."""

    @property
    def framing(self) -> Framing:
        """How its pictures are framed."""

    def examples(self) -> Iterator[Example | LeftOut]:
        """All of it, in any order; reads tables and lists of files, no pictures."""

    def read(self, example: Example) -> bytes:
        """The example's picture as a file's bytes (JPEG, PNG or PGM) that OpenCV decodes.

        Raises Damaged where what lies there is no picture's content, and SourceError where it cannot be had.
        Zip files are read in place, and stay open in this process.
        """
