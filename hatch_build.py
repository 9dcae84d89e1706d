"""Build hook: compiles the compositor's inner loop where there is a C compiler.

Without one, or when it fails, the package is built all the same: `avatar_cam.rendering` then draws with
OpenCV.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("avatar_cam", "rendering", "native")
OPTIONS = ["-O3", "-fwrapv", "-fPIC", "-fvisibility=hidden", "-Werror=implicit-function-declaration"]


class CompileKernel(BuildHookInterface[Any]):  # type: ignore[misc]  # not installed where types are checked
    """Puts `warp.so` beside `warp.c`, and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before a wheel, an editable one too, is put together."""
        folder = Path(self.root) / FOLDER
        if self.target_name != "wheel" or not compiled(folder, folder / "warp.so"):
            return
        build_data["artifacts"].append((FOLDER / "warp.so").as_posix())
        # No part of Python's own interface is used, so one wheel serves all its versions.
        build_data["tag"] = f"py3-none-{_platform()}"
        build_data["pure_python"] = False


def compiled(sources: Path, library: Path) -> bool:
    """Whether there is a library now, which is of the sources in that folder."""
    try:
        # What an older source was made into must not be loaded.
        library.unlink(missing_ok=True)
        compiler = _compiler()
        return compiler is not None and _compile(compiler, sources, library)
    except (OSError, ValueError) as error:
        print(f"{library.name} could not be compiled, OpenCV will do: {error}", file=sys.stderr)
        return False


def _compiler() -> list[str] | None:
    """GCC or Clang, whose flags these are; CC may name one."""
    named = [os.environ["CC"]] if os.environ.get("CC", "").strip() else ["cc", "gcc", "clang"]
    commands = [shlex.split(name) for name in named]
    return next((command for command in commands if shutil.which(command[0])), None)


def _compile(compiler: list[str], sources: Path, library: Path) -> bool:
    with tempfile.TemporaryDirectory(dir=library.parent, prefix=".build-") as folder:
        made = Path(folder) / library.name
        commands, objects = [], []
        for source, name, options in _units():
            objects.append(str(Path(folder) / f"{name}.o"))
            commands.append([*compiler, *OPTIONS, *options, "-c", str(sources / source), "-o", objects[-1]])
        commands.append([*compiler, "-shared", *objects, "-o", str(made)])
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{library.name} could not be compiled, OpenCV will do: {done.stderr}", file=sys.stderr)
                return False
        made.replace(library)
    return True


def _units() -> list[tuple[str, str, list[str]]]:
    """What is compiled: source, name of the object, options.

    The rows twice on x86: for every 64-bit processor since 2006, and for those since 2013. The library asks
    which it runs on.
    """
    on_x86 = platform.machine().lower() in ("x86_64", "amd64")
    rows = [("rows.c", "plain", ["-DROWS=avatar_cam_rows_plain", *(["-mssse3"] if on_x86 else [])])]
    if on_x86:
        rows.append(("rows.c", "wide", ["-DROWS=avatar_cam_rows_wide", "-mavx2"]))
    return [*rows, ("reach.c", "reach", []), ("warp.c", "warp", ["-DHAS_WIDE"] if on_x86 else [])]


def _platform() -> str:
    from packaging.tags import platform_tags

    # Without a promise about older systems: what was compiled here runs on systems like this one.
    own = [tag for tag in platform_tags() if tag.startswith(("linux", "win", "macosx"))]
    return own[0]
