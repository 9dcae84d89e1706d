"""The head as a form: one radius for every direction from its middle, and rays cast against it.

Axes of the head: x to the picture's right when it faces the viewer, y down, z away; the unit is the distance
between the eyes (the means of their corners), the origin lies between them.

A direction is written as a point (u, v) of the stereographic projection from the back of the head: (0, 0) is
straight ahead, the unit circle is everything sideways. So the front, which is seen, gets an even grid, and no
direction that is ever seen is singular.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer.arrays import Array, sampled

#: The tables below are as deep as FaceMesh says a face is. It says too little: a form of just that depth,
#: turned by 30°, is read as 23°. This much deeper, and the angles agree.
DEPTH = 1.25

#: The middle of the form, from which radii are measured.
CENTRE = np.array([0.0, 0.2, 0.9 * DEPTH])
#: The point about which the head turns: where it sits on the neck.
PIVOT = np.array([0.0, 0.95, 0.95 * DEPTH])
#: Half axes of an ellipsoid around `CENTRE` that holds the whole form, hair included.
BOUNDS = np.array([1.45, 2.05, 1.9 * DEPTH])

#: Maps cover u and v from -REACH to REACH with GRID × GRID nodes.
REACH = 2.3
GRID = 296

#: A relaxed, averaged face: points of its left half (x, y, z). Rounded means over faces at rest.
_FACE = """
0 -.82 -.27  0 -.57 -.33  0 -.32 -.345  0 -.18 -.315  0 -.06 -.30  0 .08 -.35  0 .19 -.42  0 .30 -.50
0 .42 -.575  0 .56 -.615  0 .645 -.585  0 .70 -.52  0 .72 -.41  0 .745 -.335  0 .82 -.305  0 .93 -.315
0 1.03 -.295  0 1.09 -.255  0 1.17 -.27  0 1.26 -.215  0 1.33 -.135  0 1.43 -.115  0 1.54 -.10
0 1.63 -.04  0 1.69 .08  .31 -.81 -.25  .57 -.78 -.15  .80 -.70 .03  .95 -.57 .235  1.04 -.41 .435
1.08 -.23 .65  1.095 0 .82  1.085 .21 .905  1.07 .43 .92  1.03 .675 .90  .96 .93 .82  .85 1.14 .68
.73 1.30 .51  .585 1.43 .38  .46 1.53 .28  .33 1.61 .175  .18 1.67 .107  .30 -.57 -.30  .60 -.55 -.19
.24 -.33 -.335  .47 -.36 -.29  .665 -.38 -.20  .91 -.26 .04  .21 -.20 -.285  .45 -.27 -.25
.63 -.27 -.195  .85 -.20 -.03  .16 -.05 -.19  .285 .017 -.045  .36 .03 -.075  .50 .06 -.08
.62 .045 -.045  .715 -.015 .03  .64 -.08 -.055  .50 -.095 -.09  .37 -.07 -.085  .17 .14 -.21
.17 .30 -.27  .18 .42 -.33  .22 .53 -.34  .285 .575 -.275  .31 .66 -.19  .25 .715 -.235  .12 .735 -.34
.12 .62 -.50  .10 .50 -.52  .09 .35 -.45  .38 .23 -.14  .52 .28 -.12  .72 .20 -.03  .62 .45 -.10
.76 .51 -.02  .98 .45 .24  1.0 .24 .25  .42 .55 -.17  .62 .65 -.095  .45 .80 -.155  .82 .72 .095
.30 .88 -.22  .83 .94 .25  .71 1.07 .13  .60 1.25 .13  .42 1.28 -.005  .30 1.36 -.05  .114 .96 -.30
.222 .995 -.255  .378 1.097 -.06  .29 1.06 -.175  .214 1.22 -.19  .114 1.25 -.21  .29 1.17 -.145
.55 .95 -.07  .2 1.5 -.06  .4 1.45 .05
"""
#: Skull, nape and the underside of the jaw.
_BACK = """
0 -1.10 -.12  0 -1.36 .22  0 -1.52 .7  0 -1.5 1.2  0 -1.3 1.75  0 -.8 2.2  .5 -1.02 -.06  .5 -1.3 .3
.5 -1.44 .8  .5 -1.4 1.3  .9 -.85 .2  .95 -1.05 .6  .95 -1.1 1.1  .9 -.95 1.6  1.15 -.4 1.0
1.15 -.45 1.5  1.1 .1 1.2  1.05 .1 1.7  .95 .6 1.2  .85 .7 1.6  .7 -.3 2.1  .5 .3 2.3  .6 .9 1.8
.72 1.0 .98  .56 1.10 .92  .39 1.31 .70  .2 1.48 .54  0 1.54 .46  0 1.46 .78  .3 1.36 .88  .5 1.16 1.05
.5 1.2 1.5  0 1.5 1.1  0 1.4 1.6
"""
#: The shell of the hair: a bob that ends at the jaw.
_HAIR = """
0 -1.16 -.25  0 -1.50 .08  0 -1.70 .6  0 -1.72 1.1  0 -1.52 1.8  0 -.9 2.4  .5 -1.12 -.17  .5 -1.44 .2
.52 -1.61 .7  .5 -1.62 1.2  .88 -.95 .05  .96 -1.24 .45  .94 -1.37 1.0  .9 -1.2 1.6  1.1 -.62 .22
1.22 -.82 .6  1.24 -.82 1.1  1.2 -.6 1.7  1.12 -.15 .42  1.26 -.15 .7  1.31 0 1.1  1.2 .2 1.8
1.09 .4 .48  1.25 .45 .75  1.31 .5 1.1  1.2 .6 1.7  1.04 .8 .45  1.19 .9 .7  1.28 1.0 1.05  1.1 1.1 1.6
.93 1.12 .45  1.06 1.28 .68  1.12 1.42 1.0  .9 1.4 1.6  .5 .5 2.4  .5 1.2 2.1  .86 1.55 .9  .5 1.75 .9
0 1.8 .9  .6 1.65 .5  0 1.75 .5  .95 0 .2  .95 .6 .2  .82 1.1 .25  .6 -.6 -.3  0 -.8 -.38  0 .2 -.4
0 1 -.4
"""


def _points(text: str) -> NDArray[np.float64]:
    """Both halves of a table of points, float64 (N, 3)."""
    half = np.array(text.split(), np.float64).reshape(-1, 3)
    half[:, 2] *= DEPTH
    other = half[half[:, 0] > 0] * [-1, 1, 1]
    return np.concatenate([half, other])


def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions of head `points` (..., 3) as (u, v) and their radius, (..., 3)."""
    arm = points - CENTRE
    radius = np.linalg.norm(arm, axis=-1, keepdims=True)
    return np.concatenate([arm[..., :2] / (radius - arm[..., 2:]), radius], axis=-1)


