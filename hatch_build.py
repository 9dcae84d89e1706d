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
OPTIONS = ["-O3", "-fwrapv", "-shared", "-fPIC", "-fvisibility=hidden"]


class CompileKernel(BuildHookInterface[Any]):  # type: ignore[misc]  # not installed where types are checked
    """Puts `warp.so` beside `warp.c`, and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before a wheel, an editable one too, is put together."""
        folder = Path(self.root) / FOLDER
        if self.target_name != "wheel" or not compiled(folder / "warp.c", folder / "warp.so"):
            return
        build_data["artifacts"].append((FOLDER / "warp.so").as_posix())
        # No part of Python's own interface is used, so one wheel serves all its versions.
        build_data["tag"] = f"py3-none-{_platform()}"
        build_data["pure_python"] = False


def compiled(source: Path, library: Path) -> bool:
    """Whether there is a library now, which is of this source."""
    try:
        # What an older source was made into must not be loaded.
        library.unlink(missing_ok=True)
        compiler = _compiler()
        return compiler is not None and _compile(compiler, source, library)
    except (OSError, ValueError) as error:
        print(f"{source.name} could not be compiled, OpenCV will do: {error}", file=sys.stderr)
        return False


def _compiler() -> list[str] | None:
    """GCC or Clang, whose flags these are; CC may name one."""
    named = [os.environ["CC"]] if os.environ.get("CC", "").strip() else ["cc", "gcc", "clang"]
    commands = [shlex.split(name) for name in named]
    return next((command for command in commands if shutil.which(command[0])), None)


def _compile(compiler: list[str], source: Path, library: Path) -> bool:
    # Every 64-bit x86 processor since 2006 has it.
    machine = ["-mssse3"] if platform.machine().lower() in ("x86_64", "amd64") else []
    with tempfile.TemporaryDirectory(dir=library.parent, prefix=".build-") as folder:
        made = Path(folder) / library.name
        command = [*compiler, *OPTIONS, *machine, "-o", str(made), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{source.name} could not be compiled, OpenCV will do: {done.stderr}", file=sys.stderr)
            return False
        made.replace(library)
    return True


def _platform() -> str:
    from packaging.tags import platform_tags

    # Without a promise about older systems: what was compiled here runs on systems like this one.
    own = [tag for tag in platform_tags() if tag.startswith(("linux", "win", "macosx"))]
    return own[0]
