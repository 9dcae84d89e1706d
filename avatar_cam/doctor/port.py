"""The overlay server's port."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from avatar_cam.doctor.findings import fault, ok
from avatar_cam.formats import Finding
from avatar_cam.ports import listening


def why_not(host: str, port: int) -> str | None:
    """Why the overlay server cannot listen there; None when it can."""
    try:
        listening(host, port).close()
    except OSError as error:
        return str(error.strerror or error)
    except UnicodeError:
        return "there is no such address"
    return None


def check_port(
    host: str, port: int | None, why_not: Callable[[str, int], str | None] = why_not
) -> Iterator[Finding]:
    """`host` and `port` of the settings; None where the server is not switched on in them."""
    if port is None:
        yield ok("overlay port", "no overlay server is switched on; --overlay-port N does that")
    elif (wrong := why_not(host, port)) is None:
        yield ok("overlay port", f"{port} on {host} is free")
    else:
        mend = (
            f"end the avatar-cam that runs already, or give another one: --overlay-port {port % 65_535 + 1}"
        )
        yield fault("overlay port", f"{port} on {host} cannot be had: {wrong}", mend)
