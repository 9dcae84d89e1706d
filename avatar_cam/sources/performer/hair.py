"""The hair: where it grows, how it lies, and its strands; painted once over the map of directions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer.arrays import Array, blurred, sampled, to_bytes
from avatar_cam.sources.performer.form import (
    DEPTH,
    GRID,
    REACH,
    Form,
    hair_map,
    make_form,
    on_skin,
    project,
    skin_maps,
)
from avatar_cam.sources.performer.paint import smooth

#: Side of the strands' texture, which covers the same directions as the form's maps.
TEXTURE = 896

#: u of the parting, where it meets the forehead.
_PARTING = 0.16
_DARK = np.array([30, 19, 20], np.float32)
_BROWN = np.array([66, 43, 38], np.float32)
_LIGHT = np.array([112, 80, 66], np.float32)

#: The edge of the hair around the face in the front view, from the parting down the performer's right side …
_EDGE_RIGHT = (
    (0.30, -0.94),
    (0.14, -0.90),
    (-0.10, -0.83),
    (-0.38, -0.72),
    (-0.62, -0.56),
    (-0.80, -0.36),
    (-0.91, -0.12),
    (-0.965, 0.15),
    (-0.99, 0.45),
    (-0.975, 0.75),
    (-0.925, 0.98),
)
#: … and down the left one.
_EDGE_LEFT = (
    (0.30, -0.94),
    (0.50, -0.87),
    (0.69, -0.71),
    (0.83, -0.47),
    (0.92, -0.16),
    (0.97, 0.15),
    (0.99, 0.45),
    (0.975, 0.75),
    (0.925, 0.98),
)
#: Where the curtain of hair ends, from the jaw backwards; then far off, so that everything below is bare.
_HEM = ((0.885, 1.12, 0.50), (0.90, 1.24, 0.66), (0.97, 1.36, 0.9), (1.06, 1.42, 1.2), (0.9, 1.36, 1.7))


@dataclass(frozen=True, eq=False)
class Hair:
    """How the hair looks.

    `strands` uint8 (TEXTURE, TEXTURE, 4) RGB and cover, colour not multiplied, and halved copies of it; the
    rest float32 on the form's grid: `cover`, the shade that the hair throws onto the skin (1 is none), and
    the direction of the strands in head axes. `closed` and `dropped` are the head wearing it, by its jaw.
    """

    strands: tuple[NDArray[np.uint8], ...]
    cover: Array
    shade: Array
    tangent: Array
    closed: Form
    dropped: Form


@lru_cache(maxsize=1)
def make_hair() -> Hair:
    """The hair, and the head wearing it with the jaw closed and dropped."""
    inward = _inward()
    noise, fine = _strand_noise()
    edge = inward + 0.012 * noise + 0.008 * fine
    cover = np.clip(edge / 0.016 + 0.5, 0, 1)
    # A few loose hairs before the edge.
    loose = np.clip((fine - 0.75) / 0.35, 0, 1) * np.clip((inward + 0.055) / 0.05, 0, 1)
    cover = np.maximum(cover, 0.55 * loose * (_grid()[1] < 0.1))
    colour = _colour(noise, fine, inward)
    strands = [np.dstack([colour, (cover * 255).astype(np.uint8)])]
    for _ in range(3):
        half = strands[-1].shape[0] // 2
        strands.append(np.asarray(cv2.resize(strands[-1], (half, half), interpolation=cv2.INTER_AREA)))

    depth = _shrink(inward)
    rise = np.clip(depth / 0.16, 0, 1) ** 0.7 * (depth > 0)
    rise = blurred(rise.astype(np.float32), 1.8)
    ripple = 0.010 * _shrink(noise * np.clip(1.25 - np.hypot(*_grid()), 0, 1)) * rise
    closed, dropped = (_wear(skin, rise, ripple) for skin in skin_maps())
    shade = 1 - 0.42 * np.exp(-np.maximum(-depth, 0) / 0.05)
    return Hair(tuple(strands), _shrink(cover), shade.astype(np.float32), _tangents(closed), closed, dropped)


def _wear(skin: Array, rise: Array, ripple: Array) -> Form:
    bald = make_form(skin)
    worn = make_form(skin + (hair_map() - skin) * rise + ripple)
    soft = blurred(bald.normal, 2.2)  # the features are painted; the form gives the broad light
    share = blurred(rise, 1.0)[..., None]
    normal = np.asarray(soft * (1 - share) + blurred(worn.normal, 1.5) * share, np.float32)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    return Form(worn.radius, np.asarray(normal / length, np.float32))


def _shrink(layer: Array) -> Array:
    """From the texture's grid to the form's."""
    line = (np.arange(GRID, dtype=np.float32) * (TEXTURE - 1) / (GRID - 1)).astype(np.float32)
    columns, rows = np.meshgrid(line, line)
    soft = blurred(layer, 1.3)
    return sampled(soft, columns, rows)


def _outline(hem: bool) -> NDArray[np.float64]:
    """The edge of the bare face and of what is bare below it, (N, 2) (u, v); without `hem` no hair ends."""
    right = project(on_skin(smooth(_EDGE_RIGHT, 6)))[:, :2]
    left = project(on_skin(smooth(_EDGE_LEFT, 6)))[:, :2]
    mirror = np.array([-1.0, 1.0])
    below = project(np.array(_HEM) * [1, 1, DEPTH])[:, :2] if hem else np.array([[0.70, 1.2], [0.74, 1.9]])
    far = np.array([[2.6, 2.2], [0, 4.0]]) if hem else np.array([[0.74, 4.0], [0.0, 4.0]])
    return np.concatenate(
        [left[::-1], right, below * mirror, (far * mirror)[:1], far[1:], far[:1], below[::-1]]
    )


def _inward(hem: bool = True) -> Array:
    """How far a direction lies within the hair, in (u, v), negative where it is bare: (TEXTURE, TEXTURE)."""
    pixels = (_outline(hem) / REACH + 1) * ((TEXTURE - 1) / 2)
    bare = np.zeros((TEXTURE, TEXTURE), np.uint8)
    cv2.fillPoly(bare, [np.round(pixels * 32).astype(np.int32)], (255,), cv2.LINE_8, 5)
    step = 2 * REACH / (TEXTURE - 1)
    within = cv2.distanceTransform(255 - bare, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    without = cv2.distanceTransform(bare, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    distance: Array = blurred((within - without) * np.float32(step), 2.0)
    return distance


def _grid() -> tuple[Array, Array]:
    line = np.linspace(-REACH, REACH, TEXTURE, dtype=np.float32)
    u, v = np.meshgrid(line, line)
    return u, v


def _beside_parting() -> Array:
    """How far to the performer's left of the parting a direction lies, in u."""
    u, v = _grid()
    away: Array = u - np.float32(_PARTING) * np.clip((1.35 + v) / 0.9, 0, 1)
    return away


