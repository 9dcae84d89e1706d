"""Clients of an overlay server, good and bad: for `benchmarks.overlay`, in a process of their own.

    python -m benchmarks.crowd PORT TOKEN CLIENTS

Does what the lines that it is given say. `come`: CLIENTS clients subscribe to the overlay and read it; and
beside them there are one that never reads, one that sends messages without end, both of which come back when
they are closed, one with a wrong token, and one that says that it is a web page of another origin.
`come-well`: the former alone. `count`: prints as JSON how many updates the good ones got, the fewest and the
most, and how often each of the bad ones was closed or refused. `go`: the same, and all of them go.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

from websockets.frames import OP_BINARY, OP_PING, OP_PONG, OP_TEXT, Frame

#: Seconds between two attempts of a client that was closed.
_PAUSE = 0.25
_SUBSCRIBE = b'{"type": "subscribe", "to": ["overlay"]}'
_TRIFLE = b"{}"
#: Those who may be closed; of the first kind none should be.
_WHO = ("reads well", "never reads", "floods", "wrong token", "other origin")
#: Seconds to wait for an answer to the first request.
_PATIENCE = 20.0


def frame(text: bytes) -> bytes:
    """A WebSocket frame as a client sends it."""
    return Frame(OP_TEXT, text).serialize(mask=True)


@dataclass
class Reader:
    """Reads frames as a browser does, and counts the binary ones that are updates."""

    opened: socket.socket
    updates: int = 0
    _head: bytearray = field(default_factory=bytearray)
    _left: int = 0

    def read(self) -> None:
        content = memoryview(self.opened.recv(1 << 20))
        if not content:
            raise ConnectionError
        while content:
            if self._left:
                skipped = min(self._left, len(content))
                self._left -= skipped
                content = content[skipped:]
                continue
            # The head of a frame from a server: 2 bytes, and up to 8 for the length; the message's kind.
            self._head += content[:1]
            content = content[1:]
            self._begin()

    def _begin(self) -> None:
        head = self._head
        if len(head) < 2:
            return
        short = head[1] & 127
        size = {126: 2, 127: 8}.get(short, 0)
        start = 2 + size
        if len(head) < start:
            return
        length = int.from_bytes(head[2:start], "big") if size else short
        if head[0] & 15 == OP_PING:
            if len(head) < start + length:
                return
            self.opened.send(Frame(OP_PONG, bytes(head[start:])).serialize(mask=True))
            length = 0
        if head[0] & 15 == OP_BINARY:
            if len(head) < start + 4:
                return
            self.updates += int.from_bytes(head[start : start + 4], "little") == 1
            length -= 4
        self._left = length
        head.clear()


def opened(port: int, token: str, *headers: str) -> tuple[socket.socket, int]:
    """A connection, and the status that it was answered with."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
    lines = [
        "GET /ws HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {token}",
        *headers,
    ]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n") and len(answer) < 4096 and (more := connection.recv(1)):
        answer += more
    return connection, int(answer.split(b" ", 2)[1] if answer else 0)


class Crowd:
    """All of them, in one loop."""

    def __init__(self, port: int, token: str, clients: int) -> None:
        self._port, self._token, self._clients = port, token, clients
        self._selector = selectors.DefaultSelector()
        self._readers: list[Reader] = []
        self._bad: dict[str, socket.socket | None] = {}
        self._closed: dict[str, int] = {}
        self._due = 0.0

    def come(self, *, well_behaved: bool = False) -> None:
        self._closed = dict.fromkeys(_WHO, 0)
        self._bad = {} if well_behaved else {"never reads": None, "floods": None}
        self._readers = []
        for _ in range(self._clients):
            connection, status = opened(self._port, self._token)
            assert status == 101, status
            connection.sendall(frame(_SUBSCRIBE))
            connection.setblocking(False)
            self._readers.append(Reader(connection))
            self._selector.register(connection, selectors.EVENT_READ, self._readers[-1])

    def count(self) -> dict[str, object]:
        updates = [reader.updates for reader in self._readers] or [0]
        return {"fewest": min(updates), "most": max(updates), "closed": self._closed}

    def go(self) -> None:
        for reader in self._readers:
            self._selector.unregister(reader.opened)
            reader.opened.close()
        for connection in self._bad.values():
            if connection is not None:
                connection.close()
        self._readers, self._bad = [], {}

    def work(self) -> None:
        """Read what there is, and be bad."""
        for key, _ in self._selector.select(0.01):
            if isinstance(key.data, Reader):
                self._read(key.data)
        if self._bad and time.monotonic() >= self._due:
            self._due = time.monotonic() + _PAUSE
            self._misbehave()

    def _read(self, reader: Reader) -> None:
        try:
            reader.read()
        except OSError:
            self._closed["reads well"] += 1
            self._selector.unregister(reader.opened)
            reader.opened.close()
            self._readers.remove(reader)

    def _misbehave(self) -> None:
        for who, headers in (("wrong token", ()), ("other origin", ("Origin: http://evil.example",))):
            token = "x" * 20 if who == "wrong token" else self._token
            try:
                connection, status = opened(self._port, token, *headers)
            except OSError:  # too many connections in too short a time
                continue
            connection.close()
            self._closed[who] += status in (401, 403)
        for who in ("never reads", "floods"):
            try:
                connection = self._bad[who] or self._came(who)
            except OSError:
                continue
            self._bad[who] = connection
            try:
                # What waits for who never reads stays unread: only whether it was closed is looked at.
                connection.send(frame(_TRIFLE) * (2000 if who == "floods" else 0))
                if who == "never reads" and _was_closed(connection):
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                self._closed[who] += 1
                connection.close()
                self._bad[who] = None

    def _came(self, who: str) -> socket.socket:
        connection, _ = opened(self._port, self._token)
        if who == "never reads":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(frame(_SUBSCRIBE))
        connection.setblocking(False)
        return connection

    def watch(self, lines: int) -> None:
        """Do as the lines of a file say, until it ends."""
        self._selector.register(lines, selectors.EVENT_READ, None)
        while True:
            self.work()
            ready = [key for key, _ in self._selector.select(0) if key.data is None]
            if not ready:
                continue
            words = os.read(lines, 100).decode().split()
            if not words:
                return
            for word in words:
                print(json.dumps(self._do(word)), flush=True)

    def _do(self, word: str) -> dict[str, object]:
        if word in ("come", "come-well"):
            self.come(well_behaved=word == "come-well")
            return {}
        counted = self.count()
        if word == "go":
            self.go()
        return counted


def _was_closed(connection: socket.socket) -> bool:
    """Whether the other side reset the connection, without reading what it sent before."""
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def main() -> None:
    port, token, clients = sys.argv[1:]
    os.nice(10)  # as other programs' clients they are not what is measured
    Crowd(int(port), token, int(clients)).watch(sys.stdin.fileno())


if __name__ == "__main__":
    main()
