"""PNG files, looked through before they are decoded: libpng says on standard error what it finds broken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

#: What every PNG begins with.
PNG = b"\x89PNG\r\n\x1a\n"
#: The chunks that make the picture; others are texts, colour profiles and further pictures of an animation.
_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
#: Samples of a pixel by the kind of colour (PNG specification, table 11.1).
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: Where each pass of an interlaced picture begins, and its steps: x, y, across, down (section 8.2).
_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_PORTION = 2**18


def check_png(data: bytes) -> str | None:
    """What is wrong with the chunks of a PNG, to be put after its name; None when they are whole."""
    if not data.startswith(PNG):
        return "is not a PNG"
    at = len(PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        if zlib.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return "is damaged"
        if kind == b"IEND":
            return None
        at = end + 4
    return "is cut off"


def size_of_png(data: bytes) -> tuple[int, int] | None:
    """(width, height) px by the header; None when it is no PNG's."""
    if not data.startswith(PNG) or len(data) < 33 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def only_picture(data: bytes) -> bytes:
    """The PNG without all that a decoder would unpack beside the picture; `data` passed `check_png`."""
    return PNG + b"".join(data[start:end] for kind, start, end in _chunks(data) if kind in _PICTURE)


def unpacks_whole(data: bytes) -> bool:
    """Whether the packed pixels come to the bytes that the header promises; `data` passed `check_png`.

    Nothing may follow them. Nothing more is unpacked than that, and little of it is held at a time.
    """
    left = _promised(data)
    unpacking = zlib.decompressobj()
    try:
        for kind, start, end in _chunks(data):
            packed = data[start + 8 : end - 4] if kind == b"IDAT" else b""
            while packed and left >= 0:
                left -= len(unpacking.decompress(packed, _PORTION))
                packed = unpacking.unconsumed_tail
                if unpacking.unused_data:  # would be gathered, and copied with every chunk that follows
                    return False
        left -= len(unpacking.flush(1)) if left >= 0 else 0
    except zlib.error:
        return False
    return left == 0


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each chunk."""
    at = len(PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at, at + 12 + length
        at += 12 + length


def _promised(data: bytes) -> int:
    """Bytes that the pixels of a PNG take unpacked; -1 when its header makes no sense."""
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = _SAMPLES.get(colour, 0) * depth
    if bits == 0 or interlaced > 1:
        return -1
    promised = 0
    for x, y, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        columns, rows = (width - x + across - 1) // across, (height - y + down - 1) // down
        promised += rows * (1 + (columns * bits + 7) // 8) if columns > 0 and rows > 0 else 0
    return promised
