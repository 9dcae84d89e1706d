"""The virtual camera of `stream`: pyvirtualcam, its driver, and whether it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from avatar_cam.doctor.apart import NoAnswer, apart
from avatar_cam.doctor.findings import ok, parted, warning
from avatar_cam.errors import SinkError
from avatar_cam.formats import Finding
from avatar_cam.sinks.virtual_camera_help import RELOAD, Loopbacks, VirtualCameras, may_use, not_allowed
from avatar_cam.system import System

_LIBRARY, _DRIVER, _OPENS = "pyvirtualcam", "virtual camera driver", "virtual camera"
_LIMIT = 15.0


def version_of(distribution: str) -> str | None:
    """The version that is installed; None when it is not."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def opened(device: str | None) -> tuple[str, str | None]:
    """The name of the virtual camera that opens, and None; or what is wrong. For a process of its own."""
    from avatar_cam.sinks.virtual_camera import PyVirtualCamera

    try:
        with PyVirtualCamera((640, 480), 30.0, device) as camera:
            return camera.name, None
    except SinkError as error:
        return "", str(error)


@dataclass(frozen=True, slots=True)
class Probes:
    """What the check asks; `opened` raises NoAnswer."""

    version: Callable[[], str | None] = lambda: version_of("pyvirtualcam")
    writable: Callable[[str], bool] = may_use
    opened: Callable[[str | None], tuple[str, str | None]] = lambda device: apart(
        opened, device, limit=_LIMIT
    )


def check_virtual_camera(
    system: System, device: str | None, probes: Probes | None = None
) -> Iterator[Finding]:
    """`device` is the one that the config file names, or None."""
    cameras, probes = VirtualCameras(system), probes or Probes()
    version = probes.version()
    if version is None:
        yield warning(_LIBRARY, *parted(cameras.no_library()))
    else:
        yield ok(_LIBRARY, f"pyvirtualcam {version}")
    try:
        device = cameras.device(device)
    except SinkError as error:
        yield warning(_DRIVER, *parted(str(error)))
        return
    if system.name == "Linux":
        yield _about_driver(cameras.loopbacks(), probes)
    if version is not None:
        yield _about_opening(device, probes)


def _about_driver(loopbacks: Loopbacks, probes: Probes) -> Finding:
    found = f"v4l2loopback {loopbacks.version}: {loopbacks}".replace(" :", ":")
    for one in loopbacks.devices:
        if not probes.writable(one.path):
            wrong, mend = parted(not_allowed(one.path))
            return warning(_DRIVER, f"{found}; {wrong}", mend)
    if not loopbacks.exclusive:
        return warning(_DRIVER, f"{found}; without exclusive_caps=1 browsers and Zoom do not list it", RELOAD)
    return ok(_DRIVER, found, devices=len(loopbacks.devices))


def _about_opening(device: str | None, probes: Probes) -> Finding:
    try:
        name, wrong = probes.opened(device)
    except NoAnswer as error:
        return warning(_OPENS, f"opening the virtual camera {error}", "close the programs that use it")
    if wrong is not None:
        return warning(_OPENS, *parted(wrong))
    return ok(_OPENS, f"{name} takes pictures")
