"""Who listens, and what each of them has been sent: the newest only, and nothing faster than it is read."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection
from websockets.frames import OP_BINARY, OP_TEXT, Frame
from websockets.protocol import State

from avatar_cam.overlay.limits import MOST_BACKLOG, STALLED, Allowance, of_messages
from avatar_cam.overlay.messages import Topic
from avatar_cam.overlay.textures import TextureNumbers
from avatar_cam.overlay.wire import forget_bytes, texture_bytes

#: Linger for no time, as the system wants it.
_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(eq=False, slots=True)
class Client:
    """One WebSocket. Times in seconds, of the server's clock."""

    connection: ServerConnection
    topics: frozenset[Topic] = frozenset()
    messages: Allowance = field(default_factory=of_messages)
    #: The textures that it has.
    textures: set[int] = field(default_factory=set)
    #: The number of the newest update that it was sent.
    updated: int = 0
    _waiting: int = 0
    _progress: float = 0.0

    @property
    def backlog(self) -> int:
        """Bytes that it has not taken yet."""
        return self.connection.transport.get_write_buffer_size()

    @property
    def gone(self) -> bool:
        """Whether the connection has ended, or is about to: nothing may be sent any more."""
        return self.connection.state is not State.OPEN or self.connection.transport.is_closing()

    def stalled(self, now: float) -> bool:
        """Whether it has taken nothing for a while, though something waits; to be asked now and then."""
        waiting = self.backlog
        if waiting == 0 or waiting < self._waiting or self._waiting == 0:
            self._progress = now
        self._waiting = waiting
        return now - self._progress > STALLED

    def send(self, framed: bytes) -> None:
        """Send what `framed_text` or `framed_bytes` made, at once."""
        if not self.backlog:
            self._waiting = 0  # it has taken everything, though nobody looked when it did
        self.connection.transport.write(framed)

    def drop(self) -> None:
        """End the connection at once: there is no use in words that are not read."""
        # Else the system would keep what was not read, and the other side would not learn of the end.
        own = self.connection.transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.connection.transport.abort()


# A frame from a server is the same for everybody. So it is made once, and goes to fifty clients in a third of
# the time that websockets' `broadcast` takes, for most of which the picture's thread could do nothing either.
# None of our messages is sent in fragments, between which nothing else may come.


def framed_text(message: str) -> bytes:
    """A text message as it goes over the wire."""
    return Frame(OP_TEXT, message.encode()).serialize(mask=False)


def framed_bytes(message: bytes) -> bytes:
    """A message of bytes as it goes over the wire."""
    return Frame(OP_BINARY, message).serialize(mask=False)


def tell(clients: Iterable[Client], message: str) -> None:
    """Send a message that must not be left out; who does not read is dropped."""
    framed = framed_text(message)
    for client in clients:
        if client.backlog > MOST_BACKLOG:
            client.drop()
        if not client.gone:
            client.send(framed)


def tell_newest(clients: Sequence[Client], message: Callable[[], str]) -> bool:
    """Send a message, made only if needed, to who has taken everything else; whether some have not."""
    ready = _ready(clients)
    if ready:
        framed = framed_text(message())
        for client in ready:
            client.send(framed)
    return len(ready) < len(clients)


@dataclass(frozen=True, slots=True)
class Update:
    """What to draw: the `serial`th of all, which shows these `textures`."""

    serial: int
    framed: bytes
    textures: Sequence[int]


def show(clients: Iterable[Client], update: Update, numbers: TextureNumbers) -> bool:
    """Send an update, after the textures that it needs, to who has taken everything else.

    Returns whether somebody has still to be sent something, for which this is to be called again.
    """
    waiting = [client for client in clients if client.updated < update.serial and not client.gone]
    ready = _ready(waiting)
    for number in update.textures:
        lacking = [client for client in ready if number not in client.textures]
        if lacking:
            framed = framed_bytes(texture_bytes(number, numbers.texture(number)))
            for client in lacking:
                client.send(framed)
                client.textures.add(number)
            ready = _ready(ready)
    for client in ready:
        _forget(client, numbers)
        client.updated = update.serial
        client.send(update.framed)
    return len(ready) < len(waiting)


def _ready(clients: Iterable[Client]) -> list[Client]:
    return [client for client in clients if not client.gone and not client.backlog]


def _forget(client: Client, numbers: TextureNumbers) -> None:
    unused = client.textures - numbers.known
    if unused:
        client.textures -= unused
        client.send(framed_bytes(forget_bytes(sorted(unused))))
