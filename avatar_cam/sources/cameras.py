"""Which cameras there are."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
from cv2_enumerate_cameras import enumerate_cameras

#: The first that works is taken. Only the first one's cameras are listed: indices of another may differ.
BACK_ENDS = {"win32": (cv2.CAP_MSMF, cv2.CAP_DSHOW), "darwin": (cv2.CAP_AVFOUNDATION,)}.get(
    sys.platform, (cv2.CAP_V4L2,)
)


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that could be opened: `which` is for `--camera`, `path` the system's own name for it."""

    which: str
    name: str
    path: str


def list_cameras() -> list[CameraInfo]:
    """The cameras of this machine by their index, each once; what cannot capture is left out."""
    found: dict[str, CameraInfo] = {}
    for info in enumerate_cameras(BACK_ENDS[0]):
        path = info.path or str(info.index)
        found.setdefault(path, CameraInfo(str(info.index), info.name or f"camera {info.index}", path))
    return sorted(found.values(), key=lambda camera: int(camera.which))


def next_camera(current: str, available: Sequence[CameraInfo]) -> CameraInfo | None:
    """The camera after `current` (an index or a path) in the list, and after the last the first again.

    The first where `current` is not in the list; None when there is no other.
    """
    names = {current, os.path.realpath(current)}  # /dev/v4l/by-id has links
    at = next((n for n, camera in enumerate(available) if names & {camera.which, camera.path}), None)
    if at is None:
        return available[0] if available else None
    return available[(at + 1) % len(available)] if len(available) > 1 else None
