"""Photos."""

from __future__ import annotations

from pathlib import Path

import cv2

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.files import PHOTO_SUFFIXES, replacing
from avatar_cam.types import Pixels

#: Near the point where more bytes stop being visible.
_QUALITY = 95

_OPTIONS: dict[str, list[int]] = {
    ".png": [cv2.IMWRITE_PNG_COMPRESSION, 3],
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, _QUALITY],
    ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, _QUALITY],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, _QUALITY],
}


def write_photo(path: Path, pixels: Pixels) -> None:
    """Writes `pixels`, uint8 (H, W, 3) RGB, as PNG, JPEG or WebP, as the suffix says.

    The file appears under its name when it is whole. Raises `UsageError` for another suffix, `SinkError` when
    it cannot be written.
    """
    content = encoded(path, pixels)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def encoded(path: Path, pixels: Pixels) -> bytes:
    """What `write_photo` writes; `path` is not touched."""
    options = _OPTIONS.get(path.suffix.lower())
    if options is None:
        raise UsageError(
            f"{path}: a photo can be written as {' '.join(PHOTO_SUFFIXES)}; use one of these suffixes"
        )
    try:
        done, content = cv2.imencode(path.suffix.lower(), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    except cv2.error:
        done = False
    if not done:
        width, height = pixels.shape[1], pixels.shape[0]
        raise SinkError(
            f"{path} cannot be written: {width}x{height} is too large for this kind of file; use .png"
        )
    return content.tobytes()
