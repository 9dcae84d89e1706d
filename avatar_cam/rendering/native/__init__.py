"""What takes longest of placing and drawing, compiled: `reach.c`, `warp.c` and `rows.c`.

`hatch_build.py` compiles it where there is a C compiler, when the package is built or installed. It is loaded
with ctypes, which lets other threads go on meanwhile. Where it is absent, `rendering.grid` and
`rendering.sampling` do the same by NumPy and OpenCV.
"""

from __future__ import annotations

import ctypes
import sys
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
#: What one call can draw, and textures of a mesh; as in `warp.h`.
MOST_MESHES, MOST_TEXTURES = 32, 2


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
        ("bordered", c_int32),
    ]


class _Mesh(ctypes.Structure):
    _fields_ = [
        ("nodes", c_void_p),
        ("textures", POINTER(_Texture)),
        ("rows", c_int32),
        ("columns", c_int32),
        ("count", c_int32),
        ("box", _Box),
        ("lattice", _Box),
    ]


class _Finish(ctypes.Structure):
    _fields_ = [("opacity", c_int32), ("light", c_int32 * 3)]


@dataclass(frozen=True, slots=True)
class Art:
    """A texture as it is sampled: a point p of the artwork lies at p · `factor` - `shift` of the level's
    pixels; `share` is its weight, 0 to 1.
    """

    level: Level
    factor: float
    shift: tuple[float, float]
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A mesh as it is drawn; see `Placement` for `box`, `lattice` and `uv`."""

    box: Box
    lattice: Box
    uv: Floats
    arts: tuple[Art, ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """What becomes of the meshes of a face before they are laid over the picture: `opacity` 0 to 1, and the
    factors of red, green and blue, up to 1.99.
    """

    opacity: float = 1.0
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)


@cache
def library() -> Any | None:  # ctypes' functions have no types
    """The compiled kernel; None where there is none, or none that can be loaded."""
    if sys.byteorder != "little":
        return None  # the kernel takes a pixel's alpha for the highest byte
    try:
        loaded = ctypes.CDLL(str(LIBRARY))
        # An older library, of an installation that was not made anew, has another number.
        draw, reach = loaded.avatar_cam_draw_3, loaded.avatar_cam_reach_1
    except (OSError, AttributeError):
        return None
    draw.argtypes = [POINTER(_Picture), POINTER(_Mesh), c_int32, POINTER(_Finish), c_int32]
    draw.restype = c_int32
    reach.argtypes = [c_void_p, c_int32, c_int32, c_void_p, c_void_p, c_int32, c_void_p]
    reach.restype = None
    return loaded


def draw_meshes(pixels: Pixels, meshes: Sequence[Mesh], finish: Finish, *, plain: bool = False) -> None:
    """Lay `meshes` over each other in order, and all of them over `pixels`, in place.

    `pixels` uint8 (h, w, 3) RGB or (h, w, 4) premultiplied RGBA, rows may lie apart; the meshes' boxes must
    lie inside. `plain`: without the instructions that only newer processors have.
    """
    height, width, channels = pixels.shape
    if pixels.dtype != np.uint8 or pixels.strides[1:] != (channels, 1) or channels not in (3, 4):
        raise ValueError("a picture's pixels must be bytes that lie side by side")
    if not pixels.flags.writeable:
        raise ValueError("the picture is read-only")
    for mesh in meshes:
        x0, y0, x1, y1 = mesh.box
        if not (0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height):
            raise ValueError(f"the box {mesh.box} does not lie in the picture")
    nodes = [np.ascontiguousarray(mesh.uv, np.float32) for mesh in meshes]
    given = (_Mesh * len(meshes))(*map(_mesh, meshes, nodes))
    picture = _Picture(pixels.ctypes.data, pixels.strides[0], channels, 0, 0)
    red, green, blue = (min(255, round(factor * 128)) for factor in finish.light)
    last = _Finish(round(finish.opacity * 256), (red, green, blue))
    loaded = library()
    assert loaded is not None
    if loaded.avatar_cam_draw_3(byref(picture), given, len(meshes), byref(last), plain):
        most = max(mesh.uv.shape[1] for mesh in meshes), max(len(mesh.arts) for mesh in meshes)
        raise ValueError(f"{len(meshes)} meshes of up to {most[0]} columns, {most[1]} textures are too much")


def reach(uv: Floats, which: Sequence[int], extents: Floats) -> list[list[int]]:
    """The cells between nodes into which each of P parts reaches: [left, top, right, bottom], the latter two
    one further; zeros where it reaches into none.

    `uv` float32 (D, rows, columns, 2) are the artwork's points at the nodes, `which` says in which of the D
    each part lies, and `extents` (P, 4) where in the artwork.
    """
    levels, rows, columns, numbers = uv.shape
    if numbers != 2 or extents.shape != (len(which), 4) or not all(0 <= level < levels for level in which):
        raise ValueError("a node has two numbers, and each part lies at one of the levels, in a box")
    nodes, boxes = np.ascontiguousarray(uv, np.float32), np.ascontiguousarray(extents, np.float32)
    of, cells = np.array(which, np.int32), np.empty((len(which), 4), np.int32)
    loaded = library()
    assert loaded is not None
    loaded.avatar_cam_reach_1(
        nodes.ctypes.data, rows, columns, of.ctypes.data, boxes.ctypes.data, len(which), cells.ctypes.data
    )
    found: list[list[int]] = cells.tolist()
    return found


def _mesh(mesh: Mesh, nodes: Floats) -> _Mesh:
    if nodes.ndim != 3 or nodes.shape[2] != 2:
        raise ValueError("a mesh has two numbers a node")
    textures = (_Texture * len(mesh.arts))(*map(_texture, mesh.arts))
    rows, columns = nodes.shape[:2]
    return _Mesh(
        nodes.ctypes.data, textures, rows, columns, len(mesh.arts), _Box(*mesh.box), _Box(*mesh.lattice)
    )


def _texture(art: Art) -> _Texture:
    rgba, filled = art.level.rgba, art.level.filled
    height, width, _ = rgba.shape
    # A texel is found by products of 16 bits.
    if rgba.dtype != np.uint8 or rgba.strides[1:] != (4, 1) or not 0 < rgba.strides[0] < 2**15 > height:
        raise ValueError("an artwork's pixels must be bytes that lie side by side, less than 8,192 in a row")
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
        art.level.bordered,
    )
