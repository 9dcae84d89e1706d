"""Cameras: which there are, whether they may be used, and what they give."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from avatar_cam.doctor.apart import NoAnswer, apart
from avatar_cam.doctor.findings import fault, ok, parted, warning
from avatar_cam.errors import AvatarCamError, CameraBusy
from avatar_cam.formats import Finding
from avatar_cam.sources.camera import PERFORMER, is_index, label
from avatar_cam.system import System, join_group

#: Seconds: for the list, and for opening a camera and looking at its pictures.
_LISTING, _LOOKING = 15.0, 20.0
#: Seconds that pictures are counted.
_COUNTED = 1.5
#: Pictures a second below which it is said why, and the mean brightness (0 to 255) of a covered lens.
_SLOW, _BLACK = 20.0, 6.0

_PRIVACY = {
    "Windows": "start ms-settings:privacy-webcam (let desktop apps use the camera)",
    "Darwin": 'open "x-apple.systempreferences:com.apple.preference.security?Privacy_Camera" '
    "(let your terminal use the camera)",
}


@dataclass(frozen=True, slots=True)
class Camera:
    """One that is listed: `which` is for `--camera`."""

    which: str
    name: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a camera gave: size (width, height) px, `form` of its pictures where it tells, the mean of their
    brightness 0 to 255, and how many came a second.
    """

    size: tuple[int, int]
    form: str
    fps: float
    first_s: float
    brightness: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a camera could not be looked at, and whether because another program has it."""

    message: str
    busy: bool


@dataclass(frozen=True, slots=True)
class Locked:
    """A device of Linux that this user may not open; `joined`: is in the group, but was not at log-in."""

    path: str
    group: str
    joined: bool


def listed() -> list[Camera]:
    """The cameras of this machine; for a process of its own."""
    from avatar_cam.sources.cameras import list_cameras

    return [Camera(camera.which, camera.name) for camera in list_cameras()]


def look_at(which: str, size: tuple[int, int], fps: float) -> Look | Refused:
    """Open a camera and count its pictures; for a process of its own."""
    from avatar_cam.sources.camera import open_camera

    start = monotonic()
    try:
        camera = open_camera(which, size, fps)
        try:
            pixels, _ = camera.read()
            first_s = monotonic() - start
            begun, count = monotonic(), 0
            while monotonic() - begun < _COUNTED:
                pixels, _ = camera.read()
                count += 1
            rate = count / (monotonic() - begun)
            form = str(getattr(camera, "form", ""))
            return Look(camera.size, form, rate, first_s, float(pixels[::8, ::8].mean()))
        finally:
            camera.close()
    except AvatarCamError as error:
        return Refused(str(error), isinstance(error, CameraBusy))


def locked_devices(folder: Path = Path("/dev")) -> list[Locked]:
    """The video devices that this user may not open; none but on Linux."""
    if sys.platform != "linux":
        return []
    import grp
    import pwd

    found = []
    for path in sorted(folder.glob("video*")):
        if not os.access(path, os.R_OK | os.W_OK):
            number = path.stat().st_gid
            try:
                group = grp.getgrgid(number)
                joined = pwd.getpwuid(os.getuid()).pw_name in group.gr_mem
                found.append(Locked(str(path), group.gr_name, joined and number not in os.getgroups()))
            except KeyError:  # a group or user without a name, as in containers
                found.append(Locked(str(path), str(number), joined=False))
    return found


@dataclass(frozen=True, slots=True)
class Probes:
    """What the check asks; both raise NoAnswer."""

    listed: Callable[[], Sequence[Camera]] = lambda: apart(listed, limit=_LISTING)
    look: Callable[[str, tuple[int, int], float], Look | Refused] = lambda which, size, fps: apart(
        look_at, which, size, fps, limit=_LOOKING
    )
    locked: Callable[[], Sequence[Locked]] = locked_devices


def check_cameras(
    system: System, chosen: str, size: tuple[int, int], fps: float, probes: Probes | None = None
) -> Iterator[Finding]:
    """All cameras, and the one that is `chosen` by the config file where it is none of them."""
    probes = probes or Probes()
    for device in probes.locked():
        yield _about_lock(device)
    try:
        cameras = list(probes.listed())
    except NoAnswer as error:
        yield fault("cameras", f"listing the cameras {error}", "unplug them, and plug in one after the other")
        return
    if cameras:
        yield ok(
            "cameras", ", ".join(f"{camera.which} ({camera.name})" for camera in cameras), count=len(cameras)
        )
    else:
        mend = _PRIVACY.get(system.name, "plug one in, then: avatar-cam run --list-cameras")
        yield warning("cameras", "no camera", f"{mend}; without one: avatar-cam demo", count=0)
    if chosen != PERFORMER and not (is_index(chosen) or any(chosen == camera.which for camera in cameras)):
        cameras.append(Camera(chosen, label(chosen)))
    for camera in cameras:
        yield _about(camera, system, size, fps, probes)


def _about_lock(device: Locked) -> Finding:
    if device.joined:
        mend = f"log out and in again: you were added to the group {device.group} after you logged in"
    else:
        mend = join_group(device.group)
    return fault("camera permission", f"{device.path} may not be used by you", mend)


def _about(camera: Camera, system: System, size: tuple[int, int], fps: float, probes: Probes) -> Finding:
    check = f"camera {camera.which}" if is_index(camera.which) else f"camera {label(camera.which)}"
    try:
        look = probes.look(camera.which, size, fps)
    except NoAnswer as error:
        return fault(check, f"{camera.name} {error}", "unplug it and plug it in again, at another port")
    if isinstance(look, Refused):
        wrong, mend = parted(look.message)
        mend = _PRIVACY.get(system.name, mend) or "unplug it and plug it in again"
        return (warning if look.busy else fault)(check, wrong, mend)
    width, height = look.size
    form = f", {look.form}" if look.form else ""
    rate = f"{look.fps:.0f} pictures a second{form}; the first after {look.first_s:.1f} s"
    found = f"{camera.name}: {width}x{height}, {rate}"
    figures = {"width": width, "height": height, "fps": round(look.fps, 1), "first_s": round(look.first_s, 2)}
    if look.brightness < _BLACK:
        mend = "open the shutter before its lens, or choose another --camera"
        return warning(check, f"{found}; but they are black", mend, **figures)
    if look.fps < min(_SLOW, 0.8 * fps):
        mend = "more light; if that does not help: --size 640x480"
        return warning(check, found, mend, **figures)
    return ok(check, found, **figures)
