"""What is installed beside avatar-cam, under which licences, and what of it gets in each other's way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata

from avatar_cam.doctor.findings import fault, ok
from avatar_cam.formats import Finding
from avatar_cam.system import System

#: Packages under the GPL, or with code under it in their wheels; all others that we ask for are free of it.
_GPL = {
    "pyvirtualcam": "GPL-2.0",
    "av": "BSD-3-Clause, with x264 and x265 under GPL-2.0 in its wheel",
}
#: All of them are the module cv2, and overwrite each other's files.
_OPENCV = (
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
    "opencv-python",
    "opencv-python-headless",
)
_OURS = _OPENCV[0]


def installed() -> dict[str, str]:
    """The version of every distribution that Python finds, by its name in small letters with hyphens."""
    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), distribution.version)
    return found


def check_licences(
    system: System, installed: Callable[[], Mapping[str, str]] = installed
) -> Iterator[Finding]:
    """What who passes this installation on must know; and that there is but one OpenCV."""
    there = installed()
    gpl = [f"{name} {there[name]} ({licence})" for name, licence in _GPL.items() if name in there]
    found = "avatar-cam is under the MIT licence"
    if gpl:
        found += f"; under the GPL, for who passes this installation on: {', '.join(gpl)}"
    yield ok("licences", f"{found}; all others: docs/licences.md", packages=len(there))
    many = [name for name in _OPENCV if name in there]
    if len(many) > 1:
        others = " ".join(name for name in many if name != _OURS)
        pip = f"{system.python} -m pip"
        again = f"{pip} install --force-reinstall --no-deps '{_OURS}<4.12'"
        mend = system.reinstall_all() if system.checkout else f"{pip} uninstall -y {others} && {again}"
        yield fault("opencv", f"{len(many)} that overwrite each other: {', '.join(many)}", mend)
