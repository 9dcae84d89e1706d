"""Light on the head: what to multiply the colours of skin and hair by, for every ray."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.performer.arrays import Array, Bytes, blurred, sampled, to_bytes
from avatar_cam.sources.performer.form import JAW_TRAVEL, Hits
from avatar_cam.sources.performer.hair import Hair

#: What light 1.0 is in the 8-bit light maps.
ONE = 110


def _toward(x: float, y: float, z: float) -> Array:
    arm = np.array([x, y, z], np.float32)
    return np.asarray(arm / np.linalg.norm(arm), np.float32)


#: Directions to the lamps, in the picture's axes: upper left, right, and right behind.
_KEY, _FILL, _RIM = _toward(-0.52, -0.58, -0.63), _toward(0.75, -0.10, -0.65), _toward(0.80, -0.35, 0.48)
#: Halfway between the key lamp and the viewer: hair shines where its strands lie square to this.
_SHINE = _toward(*(_KEY + [0, 0, -1]))

# Of red, green and blue: how far the key light creeps around into the shade (skin is translucent, for red
# the most), its colour, the light from everywhere, from the fill lamp, from behind, and under the jaw.
_WRAP = np.array([0.46, 0.30, 0.25], np.float32)
_WARM = np.array([0.83, 0.80, 0.775], np.float32)
_AMBIENT = np.array([0.37, 0.335, 0.325], np.float32)
_COOL = np.array([0.10, 0.11, 0.13], np.float32)
_BEHIND = np.array([0.12, 0.10, 0.11], np.float32)
_DUSK = np.array([0.58, 0.44, 0.41], np.float32)
_SHEEN = np.array([1.0, 0.92, 0.85], np.float32)


def lights(hits: Hits, hair: Hair, turn: NDArray[np.float64], drop: float) -> tuple[Bytes, Bytes]:
    """Light on skin and on hair, each uint8 (h, w, 3) RGB; `ONE` changes nothing.

    `turn` (3, 3) from head to picture, `drop` how far the jaw is dropped, 0 to 1.
    """
    back = turn.T.astype(np.float32)  # the lamps stand in the room: bring them to the head
    normal = sampled(hair.closed.normal, hits.u, hits.v)
    if drop > 0.02:
        normal = normal + (sampled(hair.dropped.normal, hits.u, hits.v) - normal) * np.float32(drop)
    key, fill, rim = (np.asarray(normal @ (back @ lamp), np.float32) for lamp in (_KEY, _FILL, _RIM))
    behind = np.square(np.clip(rim, 0, 1))
    return (
        to_bytes(ONE * _on_skin(hits, hair, key, fill, behind, drop)),
        to_bytes(ONE * _on_hair(hits, hair, key, behind, back)),
    )


def _on_skin(hits: Hits, hair: Hair, key: Array, fill: Array, behind: Array, drop: float) -> Array:
    shade = sampled(hair.shade, hits.u, hits.v)
    fill = np.clip(fill, 0, 1)
    # The underside of the jaw lies in the same warm dusk as the neck below it, and its edge is no darker,
    # though single rays hit steep places there.
    line = blurred(hits.y + np.float32(0.78) * hits.z, 1.0) - np.float32(JAW_TRAVEL * drop)
    along = np.float32(0.8) * np.clip((line - 1.66) / 0.1, 0, 1)
    below = np.clip((line - 1.84) / 0.16, 0, 1)
    below = np.float32(0.9) * below * below * (3 - 2 * below)
    light = np.empty((*key.shape, 3), np.float32)
    for band in range(3):
        lit = np.clip((key + _WRAP[band]) / (1 + _WRAP[band]), 0, 1)
        one = (_AMBIENT[band] + _WARM[band] * lit + _COOL[band] * fill) * shade + _BEHIND[band] * behind
        one = np.maximum(one, _DUSK[band] * along)
        light[..., band] = one + (_DUSK[band] - one) * below
    return light


def _on_hair(hits: Hits, hair: Hair, key: Array, behind: Array, back: Array) -> Array:
    across = sampled(hair.tangent, hits.u, hits.v) @ (back @ _SHINE)
    sheen = np.clip(1 - across * across, 0, 1) ** 14 * np.clip(key + 0.35, 0, 1)
    base = 0.42 + 0.75 * np.clip((key + 0.25) / 1.25, 0, 1) + 0.9 * behind
    return np.asarray(base[..., None] + sheen[..., None] * _SHEEN, np.float32)
