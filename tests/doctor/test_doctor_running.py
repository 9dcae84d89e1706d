"""Checks that raise, hang or crash are findings, and nothing more."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Event

import pytest

from avatar_cam.doctor.apart import NoAnswer, apart, slowness
from avatar_cam.doctor.findings import ok, parted
from avatar_cam.doctor.running import Check, findings_of
from avatar_cam.formats import Finding
from tests.waiting import eventually


def test_what_a_check_found_before_it_broke_is_told() -> None:
    def look() -> Iterator[Finding]:
        yield ok("disk", "fine")
        raise RuntimeError("over\nlines")

    first, second = findings_of(Check("disks", look))
    assert (first.check, first.verdict) == ("disk", "ok")
    assert (second.check, second.verdict) == ("disks", "fault")
    assert second.found == "could not be checked: RuntimeError: over lines"
    assert second.mend


def test_what_a_check_found_before_it_hung_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, freed = Event(), Event()
    # Asked for when the thread has been started; it has got as far as that when its time begins.
    monkeypatch.setattr("avatar_cam.doctor.running.slowness", lambda: float(begun.wait(60)))

    def look() -> Iterator[Finding]:
        yield ok("disk", "fine")
        begun.set()
        freed.wait(60)

    first, second = findings_of(Check("disks", look, limit=0.2))  # two: it was not waited for
    freed.set()
    assert first.verdict == "ok"
    assert (second.check, second.verdict) == ("disks", "fault")
    assert re.fullmatch(r"did not end within \d s", second.found)


def test_a_check_that_finds_nothing_is_a_fault() -> None:
    [only] = findings_of(Check("disks", list))
    assert only.verdict == "fault"


def test_a_function_is_called_in_a_process_of_its_own() -> None:
    assert apart(os.getppid, limit=30) == os.getpid()
    assert apart(divmod, 7, 2, limit=30) == (3, 1)


def test_what_a_function_prints_is_not_its_answer() -> None:
    assert apart(print, "noise", limit=30) is None
    assert apart(os.write, 1, b"noise", limit=30) == 5


def test_a_function_that_raises_gives_no_answer() -> None:
    with pytest.raises(NoAnswer, match=r"^ValueError: invalid literal"):
        apart(int, "seven", limit=30)


def test_a_function_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_cam.doctor.apart.slowness", lambda: 1.0)
    start = time.monotonic()
    with pytest.raises(NoAnswer, match=r"^did not answer within \d+ s$"):
        apart(time.sleep, 60, limit=2)
    assert time.monotonic() - start < 60


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_function_that_crashes_gives_no_answer() -> None:
    with pytest.raises(NoAnswer, match=r"^crashed \(SIGILL\)"):
        apart(signal.raise_signal, signal.SIGILL, limit=30)
    with pytest.raises(NoAnswer, match=r"^ended with status 3$"):
        apart(os._exit, 3, limit=30)


def test_how_slow_a_machine_is_is_told_by_the_start_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert slowness() >= 1
    monkeypatch.setattr("avatar_cam.doctor.apart._USUAL", 1e-4)
    assert slowness.__wrapped__() > 10
    monkeypatch.setattr("avatar_cam.doctor.apart._USUAL", 1e4)
    assert slowness.__wrapped__() == 1


def test_limits_are_longer_on_a_slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_cam.doctor.apart.slowness", lambda: 3.0)
    with pytest.raises(NoAnswer, match=r"^did not answer within 3 s$"):
        apart(time.sleep, 60, limit=1)
    monkeypatch.setattr("avatar_cam.doctor.running.slowness", lambda: 6000.0)
    [finding] = findings_of(Check("slow", lambda: (time.sleep(0.2), [ok("slow", "but well")])[1], limit=0.01))
    assert finding.verdict == "ok"


def test_no_process_is_left_behind() -> None:
    with pytest.raises(NoAnswer):
        apart(time.sleep, 60, limit=1)
    if sys.platform == "linux":
        ps = ["ps", "--ppid", str(os.getpid()), "-o", "args="]
        # It was killed; to die it needs the processor, too.
        eventually(lambda: b"doctor.apart" not in subprocess.run(ps, capture_output=True, check=False).stdout)


def test_a_message_falls_into_what_is_wrong_and_what_to_do() -> None:
    assert parted("it is busy: close it: now") == ("it is busy", "close it: now")
    assert parted("it is busy") == ("it is busy", "")
