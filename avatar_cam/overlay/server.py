"""The overlay server: a thread with an event loop, so that nobody who connects holds up the picture."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from threading import Event, Thread
from typing import Any

from pydantic import ValidationError
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from avatar_cam import __version__
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import UsageError
from avatar_cam.faults import first_fault
from avatar_cam.overlay import limits
from avatar_cam.overlay.access import Access
from avatar_cam.overlay.clients import Client, Update, framed_bytes, show, tell, tell_newest
from avatar_cam.overlay.commands import wish_of
from avatar_cam.overlay.messages import (
    CommandMessage,
    Done,
    Hello,
    Refused,
    Subscribe,
    Topic,
    client_message,
)
from avatar_cam.overlay.overlay import Overlay
from avatar_cam.overlay.requests import Request
from avatar_cam.overlay.site import headers, site
from avatar_cam.overlay.textures import TextureNumbers
from avatar_cam.overlay.watching import Watcher
from avatar_cam.overlay.wire import frame_bytes
from avatar_cam.sinks.records import record
from avatar_cam.types import Composite, Texture

#: Where programs connect to; everything else is the page.
WEBSOCKET_PATH = "/ws"
#: Seconds between two updates at least: what renders faster than anybody sees is not sent faster. A little
#: less than a frame of 60 a second, of which none is to be left out for coming early.
_PAUSE = 1 / 70
#: Seconds until who is slow is looked after again.
_AGAIN = 0.01
#: Seconds that clients are given to say goodbye, and the thread to end.
_FAREWELL = 1.0

#: Close codes of RFC 6455.
_POLICY, _NOT_TEXT = 1008, 1003


def _silent_logger() -> logging.Logger:
    """What hostile clients make the library complain of is nobody's business."""
    return logging.Logger("avatar_cam.overlay", logging.CRITICAL + 1)


