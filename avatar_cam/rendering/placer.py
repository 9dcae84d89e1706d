"""How a character sits on a head: the only place that knows how a mask bends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from avatar_cam.characters.character import Character, Plane
from avatar_cam.tracking.head import mean_face
from avatar_cam.types import (
    ANCHORS,
    FaceTrack,
    Floats,
    HeadPose,
    Placement,
    SpriteChoice,
    Texture,
    outline_of,
)

#: Eye distances in one face width, from cheek to cheek of the mean face.
FACE_WIDTH = 2.16
#: The middle of the head in the mean face's axes (eye distances): the point about which a mask turns.
_CENTRE = np.array([0.0, 0.35, 0.75], np.float32)
#: How far the mask bulges towards the viewer before that point, and its half axes in the picture plane.
_BULGE, _HALF_WIDTH, _HALF_HEIGHT = 0.9, 1.9, 2.3
#: A mask turns no further than this, degrees: its picture shows the front only.
_MOST_YAW, _MOST_PITCH = 55.0, 40.0
#: Where the search for a bent point ends, eye distances, and after how many steps at the latest.
_CLOSE_ENOUGH, _MOST_STEPS = 0.003, 20
#: Nodes of a mesh each way.
_NODES = 17


#: Middles of as many cells over a box of side 1, row by row, (nodes², 2).
_MIDDLES = (np.arange(_NODES, dtype=np.float32) + 0.5) / _NODES
_MESH = np.stack(np.meshgrid(_MIDDLES, _MIDDLES), axis=-1).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A head's turn as a shift, in eye distances, of what lies one eye distance before the centre."""

    right: float
    down: float
    narrow: float
    short: float


class Placer:
    """Turns a face and what it wears into placements.

    A mask over the whole head keeps its outline, which a head that turns keeps too; what is painted on it
    slides over a bulging surface and is foreshortened, and the parts before and behind it slide further,
    each by its depth. So it turns like a thing with volume, covers the head at every angle, and has no far
    side that could fold over.
    """

    def place(
        self, face: FaceTrack, choice: SpriteChoice, character: Character, size: tuple[int, int]
    ) -> list[Placement]:
        """Placements of one face in drawing order, for a picture of `size` (width, height)."""
        if choice.opacity <= 0:
            return []
        planes = character.planes(choice.emotion, choice.variant)
        old = character.planes(choice.previous, choice.variant) if choice.previous else ()
        parts = _parts(planes, old, choice.mix)
        if not parts:
            return []
        scale, offset = artwork_fit(character)
        # All parts at once: calls on arrays of a few points are what takes time here.
        view = _View.of(face.head, np.array([part.depth * FACE_WIDTH for part in parts], np.float32))
        outlines = np.stack([_outline(part.textures) for part in parts])
        corners = view.to_picture((outlines - offset) / np.float32(scale))
        low, high = corners.min(axis=1), corners.max(axis=1)
        # An outline may reach out a little between its points, and a mesh between its nodes.
        beyond = 2 + (high - low) * np.float32(0.01)
        low = np.maximum(np.floor(low - beyond), 0).astype(np.int32)
        high = np.minimum(np.ceil(high + beyond), size).astype(np.int32)
        # The outermost nodes lie in the middle of their cells, so half a cell more on each side is enough.
        margin = (high - low) // (2 * _NODES - 2) + 1
        start, span = low - margin, high - low + 2 * margin
        nodes = start[:, None] + _MESH * span[:, None]
        uv = (view.to_mask(nodes.astype(np.float32)) * np.float32(scale) + offset).astype(np.float32)
        boxes, lattices = np.hstack([low, high]).tolist(), np.hstack([start, start + span]).tolist()
        return [
            Placement(
                part.textures, tuple(box), tuple(lattice), mesh.reshape(_NODES, _NODES, 2), choice.opacity
            )
            for part, box, lattice, mesh in zip(parts, boxes, lattices, uv, strict=True)
            if box[0] < box[2] and box[1] < box[3]  # else it lies outside the picture
        ]


@dataclass(frozen=True, slots=True)
class _Part:
    """Textures to be drawn as one mesh."""

    depth: float
    textures: tuple[tuple[Texture, float], ...]


