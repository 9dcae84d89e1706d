"""What `training.compare` compares: its TOML file, and the config that comes of it for each model."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from avatar_cam.errors import UsageError
from avatar_cam.faults import first_fault
from training.config import Config
from training.kinds import Kind
from training.labels import SCHEMES


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class HeadBudget(_Strict):
    """As in a run's config."""

    weight: float = 1.0
    smoothing: float = 0.0
    balance: float = 0.35


class Contender(_Strict):
    """A model to be trained by `config`, or `run`: one that lies trained in a folder, or in several."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    config: Path | None = None
    run: Annotated[tuple[Path, ...], BeforeValidator(_as_list)] = ()

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if (self.config is None) == (not self.run):
            raise ValueError(f"{self.name}: give a config, or a run that is trained")
        return self


class Budget(_Strict):
    """The same for all: either `epochs` or `minutes` of training; the `kind` of numbers; the heads."""

    epochs: Annotated[int, Field(ge=1)] | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    kind: Kind = "float16"
    heads: Annotated[dict[str, HeadBudget], Field(min_length=1)]
    models: Annotated[list[Contender], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.epochs is None) == (self.minutes is None):
            raise ValueError("give epochs or minutes")
        names = [model.name.casefold() for model in self.models]
        if len(set(names)) != len(names):
            raise ValueError("models: two have the same name")
        unknown = [head for head in self.heads if head not in SCHEMES]
        if unknown:
            raise ValueError(f"heads.{unknown[0]}: there are {', '.join(SCHEMES)}")
        return self

    def says(self) -> str:
        """In words."""
        return f"{self.epochs} epochs" if self.epochs else f"{self.minutes:g} minutes of training"


def read_budget(path: Path) -> Budget:
    """Read the file; relative paths become those from its folder. Raises UsageError."""
    try:
        values = _parsed(path)
        for model in values.get("models", []):
            if "config" in model:
                model["config"] = path.parent / model["config"]
            if "run" in model:
                model["run"] = [path.parent / run for run in _as_list(model["run"])]
        return Budget.model_validate(values)
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error)}") from None
    except (TypeError, AttributeError):
        raise UsageError(f"{path}: models must be tables, [[models]]") from None


def config_for(contender: Path, budget: Budget, epochs: int) -> str:
    """The config in the file `contender` with the budget's epochs and, if it names none, heads: as TOML.

    Raises UsageError where that is no config that training.train would take.
    """
    values = {"heads": {name: head.model_dump() for name, head in budget.heads.items()}} | _parsed(contender)
    values |= {"epochs": epochs, "patience": 0}
    try:
        config = TypeAdapter(Config).validate_python(values)
    except ValidationError as error:
        raise UsageError(f"{contender}: {first_fault(error)}") from None
    missing = [head for head in budget.heads if head not in config.heads]
    if missing:
        raise UsageError(f"{contender}: has no head {missing[0]}, which is compared")
    return to_toml(values)


def to_toml(values: Mapping[str, Any]) -> str:
    """What `tomllib.loads` gives, as TOML."""
    return "\n".join(_lines(values, "")) + "\n"


def _lines(values: Mapping[str, Any], table: str) -> Iterator[str]:
    tables = {key: value for key, value in values.items() if _is_table(value)}
    for key, value in values.items():
        if key not in tables:
            # Numbers, strings and lists of them are written alike in both.
            yield f"{key} = {json.dumps(value)}"
    for key, value in tables.items():
        name = f"{table}{key}"
        for one in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
            yield from _lines(one, f"{name}.")


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
