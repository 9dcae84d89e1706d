"""Puts the performer together: rig in, picture out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer import scene, skin
from avatar_cam.sources.performer.arrays import Array, blurred, sampled
from avatar_cam.sources.performer.features import jaw
from avatar_cam.sources.performer.form import BOUNDS, CENTRE, GRID, JAW_TRAVEL, PIVOT, Hits, cast
from avatar_cam.sources.performer.hair import TEXTURE, Hair, make_hair
from avatar_cam.sources.performer.rig import Rig, eyes_px, rotation

#: One ray is cast for a square of so many pixels; what it found is spread smoothly over them.
_STEP = 4
#: What light 1.0 is in the 8-bit light maps.
_ONE = 110

_KEY = np.array([-0.52, -0.58, -0.63], np.float32)
_FILL = np.array([0.75, -0.10, -0.65], np.float32)
_RIM = np.array([0.80, -0.35, 0.48], np.float32)


def draw(rig: Rig, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The performer in a picture of `size` (width, height), uint8 (H, W, 3) RGB, fresh memory."""
    picture = scene.background(size).copy()
    _draw_body(picture, rig)
    _draw_head(picture, rig)
    return picture


def _draw_body(picture: NDArray[np.uint8], rig: Rig) -> None:
    height, width = picture.shape[:2]
    unit = eyes_px(rig, (width, height))
    x, y = rig.x * width, rig.y * height
    sprite = scene.body()
    step = unit / scene.BODY_UNIT
    left, top = x + scene.BODY_LEFT * unit, y + scene.BODY_TOP * unit
    x0, x1 = max(int(left), 0), min(int(left + sprite.shape[1] * step) + 1, width)
    y0, y1 = max(int(top), 0), height
    if x0 >= x1 or y0 >= y1:
        return
    place = np.array([[step, 0, left - x0 + 0.5 * step - 0.5], [0, step, top - y0 + 0.5 * step - 0.5]])
    drawn = cv2.warpAffine(sprite, place, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    below = picture[y0:y1, x0:x1]
    rest = 255 - cv2.cvtColor(drawn[..., 3], cv2.COLOR_GRAY2RGB)
    faded = cv2.multiply(below, rest, scale=1 / 255)
    picture[y0:y1, x0:x1] = cv2.add(faded, cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB))


