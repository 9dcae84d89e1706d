"""A run's settings, read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import field
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from avatar_cam.errors import UsageError
from avatar_cam.faults import first_fault
from training.augment import Strength
from training.labels import SCHEMES
from training.models.options import Options, Residual

Count = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Decay = Annotated[float, Field(ge=0, lt=1)]
Side = Annotated[int, Field(ge=8, le=512)]


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Head:
    """How the labels of one scheme are learnt."""

    weight: Positive = 1.0  # of its loss
    smoothing: Decay = 0.0  # so much of a label is spread over all
    balance: Share = 0.35  # 0: labels count as often as they come, 1: all the same


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Stage:
    """Up to this share of the epochs the pictures are shrunk to this side."""

    until: Annotated[float, Field(gt=0, lt=1)]
    side: Side


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Distil:
    """What trained networks read in a picture is mixed into its labels (Hinton et al., arXiv 1503.02531)."""

    teachers: Annotated[tuple[Path, ...], Field(min_length=1)]  # runs; seen from where training is started
    weight: Annotated[float, Field(gt=0, le=1)] = 0.5  # 1: nothing but the teachers
    temperature: Positive = 1.0


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Config:
    """All that decides a run's result, besides the data."""

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    epochs: Count = 36
    patience: Annotated[int, Field(ge=0)] = 0  # epochs without a better one after which it ends; 0: never
    batch: Count = 128
    side: Side = 48  # of the network's pictures, px
    optimizer: Literal["sgd", "adam", "adamw"] = "sgd"
    peak_rate: Positive = 0.08
    warmup_epochs: Amount = 2.0
    momentum: Decay = 0.9  # of sgd, Nesterov's
    weight_decay: Amount = 5e-3  # of kernels only, each step by this times the rate; not with adam
    average: Decay = 0.999  # how much of the moving average of the weights a step keeps
    average_every: Count = 8  # steps between two updates of it
    mixup: Amount = 0.0  # alpha of its beta distribution (Zhang et al., arXiv 1710.09412); 0: none
    mixed_precision: bool = True  # bfloat16 where the machine has it is a third faster
    deterministic: bool = False  # bit for bit the same each time; costs time
    heads: dict[str, Head] = field(default_factory=dict)  # the main one first; none: all that the data has
    progressive: tuple[Stage, ...] = ()
    distil: Distil | None = None
    start: Path | None = None  # a run whose network it goes on from; seen from where training is started
    model: Annotated[Options, Field(discriminator="name")] = field(default_factory=Residual)
    augment: Strength = field(default_factory=Strength)

    def __post_init__(self) -> None:
        unknown = [name for name in self.heads if name not in SCHEMES]
        if unknown:
            raise ValueError(f"heads.{unknown[0]}: there are {', '.join(SCHEMES)}")
        if any(one.until >= other.until for one, other in pairwise(self.progressive)):
            raise ValueError("progressive: each stage must end after the one before")

    def side_of(self, epoch: int) -> int:
        """Of the pictures in an epoch, counted from 0."""
        share = epoch / self.epochs
        return next((stage.side for stage in self.progressive if share < stage.until), self.side)


def read(path: Path) -> Config:
    """Read a config file; what it leaves out keeps its default."""
    return parsed(text_of(path), path)


def text_of(path: Path) -> str:
    """A config file's text."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def parsed(text: str, path: Path) -> Config:
    """What the text, which is that of `path`, says."""
    try:
        values: dict[str, Any] = tomllib.loads(text)
        return TypeAdapter(Config).validate_python(values)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error)}") from None
