"""What to draw, as bytes; `docs/overlay.md` says what they mean to other programs.

Little-endian; every number takes four bytes, so that a browser reads them where they lie. The first one is
the kind of the message.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence

from avatar_cam.types import Placement, Texture

FRAME, TEXTURE, FORGET = 1, 2, 3

_FRAME = struct.Struct("<6I")
_MESH = struct.Struct("<4i2I")
_PLACEMENT = struct.Struct("<4iI4fI")
_SHARE = struct.Struct("<If")
_TEXTURE = struct.Struct("<4I2i")

#: Mesh, as the bytes of its head and its nodes, to its place among the frame's meshes.
_Meshes = dict[tuple[bytes, bytes], int]


def frame_bytes(
    index: int, size: tuple[int, int], placements: Iterable[Placement], number: Callable[[Texture], int]
) -> bytes:
    """The placements of frame `index` of a picture of `size` (width, height); `number` names textures."""
    meshes: _Meshes = {}
    drawn = []
    for placement in placements:
        mesh = meshes.setdefault(_mesh(placement), len(meshes))  # parts at one depth share one
        drawn.append(_placement(placement, mesh, number))
    head = _FRAME.pack(FRAME, index & 0xFFFFFFFF, *size, len(meshes), len(drawn))
    return b"".join([head, *(part for mesh in meshes for part in mesh), *drawn])


def _mesh(placement: Placement) -> tuple[bytes, bytes]:
    rows, columns = placement.uv.shape[:2]
    return _MESH.pack(*placement.lattice, rows, columns), placement.uv.astype("<f4", copy=False).tobytes()


def _placement(placement: Placement, mesh: int, number: Callable[[Texture], int]) -> bytes:
    head = _PLACEMENT.pack(*placement.box, mesh, placement.opacity, *placement.light, len(placement.textures))
    shares = [_SHARE.pack(number(texture), weight) for texture, weight in placement.textures]
    return b"".join([head, *shares])


def texture_bytes(number: int, texture: Texture) -> bytes:
    """A texture: its number, size and place in the artwork, and its premultiplied RGBA, row by row."""
    height, width = texture.rgba.shape[:2]
    head = _TEXTURE.pack(TEXTURE, number, width, height, *texture.origin)
    return head + texture.rgba.tobytes()


def forget_bytes(numbers: Sequence[int]) -> bytes:
    """Textures that are not needed any more."""
    return struct.pack(f"<{2 + len(numbers)}I", FORGET, len(numbers), *numbers)
