"""What has to be installed or run before this machine has a virtual camera."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar_cam.errors import SinkError
from avatar_cam.sources.linux_devices import holders
from avatar_cam.system import Manager, System, join_group

#: What v4l2loopback is told: browsers and Zoom see a camera only if it is nothing but one (`exclusive_caps`).
LOAD = 'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar-cam"'
RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
#: The packages with v4l2loopback.
_PACKAGES: Mapping[Manager, str] = {
    "apt": "v4l2loopback-dkms",
    "dnf": "akmod-v4l2loopback (from RPM Fusion)",
    "pacman": "v4l2loopback-dkms linux-headers",
    "zypper": "v4l2loopback-kmp-default",
}
_MODULE, _DEVICES = "sys/module/v4l2loopback", "sys/devices/virtual/video4linux"
_UNITY = (
    "UnityCapture (https://github.com/schellingb/UnityCapture): download it and run Install.bat in its "
    "folder Install as administrator"
)


@dataclass(frozen=True, slots=True)
class Loopback:
    """A device of v4l2loopback: `path` in /dev, and the name that other programs show."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Loopbacks:
    """What there is of v4l2loopback: its devices, by number, and its version."""

    devices: Sequence[Loopback]
    version: str
    #: Whether all of them show themselves as nothing but cameras.
    exclusive: bool

    @classmethod
    def of(cls, system: System) -> Loopbacks:
        """Those of a Linux."""
        names = sorted(
            (path.name for path in (system.root / _DEVICES).glob("video*")),
            key=lambda name: (len(name), name),
        )
        devices = [Loopback(f"/dev/{name}", system.read(f"{_DEVICES}/{name}/name")) for name in names]
        flags = system.read(f"{_MODULE}/parameters/exclusive_caps").split(",")[: len(devices)]
        return cls(devices, system.read(f"{_MODULE}/version"), "N" not in flags)

    def __str__(self) -> str:
        return ", ".join(f"{device.path} ({device.label})" for device in self.devices)


def may_use(path: str) -> bool:
    """Whether this user may send pictures to the device."""
    return os.access(path, os.R_OK | os.W_OK)


def not_allowed(path: str) -> str:
    """What to do where this user may not."""
    return f"{path} may not be used by you: {join_group('video')}"


@dataclass(frozen=True, slots=True)
class VirtualCameras:
    """What a system has and lacks for virtual cameras."""

    system: System

    def no_library(self) -> str:
        """What to do where pyvirtualcam is not installed."""
        mend = (
            "python -m uv run --extra virtual-camera avatar-cam stream"
            if self.system.checkout
            else f'{self.system.python} -m pip install "pyvirtualcam>=0.15,<0.16"'
        )
        return f"pyvirtualcam, which makes the virtual camera, is not installed: {mend}"

    def no_alpha(self) -> str:
        """What to do where no virtual camera can be transparent."""
        reason = {"Linux": "v4l2loopback has", "Darwin": "OBS's virtual camera has"}.get(self.system.name)
        if reason is None:
            return f"--background transparent needs {_UNITY}"
        return (
            f"--background transparent is for UnityCapture on Windows: {reason} no transparency; give "
            "--background '#00ff00' and a chroma key to OBS, or use --overlay-port as its browser source"
        )

    def device(self, wanted: str | None) -> str | None:
        """The device to ask for: on Linux a path, where the name of one was given.

        Raises SinkError where this machine has none, or not that one.
        """
        if self.system.name != "Linux":
            return wanted
        found = self.loopbacks()
        if not found.devices:
            raise SinkError(self._no_loopback())
        if wanted is None:
            return None
        real = os.path.realpath(wanted)
        for device in found.devices:
            if wanted == device.label or real == os.path.realpath(device.path):
                return device.path
        if wanted.startswith("/"):
            fault = "is no virtual camera" if Path(wanted).exists() else "does not exist"
            raise SinkError(f"{wanted} {fault}; the virtual cameras here: {found}")
        raise SinkError(f"there is no virtual camera {wanted!r} here; there are: {found}")

    def why_not(self, device: str | None, *, alpha: bool, error: Exception) -> str:
        """Why it could not be opened, and what to do."""
        match self.system.name:
            case "Linux":
                return self._why_not_linux(device, error)
            case "Windows" if alpha:
                return f"there is no virtual camera with transparency: install {_UNITY}"
            case "Windows":
                if "could not be started" in str(error):
                    return "the virtual camera of OBS is in use: press Stop Virtual Camera in OBS"
                return (
                    "there is no virtual camera: install OBS Studio (winget install OBSProject.OBSStudio), "
                    f"or {_UNITY}"
                )
            case "Darwin":
                return (
                    "the virtual camera of OBS cannot be opened: install OBS Studio 30 or newer "
                    "(brew install --cask obs), press Start Virtual Camera in it once, allow its extension "
                    "in System Settings, then press Stop Virtual Camera"
                )
        return f"there is no virtual camera on {self.system.name}: {_one_line(error)}"

    def loopbacks(self) -> Loopbacks:
        """What there is of v4l2loopback now."""
        return Loopbacks.of(self.system)

    def _no_loopback(self) -> str:
        if (self.system.root / _MODULE).exists():
            return f"v4l2loopback has no device: {RELOAD}"
        if self._can_be_loaded():
            return f"there is no virtual camera: {LOAD}"
        return (
            f"there is no virtual camera: {self.system.package(_PACKAGES, what='v4l2loopback')}; then {LOAD}"
        )

    def _can_be_loaded(self) -> bool:
        return "/v4l2loopback.ko" in self.system.read(f"lib/modules/{os.uname().release}/modules.dep")

    def _why_not_linux(self, device: str | None, error: Exception) -> str:
        asked = [device] if device else [one.path for one in self.loopbacks().devices]
        for path in asked:
            if Path(path).exists() and not may_use(path):
                return not_allowed(path)
        busy = [f"{path} is in use by {', '.join(who)}" for path in asked if (who := _users(path))]
        if busy:
            return f"{'; '.join(busy)}: close it there, or give another --device"
        if device is None or "not a video output" in str(error):
            return (
                f"no virtual camera takes pictures ({self.loopbacks()}): close the programs that "
                f"use it, or load it anew: {RELOAD}"
            )
        return f"{device} cannot be opened as a virtual camera: {_one_line(error)}"


def _users(path: str) -> list[str]:
    own = os.getpid()
    return sorted({name for process, name in holders(path).items() if process != own})


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
