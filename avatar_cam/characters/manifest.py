"""`character.toml`: what an artist says of a pack."""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import PackError
from avatar_cam.faults import first_fault
from avatar_cam.toml import TomlFault, read_toml

MANIFEST = "character.toml"

When = Literal["always", "eyes_open", "eyes_closed", "mouth_open", "mouth_closed"]
AnchorName = Literal[
    "left_eye", "right_eye", "nose_tip", "mouth_left", "mouth_right", "mouth", "chin", "forehead"
]


def _inside(name: str) -> str:
    """Packs come from strangers: a picture's name must stay inside the pack's folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise ValueError(f"{name!r} is outside the pack's folder")
    if path.suffix.lower() != ".png":
        raise ValueError(f"{name!r} is not a .png")
    return name


Picture = Annotated[str, AfterValidator(_inside)]
Point = tuple[
    Annotated[float, Field(ge=-10000, le=10000)],
    Annotated[float, Field(ge=-10000, le=10000)],
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EmotionArt(_Strict):
    """The full pictures of one emotion."""

    image: Picture
    blink: Picture | None = None
    talk: Picture | None = None
    blink_talk: Picture | None = None


class Layer(_Strict):
    """A part that is shown in some emotions and states, and moves apart as the head turns."""

    image: Picture
    emotions: list[Emotion] | None = None
    when: When = "always"
    attach: Literal["head"] = "head"
    at: Annotated[Point, Field(description="its centre, in the artwork's pixels")]
    depth: Annotated[
        float, Field(ge=-2, le=2, description="behind (-) or before (+) the face, in face widths")
    ] = 0.0


#: Where the anchors lie in a face, eye distances from between the eyes, to a tenth.
_FACE: dict[AnchorName, tuple[float, float]] = {
    "left_eye": (0.5, 0.0),
    "right_eye": (-0.5, 0.0),
    "nose_tip": (0.0, 0.7),
    "mouth_left": (0.4, 1.1),
    "mouth_right": (-0.4, 1.1),
    "mouth": (0.0, 1.1),
    "chin": (0.0, 1.7),
    "forehead": (0.0, -0.8),
}
#: Correlation with that, from -1 (turned over) to 1 (alike), of the oddest animal.
_LEAST_LIKENESS = 0.5


def _likeness(anchors: dict[AnchorName, Point]) -> float:
    """How much the anchors lie as in a face, whatever their size and place."""

    def spread(points: list[tuple[float, float]]) -> list[float]:
        middles = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
        return [value - middle for point in points for value, middle in zip(point, middles, strict=True)]

    art, face = spread(list(anchors.values())), spread([_FACE[name] for name in anchors])
    return sum(a * b for a, b in zip(art, face, strict=True)) / max(
        math.hypot(*art) * math.hypot(*face), 1e-9
    )


class Manifest(_Strict):
    """A whole `character.toml`."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    author: str = ""
    licence: str = ""
    covers: Literal["head", "half", "accessories"] = "head"
    anchors: Annotated[dict[AnchorName, Point], Field(min_length=2)]
    emotions: dict[Emotion, EmotionArt] = {}
    fallback: dict[Emotion, Emotion] = {}
    layers: Annotated[list[Layer], Field(max_length=300)] = []

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if not self.emotions and not self.layers:
            raise ValueError("has neither [emotions.…] nor [[layers]], so there is nothing to show")
        return self

    @model_validator(mode="after")
    def _anchors_apart(self) -> Self:
        points = list(self.anchors.values())
        if max(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in points for b in points) < 2:
            raise ValueError("anchors: all lie on one point, so no size can be told from them")
        return self

    @model_validator(mode="after")
    def _anchors_like_a_face(self) -> Self:
        """Eyes that are swapped, the likeliest slip, would put the artwork on its head."""
        if _likeness(self.anchors) < _LEAST_LIKENESS:
            raise ValueError(
                "anchors: do not lie as in a face; left and right are the wearer's own, so left_eye and "
                "mouth_left have the larger x, and y grows downwards"
            )
        return self


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the pack in `folder`; PackError with file and line when it is broken."""
    path = folder / MANIFEST
    try:
        content, lines = read_toml(path)
    except TomlFault as fault:
        raise PackError(f"{path}: {fault}") from fault
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise PackError(f"{path}: {first_fault(error, lines)}") from error
