"""What is drawn as one mesh, and in which order, also while one emotion fades into the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from avatar_cam.characters.character import Plane
from avatar_cam.characters.flattening import around
from avatar_cam.types import Attach, Box, Texture

_WRISTS = ("left_wrist", "right_wrist")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Textures that are drawn as one mesh, added up by their weights."""

    depth: float
    attach: Attach
    textures: tuple[tuple[Texture, float], ...]

    @property
    def extent(self) -> Box:
        """The box around all textures, in the artwork's pixels."""
        return around(texture.extent for texture, _ in self.textures)


def parts_of(planes: Sequence[Plane], old: Sequence[Plane], mix: float) -> list[Part]:
    """What is to be drawn, furthest back first; `old` are the planes of an emotion that fades out.

    What both emotions wear does not fade: else the face would shine through it. What differs fades pair by
    pair, since only weights that sum to 1 may be added up.
    """
    staying = {id(plane) for plane in planes} & {id(plane) for plane in old} if old else set()
    leaving = defaultdict[tuple[Attach, float], list[Plane]](list)
    for plane in old:
        if id(plane) not in staying:
            leaving[plane.attach, plane.depth].append(plane)
    parts: list[Part] = []
    for plane in planes:
        if not old or id(plane) in staying:
            parts += [Part(plane.depth, plane.attach, ((piece, 1.0),)) for piece in plane.pieces]
            continue
        partner = leaving[plane.attach, plane.depth]
        fading = [(plane.whole, mix), *((one.whole, 1 - mix) for one in partner[:1])]
        del partner[:1]
        parts.append(Part(plane.depth, plane.attach, tuple(fading)))
    for (attach, depth), rest in leaving.items():
        parts += [Part(depth, attach, ((plane.whole, 1 - mix),)) for plane in rest]
    return sorted(parts, key=_order)


def _order(part: Part) -> tuple[int, float]:
    """What hangs on the body lies behind the head where its depth says so; hands lie before all."""
    if part.attach in _WRISTS:
        return 2, part.depth
    behind = part.attach != "head" and part.depth < 0
    return (0 if behind else 1), part.depth
