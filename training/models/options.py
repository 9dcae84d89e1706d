"""What can be chosen of each network; the table `[model]` of a config, told apart by `name`.

Nothing here imports Keras, so that a config can be read without it.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass

Width = Annotated[int, Field(ge=1)]
Widths = Annotated[tuple[Width, ...], Field(min_length=1)]
#: The share of a layer's outputs that dropout silences.
Drop = Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Residual:
    """Ours: `stem` channels at full side, then stages of `blocks` and `widths`, each at half the side.

    With a `first_stride` of 1 the first stage works at full side, too. Stages from number `excite_from` on,
    counted from 0, have squeeze-and-excitation.
    """

    name: Literal["residual"] = "residual"
    stem: Width = 16
    widths: Widths = (32, 64, 128, 192)
    blocks: Widths = (2, 2, 2, 2)
    first_stride: Annotated[int, Field(ge=1, le=2)] = 2
    excite_from: Annotated[int, Field(ge=0)] = 0
    dropout: Drop = 0.3

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ValueError("widths and blocks need one number for each stage")


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class MiniXception:
    """Arriaga et al., arXiv 1710.07557; nothing to choose."""

    name: Literal["mini_xception"] = "mini_xception"


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class VggSmall:
    """A block of two convolutions for each of `widths`, then a layer of `dense` units."""

    name: Literal["vgg_small"] = "vgg_small"
    widths: Widths = (32, 64, 128)
    dense: Width = 256
    block_dropout: Drop = 0.25
    dropout: Drop = 0.5


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class CnnBaseline:
    """Four plain convolutions and a layer of `dense` units."""

    name: Literal["cnn_baseline"] = "cnn_baseline"
    widths: Annotated[tuple[Width, Width, Width, Width], Field()] = (32, 64, 128, 256)
    dense: Width = 512
    block_dropout: Drop = 0.1
    dropout: Drop = 0.2


@dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class ResNet34:
    """He et al., 2015, with a stem for small pictures."""

    name: Literal["resnet34"] = "resnet34"
    widths: Widths = (64, 128, 256, 512)
    blocks: Widths = (3, 4, 6, 3)
    stem_stride: Annotated[int, Field(ge=1, le=2)] = 2
    dropout: Drop = 0.0

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ValueError("widths and blocks need one number for each stage")


Options: TypeAlias = Residual | MiniXception | VggSmall | CnnBaseline | ResNet34