def _directions() -> NDArray[np.float64]:
    """The unit vector of every node, (GRID, GRID, 3)."""
    line = np.linspace(-REACH, REACH, GRID)
    u, v = np.meshgrid(line, line)
    square = u * u + v * v
    return np.asarray(np.stack([2 * u, 2 * v, square - 1], axis=-1) / (1 + square)[..., None], np.float64)


def _through(points: NDArray[np.float64]) -> Array:
    """The smoothest radius map through `points`: a thin plate, float32 (GRID, GRID)."""
    known = project(points)
    near = (known[:, :2] ** 2).sum(axis=1) < (REACH * 1.3) ** 2
    known = known[near]
    count = len(known)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _thin_plate(known[:, None, :2] - known[None, :, :2])
    system[:count, :count] += 2e-4 * np.eye(count)  # lets it miss a point by a hair rather than ripple
    system[:count, count] = 1
    system[:count, count + 1 :] = known[:, :2]
    system[count:, :count] = system[:count, count:].T
    weights = np.linalg.solve(system, np.concatenate([known[:, 2], np.zeros(3)]))
    half = GRID // 2
    line = np.linspace(-REACH, REACH, half)
    nodes = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    values = weights[count] + nodes @ weights[count + 1 :]
    for at, weight in zip(known[:, :2], weights[:count], strict=True):
        values += weight * _thin_plate(nodes - at)
    coarse = np.clip(values, 0.9, 3.0).astype(np.float32).reshape(half, half)
    rows = (np.arange(GRID, dtype=np.float32) * (half - 1) / (GRID - 1)).astype(np.float32)
    columns, lines = np.meshgrid(rows, rows)
    return sampled(coarse, columns, lines, cv2.INTER_CUBIC)


