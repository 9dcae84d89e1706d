"""A camera that other programs see, by pyvirtualcam."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.sinks.v4l2_output import give_back
from avatar_cam.sinks.virtual_camera_help import VirtualCameras
from avatar_cam.system import System
from avatar_cam.types import Pixels

#: The back-end of pyvirtualcam that has alpha, on Windows alone.
_WITH_ALPHA = "unitycapture"


class PyVirtualCamera(Closing):
    """Sends pictures of `size` (width, height) px to the virtual camera `device`, or to the first there is.

    Both lengths are even. `fps` is said to those who read from it. With `alpha` it takes RGBA with straight
    alpha, else RGB. Raises SinkError with what is to be installed or run where it cannot be opened.
    """

    def __init__(
        self,
        size: tuple[int, int],
        fps: float,
        device: str | None = None,
        *,
        alpha: bool = False,
        system: System | None = None,
    ) -> None:
        cameras = VirtualCameras(system or System.here())
        self._system = cameras.system
        self.size = size
        self.alpha = alpha
        self._camera: Any = None
        library, chosen = _found(cameras, device, alpha)
        try:
            self._camera = library.Camera(
                *self.size,
                fps,
                fmt=library.PixelFormat.RGBA if alpha else library.PixelFormat.RGB,
                device=chosen,
                backend=_WITH_ALPHA if alpha else None,
            )
        except Exception as error:  # it has no errors of its own
            raise SinkError(cameras.why_not(chosen, alpha=alpha, error=error)) from error

    @property
    def name(self) -> str:
        """The device, as other programs list it or, on Linux, its path."""
        return str(self._camera.device)

    def send(self, pixels: Pixels) -> None:
        """Send a picture of just this size: uint8 (H, W, 3) RGB, or with alpha (H, W, 4) RGBA.

        Does not wait for whoever reads. Raises SinkError when the camera is gone.
        """
        try:
            self._camera.send(np.ascontiguousarray(pixels))
        except Exception as error:
            raise SinkError(f"the virtual camera does not take pictures any more: {error}") from error

    def close(self) -> None:
        """Let go of it; may be called twice."""
        camera, self._camera = self._camera, None
        if camera is None:
            return
        device = str(camera.device)
        with suppress(Exception):
            camera.close()
        if self._system.name == "Linux":
            give_back(device)


def check(device: str | None, *, alpha: bool, system: System | None = None) -> None:
    """Raise SinkError, as `PyVirtualCamera` would, where it is plain that it cannot be opened."""
    _found(VirtualCameras(system or System.here()), device, alpha)


def _found(cameras: VirtualCameras, device: str | None, alpha: bool) -> tuple[Any, str | None]:
    """The library, and the device to ask it for."""
    if alpha and cameras.system.name != "Windows":
        raise SinkError(cameras.no_alpha())
    return _library(cameras), cameras.device(device)


def _library(cameras: VirtualCameras) -> Any:
    try:
        import pyvirtualcam
    except ModuleNotFoundError as error:
        raise SinkError(cameras.no_library()) from error
    except (ImportError, OSError) as error:
        raise SinkError(f"pyvirtualcam cannot be loaded: {error}") from error
    return pyvirtualcam
