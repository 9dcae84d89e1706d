"""Signs of life for systemd, as its sd_notify(3) says: datagrams to the socket that NOTIFY_SOCKET names."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

from avatar_cam.closing import Closing

#: Without a watchdog the state is told this often, seconds.
_SELDOM = 30.0


class Watchdog(Closing):
    """Tells the service manager that the loop goes round; does nothing where nobody asked for that.

    `environment` is that of the process. With `WATCHDOG_USEC` a sign is sent every third of that time.
    Nothing here raises: a booth without a listener goes on.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._socket = _connected(environment.get("NOTIFY_SOCKET", ""))
        self._interval = _interval(environment)
        self._told: float | None = None
        self._status = ""

    @property
    def listened_to(self) -> bool:
        """Whether somebody wants to know."""
        return self._socket is not None

    def ready(self) -> None:
        """The program has started."""
        self._send("READY=1")

    def alive(self, now: float, status: str) -> None:
        """The loop went round at `now`, s; `status` is what `systemctl status` shows."""
        changed = status != self._status
        if not changed and self._told is not None and now - self._told < self._interval:
            return
        self._told, self._status = now, status
        self._send(f"STATUS={status}\nWATCHDOG=1")

    def close(self) -> None:
        """Say that the program ends; may be called twice."""
        if self._socket is not None:
            self._send("STOPPING=1")
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.send(message.encode())


def _connected(address: str) -> socket.socket | None:
    if sys.platform != "linux" or address[:1] not in ("/", "@"):
        return None
    # A leading @ stands for the NUL of an abstract address.
    place = "\0" + address[1:] if address.startswith("@") else address
    notifier = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    try:
        notifier.connect(place)
    except OSError:
        notifier.close()
        return None
    return notifier


def _interval(environment: Mapping[str, str]) -> float:
    asked, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not asked.isdecimal() or (process and process != str(os.getpid())):
        return _SELDOM
    return int(asked) / 1e6 / 3
