"""What has to be installed or run before this machine has a virtual camera."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from avatar_cam.errors import SinkError
from avatar_cam.sources.linux_devices import holders

#: What v4l2loopback is told: browsers and Zoom see a camera only if it is nothing but one (`exclusive_caps`).
_MODPROBE = 'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar-cam"'
#: The package with v4l2loopback by the distribution's id in /etc/os-release; others are like one of them.
_PACKAGES = {
    "debian": "sudo apt install v4l2loopback-dkms",
    "ubuntu": "sudo apt install v4l2loopback-dkms",
    "fedora": "sudo dnf install akmod-v4l2loopback (from RPM Fusion)",
    "arch": "sudo pacman -S v4l2loopback-dkms linux-headers",
    "suse": "sudo zypper install v4l2loopback-kmp-default",
    "opensuse": "sudo zypper install v4l2loopback-kmp-default",
}
_ANY_PACKAGE = "install the package v4l2loopback of your distribution"
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
class Machine:
    """A computer, by default the one this runs on: `root` holds its /sys, /etc and /lib."""

    system: str = platform.system()
    root: Path = Path("/")

    def no_library(self) -> str:
        """What to do where pyvirtualcam is not installed."""
        checkout = Path(__file__).parents[2] / "pyproject.toml"
        python = shlex.quote(sys.executable)
        mend = (
            "python -m uv run --extra virtual-camera avatar-cam stream"
            if checkout.is_file()
            else f'{python} -m pip install "pyvirtualcam>=0.15,<0.16"'
        )
        return f"pyvirtualcam, which makes the virtual camera, is not installed: {mend}"

    def no_alpha(self) -> str:
        """What to do where no virtual camera can be transparent."""
        reason = {"Linux": "v4l2loopback has", "Darwin": "OBS's virtual camera has"}.get(self.system)
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
        if self.system != "Linux":
            return wanted
        devices = self.loopbacks()
        if not devices:
            raise SinkError(self._no_loopback())
        if wanted is None:
            return None
        real = os.path.realpath(wanted)
        for device in devices:
            if wanted == device.label or real == os.path.realpath(device.path):
                return device.path
        if wanted.startswith("/"):
            fault = "is no virtual camera" if Path(wanted).exists() else "does not exist"
            raise SinkError(f"{wanted} {fault}; the virtual cameras here: {_listed(devices)}")
        raise SinkError(f"there is no virtual camera {wanted!r} here; there are: {_listed(devices)}")

    def why_not(self, device: str | None, *, alpha: bool, error: Exception) -> str:
        """Why it could not be opened, and what to do."""
        match self.system:
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
        return f"there is no virtual camera on {self.system}: {_one_line(error)}"

    def loopbacks(self) -> list[Loopback]:
        """The devices of v4l2loopback, by number."""
        folder = self.root / "sys/devices/virtual/video4linux"
        paths = sorted(folder.glob("video*"), key=lambda path: (len(path.name), path.name))
        return [Loopback(f"/dev/{path.name}", _read(path / "name").strip()) for path in paths]

    def _no_loopback(self) -> str:
        if (self.root / "sys/module/v4l2loopback").exists():
            return f"v4l2loopback has no device: sudo modprobe -r v4l2loopback && {_MODPROBE}"
        if self._can_be_loaded():
            return f"there is no virtual camera: {_MODPROBE}"
        return f"there is no virtual camera: {self._package()}; then {_MODPROBE}"

    def _can_be_loaded(self) -> bool:
        modules = self.root / "lib/modules" / os.uname().release / "modules.dep"
        return "/v4l2loopback.ko" in _read(modules)

    def _package(self) -> str:
        lines = (line.partition("=") for line in _read(self.root / "etc/os-release").splitlines())
        facts = {key: value.strip('"') for key, _, value in lines}
        likes = [facts.get("ID", ""), *facts.get("ID_LIKE", "").split()]
        return next((_PACKAGES[like] for like in likes if like in _PACKAGES), _ANY_PACKAGE)

    def _why_not_linux(self, device: str | None, error: Exception) -> str:
        asked = [device] if device else [one.path for one in self.loopbacks()]
        for path in asked:
            if Path(path).exists() and not os.access(path, os.W_OK):
                return f"{path} may not be used by you: sudo usermod -aG video $USER, then log in again"
        busy = [f"{path} is in use by {_listed_names(who)}" for path in asked if (who := _users(path))]
        if busy:
            return f"{'; '.join(busy)}: close it there, or give another --device"
        if device is None or "not a video output" in str(error):
            return (
                f"no virtual camera takes pictures ({_listed(self.loopbacks())}): close the programs that "
                f"use it, or load it anew: sudo modprobe -r v4l2loopback && {_MODPROBE}"
            )
        return f"{device} cannot be opened as a virtual camera: {_one_line(error)}"


def _users(path: str) -> list[str]:
    own = os.getpid()
    return sorted({name for process, name in holders(path).items() if process != own})


def _listed(devices: Iterable[Loopback]) -> str:
    return ", ".join(f"{device.path} ({device.label})" for device in devices)


def _listed_names(names: Iterable[str]) -> str:
    return ", ".join(names)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
