"""The window: whether one can be opened, how, and how long a picture takes to get into it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from avatar_cam.doctor.apart import NoAnswer, apart
from avatar_cam.doctor.findings import ok, warning
from avatar_cam.errors import SinkError
from avatar_cam.formats import Finding

_LIMIT = 15.0
_SIZE, _PICTURES = (1280, 720), 12
#: Milliseconds: half of the time between two pictures at 30 a second.
_SLOW_MS = 16.0


@dataclass(frozen=True, slots=True)
class Shown:
    """SDL's `driver`, the displays' sizes (width, height) px, and the median time of a picture."""

    driver: str
    displays: tuple[tuple[int, int], ...]
    ms: float


def shown() -> Shown | str:
    """Open a window for a moment; what is wrong, where that cannot be done. For a process of its own."""
    import numpy as np

    from avatar_cam.sinks.view import View
    from avatar_cam.sinks.window import Window

    pixels = np.full((_SIZE[1], _SIZE[0], 3), 40, np.uint8)
    try:
        with Window("avatar-cam doctor", _SIZE) as window:
            times = []
            for _ in range(_PICTURES):
                start = perf_counter()
                window.show(pixels, View())
                times.append(1000 * (perf_counter() - start))
                window.actions()
            return Shown(window.driver, window.displays, median(times))
    except SinkError as error:
        return str(error)


def has_graphics_card(folder: Path = Path("/dev/dri")) -> bool:
    """Whether anything but the processor can draw; only Linux tells."""
    return sys.platform != "linux" or any(folder.glob("renderD*"))


@dataclass(frozen=True, slots=True)
class Probes:
    """What the check asks; `shown` raises NoAnswer."""

    shown: Callable[[], Shown | str] = lambda: apart(shown, limit=_LIMIT)
    has_graphics_card: Callable[[], bool] = has_graphics_card


def check_display(probes: Probes | None = None) -> Iterator[Finding]:
    """A real window, which is seen for an instant."""
    probes = probes or Probes()
    without = "log in at the screen; without one: avatar-cam render, or stream --no-preview"
    try:
        result = probes.shown()
    except NoAnswer as error:
        yield warning("display", f"opening a window {error}", f"{without}, or update the graphics driver")
        return
    if isinstance(result, str):
        yield warning("display", result.partition(": ")[2] or result, without)
        return
    sizes = ", ".join(f"{width}x{height}" for width, height in result.displays)
    by = "" if probes.has_graphics_card() else "; drawn by the processor, there is no graphics card"
    found = f"{sizes} by {result.driver}; a picture is shown in {result.ms:.1f} ms{by}"
    if result.ms > _SLOW_MS:
        mend = "install the driver of your graphics card, or use a smaller window with --size 640x480"
        yield warning("display", found, mend, ms=round(result.ms, 2))
    else:
        yield ok("display", found, ms=round(result.ms, 2))
