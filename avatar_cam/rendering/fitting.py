"""How an artwork is laid onto a face: once on the mean face, and then pulled onto this person's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from avatar_cam.characters.character import Character, Plane
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.tracking.head import mean_face
from avatar_cam.types import ANCHORS, Floats, Texture, Variant

#: Eye distances in one face width, from cheek to cheek of the mean face.
FACE_WIDTH = 2.16
#: How far the pull on one anchor reaches, eye distances (standard deviation of its bell).
_REACH = 0.9
#: What is added to the bells' own weight in the interpolation: points that lie close to each other and do not
#: agree are then met halfway, instead of by pulling hard at both.
_SOFT = 0.004
#: A pull nowhere changes by more than so much of the way it goes over: from 1 on a mask could fold.
_STEEPEST = 0.85
#: Points of the mask at which that is looked at, eye distances.
_AROUND = np.stack(np.meshgrid(np.linspace(-1.5, 1.5, 7), np.linspace(-1.2, 2.8, 9)), axis=-1)
_AROUND = _AROUND.reshape(-1, 2).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where an artwork lies on the mean face, and which of its points stand for which landmarks.

    Artwork point (px) = `scale` · mask point (eye distances from between the eyes) + `offset`. For A anchors
    `mask` float32 (A, 2) are the artwork's anchors on the mask, `landmarks` the FaceMesh indices, two for
    each, whose mean they stand for, `eyes` which of the anchors are eyes.
    """

    scale: float
    offset: Floats
    mask: Floats
    landmarks: tuple[list[int], list[int]]
    eyes: list[int]
    _depths: dict[tuple[Emotion, Variant], Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, character: Character) -> Fit:
        """The fit of a character, made when it is first wanted."""
        if character not in _fits:
            _fits[character] = cls._made(character)
        return _fits[character]

    @classmethod
    def _made(cls, character: Character) -> Fit:
        scale, offset = artwork_fit(character.anchors)
        names = [name for name in character.anchors if not _said_twice(name, character.anchors)]
        art = np.array([character.anchors[name] for name in names], np.float32)
        return cls(
            scale,
            offset,
            (art - offset) / np.float32(scale),
            ([ANCHORS[name][0] for name in names], [ANCHORS[name][-1] for name in names]),
            [number for number, name in enumerate(names) if name.endswith("eye")],
        )

    def depths(self, character: Character, emotion: Emotion, variant: Variant) -> Floats:
        """How far before the mask's surface each anchor is painted, eye distances, float32 (A, 1)."""
        if (emotion, variant) not in self._depths:
            planes = [plane for plane in character.planes(emotion, variant) if plane.attach == "head"]
            points = self.mask * np.float32(self.scale) + self.offset
            depths = [_painted_at(planes, point) * FACE_WIDTH for point in points]
            self._depths[emotion, variant] = np.array(depths, np.float32)[:, None]
        return self._depths[emotion, variant]

    def seen(self, landmarks: Floats) -> Floats:
        """The face's own points for the anchors, float32 (A, 2) px, of landmarks (478, 3) px."""
        first, second = self.landmarks
        points: Floats = (landmarks[first, :2] + landmarks[second, :2]) * np.float32(0.5)
        return points


_fits: WeakKeyDictionary[Character, Fit] = WeakKeyDictionary()


def artwork_fit(anchors: dict[str, Floats]) -> tuple[float, Floats]:
    """Scale and offset (2,) from the flat mask (eye distances) to the artwork (its pixels).

    Least squares over the anchors that the artwork names, against those of the mean face.
    """
    art = np.array(list(anchors.values()), np.float32)
    face = np.array([mean_face()[list(ANCHORS[name]), :2].mean(axis=0) for name in anchors], np.float32)
    art_middle, face_middle = art.mean(axis=0), face.mean(axis=0)
    spread = face - face_middle
    scale = float((spread * (art - art_middle)).sum() / (spread * spread).sum())
    return scale, art_middle - np.float32(scale) * face_middle


