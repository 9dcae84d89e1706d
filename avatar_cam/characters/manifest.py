"""`character.toml`: what an artist says of a pack."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.errors import PackError
from avatar_cam.faults import Place, all_faults, first_fault, placed
from avatar_cam.files import read_bounded
from avatar_cam.toml import TomlFault, parse_toml
from avatar_cam.types import Attach

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


Anchors = dict[AnchorName, Point]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Frames = Annotated[list[Picture], Field(min_length=1, max_length=60)]
Fps = Annotated[float, Field(gt=0, le=60, description="pictures a second")]


class EmotionArt(_Strict):
    """The full pictures of one emotion, and the animation that is drawn over them."""

    image: Picture | None = None
    blink: Picture | None = None
    talk: Picture | None = None
    blink_talk: Picture | None = None
    frames: Frames | None = None
    fps: Fps | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.image is None and (self.blink or self.talk or self.blink_talk):
            raise ValueError("blink and talk need an image, which is shown the rest of the time")
        if self.image is None and self.frames is None:
            raise ValueError("has neither an image nor frames")
        _check_fps(self.frames, self.fps)
        return self


class Layer(_Strict):
    """A part that is shown in some emotions and states, and moves apart as the head turns."""

    image: Picture | None = None
    frames: Frames | None = None
    fps: Fps | None = None
    emotions: list[Emotion] | None = None
    when: When = "always"
    attach: Attach = "head"
    at: Annotated[
        Point,
        Field(description="its centre: in the artwork's pixels, or of a body's layer from the attachment"),
    ]
    depth: Annotated[
        float, Field(ge=-2, le=2, description="behind (-) or before (+) the face, in face widths")
    ] = 0.0

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        if (self.image is None) == (self.frames is None):
            raise ValueError("needs either an image or frames")
        _check_fps(self.frames, self.fps)
        return self

    @property
    def pictures(self) -> tuple[str, ...]:
        """The picture, or those of the animation in their order."""
        return tuple(self.frames) if self.frames is not None else (self.image or "",)


def _check_fps(frames: list[str] | None, fps: float | None) -> None:
    if (frames is None) != (fps is None):
        raise ValueError("frames and fps go together: an animation needs both")


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


def _likeness(anchors: Anchors) -> float:
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
    anchors: Annotated[Anchors, Field(min_length=2)]
    emotions: dict[Emotion, EmotionArt] = {}
    fallback: dict[Emotion, Emotion] = {}
    layers: Annotated[list[Layer], Field(max_length=300)] = []

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if not self.emotions and not self.layers:
            raise ValueError("has neither [emotions.…] nor [[layers]], so there is nothing to show")
        bare = next((name for name, art in self.emotions.items() if art.image is None), None)
        if bare and not self.layers:
            raise ValueError(
                f"emotions: {bare}: has no image, which only a pack with [[layers]] can do without"
            )
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


#: Largest `character.toml`, bytes: 300 layers take 40 KB.
MAX_MANIFEST = 64_000


@dataclass(frozen=True, slots=True)
class ManifestText:
    """A manifest's content, not checked yet, and the line of each key."""

    path: Path
    content: dict[str, Any]
    lines: dict[Place, int]

    @classmethod
    def read(cls, folder: Path) -> ManifestText:
        """Of the pack in `folder`; PackError with file and line for what is no TOML."""
        path = folder / MANIFEST
        try:
            data = read_bounded(path, MAX_MANIFEST)
            if data is None:
                raise PackError(f"{path}: is larger than {MAX_MANIFEST // 1000} KB, which no manifest needs")
            return cls(path, *parse_toml(data))
        except TomlFault as fault:
            raise PackError(f"{path}: {fault}") from fault
        except OSError as error:
            raise PackError(f"{path}: cannot be read: {error.strerror or error}") from error

    def checked(self) -> Manifest:
        """The manifest; PackError with file and line of the first thing that makes no sense in it."""
        try:
            return Manifest.model_validate(self.content)
        except ValidationError as error:
            raise PackError(
                f"{self.path}: {first_fault(error, self.lines, Manifest.model_fields)}"
            ) from error

    def faults(self) -> list[str]:
        """Everything that makes no sense in it, each with its line."""
        try:
            Manifest.model_validate(self.content)
        except ValidationError as error:
            return [f"{self.path}: {fault}" for fault in all_faults(error, self.lines, Manifest.model_fields)]
        return []

    def at(self, place: Place) -> str:
        """Where that is, to begin a message with: the file, the line, and the key."""
        return f"{self.path}: {placed(place, self.lines)}"


def pictures_of(manifest: Manifest) -> dict[str, Place]:
    """Every picture that is named, and the key that names it first."""
    named: dict[str, Place] = {}
    for emotion, art in manifest.emotions.items():
        for key in ("image", "blink", "talk", "blink_talk"):
            if name := getattr(art, key):
                named.setdefault(name, ("emotions", emotion, key))
        for number, name in enumerate(art.frames or ()):
            named.setdefault(name, ("emotions", emotion, "frames", number))
    for index, layer in enumerate(manifest.layers):
        if layer.image is not None:
            named.setdefault(layer.image, ("layers", index, "image"))
        for number, name in enumerate(layer.frames or ()):
            named.setdefault(name, ("layers", index, "frames", number))
    return named
