"""The drawing in compiled code, with which characters are drawn in half the time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from avatar_cam.doctor.findings import ok, warning
from avatar_cam.formats import Finding
from avatar_cam.system import System


def _loads() -> bool:
    from avatar_cam.rendering.native import library

    return library() is not None


def _file() -> Path:
    from avatar_cam.rendering.native import LIBRARY

    return LIBRARY


def _has_compiler() -> bool:
    return any(shutil.which(name) for name in (os.environ.get("CC", "cc"), "gcc", "clang"))


def check_kernel(
    system: System,
    loads: Callable[[], bool] = _loads,
    file: Callable[[], Path] = _file,
    has_compiler: Callable[[], bool] = _has_compiler,
) -> Iterator[Finding]:
    """Whether the compiled kernel is there and fits this version."""
    if loads():
        yield ok("drawing", "compiled code")
    elif file().exists():
        found = "by OpenCV, which takes twice as long: the compiled code is of another version or system"
        yield warning("drawing", found, system.reinstall())
    else:
        found = "by OpenCV, which takes twice as long: nothing was compiled when avatar-cam was installed"
        mend = system.reinstall()
        yield warning("drawing", found, mend if has_compiler() else f"{_compiler(system)}, then {mend}")


def _compiler(system: System) -> str:
    return system.install(
        {"apt": "gcc libc6-dev", "dnf": "gcc", "pacman": "gcc", "zypper": "gcc"},
        what="a C compiler",
        windows="winget install LLVM.LLVM",
        macos="xcode-select --install",
    )
