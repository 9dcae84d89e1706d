"""Checks one after another, none of which can stop the others."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from avatar_cam.doctor.apart import slowness
from avatar_cam.doctor.findings import TOO_SLOW, fault
from avatar_cam.formats import Finding

_REPORT = "report this, with the output of avatar-cam doctor --json"


@dataclass(frozen=True, slots=True)
class Check:
    """`look` gives what it finds as it goes; it may take `limit` seconds in all, times `slowness`."""

    name: str
    look: Callable[[], Iterable[Finding]]
    limit: float = 20.0


def findings_of(check: Check) -> Iterator[Finding]:
    """What a check finds, at least one thing; what it raises is a finding too, and so is that it hangs.

    One that hangs is left behind in its thread.
    """
    found: queue.SimpleQueue[Finding | None] = queue.SimpleQueue()
    thread = threading.Thread(target=_collect, args=(check, found), name=check.name, daemon=True)
    thread.start()
    limit = check.limit * slowness()
    thread.join(limit)
    hangs, count = thread.is_alive(), 0
    while not found.empty():
        if (finding := found.get()) is not None:
            yield finding
            count += 1
    if hangs:
        yield fault(check.name, f"did not end within {limit:.0f} s", TOO_SLOW)
    elif not count:
        yield fault(check.name, "found nothing at all; this is a fault in avatar-cam", _REPORT)


def _collect(check: Check, found: queue.SimpleQueue[Finding | None]) -> None:
    try:
        for finding in check.look():
            found.put(finding)
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        found.put(fault(check.name, f"could not be checked: {what}", _REPORT))
