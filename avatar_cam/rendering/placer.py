"""How a character sits on a person: the only place that knows how a mask bends and what hangs on a body."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from avatar_cam.characters.character import Character
from avatar_cam.characters.wardrobe import CROSS_FADE
from avatar_cam.rendering.bending import Bend
from avatar_cam.rendering.fitting import FACE_WIDTH, Fit, Pull
from avatar_cam.rendering.grid import Grid
from avatar_cam.rendering.limbs import Hold, Limbs
from avatar_cam.rendering.parts import Part, parts_of
from avatar_cam.tracking.smoothing import low_pass_share
from avatar_cam.types import Attach, Box, FaceTrack, Floats, HeadPose, Placement, PoseTrack, SpriteChoice

#: Eye distances between two nodes of a head's mesh, and how many there are each way at most and at least.
_SPACING, _MOST_NODES, _FEWEST_NODES = 0.3, 32, 5
#: What is turned further fades, and is gone at the second figure; degrees of yaw, and of pitch.
_FADING_YAW, _FADING_PITCH = (55.0, 75.0), (42.0, 60.0)
#: A mask gets so much wider, and then so much longer, while one emotion fades into the next. It is never
#: smaller than it is at rest: hair would show above it.
_SQUASH = 0.055
_CHIN = 152
#: How fast an anchor that comes to lie on another plane follows it, Hz.
_GLIDE = 2.5
#: Seconds after which is forgotten who was not there.
_FORGET = 5.0

Light = tuple[float, float, float]
NO_LIGHT: Light = (1.0, 1.0, 1.0)


class Placer:
    """Turns faces and what they wear into placements.

    Remembers how their bodies moved, and at which depths their anchors lay.
    """

    def __init__(self) -> None:
        self._limbs: dict[int, Limbs] = {}
        self._depths: dict[int, tuple[Fit, Floats, float]] = {}

    def place(
        self,
        face: FaceTrack,
        choice: SpriteChoice,
        character: Character,
        size: tuple[int, int],
        *,
        time: float = 0.0,
        pose: PoseTrack | None = None,
        light: Light = NO_LIGHT,
    ) -> list[Placement]:
        """Placements of one face in drawing order, for a picture of `size` (width, height) taken at `time`.

        `pose` is the newest known body of this face's owner, None where it is not known; `light` the share of
        red, green and blue that the character gets.
        """
        holds = self._holds(face, character, pose, time)
        if choice.opacity <= 0:
            return []
        planes = character.planes(choice.emotion, choice.variant, choice.age)
        old = (
            character.planes(choice.previous, choice.variant, choice.previous_age) if choice.previous else ()
        )
        fit = Fit.of(character)
        parts = parts_of(planes, old, choice.mix)
        turned = choice.opacity * facing(face.head)
        head = [part for part in parts if part.attach == "head"] if turned > 0 else []
        meshes = _on_head(face, fit, self._painted(choice, character, time), head, _squash(choice), size)
        meshes |= _on_body(face.head.scale / fit.scale, parts, holds, size)
        placements = []
        for part in parts:
            if part in meshes:
                on_head = part.attach == "head"
                shown = 1.0 if on_head else holds[part.attach].opacity
                textures = tuple((texture, weight * shown) for texture, weight in part.textures)
                opacity = turned if on_head else choice.opacity
                placements.append(Placement(textures, *meshes[part], opacity, light))
        return placements

    def _painted(self, choice: SpriteChoice, character: Character, time: float) -> Floats:
        """The depths of the anchors, float32 (A, 1).

        They glide, so that a mouth that opens does not move the chin at once.
        """
        fit = Fit.of(character)
        depths = fit.depths(character, choice.emotion, choice.variant)
        known, before, last = self._depths.get(choice.face_id, (None, depths, time))
        if known is fit and 0 < time - last < _FORGET:
            depths = before + np.float32(low_pass_share(_GLIDE, time - last)) * (depths - before)
        self._depths = {who: kept for who, kept in self._depths.items() if time - kept[2] < _FORGET}
        self._depths[choice.face_id] = fit, depths, time
        return depths

    def _holds(
        self, face: FaceTrack, character: Character, pose: PoseTrack | None, time: float
    ) -> Mapping[Attach, Hold]:
        """Where the layers of the body hang; none for a character that has none."""
        self._limbs = {who: limbs for who, limbs in self._limbs.items() if time - limbs.time < _FORGET}
        if not character.has_body:
            return {}
        limbs = self._limbs.setdefault(face.id, Limbs())
        return limbs.follow(pose, time, face.head.scale)


def facing(head: HeadPose) -> float:
    """1 for a head that faces the viewer, 0 for one that is turned away, and between while it turns."""
    share = 1.0
    for angle, (begin, end) in ((head.yaw, _FADING_YAW), (head.pitch, _FADING_PITCH)):
        share *= min(1.0, max(0.0, (end - abs(angle)) / (end - begin)))
    return share


def _squash(choice: SpriteChoice) -> Floats | None:
    """The mask's stretch (2,) across and along: first wider, then longer.

    None while no emotion fades into another.
    """
    if choice.previous is None:
        return None
    share = min(1.0, choice.age / CROSS_FADE)
    # Begins and ends without a jerk; its peak is 0.77.
    stretch = _SQUASH / 0.77 * math.sin(math.pi * share) * math.sin(2 * math.pi * share)
    return np.array([1 + max(0.0, stretch), 1 + max(0.0, -stretch)], np.float32)


Mesh = tuple[Box, Box, Floats]


def _on_head(
    face: FaceTrack,
    fit: Fit,
    painted: Floats,
    parts: Sequence[Part],
    stretch: Floats | None,
    size: tuple[int, int],
) -> dict[Part, Mesh]:
    """The meshes of the parts that hang on the head: one lattice for all of them.

    `painted` are the depths (A, 1) at which the anchors lie.
    """
    if not parts:
        return {}
    bend = Bend.of(face.head)
    # Of each anchor what is seen there at the depth at which it is painted, brought to where it is painted.
    anchors = bend.seen(bend.flat(fit.seen(face.landmarks)))
    pull = Pull.between(anchors.at(painted), fit.mask, fit.eyes)
    extents = np.array([part.extent for part in parts], np.float32)
    depths = [part.depth * FACE_WIDTH for part in parts]
    low, high = (extents[:, :2].min(axis=0), extents[:, 2:].max(axis=0))
    low, high = ((corner - fit.offset) / np.float32(fit.scale) for corner in (low, high))
    low, high = bend.around(low - pull.high, high - pull.low, max(depths), min(depths))
    chin = bend.flat(face.landmarks[_CHIN, :2])
    if stretch is not None:
        low, high = chin + (low - chin) * stretch, chin + (high - chin) * stretch
    corners = bend.picture(np.array([low, (low[0], high[1]), high, (high[0], low[1])], np.float32))
    grid = Grid.over(corners, size, _SPACING * face.head.scale, _FEWEST_NODES, _MOST_NODES)
    if grid is None:
        return {}
    flat = bend.flat(grid.nodes)
    if stretch is not None:
        flat = chin + (flat - chin) / stretch
    levels = sorted(set(depths))
    which = [levels.index(depth) for depth in depths]
    seen = bend.seen(flat).at(np.array(levels, np.float32)[:, None, None])
    uv = pull(seen) * np.float32(fit.scale) + fit.offset
    meshes = uv.reshape(len(levels), grid.rows, grid.columns, 2)
    boxes = grid.boxes(meshes, which, extents)
    return {
        part: (box, grid.lattice, meshes[level])
        for part, box, level in zip(parts, boxes, which, strict=True)
        if box is not None
    }


def _on_body(
    scale: float, parts: Sequence[Part], holds: Mapping[Attach, Hold], size: tuple[int, int]
) -> dict[Part, Mesh]:
    """The meshes of the parts that hang on the body, `scale` px for each of the artwork's pixels."""
    meshes = {}
    for part in parts:
        if (hold := holds.get(part.attach)) is None:
            continue
        at, right = np.array(hold.at, np.float32), np.array(hold.right, np.float32)
        axes = np.array([right, (-right[1], right[0])], np.float32)
        left, top, end, bottom = part.extent
        # One texel further, over which the outermost ones fade out.
        corners = [(x, y) for x in (left - 1, end + 1) for y in (top - 1, bottom + 1)]
        grid = Grid.over(
            np.array(corners, np.float32) @ (axes * np.float32(scale)) + at, size, math.inf, 2, 2
        )
        if grid is not None:
            uv = (grid.nodes - at) @ (axes.T / np.float32(scale))
            meshes[part] = grid.box, grid.lattice, uv.reshape(2, 2, 2)
    return meshes
