"""The system we run on, and the commands that install or mend something on it."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Manager = Literal["apt", "dnf", "pacman", "zypper"]

#: The package manager by a distribution's id in /etc/os-release, or that of one it is like.
_MANAGERS: Mapping[str, Manager] = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "arch": "pacman",
    "suse": "zypper",
    "opensuse": "zypper",
}
_INSTALL: Mapping[Manager, str] = {
    "apt": "sudo apt install",
    "dnf": "sudo dnf install",
    "pacman": "sudo pacman -S",
    "zypper": "sudo zypper install",
}


@dataclass(frozen=True, slots=True)
class System:
    """`name` as `platform.system()` has it; `likes` the ids of a Linux distribution and of those it is like.

    `checkout`: avatar-cam runs from its source folder, by uv, and was not installed with pip. `python` is how
    a shell calls this Python; `root` holds the system's /sys and /lib.
    """

    name: str
    likes: tuple[str, ...] = ()
    words: str = ""
    checkout: bool = False
    python: str = "python"
    root: Path = Path("/")

    @classmethod
    def here(cls) -> System:
        """The one we run on."""
        facts = _release()
        words = facts.get("PRETTY_NAME") or f"{platform.system()} {platform.release()}"
        if platform.system() == "Linux":
            words += f", Linux {platform.release()}"
        return cls(
            name=platform.system(),
            likes=(facts.get("ID", ""), *facts.get("ID_LIKE", "").split()),
            words=f"{words}, {platform.machine()}",
            checkout=(Path(__file__).parents[1] / "pyproject.toml").is_file(),
            python=shlex.quote(sys.executable),
        )

    def install(self, packages: Mapping[Manager, str], *, what: str, windows: str, macos: str) -> str:
        """The command that installs `what`: on Linux by the package manager, else as given."""
        if self.name in ("Windows", "Darwin"):
            return windows if self.name == "Windows" else macos
        return self.package(packages, what=what)

    def package(self, packages: Mapping[Manager, str], *, what: str) -> str:
        """The command that installs `what` by the package manager of a Linux distribution."""
        manager = next((_MANAGERS[like] for like in self.likes if like in _MANAGERS), None)
        if manager is None:
            return f"install {what} with your system's package manager"
        return f"{_INSTALL[manager]} {packages[manager]}"

    def read(self, path: str) -> str:
        """The text of a file below `root`, less the blanks around it; nothing where there is none."""
        try:
            return (self.root / path).read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    def reinstall(self) -> str:
        """The command that installs avatar-cam anew, as it is."""
        if self.checkout:
            return "python -m uv run --reinstall-package avatar-cam avatar-cam doctor"
        return f"{self.python} -m pip install --force-reinstall --no-deps avatar-cam"

    def reinstall_all(self) -> str:
        """The command that installs avatar-cam and all that it asks for anew."""
        if self.checkout:
            return "python -m uv run --reinstall avatar-cam doctor"
        return f"{self.python} -m pip install --force-reinstall avatar-cam"


def join_group(group: str) -> str:
    """What lets this user use the devices of a group."""
    return f"sudo usermod -aG {group} $USER, then log out and in again"


def _release() -> Mapping[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
