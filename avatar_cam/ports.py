"""Ports that this program listens on."""

from __future__ import annotations

import os
import socket


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on `port` of the address `host`, a name or a number.

    Raises OSError when it cannot be had, and UnicodeError for what can be no name.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # A port that this program just had is taken again; one that is in use is not. (Elsewhere the same
            # flag would take it from whoever has it.)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