class OverlayServer(Overlay):
    """Serves the page and the WebSocket on `listener`, a bound socket, which it closes.

    `failed` is called, in the server's thread, with what broke it, if something does; writing then does
    nothing. The newest composite is held until it is encoded, but its pixels are never read.
    """

    def __init__(
        self,
        listener: socket.socket,
        access: Access,
        *,
        commands: bool,
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(commands=commands)
        self._listener, self._access, self._failed = listener, access, failed
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._newest: Composite | None = None
        self._awake = False
        #: What somebody has subscribed to.
        self._wanted: frozenset[Topic] = frozenset()
        self._clients: set[Client] = set()
        self._numbers = TextureNumbers()
        self._watcher = Watcher()
        self._update: Update | None = None
        self._serial = 0
        self._next = 0.0
        self._looking_after = False
        self._serving = Event()
        self._thread = Thread(target=self._run, name="overlay", daemon=True)
        self._thread.start()
        self._serving.wait()

    # In whatever thread has the composites

    def write(self, composite: Composite) -> None:
        if not self._wanted:
            return
        self._newest = composite
        if not self._awake:
            self._awake = True
            self._call(self._send_newest)

    def close(self) -> None:
        self._call(self._ending.set)
        self._thread.join(2 * _FAREWELL)

    def _call(self, what: Callable[[], object]) -> None:
        """Let the server's thread do this; nothing happens where there is none any more."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what)

    # In the server's thread

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except Exception as error:
            self._wanted = frozenset()
            self._failed(error)
        finally:
            self._listener.close()
            self._serving.set()

    async def _serve(self) -> None:
        self._loop.set_exception_handler(self._heed)
        async with serve(
            self._attend,
            sock=self._listener,
            process_request=self._respond,
            create_connection=_guarded(limits.of_connections()),
            compression=None,
            logger=_silent_logger(),
            server_header=None,
            open_timeout=limits.OPENING,
            close_timeout=_FAREWELL,
            max_size=limits.LONGEST_MESSAGE,
            max_queue=4,
        ) as server:
            self._serving.set()
            await self._ending.wait()
            self._wanted = frozenset()
            for client in self._clients:
                if client.backlog:
                    client.drop()  # who does not read does not say goodbye either
            server.close(reason="avatar-cam ends")
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), _FAREWELL)

    def _heed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What broke outside of a connection ends the server: it is a fault of ours."""
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self._wanted = frozenset()
            self._failed(error)
            self._ending.set()

    def _respond(self, connection: ServerConnection, request: HttpRequest) -> Response | None:
        """A file, a refusal, or None for the WebSocket."""
        hosts = request.headers.get_all("Host")
        refusal = self._access.refuse_host(hosts)
        path = request.path.partition("?")[0]
        if refusal is None and path != WEBSOCKET_PATH:
            file = site().get(path)
            if file is None:
                return connection.respond(HTTPStatus.NOT_FOUND, "there is nothing here\n")
            return Response(200, "OK", Headers(headers(file, hosts[0])), file.content)
        refusal = refusal or self._access.refuse_client(
            hosts[0],
            request.headers.get_all("Origin"),
            request.path,
            request.headers.get_all("Authorization"),
        )
        if refusal is not None:
            return connection.respond(refusal.status, refusal.why + "\n")
        if len(self._clients) >= limits.MOST_CLIENTS:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "there are too many clients\n")
        return None

    async def _attend(self, connection: ServerConnection) -> None:
        """Talk with one client until it goes."""
        client = Client(connection)
        self._clients.add(client)
        try:
            hello = Hello(avatar_cam=__version__, emotions=list(EMOTIONS), takes_commands=self.requests.taken)
            tell([client], hello.model_dump_json())
            async for message in connection:
                if isinstance(message, bytes):
                    await connection.close(_NOT_TEXT, "only text is understood")
                elif not client.messages.spend(1, self._loop.time()):
                    await connection.close(_POLICY, "too many messages")
                else:
                    self._heed_message(client, message)
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)
            self._see_what_is_wanted()

    def _heed_message(self, client: Client, text: str) -> None:
        try:
            message = client_message.validate_json(text)
        except ValidationError as error:
            tell([client], Refused(error=first_fault(error)).model_dump_json(exclude_none=True))
            return
        match message:
            case Subscribe():
                self._subscribe(client, frozenset(message.to))
            case CommandMessage():
                self._command(client, message)

    def _subscribe(self, client: Client, topics: frozenset[Topic]) -> None:
        news = "events" in topics - client.topics
        if news and "events" not in self._wanted:
            self._watcher = Watcher()  # what it saw last is long past
        client.topics = topics
        self._see_what_is_wanted()
        if news:
            for event in self._watcher.present():
                tell([client], event.model_dump_json())

    def _see_what_is_wanted(self) -> None:
        self._wanted = frozenset(topic for client in self._clients for topic in client.topics)

    def _command(self, client: Client, message: CommandMessage) -> None:
        def answer(said: str | None, fault: str | None) -> None:
            answered = Refused(error=fault, id=message.id) if fault else Done(said=said, id=message.id)
            self._call(lambda: tell([client], answered.model_dump_json(exclude_none=True)))

        try:
            wish = wish_of(message.do, message.value)
        except UsageError as error:
            answer(None, str(error))
        else:
            self.requests.offer(Request(wish, answer))

    def _send_newest(self) -> None:
        """Encode the newest composite, once for all, and send it."""
        if (early := self._next - self._loop.time()) > 0:
            self._loop.call_later(early, self._send_newest)
            return
        self._next = self._loop.time() + max(_PAUSE, len(self._clients) / limits.MOST_UPDATES)
        self._awake = False
        composite, self._newest = self._newest, None
        if composite is None:
            return
        if "events" in self._wanted:
            for event in self._watcher.look(composite):
                tell(self._subscribers("events"), event.model_dump_json())
        if "frames" in self._wanted and tell_newest(
            self._subscribers("frames"), lambda: _frame_text(composite)
        ):
            self._look_after()
        if "overlay" in self._wanted:
            self._update = self._encoded(composite)
            self._show()

    def _subscribers(self, topic: Topic) -> list[Client]:
        return [client for client in self._clients if topic in client.topics]

    def _encoded(self, composite: Composite) -> Update:
        now = self._loop.time()
        used: dict[int, None] = {}

        def number(texture: Texture) -> int:
            found = self._numbers.number(texture, now)
            used[found] = None
            return found

        frame = composite.frame
        content = frame_bytes(frame.index, frame.size, composite.placements, number)
        self._numbers.forget_unused(now)
        self._serial += 1
        return Update(self._serial, framed_bytes(content), list(used))

    def _show(self) -> None:
        """Send the newest update to who has not got it; who is slow gets it, or a newer one, later."""
        clients = self._subscribers("overlay")
        if self._update is not None and show(clients, self._update, self._numbers):
            self._look_after()

    def _look_after(self) -> None:
        if not self._looking_after:
            self._looking_after = True
            self._loop.call_later(_AGAIN, self._look_again)

    def _look_again(self) -> None:
        self._looking_after = False
        now = self._loop.time()
        for client in list(self._clients):
            if client.stalled(now):
                client.drop()
        self._show()


def _frame_text(composite: Composite) -> str:
    # As `FrameMessage` describes it; the trace's own way from a composite to JSON is ten times as fast.
    return json.dumps({"type": "frame", "frame": record(composite)}, ensure_ascii=False)


def _guarded(connections: limits.Allowance) -> type[ServerConnection]:
    """Connections whose input is counted before any of it is looked at; together they spend `connections`."""

    class Guarded(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._bytes, self._request = limits.of_bytes(), b""
            crowded = len(self.server.handlers) >= limits.MOST_CONNECTIONS
            if crowded or not connections.spend(1, self.loop.time()):
                # Without the handler that the server would start for it.
                super(ServerConnection, self).connection_made(transport)
                self.transport.abort()
                return
            own = transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SYSTEM_BUFFER)
            super().connection_made(transport)

        def data_received(self, data: bytes) -> None:
            if self._is_welcome(data):
                super().data_received(data)
            else:
                self.transport.abort()

        def _is_welcome(self, data: bytes) -> bool:
            if self.request is not None:
                return self._bytes.spend(len(data), self.loop.time())
            self._request += data
            # Nothing may follow the first request until it is answered.
            _, end, more = self._request.partition(b"\r\n\r\n")
            welcome = len(self._request) <= limits.LONGEST_REQUEST and not more
            self._request = b"" if end else self._request
            return welcome

    return Guarded
