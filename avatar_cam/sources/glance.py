"""What can be told of a camera without opening it: when that changes, it is worth trying again."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from avatar_cam.sources.camera import is_index, is_url
from avatar_cam.sources.linux_devices import holders

#: Ports of network cameras whose address names none, and seconds that one may take to answer.
_PORTS = {"rtsp": 554, "https": 443}
_ANSWERS_S = 1.0


def glance(which: str) -> object:
    """Something that is equal as long as nothing has changed: whether it is there, what feeds or holds it.

    Takes no longer than a second, and opens nothing.
    """
    if is_url(which):
        return _is_reached(which)
    if sys.platform == "linux" and (is_index(which) or which.startswith("/dev/")):
        return _device(f"/dev/video{int(which)}" if is_index(which) else which)
    if is_index(which):
        return _names()
    return _stamp(which)


def _is_reached(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 80)
        with socket.create_connection((parts.hostname or "", port), _ANSWERS_S):
            return True
    except (OSError, ValueError):
        return False


def _device(path: str) -> object:
    real = os.path.realpath(path)
    return _stamp(real), real in _names(), frozenset(holders(real)) - {os.getpid()}


def _names() -> tuple[str, ...]:
    # Asking the system for its cameras loads OpenCV.
    from avatar_cam.sources.cameras import list_cameras

    return tuple(camera.path for camera in list_cameras())


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        about = Path(path).stat()
    except (OSError, ValueError):
        return None
    return about.st_ino, about.st_rdev, about.st_ctime_ns