def _thin_plate(offset: NDArray[np.float64]) -> NDArray[np.float64]:
    square = (offset**2).sum(axis=-1)
    result: NDArray[np.float64] = 0.5 * square * np.log(square + 1e-12)
    return result


@dataclass(frozen=True, eq=False)
class Form:
    """`radius` float32 (GRID, GRID) and `normal` float32 (GRID, GRID, 3), outward, in the head's axes."""

    radius: Array
    normal: Array


def make_form(radius: Array) -> Form:
    """A form with the normals of its surface."""
    surface = _directions() * radius[..., None]
    across = np.gradient(surface, axis=1)
    down = np.gradient(surface, axis=0)
    normal = np.cross(down, across)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    normal *= np.sign((normal * surface).sum(axis=-1, keepdims=True))
    return Form(radius, normal.astype(np.float32))


#: How far the chin sinks when the jaw drops, in head units.
JAW_TRAVEL = 0.34


def _drop_jaw(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The face's points with the jaw all the way down: it swings about a hinge before the ear."""
    share = np.clip((points[:, 1] - 0.95) / 0.5, 0, 1) * np.clip((1.0 - points[:, 2] / DEPTH) / 0.9, 0, 1)
    moved = points.copy()
    moved[:, 1] += JAW_TRAVEL * share
    moved[:, 2] += 0.10 * share
    return moved


@lru_cache(maxsize=1)
def skin_maps() -> tuple[Array, Array]:
    """The bald head's radii with the jaw closed and dropped, each float32 (GRID, GRID)."""
    points = np.concatenate([_points(_FACE), _points(_BACK)])
    return _through(points), _through(_drop_jaw(points))


@lru_cache(maxsize=1)
def hair_map() -> Array:
    """The hair's shell as radii, float32 (GRID, GRID), everywhere a little above the skin."""
    shell: Array = np.maximum(_through(_points(_HAIR)), skin_maps()[0] + 0.03)
    return shell


@dataclass(frozen=True, eq=False)
class Hits:
    """What rays met; all float32 (h, w).

    `x`, `y`, `z` the point in head axes; `u`, `v` its direction as columns and rows of a map; `outside` how
    far the ray passes by the silhouette, in head units, negative within.
    """

    x: Array
    y: Array
    z: Array
    u: Array
    v: Array
    outside: Array


#: Depths, from the plane through the middle, at which every ray is first tried.
_PROBES = np.linspace(-1.7 * DEPTH, 0.7, 14, dtype=np.float32)


def cast(radius: Array, turn: NDArray[np.float64], x: Array, y: Array) -> Hits:
    """Parallel rays against a form.

    `turn` (3, 3) from head to picture; `x`, `y` float32 (h, w): the rays' places in the picture, in head
    units from the pivot's.
    """
    back = turn.T.astype(np.float32)
    start = [back[i, 0] * x + back[i, 1] * y + np.float32(PIVOT[i] - CENTRE[i]) for i in range(3)]
    away = back[:, 2]
    near = -(start[0] * away[0] + start[1] * away[1] + start[2] * away[2])
    start = [start[i] + near * away[i] for i in range(3)]
    # `start` is now each ray's nearest point to the middle, square to the ray: |point|² = |start|² + depth².
    square = start[0] ** 2 + start[1] ** 2 + start[2] ** 2

    gaps = np.stack([_gap(radius, start, square, away, depth)[0] for depth in _PROBES])
    lowest = gaps.argmin(axis=0)
    inside = gaps < 0
    first = np.where(inside.any(axis=0), inside.argmax(axis=0), lowest)
    before = np.maximum(first - 1, 0)
    nearest = _nearest(gaps, lowest)
    outside, _, _ = _gap(radius, start, square, away, nearest)
    outside = np.minimum(outside, gaps.min(axis=0))
    missed = ~inside.any(axis=0)
    low, high = _PROBES[before], _PROBES[first]
    gap_low = np.take_along_axis(gaps, before[None], axis=0)[0]
    gap_high = np.take_along_axis(gaps, first[None], axis=0)[0]
    depth = np.where(missed, nearest, high - (high - low) * gap_high / (gap_high - gap_low - 1e-6))
    for _ in range(4):
        gap, _, _ = _gap(radius, start, square, away, depth)
        above = gap > 0
        low, gap_low = np.where(above, depth, low), np.where(above, gap, gap_low)
        high, gap_high = np.where(above, high, depth), np.where(above, gap_high, gap)
        step = high - (high - low) * gap_high / (gap_high - gap_low - 1e-6)
        depth = np.where(missed, depth, np.clip(step, low, high)).astype(np.float32)
    _, u, v = _gap(radius, start, square, away, depth)
    point = [start[i] + depth * away[i] + np.float32(CENTRE[i]) for i in range(3)]
    return Hits(point[0], point[1], point[2], u, v, outside)


def _nearest(gaps: Array, lowest: NDArray[np.intp]) -> Array:
    """The depth at which a ray is nearest to the form: the bottom of a parabola through the lowest probes."""
    middle = np.clip(lowest, 1, len(_PROBES) - 2)
    before, at, after = (np.take_along_axis(gaps, (middle + i)[None], axis=0)[0] for i in (-1, 0, 1))
    bend = np.maximum(before - 2 * at + after, 1e-4)
    step = np.clip((before - after) / (2 * bend), -1, 1)
    spacing = _PROBES[1] - _PROBES[0]
    depth: Array = (_PROBES[middle] + spacing * step).astype(np.float32)
    return depth


def _gap(
    radius: Array, start: list[Array], square: Array, away: Array, depth: Array | np.float32
) -> tuple[Array, Array, Array]:
    """How far points on the rays are from the surface, outward, and their direction on the map."""
    length = np.sqrt(square + depth * depth)
    half = np.float32((GRID - 1) / 2)
    factor = (half / np.float32(REACH)) / np.maximum(length - (start[2] + depth * away[2]), np.float32(1e-3))
    u = (start[0] + depth * away[0]) * factor + half
    v = (start[1] + depth * away[1]) * factor + half
    found = sampled(radius, u, v)
    return length - found, u, v


#: The front view: pixels per head unit, and the x and y of its first pixel's centre.
_FRONT_STEP, _FRONT_LEFT, _FRONT_TOP = 0.02, -1.3, -1.4


@lru_cache(maxsize=1)
def _front_depths() -> tuple[Array, Array]:
    """z of the skin over the front view, jaw closed and dropped."""
    x, y = np.meshgrid(
        np.arange(_FRONT_LEFT, 1.31, _FRONT_STEP, np.float32),
        np.arange(_FRONT_TOP, 2.2, _FRONT_STEP, np.float32),
    )
    x, y = (x - np.float32(PIVOT[0])), (y - np.float32(PIVOT[1]))
    closed, dropped = (cast(radius, np.eye(3), x, y).z for radius in skin_maps())
    return closed, dropped


def on_skin(points: NDArray[np.float64], jaw: float = 0.0) -> NDArray[np.float64]:
    """Put points (N, 2) of the front view onto the skin: (N, 3)."""
    columns = ((points[:, 0] - _FRONT_LEFT) / _FRONT_STEP).astype(np.float32)[None]
    rows = ((points[:, 1] - _FRONT_TOP) / _FRONT_STEP).astype(np.float32)[None]
    closed, dropped = (sampled(depth, columns, rows)[0] for depth in _front_depths())
    return np.column_stack([points, (1 - jaw) * closed + jaw * dropped])
