"""The compositor's inner loop, compiled: `warp.c`.

`hatch_build.py` compiles it where there is a C compiler, when the package is built or installed. It is loaded
with ctypes, which lets other threads go on meanwhile. Where it is absent, `rendering.sampling` does the same
by OpenCV.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, byref, c_float, c_int32, c_int64, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from avatar_cam.types import Box, Floats, Level, Pixels

#: What the build hook writes, under this very name on every system.
LIBRARY = Path(__file__).with_name("warp.so")


class _Box(ctypes.Structure):
    _fields_ = [(name, c_int32) for name in ("left", "top", "right", "bottom")]


class _Picture(ctypes.Structure):
    _fields_ = [
        ("pixels", c_void_p),
        ("stride", c_int64),
        ("channels", c_int32),
        ("left", c_int32),
        ("top", c_int32),
    ]


class _Texture(ctypes.Structure):
    _fields_ = [
        ("rgba", c_void_p),
        ("filled", c_void_p),
        ("stride", c_int64),
        ("width", c_int32),
        ("height", c_int32),
        ("factor", c_float),
        ("left", c_float),
        ("top", c_float),
        ("weight", c_int32),
    ]


@dataclass(frozen=True, slots=True)
class Art:
    """A texture as it is sampled: a point p of the artwork lies at p · `factor` - `shift` of the level's
    pixels; `share` is its weight, 0 to 1.
    """

    level: Level
    factor: float
    shift: tuple[float, float]
    share: float


@cache
def library() -> Any | None:  # ctypes' functions have no types
    """The compiled kernel; None where there is none, or none that can be loaded."""
    try:
        loaded = ctypes.CDLL(str(LIBRARY))
        # An older library, of an installation that was not made anew, has another number.
        draw = loaded.avatar_cam_draw_2
    except (OSError, AttributeError):
        return None
    draw.argtypes = [
        POINTER(_Picture),
        POINTER(_Box),
        POINTER(_Box),
        c_void_p,
        c_int32,
        c_int32,
        POINTER(_Texture),
        c_int32,
    ]
    draw.restype = c_int32
    return draw


def draw_mesh(
    pixels: Pixels, origin: tuple[int, int], box: Box, lattice: Box, uv: Floats, arts: Sequence[Art]
) -> None:
    """Draw one mesh over `pixels`, in place; see `Placement` for `box`, `lattice` and `uv`.

    `pixels` uint8 (h, w, 3) RGB or (h, w, 4) premultiplied RGBA, rows may lie apart; its first pixel is the
    picture's at `origin` (x, y). `box` must lie inside.
    """
    x0, y0, x1, y1 = box
    left, top = origin
    height, width, channels = pixels.shape
    if not (left <= x0 <= x1 <= left + width and top <= y0 <= y1 <= top + height):
        raise ValueError(f"the box {box} does not lie in the picture")
    if pixels.dtype != np.uint8 or pixels.strides[1:] != (channels, 1) or channels not in (3, 4):
        raise ValueError("a picture's pixels must be bytes that lie side by side")
    if not pixels.flags.writeable:
        raise ValueError("the picture is read-only")
    nodes = np.ascontiguousarray(uv, np.float32)
    if nodes.ndim != 3 or nodes.shape[2] != 2:
        raise ValueError("a mesh has two numbers a node")
    textures = (_Texture * len(arts))(*map(_texture, arts))
    picture = _Picture(pixels.ctypes.data, pixels.strides[0], channels, left, top)
    function = library()
    assert function is not None
    failed = function(
        byref(picture),
        byref(_Box(*box)),
        byref(_Box(*lattice)),
        nodes.ctypes.data,
        nodes.shape[0],
        nodes.shape[1],
        textures,
        len(arts),
    )
    if failed:
        raise ValueError(f"a mesh of {nodes.shape[1]} columns with {len(arts)} textures is too much")


def _texture(art: Art) -> _Texture:
    rgba, filled = art.level.rgba, art.level.filled
    height, width, _ = rgba.shape
    if rgba.dtype != np.uint8 or rgba.strides[1:] != (4, 1):
        raise ValueError("an artwork's pixels must be bytes that lie side by side")
    if filled.dtype != np.int32 or filled.shape != (height, 2) or not filled.flags.c_contiguous:
        raise ValueError("each row of an artwork has two columns between which it is filled")
    return _Texture(
        rgba.ctypes.data,
        filled.ctypes.data,
        rgba.strides[0],
        width,
        height,
        art.factor,
        *art.shift,
        round(art.share * 256),
    )
