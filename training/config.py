"""A run's settings, read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from avatar_cam.errors import UsageError
from training.augment import Strength
from training.model import Shape


@checked(frozen=True, config={"extra": "forbid"})
@dataclass(frozen=True)
class Config:
    """All that decides a run's result, besides the data."""

    seed: int = 1
    epochs: int = 36
    batch: int = 128
    peak_rate: float = 0.08
    warmup_epochs: float = 2.0
    momentum: float = 0.9
    weight_decay: float = 5e-3  # of kernels only, each step by this times the rate
    average: float = 0.999
    balance: float = 0.35
    fer2013_weight: float = 0.6
    fer2013_smoothing: float = 0.1
    mixed_precision: bool = True  # bfloat16 where the machine has it is a third faster
    model: Shape = field(default_factory=Shape)
    augment: Strength = field(default_factory=Strength)


def read(path: Path) -> Config:
    """Read a config file; what it leaves out keeps its default."""
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return TypeAdapter(Config).validate_python(values)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {where}: {first['msg']}") from None