def _said_twice(name: str, anchors: dict[str, Floats]) -> bool:
    """The middle of a mouth whose corners are known says nothing more."""
    return name == "mouth" and "mouth_left" in anchors and "mouth_right" in anchors


def _painted_at(planes: Sequence[Plane], point: Floats) -> float:
    """Depth of the nearest plane that shows something at a point of the artwork, face widths."""
    return max((plane.depth for plane in planes if _shows(plane, point)), default=0.0)


def _shows(plane: Plane, point: Floats) -> bool:
    texture: Texture = plane.whole
    x, y = (int(at) - start for at, start in zip(point, texture.origin, strict=True))
    height, width = texture.rgba.shape[:2]
    return 0 <= x < width and 0 <= y < height and texture.rgba[y, x, 3] > 127


@dataclass(frozen=True, slots=True, eq=False)
class Pull:
    """A smooth field that moves points of the mask: by `everywhere`, and around A `centres` by more or less.

    All are eye distances: `everywhere` (2,), `centres` (A, 2), `weights` (A, 2). No point is moved further
    than `low` (2,) to `high` (2,).
    """

    everywhere: Floats
    centres: Floats
    weights: Floats
    low: Floats
    high: Floats

    @classmethod
    def between(cls, seen: Floats, meant: Floats, eyes: list[int]) -> Pull:
        """The field that brings `seen` (A, 2) to `meant` (A, 2), both points of the mask.

        Interpolation by bells (radial basis functions, Gaussian), about the shift of the `eyes`, so that what
        is far from the face follows them and not the mouth. So that nothing folds it is weakened where it
        would be too steep, and `meant` is not quite met.
        """
        shifts = meant - seen
        everywhere = shifts[eyes].mean(axis=0) if eyes else shifts.mean(axis=0)
        bells = _bells(seen, seen) + _SOFT * np.eye(len(seen), dtype=np.float32)
        weights = np.linalg.solve(bells, shifts - everywhere)
        weights = weights.astype(np.float32)
        x, y = _AROUND[:, :1] - seen[:, 0], _AROUND[:, 1:] - seen[:, 1]
        felt = _felt(x, y)
        steepest = _steepest((felt * x) @ weights, (felt * y) @ weights)
        if steepest > _STEEPEST:
            weights *= np.float32(_STEEPEST / steepest)
        moved = felt @ weights
        # Between those points it may be a little more; far away it is nothing.
        low, high = np.minimum(moved.min(axis=0) * 1.1, 0), np.maximum(moved.max(axis=0) * 1.1, 0)
        return cls(everywhere, seen, weights, everywhere + low, everywhere + high)

    def __call__(self, points: Floats) -> Floats:
        """Where points (..., 2) come to lie."""
        moved: Floats = points + self.everywhere + _bells(points, self.centres) @ self.weights
        return moved


def _steepest(by_x: Floats, by_y: Floats) -> float:
    """How much a pull brings points together where it does so most, of their distance: 1 would be a fold.

    `by_x` and `by_y` (N, 2) are its derivatives, negative and times the bells' variance. A map whose
    derivative is positive definite everywhere folds nowhere; so this is the largest eigenvalue of the
    negative derivative's symmetric part.
    """
    (a, b), (c, d) = by_x.T, by_y.T
    return float(((a + d) / 2 + np.hypot((a - d) / 2, (b + c) / 2)).max()) / _REACH**2


def _bells(points: Floats, centres: Floats) -> Floats:
    """How much of each centre's pull (A, 2) is felt at points (..., 2), (..., A): 1 at the centre itself."""
    return _felt(points[..., 0, None] - centres[:, 0], points[..., 1, None] - centres[:, 1])


def _felt(x: Floats, y: Floats) -> Floats:
    """How much of a pull is felt so far from its centre."""
    bells: Floats = np.exp((x * x + y * y) * np.float32(-0.5 / _REACH**2))
    return bells
