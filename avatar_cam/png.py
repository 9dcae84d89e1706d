"""PNG files, looked through before they are decoded: libpng says on standard error what it finds broken."""

from __future__ import annotations

import struct
import zlib

#: What every PNG begins with.
PNG = b"\x89PNG\r\n\x1a\n"


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
