"""The virtual camera, with pyvirtualcam and the machine pretended."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from avatar_cam.errors import SinkError
from avatar_cam.sinks.virtual_camera import PyVirtualCamera, check
from avatar_cam.system import System
from avatar_cam.types import Pixels

MODPROBE = 'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar-cam"'
SIZE = (64, 36)


class _Format(Enum):
    RGB = 1
    RGBA = 2


class _Camera:
    """What of pyvirtualcam.Camera is used."""

    refuses: ClassVar[str | None] = None
    breaks: ClassVar[str | None] = None
    opened: ClassVar[list[_Camera]] = []
    given_back: ClassVar[list[str]] = []

    def __init__(
        self, width: int, height: int, fps: float, *, fmt: _Format, device: str | None, backend: str | None
    ) -> None:
        if self.refuses:
            raise RuntimeError(self.refuses)
        self.asked = (width, height, fps, fmt, device, backend)
        self.device = device or "/dev/video10"
        self.sent: list[Pixels] = []
        self.closed = 0
        self.opened.append(self)

    def send(self, pixels: Pixels) -> None:
        if self.breaks:
            raise RuntimeError(self.breaks)
        assert pixels.flags.c_contiguous
        self.sent.append(pixels)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> type[_Camera]:
    module = ModuleType("pyvirtualcam")
    vars(module).update(Camera=_Camera, PixelFormat=_Format, camera=SimpleNamespace(BACKENDS={}))
    monkeypatch.setitem(sys.modules, "pyvirtualcam", module)
    monkeypatch.setattr(_Camera, "refuses", None)
    monkeypatch.setattr(_Camera, "breaks", None)
    # Never a device of this machine, whatever it is called.
    monkeypatch.setattr("avatar_cam.sinks.virtual_camera.give_back", _Camera.given_back.append)
    _Camera.opened.clear()
    _Camera.given_back.clear()
    return _Camera


def _linux(root: Path, devices: dict[int, str], likes: tuple[str, ...] = (), loaded: bool = True) -> System:
    """A Linux with these loopback devices: number → label."""
    if loaded:
        (root / "sys/module/v4l2loopback").mkdir(parents=True)
    for number, name in devices.items():
        folder = root / f"sys/devices/virtual/video4linux/video{number}"
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n")
    return System("Linux", likes, root=root)


def test_pictures_are_sent(library: type[_Camera], tmp_path: Path) -> None:
    system = _linux(tmp_path, {9: "One", 10: "Two"})
    with PyVirtualCamera(SIZE, 30.0, "Two", system=system) as camera:
        (opened,) = library.opened
        assert opened.asked == (64, 36, 30.0, _Format.RGB, "/dev/video10", None)
        assert (camera.name, camera.size, camera.alpha) == ("/dev/video10", SIZE, False)
        camera.send(np.zeros((37, 65, 3), np.uint8)[:36, :64])
        assert opened.sent[0].shape == (36, 64, 3)
        assert not library.given_back
    camera.close()
    assert opened.closed == 1
    assert library.given_back == ["/dev/video10"], "once, so that it can be opened again"


@pytest.mark.usefixtures("library")
def test_on_windows_transparency_is_unity_capture() -> None:
    camera = PyVirtualCamera(SIZE, 30.0, None, alpha=True, system=System("Windows"))
    (opened,) = _Camera.opened
    assert opened.asked == (64, 36, 30.0, _Format.RGBA, None, "unitycapture")
    camera.close()
    assert not _Camera.given_back


def test_a_camera_that_breaks(library: type[_Camera], tmp_path: Path) -> None:
    library.breaks = "disk on fire"
    with (
        PyVirtualCamera(SIZE, 30.0, system=_linux(tmp_path, {10: "Two"})) as camera,
        pytest.raises(SinkError, match="any more: disk on fire"),
    ):
        camera.send(np.zeros((36, 64, 3), np.uint8))


def test_without_pyvirtualcam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(
        SinkError, match=r"pyvirtualcam.* is not installed: .*virtual-camera avatar-cam stream"
    ):
        check(None, alpha=False, system=System("Linux", checkout=True))


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("likes", "words"),
    [
        (("debian",), "sudo apt install v4l2loopback-dkms"),
        (("linuxmint", "ubuntu", "debian"), "sudo apt install v4l2loopback-dkms"),
        (("fedora",), "sudo dnf install akmod-v4l2loopback"),
        (("arch",), "sudo pacman -S v4l2loopback-dkms"),
        (("beos",), "install v4l2loopback with your system's package manager"),
    ],
)
def test_what_linux_lacks(tmp_path: Path, likes: tuple[str, ...], words: str) -> None:
    with pytest.raises(SinkError) as caught:
        check(None, alpha=False, system=_linux(tmp_path, {}, likes, loaded=False))
    assert words in str(caught.value)
    assert MODPROBE in str(caught.value)


@pytest.mark.usefixtures("library")
def test_a_module_that_is_installed_is_only_to_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = _linux(tmp_path, {}, loaded=False)
    monkeypatch.setattr("os.uname", lambda: SimpleNamespace(release="6.1"), raising=False)
    (tmp_path / "lib/modules/6.1").mkdir(parents=True)
    (tmp_path / "lib/modules/6.1/modules.dep").write_text("updates/dkms/v4l2loopback.ko:\n")
    with pytest.raises(SinkError) as caught:
        check(None, alpha=False, system=system)
    assert str(caught.value) == f"there is no virtual camera: {MODPROBE}"


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("/dev/video77", "/dev/video77 does not exist; the virtual cameras here: /dev/video10 (Two)"),
        ("/dev/null", "/dev/null is no virtual camera; the virtual cameras here: /dev/video10 (Two)"),
        ("Three", "there is no virtual camera 'Three' here; there are: /dev/video10 (Two)"),
    ],
)
def test_a_device_that_is_none(tmp_path: Path, device: str, words: str) -> None:
    with pytest.raises(SinkError) as caught:
        check(device, alpha=False, system=_linux(tmp_path, {10: "Two"}))
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("system", "refuses", "words"),
    [
        ("Linux", "'v4l2loopback' backend: not a video output device", "close the programs that use it"),
        ("Windows", "OBS Virtual Camera device not found!", "winget install OBSProject.OBSStudio"),
        ("Windows", "virtual camera output could not be started", "press Stop Virtual Camera in OBS"),
        ("Darwin", "not found", "brew install --cask obs"),
        ("Haiku", "KeyError", "there is no virtual camera on Haiku"),
    ],
)
def test_why_it_cannot_be_opened(
    library: type[_Camera], tmp_path: Path, system: str, refuses: str, words: str
) -> None:
    library.refuses = refuses
    _linux(tmp_path, {10: "Two"})
    with pytest.raises(SinkError, match=words) as caught:
        PyVirtualCamera(SIZE, 30.0, system=System(system, root=tmp_path))
    assert "\n" not in str(caught.value)


def test_a_device_in_use_names_who_uses_it(
    library: type[_Camera], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.refuses = "busy"
    monkeypatch.setattr(
        "avatar_cam.sinks.virtual_camera_help.holders", lambda path: {1: "ffmpeg"} if "10" in path else {}
    )
    with pytest.raises(SinkError, match="/dev/video10 is in use by ffmpeg: close it there"):
        PyVirtualCamera(SIZE, 30.0, system=_linux(tmp_path, {10: "Two"}))


@pytest.mark.parametrize(
    ("system", "words"), [("Linux", "v4l2loopback has no"), ("Darwin", "OBS's .* has no")]
)
def test_transparency_where_there_is_none(system: str, words: str) -> None:
    with pytest.raises(SinkError, match=words):
        check(None, alpha=True, system=System(system))