def _draw_head(picture: NDArray[np.uint8], rig: Rig) -> None:
    height, width = picture.shape[:2]
    unit = eyes_px(rig, (width, height))
    turn = rotation(rig.yaw, rig.pitch, rig.roll)
    middle = np.array([rig.x * width, rig.y * height]) + unit * (turn @ (CENTRE - PIVOT))[:2]
    reach = unit * np.linalg.norm(turn[:2] * BOUNDS, axis=1)
    x0, y0 = np.maximum(np.floor(middle - reach), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(middle + reach), [width, height]).astype(int)
    if x0 >= x1 or y0 >= y1:
        return
    columns, rows = -(-(x1 - x0) // _STEP), -(-(y1 - y0) // _STEP)
    offset = _STEP / 2
    x, y = np.meshgrid(
        ((x0 + offset + _STEP * np.arange(columns) - rig.x * width) / unit).astype(np.float32),
        ((y0 + offset + _STEP * np.arange(rows) - rig.y * height) / unit).astype(np.float32),
    )
    hair = make_hair()
    share = np.float32(jaw(rig.expression))
    radius: Array = hair.closed.radius + (hair.dropped.radius - hair.closed.radius) * share
    hits = _softened(cast(radius, turn, x, y))
    skin_light, hair_light = _lights(hits, hair, turn, share)

    full = (columns * _STEP, rows * _STEP)
    seen = (slice(0, y1 - y0), slice(0, x1 - x0))

    def spread(layer: NDArray[Any]) -> NDArray[Any]:
        wide: NDArray[Any] = cv2.resize(layer, full, interpolation=cv2.INTER_LINEAR)[seen]
        return wide

    across = spread((hits.x - np.float32(skin.LEFT)) * np.float32(skin.UNIT) - np.float32(0.5))
    down = spread((hits.y - np.float32(skin.TOP)) * np.float32(skin.UNIT) - np.float32(0.5))
    front = skin.texture(rig.expression, (rig.gaze_x, rig.gaze_y))
    face = cv2.remap(front, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ratio = np.float32((TEXTURE - 1) / (GRID - 1))
    strands = cv2.remap(
        hair.strands,
        spread(hits.u * ratio),
        spread(hits.v * ratio),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    grown = strands[..., 3].astype(np.float32) * np.float32(1 / 255)
    face = cv2.multiply(face, spread(skin_light), scale=1 / _ONE)
    locks = cv2.multiply(cv2.cvtColor(strands, cv2.COLOR_RGBA2RGB), spread(hair_light), scale=1 / _ONE)
    lit = cv2.blendLinear(face, locks, 1 - grown, grown)
    cover = np.clip(0.5 - spread(_pixels_outside(hits.outside)) * np.float32(0.8), 0, 1)
    box = picture[y0:y1, x0:x1]
    picture[y0:y1, x0:x1] = cv2.blendLinear(lit, np.ascontiguousarray(box), cover, 1 - cover)


def _softened(hits: Hits) -> Hits:
    """Where a near part hides a far one the rays jump: a little blur turns the steps into a soft line."""
    x, y, z, u, v = (blurred(layer, 0.8) for layer in (hits.x, hits.y, hits.z, hits.u, hits.v))
    return Hits(x, y, z, u, v, hits.outside)


def _pixels_outside(outside: Array) -> Array:
    """Pixels to the silhouette: the gap grows faster where the form is steep, its slope puts it right."""
    down, across = np.gradient(outside)
    slope = blurred(np.sqrt(down * down + across * across), 1.0) / _STEP
    distance: Array = outside / np.maximum(slope, 1e-4)
    return distance


def _look(layer: Array, hits: Hits) -> Array:
    return sampled(layer, hits.u, hits.v)


def _lights(
    hits: Hits, hair: Hair, turn: NDArray[np.float64], share: np.float32
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What to multiply the skin's and the hair's colours by, uint8 (h, w, 3); `_ONE` changes nothing."""
    normal = _look(hair.closed.normal, hits)
    if share > 0.02:
        normal = normal + (_look(hair.dropped.normal, hits) - normal) * share
    back = turn.T.astype(np.float32)  # lights stand in the room: bring them to the head
    key, fill, rim = (normal @ (back @ (lamp / np.linalg.norm(lamp))) for lamp in (_KEY, _FILL, _RIM))
    facing = -(normal @ back[:, 2])
    drop = np.float32(JAW_TRAVEL) * share
    shade = _look(hair.shade, hits)

    # Light creeps around into the shade, red the farthest: skin is translucent.
    wraps = ((0.46, 1.0), (0.30, 0.965), (0.25, 0.935))
    edge = np.clip(1 - facing, 0, 1) ** 3
    behind = np.clip(rim, 0, 1) ** 2
    # The underside of the jaw lies in the same warm dusk as the neck below it.
    jaw_line = blurred(hits.y + np.float32(0.78) * hits.z, 1.0) - drop
    along_jaw = 0.8 * np.clip((jaw_line - 1.66) / 0.1, 0, 1)
    below_jaw = np.clip((jaw_line - 1.84) / 0.16, 0, 1)
    below_jaw = below_jaw * below_jaw * (3 - 2 * below_jaw)
    skin_light = np.empty((*key.shape, 3), np.float32)
    for band, (wrap, warm) in enumerate(wraps):
        lit = np.clip((key + wrap) / (1 + wrap), 0, 1)
        ambient = (0.37, 0.335, 0.325)[band]
        cool = (0.10, 0.11, 0.13)[band]
        skin_light[..., band] = (
            (ambient + 0.83 * warm * lit + cool * np.clip(fill, 0, 1) - 0.04 * edge) * shade
        )
        skin_light[..., band] += (0.12, 0.10, 0.11)[band] * behind
        dusk = (0.58, 0.44, 0.41)[band]
        # No darker than that on the edge either, where single rays would hit the steep underside.
        np.maximum(skin_light[..., band], dusk * along_jaw, out=skin_light[..., band])
        skin_light[..., band] += (dusk - skin_light[..., band]) * below_jaw * 0.9

    strand = _look(hair.tangent, hits)
    lamp = _KEY / np.linalg.norm(_KEY) + np.array([0, 0, -1], np.float32)
    across = strand @ (back @ (lamp / np.linalg.norm(lamp)))
    sheen = np.clip(1 - across * across, 0, 1) ** 14 * np.clip(key + 0.35, 0, 1)
    base = 0.42 + 0.75 * np.clip((key + 0.25) / 1.25, 0, 1) + 0.9 * behind
    hair_light = np.stack([base + 1.0 * sheen, base + 0.92 * sheen, base + 0.85 * sheen], axis=-1)
    skin_bytes, hair_bytes = (
        np.clip(light * _ONE, 0, 255).astype(np.uint8) for light in (skin_light, hair_light)
    )
    return skin_bytes, hair_bytes