@dataclass(frozen=True, slots=True)
class _View:
    """The way between the picture and the flat mask (eye distances) for P parts of one head.

    `depth` float32 (P, 1): how far each part lies before the mask's surface, eye distances.
    """

    centre: Floats
    upright: Floats
    scale: float
    turn: _Turn
    depth: Floats

    @classmethod
    def of(cls, head: HeadPose, depths: Floats) -> _View:
        yaw = math.radians(max(-_MOST_YAW, min(_MOST_YAW, head.yaw)))
        pitch = math.radians(max(-_MOST_PITCH, min(_MOST_PITCH, head.pitch)))
        turn = _Turn(math.sin(yaw), -math.sin(pitch), 1 - math.cos(yaw), 1 - math.cos(pitch))
        roll = math.radians(head.roll)
        cos, sin = math.cos(roll), math.sin(roll)
        upright = np.array([[cos, sin], [-sin, cos]], np.float32)
        centre = (head.rotation @ _CENTRE * np.float32(head.scale) + head.translation)[:2]
        return cls(centre, upright, head.scale, turn, depths[:, None])

    def to_mask(self, points: Floats) -> Floats:
        """Picture points (P, N, 2) px → points of the flat mask."""
        flat = (points - self.centre) @ (self.upright.T / np.float32(self.scale))
        shift, shorten = self._bend(flat)
        unturned: Floats = (flat - shift) / shorten + _CENTRE[:2]
        return unturned

    def to_picture(self, mask: Floats) -> Floats:
        """The inverse of `to_mask`, by fixed-point iteration: three steps for most turns."""
        flat = mask - _CENTRE[:2]
        at = flat
        for _ in range(_MOST_STEPS):
            shift, shorten = self._bend(at)
            before, at = at, flat * shorten + shift
            if np.abs(at - before).max() < _CLOSE_ENOUGH:
                break
        turned: Floats = at @ (self.upright * np.float32(self.scale)) + self.centre
        return turned

    def _bend(self, flat: Floats) -> tuple[Floats, Floats]:
        """Shift and shortening, (P, N, 2) each, of what is seen at points about the head's centre."""
        bulge = _bulge(flat)
        depth = bulge * np.float32(_BULGE) + self.depth
        turn = self.turn
        shift = depth[..., None] * np.array([turn.right, turn.down], np.float32)
        shorten = 1 - bulge[..., None] * np.array([turn.narrow, turn.short], np.float32)
        return shift, shorten


def _bulge(flat: Floats) -> Floats:
    """How much the mask's surface stands out at points (..., 2): 1 in its middle, 0 from its edge on.

    It ends without a kink, which a mesh could not follow.
    """
    x, y = flat[..., 0] / np.float32(_HALF_WIDTH), flat[..., 1] / np.float32(_HALF_HEIGHT)
    inside = np.maximum(1 - x * x - y * y, 0)
    bulge: Floats = inside * inside
    return bulge


def artwork_fit(character: Character) -> tuple[float, Floats]:
    """Scale and offset (2,) from the flat mask (eye distances) to the artwork (its pixels).

    Least squares over the anchors that the artwork names.
    """
    return _fit(tuple((name, float(at[0]), float(at[1])) for name, at in character.anchors.items()))


@lru_cache(maxsize=256)
def _fit(anchors: tuple[tuple[str, float, float], ...]) -> tuple[float, Floats]:
    art = np.array([(x, y) for _, x, y in anchors], np.float32)
    face = np.array([mean_face()[list(ANCHORS[name]), :2].mean(axis=0) for name, _, _ in anchors], np.float32)
    art_middle, face_middle = art.mean(axis=0), face.mean(axis=0)
    spread = face - face_middle
    scale = float((spread * (art - art_middle)).sum() / (spread * spread).sum())
    return scale, art_middle - np.float32(scale) * face_middle


def _outline(textures: Sequence[tuple[Texture, float]]) -> Floats:
    """Points around all textures, in the artwork, (64, 2)."""
    if len(textures) == 1:
        return textures[0][0].outline
    return outline_of(np.concatenate([texture.outline for texture, _ in textures]))


def _parts(planes: Sequence[Plane], old: Sequence[Plane], mix: float) -> list[_Part]:
    """What is to be drawn, furthest back first; `old` are the planes of an emotion that fades out."""
    staying = (
        {id(plane) for plane in planes} & {id(plane) for plane in old} if old else {id(p) for p in planes}
    )
    parts: list[_Part] = []
    fading: dict[float, list[tuple[Texture, float]]] = {}
    for plane, weight in [*((p, mix) for p in planes), *((p, 1 - mix) for p in old)]:
        if id(plane) not in staying:
            fading.setdefault(plane.depth, []).append((plane.whole, weight))
    for plane in planes:
        if id(plane) in staying:
            parts.extend(_Part(plane.depth, ((piece, 1.0),)) for piece in plane.pieces)
    parts.extend(_Part(depth, tuple(textures)) for depth, textures in fading.items())
    return sorted(parts, key=lambda part: part.depth)
