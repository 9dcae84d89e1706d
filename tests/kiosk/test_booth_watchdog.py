"""Signs of life, and what is logged."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatar_cam.errors import CameraGone
from avatar_cam.kiosk.faults import AGAIN, Faults
from avatar_cam.kiosk.watchdog import Watchdog


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, dict[str, str]]]:
    """A service manager that listens, and what it puts into the environment."""
    if sys.platform != "linux":
        pytest.skip("systemd is Linux's")
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))
        listener.settimeout(5)
        yield listener, {"NOTIFY_SOCKET": str(place), "WATCHDOG_USEC": "9000000"}


def test_the_manager_is_told(manager: tuple[socket.socket, dict[str, str]]) -> None:
    listener, environment = manager
    watchdog = Watchdog(environment)
    assert watchdog.listened_to
    watchdog.ready()
    watchdog.alive(10.0, "attract, 0 in")
    watchdog.alive(12.9, "attract, 0 in")  # too soon
    watchdog.alive(13.0, "attract, 0 in")
    watchdog.alive(13.1, "live, 1 in")
    watchdog.close()
    watchdog.close()
    told = [listener.recv(200) for _ in range(5)]
    assert told == [
        b"READY=1",
        b"STATUS=attract, 0 in\nWATCHDOG=1",
        b"STATUS=attract, 0 in\nWATCHDOG=1",
        b"STATUS=live, 1 in\nWATCHDOG=1",
        b"STOPPING=1",
    ]


def test_a_manager_that_is_gone_stops_nothing(manager: tuple[socket.socket, dict[str, str]]) -> None:
    listener, environment = manager
    watchdog = Watchdog(environment)
    listener.close()
    watchdog.alive(10.0, "attract")
    watchdog.close()


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "relative"}, {"NOTIFY_SOCKET": "/no/such"}])
def test_without_a_manager_nothing_is_told(environment: dict[str, str]) -> None:
    watchdog = Watchdog(environment)
    assert not watchdog.listened_to
    watchdog.ready()
    watchdog.alive(1.0, "attract")
    watchdog.close()


def test_the_watchdog_of_another_process_is_not_ours(
    manager: tuple[socket.socket, dict[str, str]],
) -> None:
    listener, environment = manager
    watchdog = Watchdog(environment | {"WATCHDOG_PID": str(os.getpid() + 1)})
    watchdog.alive(10.0, "live")
    watchdog.alive(15.0, "live")
    watchdog.close()
    assert [listener.recv(200) for _ in range(2)][1] == b"STOPPING=1"


def _raised(what: str) -> Exception:
    try:
        raise ValueError(what)
    except ValueError as error:
        return error


def test_the_same_fault_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults()
    with caplog.at_level(logging.WARNING, "avatar_cam.kiosk"):
        for number in range(1000):
            faults.note("a frame was skipped", _raised(f"number {number}"), number / 30)
        faults.note("no picture", "camera 0 was unplugged", 34.0)
        faults.note("a frame was skipped", _raised("late"), AGAIN)
    assert [record.getMessage() for record in caplog.records] == [
        "a frame was skipped: ValueError: number 0",
        "no picture: camera 0 was unplugged",
        "a frame was skipped: ValueError: late (999 times since it was logged last)",
    ]
    assert faults.count == 1002


def test_only_what_nobody_meant_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults()
    faults.note("one", _raised("fault"), 0.0)
    faults.note("other", CameraGone("gone"), 0.0)
    assert [record.exc_info is not None and record.exc_info[0] for record in caplog.records] == [
        ValueError,
        False,
    ]


def test_faults_that_are_never_the_same_take_no_memory() -> None:
    faults = Faults()
    for number in range(1000):
        faults.note("what", f"number {number}", 0.0)
    assert len(faults._kinds) <= 64
