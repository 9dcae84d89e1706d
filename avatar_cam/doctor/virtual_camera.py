"""The virtual camera of `stream`: pyvirtualcam, its driver, and whether it opens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from avatar_cam.doctor.apart import NoAnswer, apart
from avatar_cam.doctor.findings import ok, parted, warning
from avatar_cam.errors import SinkError
from avatar_cam.formats import Finding
from avatar_cam.sinks.virtual_camera_help import Machine

_LIBRARY, _DRIVER, _OPENS = "pyvirtualcam", "virtual camera driver", "virtual camera"
_LIMIT = 15.0
#: v4l2loopback's parameters, under the machine's root.
_PARAMETERS = "sys/module/v4l2loopback/parameters"
_RELOAD = (
    "sudo modprobe -r v4l2loopback && "
    'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar-cam"'
)


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
    writable: Callable[[str], bool] = lambda path: os.access(path, os.R_OK | os.W_OK)
    opened: Callable[[str | None], tuple[str, str | None]] = lambda device: apart(
        opened, device, limit=_LIMIT
    )


def check_virtual_camera(
    device: str | None, machine: Machine | None = None, probes: Probes | None = None
) -> Iterator[Finding]:
    """`device` is the one that the config file names, or None."""
    machine, probes = machine or Machine(), probes or Probes()
    version = probes.version()
    if version is None:
        yield warning(_LIBRARY, *parted(machine.no_library()))
    else:
        yield ok(_LIBRARY, f"pyvirtualcam {version}")
    try:
        device = machine.device(device)
    except SinkError as error:
        yield warning(_DRIVER, *parted(str(error)))
        return
    if machine.system == "Linux":
        yield _about_driver(machine, probes)
    if version is not None:
        yield _about_opening(device, probes)


def _about_driver(machine: Machine, probes: Probes) -> Finding:
    devices = machine.loopbacks()
    names = ", ".join(f"{device.path} ({device.label})" for device in devices)
    version = _read(machine.root / "sys/module/v4l2loopback/version")
    found = f"v4l2loopback {version}: {names}".replace(" :", ":")
    for one in devices:
        if not probes.writable(one.path):
            mend = "sudo usermod -aG video $USER, then log out and in again"
            return warning(_DRIVER, f"{found}; {one.path} may not be used by you", mend)
    flags = _read(machine.root / _PARAMETERS / "exclusive_caps").split(",")[: len(devices)]
    if "N" in flags:
        return warning(
            _DRIVER, f"{found}; without exclusive_caps=1 browsers and Zoom do not list it", _RELOAD
        )
    return ok(_DRIVER, found, devices=len(devices))


def _about_opening(device: str | None, probes: Probes) -> Finding:
    try:
        name, wrong = probes.opened(device)
    except NoAnswer as error:
        return warning(_OPENS, f"opening the virtual camera {error}", "close the programs that use it")
    if wrong is not None:
        return warning(_OPENS, *parted(wrong))
    return ok(_OPENS, f"{name} takes pictures")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
