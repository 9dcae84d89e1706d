"""Puts the performer together: rig in, picture out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer import scene, skin
from avatar_cam.sources.performer.arrays import Array, Bytes, blurred
from avatar_cam.sources.performer.features import jaw
from avatar_cam.sources.performer.form import BOUNDS, CENTRE, GRID, PIVOT, Hits, cast
from avatar_cam.sources.performer.hair import TEXTURE, make_hair
from avatar_cam.sources.performer.light import ONE, lights
from avatar_cam.sources.performer.rig import Rig, eyes_px, rotation


def draw(rig: Rig, size: tuple[int, int]) -> Bytes:
    """The performer in a picture of `size` (width, height), uint8 (H, W, 3) RGB, fresh memory."""
    picture = scene.background(size).copy()
    _draw_body(picture, rig)
    _draw_head(picture, rig)
    return picture


def _draw_body(picture: Bytes, rig: Rig) -> None:
    height, width = picture.shape[:2]
    unit = eyes_px(rig, (width, height))
    sprite = scene.body()
    step = unit / scene.BODY_UNIT
    left, top = rig.x * width + scene.BODY_LEFT * unit, rig.y * height + scene.BODY_TOP * unit
    x0, x1 = max(int(left), 0), min(int(left + sprite.shape[1] * step) + 1, width)
    y0, y1 = max(int(top), 0), height
    if x0 >= x1 or y0 >= y1:
        return
    place = np.array([[step, 0, left - x0 + 0.5 * step - 0.5], [0, step, top - y0 + 0.5 * step - 0.5]])
    # The last row goes on below, where someone far away would end.
    border = cv2.BORDER_REPLICATE
    drawn = cv2.warpAffine(sprite, place, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=border)
    rest = 255 - cv2.cvtColor(drawn[..., 3], cv2.COLOR_GRAY2RGB)
    faded = cv2.multiply(picture[y0:y1, x0:x1], rest, scale=1 / 255)
    picture[y0:y1, x0:x1] = cv2.add(faded, cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB))


@dataclass(frozen=True)
class _Box:
    """The head's part of the picture. A ray is cast for each square of `step` pixels."""

    left: int
    top: int
    right: int
    bottom: int
    step: int

    @property
    def rays(self) -> tuple[int, int]:
        """Columns and rows of rays, two at least; they may reach beyond the box."""
        across, down = self.right - self.left, self.bottom - self.top
        return max(-(-across // self.step), 2), max(-(-down // self.step), 2)

    def spread(self, layer: NDArray[Any]) -> NDArray[Any]:
        """From rays to pixels, smoothly."""
        columns, rows = self.rays
        wide = cv2.resize(layer, (columns * self.step, rows * self.step), interpolation=cv2.INTER_LINEAR)
        return np.asarray(wide[: self.bottom - self.top, : self.right - self.left])


def _box(rig: Rig, turn: NDArray[np.float64], size: tuple[int, int]) -> _Box | None:
    """Where the head may be, cut to the picture; None where it is outside."""
    unit = eyes_px(rig, size)
    middle = np.array([rig.x * size[0], rig.y * size[1]]) + unit * (turn @ (CENTRE - PIVOT))[:2]
    reach = unit * np.linalg.norm(turn[:2] * BOUNDS, axis=1)
    left, top = np.maximum(np.floor(middle - reach), 0).astype(int)
    right, bottom = np.minimum(np.ceil(middle + reach), size).astype(int)
    if left >= right or top >= bottom:
        return None
    step = min(max(int(unit / 30), 1), 6)  # 30 rays for the distance between the eyes are enough
    return _Box(int(left), int(top), int(right), int(bottom), step)


def _draw_head(picture: Bytes, rig: Rig) -> None:
    size = picture.shape[1], picture.shape[0]
    turn = rotation(rig.yaw, rig.pitch, rig.roll)
    box = _box(rig, turn, size)
    if box is None:
        return
    unit = eyes_px(rig, size)
    columns, rows = box.rays
    x, y = np.meshgrid(
        ((box.left + box.step * (np.arange(columns) + 0.5) - rig.x * size[0]) / unit).astype(np.float32),
        ((box.top + box.step * (np.arange(rows) + 0.5) - rig.y * size[1]) / unit).astype(np.float32),
    )
    hair = make_hair()
    drop = jaw(rig.expression)
    radius = hair.closed.radius + (hair.dropped.radius - hair.closed.radius) * np.float32(drop)
    hits = _softened(cast(radius, turn, x, y))
    on_skin, on_hair = lights(hits, hair, turn, drop)
    face = cv2.multiply(_face(rig, hits, box, unit), box.spread(on_skin), scale=1 / ONE)
    strands = _strands(hits, box, unit)
    locks = cv2.multiply(cv2.cvtColor(strands, cv2.COLOR_RGBA2RGB), box.spread(on_hair), scale=1 / ONE)
    grown = strands[..., 3].astype(np.float32) * np.float32(1 / 255)
    head = cv2.blendLinear(face, locks, 1 - grown, grown)
    cover = np.clip(0.5 - box.spread(_pixels_outside(hits.outside, box.step)) * np.float32(0.8), 0, 1)
    part = picture[box.top : box.bottom, box.left : box.right]
    part[:] = cv2.blendLinear(head, np.ascontiguousarray(part), cover, 1 - cover)


def _face(rig: Rig, hits: Hits, box: _Box, unit: float) -> Bytes:
    """The skin's colours in the box, uint8 (h, w, 3)."""
    front = skin.texture(rig.expression, (rig.gaze_x, rig.gaze_y))
    shrink = min(max(int(skin.UNIT / unit), 1), 32)
    if shrink > 1:  # averaged, or a small face would flicker
        front = np.asarray(
            cv2.resize(
                front, (front.shape[1] // shrink, front.shape[0] // shrink), interpolation=cv2.INTER_AREA
            )
        )
    scale, half = np.float32(skin.UNIT / shrink), np.float32(0.5)
    across = box.spread((hits.x - np.float32(skin.LEFT)) * scale - half)
    down = box.spread((hits.y - np.float32(skin.TOP)) * scale - half)
    found = cv2.remap(front, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8)


def _strands(hits: Hits, box: _Box, unit: float) -> Bytes:
    """The hair's colours and cover in the box, uint8 (h, w, 4)."""
    levels = make_hair().strands
    level = min(max(int(np.log2(130 / unit)), 0), len(levels) - 1)
    scale, half = np.float32((TEXTURE - 1) / (GRID - 1)), np.float32(0.5)
    across, down = (
        box.spread((at * scale + half) * np.float32(0.5**level) - half) for at in (hits.u, hits.v)
    )
    found = cv2.remap(levels[level], across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8)


def _softened(hits: Hits) -> Hits:
    """Where a near part hides a far one the rays jump: a little blur turns the steps into a soft line."""
    x, y, z, u, v = (blurred(layer, 0.8) for layer in (hits.x, hits.y, hits.z, hits.u, hits.v))
    return Hits(x, y, z, u, v, hits.outside)


def _pixels_outside(outside: Array, step: int) -> Array:
    """Pixels to the silhouette: the gap grows faster where the form is steep, its slope puts it right."""
    down, across = np.gradient(outside)
    slope = blurred(np.sqrt(down * down + across * across), 1.0) / np.float32(step)
    return np.asarray(outside / np.maximum(slope, np.float32(1e-4)), np.float32)
