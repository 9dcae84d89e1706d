"""The PNGs of a pack: looked at before they are decoded, since packs come from strangers."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from avatar_cam.errors import PackError
from avatar_cam.files import read_bounded
from avatar_cam.png import check_png, only_picture, size_of_png, unpacks_whole
from avatar_cam.types import Pixels

#: Largest side of a picture in a pack, px: a stranger's pack must not fill the memory.
MAX_SIDE = 2048
#: Largest file of a picture, bytes.
MAX_FILE = 8 * 2**20


def look_at(path: Path) -> tuple[int, int]:
    """(width, height) of a PNG, px, and see that its file is whole, without decoding it.

    Raises PackError, with the file's name, when it is none, is damaged, or too large.
    """
    return _size(path, _content(path))


def read_sprite(path: Path) -> Pixels:
    """A PNG as uint8 (h, w, 4) RGBA, premultiplied; PackError when it is none, broken or too large."""
    data = _content(path)
    _size(path, data)
    # The decoder would say on standard error by itself what it finds broken, or fill up what is missing.
    plain = np.frombuffer(only_picture(data), np.uint8) if unpacks_whole(data) else None
    picture = cv2.imdecode(plain, cv2.IMREAD_UNCHANGED) if plain is not None else None
    if picture is None:
        raise PackError(f"{path}: is a broken PNG picture; save it anew")
    sixteen_bits = picture.dtype == np.uint16
    return _premultiplied(np.asarray(picture // 257 if sixteen_bits else picture, np.uint8))


def _content(path: Path) -> bytes:
    try:
        data = read_bounded(path, MAX_FILE)
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror or error}") from error
    if data is None:
        raise PackError(f"{path}: is larger than {MAX_FILE // 2**20} MB; make it smaller")
    return data


def _size(path: Path, data: bytes) -> tuple[int, int]:
    size = size_of_png(data)
    if size is None:
        raise PackError(f"{path}: is not a PNG picture")
    width, height = size
    if max(width, height) > MAX_SIDE:  # asked of the header, before anything is decoded
        raise PackError(f"{path}: is {width}x{height}; the largest side allowed is {MAX_SIDE}")
    if width == 0 or height == 0 or check_png(data) is not None:
        raise PackError(f"{path}: is a broken PNG picture; save it anew")
    return width, height


def _premultiplied(picture: Pixels) -> Pixels:
    """OpenCV's grey, BGR or BGRA with straight alpha → RGBA premultiplied."""
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGBA), np.uint8)
    if picture.shape[2] == 3:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA), np.uint8)
    rgba = cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)
    return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2mRGBA), np.uint8)
