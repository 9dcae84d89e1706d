"""The overlay server as the settings say."""

from __future__ import annotations

import errno
import socket

from avatar_cam.console import complain, say
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.overlay.access import Access, is_loopback
from avatar_cam.overlay.overlay import Overlay
from avatar_cam.ports import listening
from avatar_cam.settings import Settings

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
#: Every address of this machine.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def serve_overlay(settings: Settings, *, commands: bool = False) -> Overlay:
    """The server, listening; with `commands` somebody does what comes by its `requests`.

    Where the settings name no port it does nothing. Raises UsageError for an address that needs a token, and
    SinkError for one that cannot be had.
    """
    if settings.overlay_port is None:
        return Overlay(commands=commands)
    # websockets and asyncio take a while to load.
    from avatar_cam.overlay.server import OverlayServer

    host, port = settings.overlay_host, settings.overlay_port
    _check(settings)
    listener = _listening(host, port)
    names = _LOCAL | {host.lower(), socket.gethostname().lower()}
    access = Access(names, settings.overlay_token, frozenset(settings.overlay_origins))
    server = OverlayServer(listener, access, commands=commands, failed=_say_failed)
    say(f"the overlay page is at {page_url(host, port)}")
    return server


def page_url(host: str, port: int) -> str:
    """The page as this machine calls it."""
    return f"http://{authority(host, port)}/"


def authority(host: str, port: int) -> str:
    """Host and port as in a URL, for who is on this machine."""
    host = EVERYWHERE.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _check(settings: Settings) -> None:
    host = settings.overlay_host
    try:
        local = is_loopback(host)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"overlay-host {host!r}: there is no such address") from error
    if not local and settings.overlay_token is None:
        raise UsageError(
            f"overlay-host {host} lets other machines connect: set overlay-token in the config file as well, "
            "or leave overlay-host out"
        )


def _listening(host: str, port: int) -> socket.socket:
    try:
        return listening(host, port)
    except OSError as error:
        raise _unusable(host, port, error) from error


def _unusable(host: str, port: int, error: OSError) -> SinkError:
    if isinstance(error, socket.gaierror):
        return SinkError(f"the overlay server cannot use {host}: {error.strerror}")
    match error.errno:
        case errno.EADDRINUSE:
            why = "is in use by another program; choose another --overlay-port"
        case errno.EACCES | errno.EPERM:
            why = "may not be used by this account; choose an --overlay-port from 1024 on"
        case errno.EADDRNOTAVAIL:
            why = f"cannot be used: {host} is no address of this machine; see overlay-host"
        case _:
            why = f"cannot be used: {error.strerror}"
    return SinkError(f"the overlay server's port {port} {why}")


def _say_failed(error: Exception) -> None:
    complain(f"the overlay page has stopped: {type(error).__name__}: {error}; the picture goes on")
