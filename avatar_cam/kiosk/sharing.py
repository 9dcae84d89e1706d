"""A picture for a visitor's phone, at an address that nobody can guess, from this machine, for a while."""

from __future__ import annotations

import hmac
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError

#: Bytes of chance in an address, pictures that can be fetched at a time, and bytes of one at most.
_CHANCE, _PICTURES, _LARGEST = 16, 24, 8_000_000
#: Connections at a time, and how long one may take, seconds: phones in a hall are slow, hostile ones slower.
_CONNECTIONS, _LONGEST = 16, 30.0
#: Where nothing listens and nothing is sent to: asked for, it tells which of our addresses is used.
_ELSEWHERE = "192.0.2.1"


@dataclass(frozen=True, slots=True)
class _Picture:
    token: str
    jpeg: bytes
    until: float


class PhotoServer(Closing):
    """Serves JPEG pictures on `port` (0: any), each for `seconds`, to whoever knows its address.

    `host` is this machine's name or address as visitors' phones reach it, by default the one that its network
    is reached by. Raises SinkError for a port that cannot be had. `clock` is in seconds. Works in threads of
    its own; nothing that a client does stops it or the program.
    """

    def __init__(
        self,
        port: int,
        seconds: float,
        host: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host, self._seconds, self._clock = host, seconds, clock
        self._pictures = deque[_Picture](maxlen=_PICTURES)
        try:
            self._server = _Server(("", port), self._jpeg)
        except (OSError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise SinkError(
                f"pictures cannot be served on port {port}: {why}; choose another qr-port"
            ) from error
        self.port: int = self._server.server_address[1]
        self._thread: threading.Thread | None = None
        self.keep_running()

    def keep_running(self) -> bool:
        """Start the thread that serves, where it is not alive; whether it had to be."""
        if self._thread is not None and self._thread.is_alive():
            return False
        self._thread = threading.Thread(target=self._server.serve_forever, name="photos", daemon=True)
        self._thread.start()
        return True

    def end_thread(self) -> None:
        """End the thread that serves, and wait for its end."""
        if self._thread is not None and self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()

    def offer(self, jpeg: bytes) -> str | None:
        """The address of this picture from now on; None without a network, or when it is too large."""
        host = self._host or lan_address()
        if host is None or len(jpeg) > _LARGEST:
            return None
        token = secrets.token_urlsafe(_CHANCE)
        now = self._clock()
        self._pictures = deque((one for one in self._pictures if one.until > now), maxlen=_PICTURES)
        self._pictures.append(_Picture(token, jpeg, now + self._seconds))
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/{token}"

    def close(self) -> None:
        """Serve nothing any more; may be called twice."""
        self._pictures.clear()
        self.end_thread()
        self._server.server_close()

    def _jpeg(self, token: str) -> bytes | None:
        now, asked = self._clock(), token.encode()
        # Each is compared in full, so that the time it takes tells nothing of how much was right.
        found = [one for one in list(self._pictures) if hmac.compare_digest(one.token.encode(), asked)]
        return found[0].jpeg if found and found[0].until > now else None


def lan_address() -> str | None:
    """The address by which this machine's network knows it; None without a network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_ELSEWHERE, 9))
        except OSError:
            return None
        address: str = asking.getsockname()[0]
        return None if address.startswith(("127.", "0.")) else address


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = _CONNECTIONS

    def __init__(self, address: tuple[str, int], find: Callable[[str], bytes | None]) -> None:
        self.find = find
        self._begun: dict[socket.socket, float] = {}
        self._lock = threading.Lock()
        # One socket for both protocols, where the system can do that.
        self.address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            full = len(self._begun) >= _CONNECTIONS
            if not full:
                self._begun[request] = time.monotonic()
        if full:
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread could be had
            self._forget(request)
            raise

    def shutdown_request(self, request: Any) -> None:
        self._forget(request)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Between two connections: end those that take too long."""
        now = time.monotonic()
        with self._lock:
            late = [request for request, begun in self._begun.items() if now - begun > _LONGEST]
        for request in late:
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is nothing to talk about."""

    def _forget(self, request: socket.socket) -> None:
        with self._lock:
            self._begun.pop(request, None)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10
    server_version, sys_version = "avatar-cam", ""
    protocol_version = "HTTP/1.0"  # one picture, one connection

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        jpeg = self.server.find(self.path.removeprefix("/"))
        body = jpeg if jpeg is not None else b"This picture is not here any more.\n"
        self.send_response(HTTPStatus.OK if jpeg is not None else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "image/jpeg" if jpeg is not None else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if jpeg is not None:
            self.send_header("Content-Disposition", 'inline; filename="avatar-cam.jpg"')
        for name, value in _ALWAYS:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Who fetched what is nobody's business."""


_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
)
