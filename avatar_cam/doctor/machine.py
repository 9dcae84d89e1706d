"""Python, the system, memory and processor."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar_cam.doctor.findings import fault, ok, warning
from avatar_cam.formats import Finding
from avatar_cam.system import System

#: What mediapipe 0.10.21 has wheels for, and our dependencies need.
_OLDEST, _NEWEST = (3, 11), (3, 12)
#: Bytes: what a live program takes with four people, and half of it, with which one person just runs.
_ENOUGH, _LEAST = 1_000_000_000, 500_000_000


@dataclass(frozen=True, slots=True)
class Facts:
    """`python` (major, minor); `bits` of its pointers; memory in bytes, None where it cannot be told."""

    python: tuple[int, int]
    bits: int
    processor: str
    cores: int
    memory: int | None
    free: int | None


def facts() -> Facts:
    """Of this machine."""
    memory, free = _memory()
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    bits = 8 * ctypes.sizeof(ctypes.c_void_p)
    return Facts((sys.version_info[0], sys.version_info[1]), bits, platform.machine(), usable, memory, free)


def check_python(system: System, facts: Facts) -> Iterator[Finding]:
    """Python, and what it runs on."""
    version = ".".join(map(str, facts.python))
    found = f"Python {version} ({facts.bits} bits) on {system.words}"
    if not _OLDEST <= facts.python <= _NEWEST or facts.bits != 64:
        yield fault("python", f"{found}; 3.11 or 3.12 with 64 bits is needed", _python_command(system))
    elif system.name == "Windows" and facts.processor.lower() not in ("amd64", "x86_64"):
        mend = "install the x64 version of Python 3.12 from python.org"
        yield fault("python", f"{found}; mediapipe is there for x64 only", mend)
    else:
        yield ok("python", found)


def _python_command(system: System) -> str:
    # Few distributions have just this version among their packages; uv brings it everywhere.
    uv = "python -m pip install uv && python -m uv run --python 3.12 avatar-cam doctor"
    others = {"Windows": "winget install Python.Python.3.12", "Darwin": "brew install python@3.12"}
    return others.get(system.name, uv)


def check_memory(facts: Facts) -> Iterator[Finding]:
    """Memory and cores."""
    cores = f"{facts.cores} processor core{'' if facts.cores == 1 else 's'}"
    if facts.memory is None or facts.free is None:
        yield ok("memory", f"{cores}; how much memory there is cannot be told", cores=facts.cores)
        return
    found = f"{facts.free / 1e9:.1f} of {facts.memory / 1e9:.1f} GB of memory free; {cores}"
    figures = {
        "free_mb": round(facts.free / 1e6),
        "memory_mb": round(facts.memory / 1e6),
        "cores": facts.cores,
    }
    if facts.free < _LEAST:
        yield fault("memory", found, f"close other programs: {_LEAST / 1e6:.0f} MB are needed", **figures)
    elif facts.free < _ENOUGH:
        yield warning("memory", found, "close other programs: with less than 1 GB it may get slow", **figures)
    elif facts.cores < 2:
        mend = "use --no-pose: with one core the body costs the picture's rate"
        yield warning("memory", found, mend, **figures)
    else:
        yield ok("memory", found, **figures)


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("memory", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        ("others", ctypes.c_uint64 * 5),
    )


def _memory() -> tuple[int | None, int | None]:
    """All memory, and what is free or could be made so, in bytes."""
    if sys.platform == "win32":
        status = _Status(size=ctypes.sizeof(_Status))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.memory), int(status.free)
    if sys.platform == "linux":
        with Path("/proc/meminfo").open(encoding="ascii") as lines:
            kilobytes = {
                key: int(rest.split()[0]) for key, _, rest in (line.partition(":") for line in lines)
            }
        return kilobytes["MemTotal"] * 1024, kilobytes.get("MemAvailable", kilobytes["MemFree"]) * 1024
    # macOS tells of free memory only through its own interfaces, and compresses what is not in use.
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), None
