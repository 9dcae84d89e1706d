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
from avatar_cam.sources.cameras import list_cameras
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
    if settings.device is not None:
        _refuse_own_camera(settings.camera, settings.device)
    stream(settings, behind, lambda size, fps: PyVirtualCamera(size, fps, settings.device, alpha=alpha))


def stream(settings: Settings, behind: Behind, open_camera: OpenCamera) -> None:
    """Stream to the virtual camera that `open_camera` opens."""

    def sending(source: LiveSource) -> Sending:
        source.wait_opened(_FIRST_PICTURE)
        size, fps = even(source.state.size or _turned(settings)), source.state.fps or settings.fps
        made = Sending(lambda: _another_camera(settings.camera, open_camera(size, fps)))
        hidden = np.zeros((size[1], size[0], 3), np.uint8)
        alpha = np.zeros(hidden.shape[:2], np.uint8) if made.alpha else None
        card(hidden, alpha)
        made.offer(Picture(hidden, alpha, None))
        say(f"sending {size[0]}x{size[1]} to {made.name}")
        return made

    def on_lost(live: Live) -> OnLost:
        # Who sends the camera's own picture hides behind nothing, and the preview must not say so.
        policy = "show" if settings.clean else settings.on_lost
        return OnLost(policy, settings.faces, lambda: live.characters, lambda: live.wardrobe.visible)

    show_live(settings, Outlet(sending, on_lost, behind, _log_summary))


def background(settings: Settings) -> Behind:
    """What is to stand behind the people; raises UsageError where that is no picture, or makes no sense."""
    wanted = settings.background
    named = next((one for one in (CAMERA, BLUR, TRANSPARENT) if one.name == wanted), None)
    if settings.clean and named is not CAMERA:
        raise UsageError("--clean sends the camera's own picture: leave --background out")
    if settings.clean and "on_lost" in settings.model_fields_set and settings.on_lost != "show":
        raise UsageError("--clean sends the camera's own picture: leave --on-lost out, or say --on-lost show")
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


def _turned(settings: Settings) -> tuple[int, int]:
    """The size that was asked for, as pictures have it after they are rotated."""
    width, height = settings.size
    return (height, width) if settings.rotate in (90, 270) else (width, height)


def _another_camera(camera: str, opened: VirtualCamera) -> VirtualCamera:
    """What was opened, which only then says what it is, unless it is the `camera` that is filmed."""
    try:
        _refuse_own_camera(camera, opened.name)
    except UsageError:
        opened.close()
        raise
    return opened


def _refuse_own_camera(camera: str, device: str) -> None:
    """Nobody films what they show: UsageError. `device` is a virtual camera's path, or its name."""
    path = f"/dev/video{camera}" if camera.isdecimal() else camera
    same = Path(device).exists() and os.path.realpath(path) == os.path.realpath(device)
    if not same and camera.isdecimal():
        same = any(device in (one.path, one.name) for one in list_cameras() if one.which == str(int(camera)))
    if same:
        raise UsageError(f"the virtual camera {device} is {label(camera)} itself: give another --camera")


def _log_summary(sending: Sending) -> None:
    _log.info("%s", sending.summary)
