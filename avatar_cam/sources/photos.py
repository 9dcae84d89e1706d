"""Photos: one picture each, of any size, told by what is in the file rather than by its name."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.errors import SourceError
from avatar_cam.png import PNG, check_png
from avatar_cam.types import Pixels

#: Names that promise a photo, even where the content then breaks the promise.
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"})

_SIGNATURES = (
    re.compile(rb"\xff\xd8\xff"),  # JPEG
    re.compile(re.escape(PNG)),
    re.compile(rb"RIFF....WEBP", re.DOTALL),
    re.compile(rb"BM....\0\0\0\0", re.DOTALL),
    re.compile(rb"II\*\0|MM\0\*"),  # TIFF
)
_HEIF = re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
_LONGEST_SIGNATURE = 16

#: OpenCV's log level.
_SILENT = 0


def is_photo(path: Path) -> bool:
    """Whether the file's content is a photo that `read_photo` takes. False where it cannot be read at all."""
    try:
        start = _start(path)
    except OSError:
        return False
    return any(signature.match(start) for signature in _SIGNATURES)


def is_named_photo(path: Path) -> bool:
    """Whether the file's name promises a photo, whatever is in it."""
    return path.suffix.lower() in _SUFFIXES


def list_photos(folder: Path) -> list[Path]:
    """The photos right in `folder`, in the order people count (2 before 10); hidden files are left out.

    A file that is a photo by name only is listed, so that reading it reports what is wrong with it.
    Raises `SourceError` when the folder cannot be read or has no photos.
    """
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".") and entry.is_file()]
    except NotADirectoryError as error:
        raise SourceError(f"{folder} is not a folder: give a folder of photos") from error
    except FileNotFoundError as error:
        raise SourceError(f"there is no folder {folder}: check the path") from error
    except OSError as error:
        raise SourceError(f"the folder {folder} cannot be read: {error.strerror}") from error
    photos = [entry for entry in entries if is_named_photo(entry) or is_photo(entry)]
    if not photos:
        raise SourceError(
            f"there are no photos in {folder}: give a folder with PNG, JPEG or WebP files in it"
        )
    return sorted(photos, key=_natural)


def read_photo(path: Path) -> Pixels:
    """The picture in `path`, uint8 (H, W, 3) RGB, contiguous, turned as its EXIF orientation says.

    Grey becomes RGB, 16 bits become 8, transparency is dropped. Raises `SourceError`.
    """
    try:
        # Not cv2.imread, which cannot open every name on every system.
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise SourceError(f"{path} is a folder, not a photo: name a file in it") from error
    except FileNotFoundError as error:
        raise SourceError(f"there is no file {path}: check the path") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    if not content:
        raise SourceError(f"{path} is empty: save or copy the photo again")
    if _HEIF.match(content):
        raise SourceError(f"{path} is a HEIF photo, which avatar-cam cannot read: convert it to JPEG or PNG")
    broken = content.startswith(PNG) and check_png(content)
    pixels = None if broken else _decoded(content)
    if pixels is None:
        raise SourceError(f"{path} is not a photo, or is broken: give a PNG, JPEG or WebP file")
    return pixels


def _decoded(content: bytes) -> Pixels | None:
    level = cv2.setLogLevel(_SILENT)
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        return None
    finally:
        cv2.setLogLevel(level)
    return None if pixels is None else np.ascontiguousarray(pixels, dtype=np.uint8)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LONGEST_SIGNATURE)


def _natural(path: Path) -> tuple[list[tuple[bool, int, str]], str]:
    # NFC, so that Korean names sort alike whether a Mac or a PC wrote them.
    name = unicodedata.normalize("NFC", path.name).casefold()
    parts = re.findall(r"\d+|\D+", name)
    key = [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts]
    return key, path.name
