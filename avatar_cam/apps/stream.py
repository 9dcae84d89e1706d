"""`avatar-cam stream`: webcam to virtual camera."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from avatar_cam.apps.build import Live
from avatar_cam.apps.on_lost import OnLost
from avatar_cam.apps.run import Outlet, show_live
from avatar_cam.apps.sending import Picture, Sending, VirtualCamera
from avatar_cam.console import say
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.rendering.backdrop import BLUR, CAMERA, TRANSPARENT, Behind
from avatar_cam.rendering.veil import card
from avatar_cam.settings import Settings
from avatar_cam.sinks.base import even
from avatar_cam.sinks.screen import has_display
from avatar_cam.sources.camera import label
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.photos import read_photo

_log = logging.getLogger(__name__)

#: Seconds that the camera may take until its size is known.
_FIRST_PICTURE = 5.0

#: Opens a virtual camera of a size, at a rate.
OpenCamera = Callable[[tuple[int, int], float], VirtualCamera]


def run_stream(settings: Settings) -> None:
    """Until it is interrupted or its window closed; raises as `show_live` does.

    What the virtual camera lacks is said before anything else is done.
    """
    if settings.preview and not has_display() and "SDL_VIDEODRIVER" not in os.environ:
        raise SinkError("there is no display for the preview here: add --no-preview")
    from avatar_cam.sinks.virtual_camera import PyVirtualCamera, check

    behind = background(settings)
    alpha = behind is TRANSPARENT
    check(settings.device, alpha=alpha)
    _refuse_own_camera(settings)
    stream(settings, behind, lambda size, fps: PyVirtualCamera(size, fps, settings.device, alpha=alpha))


def stream(settings: Settings, behind: Behind, open_camera: OpenCamera) -> None:
    """Stream to the virtual camera that `open_camera` opens."""

    def sending(source: LiveSource) -> Sending:
        source.wait_opened(_FIRST_PICTURE)
        size, fps = even(source.state.size or settings.size), source.state.fps or settings.fps
        made = Sending(lambda: open_camera(size, fps))
        hidden = np.zeros((size[1], size[0], 3), np.uint8)
        alpha = np.zeros(hidden.shape[:2], np.uint8) if made.alpha else None
        card(hidden, alpha)
        made.offer(Picture(hidden, alpha, None))
        say(f"sending {size[0]}x{size[1]} to {made.name}")
        return made

    def on_lost(live: Live) -> OnLost:
        return OnLost(
            settings.on_lost, settings.faces, lambda: live.characters, lambda: live.wardrobe.visible
        )

    show_live(settings, Outlet(sending, on_lost, behind, _log_summary))


def background(settings: Settings) -> Behind:
    """What is to stand behind the people; raises UsageError where that is no picture, or makes no sense."""
    wanted = settings.background
    named = next((one for one in (CAMERA, BLUR, TRANSPARENT) if one.name == wanted), None)
    if settings.clean and named is not CAMERA:
        raise UsageError("--clean sends the camera's own picture: leave --background out")
    if named is not None:
        return named
    if wanted.startswith("#"):
        red, green, blue = bytes.fromhex(wanted[1:])
        return Behind(wanted, (red, green, blue))
    if not Path(wanted).is_file():
        raise UsageError(
            f"--background {wanted}: is no file; give camera, blur, transparent, a colour such as '#00ff00', "
            "or a picture"
        )
    return Behind(Path(wanted).name, picture=read_photo(Path(wanted)))


def _refuse_own_camera(settings: Settings) -> None:
    """Nobody films what they show."""
    camera = f"/dev/video{settings.camera}" if settings.camera.isdecimal() else settings.camera
    device = settings.device
    if device is not None and Path(device).exists() and os.path.realpath(camera) == os.path.realpath(device):
        raise UsageError(f"--device {device} is {label(settings.camera)} itself: give another --camera")


def _log_summary(sending: Sending) -> None:
    _log.info("%s", sending.summary)
