"""The most memory that this process has held at once."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path


def peak_mb() -> float:
    """Peak resident memory so far, in megabytes (10^6 bytes)."""
    return _peak_bytes() / 1e6


def _peak_bytes() -> int:
    if sys.platform == "win32":
        return _peak_on_windows()
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Not `ru_maxrss`: on Linux it takes over what the process that started this one had.
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of the Windows API."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("others", ctypes.c_size_t * 7),
    )


def _peak_on_windows() -> int:
    counters = _Counters(size=ctypes.sizeof(_Counters))
    this_process = ctypes.c_void_p(-1)
    kernel: ctypes.CDLL = ctypes.windll.kernel32  # type: ignore[attr-defined]  # only there
    kernel.K32GetProcessMemoryInfo(this_process, ctypes.byref(counters), counters.size)
    return int(counters.peak_working_set)