def _flow() -> tuple[Array, Array]:
    """Across the strands and along them. They lie side by side around the face, from the parting down."""
    _, v = _grid()
    across = blurred(_inward(hem=False), 5.0)
    along = np.abs(np.arctan2(_beside_parting(), 0.35 - v)) * 0.8
    left = np.clip(_beside_parting() / 0.1, -1, 1)
    wave = 0.020 * np.sin(5 * along) * left + 0.05 * along * np.exp(-np.maximum(across, 0) / 0.25)
    return (across + wave).astype(np.float32), along.astype(np.float32)


def _strand_noise() -> tuple[Array, Array]:
    """Locks and single hairs, both about -1 to 1, float32 (TEXTURE, TEXTURE)."""
    across, along = _flow()
    left = np.clip(_beside_parting() / 0.012 + 0.5, 0, 1)
    rng = np.random.default_rng(3)
    layers = []
    for count, rows in ((11, 3), (34, 4), (110, 6)):
        sides = []
        for _ in range(2):
            cells = rng.normal(0, 1, (rows * 3, count * 5)).astype(np.float32)
            sides.append(
                cv2.remap(
                    cells,
                    (across + 1.0) * count,
                    along * rows,
                    cv2.INTER_CUBIC,
                    borderMode=cv2.BORDER_REFLECT,
                )
            )
        layers.append(sides[0] * (1 - left) + sides[1] * left)
    locks = np.clip(0.55 * layers[0] + 0.45 * layers[1], -1.3, 1.3)
    hairs = np.clip(0.35 * layers[1] + 0.6 * layers[2], -1.4, 1.4)
    return locks.astype(np.float32), hairs.astype(np.float32)


def _colour(locks: Array, hairs: Array, inward: Array) -> NDArray[np.uint8]:
    """Brown, darker where it comes out of the parting and in the depth between locks."""
    tone = 0.44 + 0.15 * locks + 0.15 * hairs
    tone = tone - 0.20 * np.exp(-np.maximum(inward, 0) / 0.03)
    _, v = _grid()
    tone = tone - 0.22 * np.exp(-((_beside_parting() / 0.014) ** 2)) * (v < -0.2)
    tone = np.clip(tone, 0, 1)[..., None]
    colour = (
        _DARK
        + (_BROWN - _DARK) * np.minimum(tone * 1.6, 1)
        + (_LIGHT - _BROWN) * np.maximum(tone - 0.6, 0) * 1.2
    )
    return to_bytes(colour)


def _tangents(form: Form) -> Array:
    """Unit vectors along the strands, float32 (GRID, GRID, 3)."""
    line = np.linspace(-REACH, REACH, GRID)
    u, v = np.meshgrid(line, line)
    square = u * u + v * v
    toward = np.stack([2 * u, 2 * v, square - 1], axis=-1) / (1 + square)[..., None]
    surface = toward * blurred(form.radius, 2.0)[..., None]
    across = blurred(_shrink(_flow()[0]), 3.0)
    rise_u, rise_v = np.gradient(across, axis=1), np.gradient(across, axis=0)
    # Strands keep their distance from the face: they run square to its rise.
    along = (
        np.gradient(surface, axis=1) * -rise_v[..., None] + np.gradient(surface, axis=0) * rise_u[..., None]
    )
    along /= np.linalg.norm(along, axis=-1, keepdims=True) + 1e-9
    return np.asarray(along, np.float32)
