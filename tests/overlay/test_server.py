"""The overlay server, as real clients see it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import OP_PING, OP_TEXT, Frame
from websockets.sync.client import ClientConnection, connect

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.overlay import clients, limits
from avatar_cam.overlay.clients import Client
from avatar_cam.overlay.messages import EventMessage, FrameMessage, Hello, Refused
from avatar_cam.overlay.overlay import Overlay
from avatar_cam.overlay.server import OverlayServer
from avatar_cam.overlay.serving import page_url, serve_overlay
from avatar_cam.settings import Settings
from avatar_cam.types import Composite
from tests.factories import face_of
from tests.overlay.scenes import dotted, free_port, shown, worn
from tests.waiting import PATIENCE, eventually

SIZE = (640, 360)
TOKEN = "a-token-of-the-tests"


@pytest.fixture
def composite(tmp_path: Path) -> Composite:
    return worn(face_of(), dotted(tmp_path / "dots"), SIZE)


class Serving:
    """A server and where it is."""

    def __init__(self, server: OverlayServer, port: int, token: str | None) -> None:
        self.server, self.port, self.token = server, port, token

    def client(self, *topics: str, path: str = "/ws", **options: Any) -> ClientConnection:
        """A connection that has read the greeting and subscribed."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        socket = connect(
            f"ws://127.0.0.1:{self.port}{path}",
            additional_headers=headers | options.pop("headers", {}),
            compression=None,
            proxy=None,
            close_timeout=1,
            max_size=None,
            **options,
        )
        hello = Hello.model_validate_json(socket.recv(timeout=PATIENCE))
        assert hello.emotions == list(EMOTIONS)
        if topics:
            socket.send(json.dumps({"type": "subscribe", "to": topics}))
            eventually(lambda: set(topics) <= self.server._wanted)
        return socket

    def raw(self) -> socket.socket:
        """A WebSocket without a library behind it, greeting not read."""
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        opened.sendall(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert opened.recv(12).startswith(b"HTTP/1.1 101")
        return opened


@contextmanager
def serving(*, commands: bool = False, **settings: Any) -> Iterator[Serving]:
    port = free_port()
    with serve_overlay(Settings(overlay_port=port, **settings), commands=commands) as server:
        assert isinstance(server, OverlayServer)
        yield Serving(server, port, settings.get("overlay_token"))


def frame(text: str | bytes, opcode: int = OP_TEXT) -> bytes:
    """A WebSocket frame as a client sends it."""
    content = text.encode() if isinstance(text, str) else text
    return Frame(opcode, content).serialize(mask=True)  # type: ignore[arg-type]


def is_closed(opened: socket.socket) -> bool:
    """Whether the other side has ended the connection, after whatever it still sent."""
    try:
        while opened.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def was_reset(opened: socket.socket) -> bool:
    """Whether the other side threw away what this one has not read."""
    try:
        while opened.recv(65_536):
            pass
    except ConnectionResetError:
        return True
    return False


def kind(message: str | bytes) -> int:
    assert isinstance(message, bytes)
    return int(struct.unpack_from("<I", message)[0])


def test_textures_come_once_and_before_the_first_frame(composite: Composite) -> None:
    with serving() as place, place.client("overlay") as client, shown(place.server, composite):
        kinds = [kind(client.recv(timeout=PATIENCE)) for _ in range(6)]
        textures = len({id(texture) for each in composite.placements for texture, _ in each.textures})
        assert kinds == [2] * textures + [1] * (6 - textures)
        with place.client("overlay") as late:
            assert kind(late.recv(timeout=PATIENCE)) == 2, "who comes later needs them too"


def test_unused_textures_are_forgotten(composite: Composite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_cam.overlay.textures.KEEP", 0.0)
    monkeypatch.setattr("avatar_cam.overlay.textures._LOOK_EVERY", 0.0)
    with serving() as place, place.client("overlay") as client:
        with shown(place.server, composite):
            _, number = struct.unpack_from("<2I", client.recv(timeout=PATIENCE))
        with shown(place.server, replace(composite, placements=())):
            message = next(each for each in client if kind(each) == 3)
        assert isinstance(message, bytes)
        assert number in struct.unpack(f"<{len(message) // 4}I", message)[2:]


def test_events_say_what_changes_and_who_is_there_already(composite: Composite) -> None:
    choice = composite.choices[1]
    sad = replace(composite, choices={1: replace(choice, emotion="sadness")})
    other = replace(sad, choices={1: replace(choice, emotion="sadness", character="bear")})
    nobody = replace(composite, faces=(), choices={}, placements=())
    with serving() as place, place.client("events") as client:

        def after(what: Composite) -> EventMessage:
            with shown(place.server, what):
                return EventMessage.model_validate_json(client.recv(timeout=PATIENCE))

        came = after(composite)
        assert (came.event, came.face, came.emotion, came.character) == ("face", 1, "neutrality", "dots")
        changed = after(sad)
        assert (changed.event, changed.previous, changed.emotion) == ("emotion", "neutrality", "sadness")
        with place.client("events") as late:
            present = EventMessage.model_validate_json(late.recv(timeout=PATIENCE))
            assert (present.event, present.emotion) == ("face", "sadness")
        assert after(other).event == "character"
        assert after(nobody).event == "gone"
        with pytest.raises(TimeoutError), shown(place.server, nobody):
            client.recv(timeout=0.2)


def test_frames_are_as_in_a_trace(composite: Composite) -> None:
    with serving() as place, place.client("frames") as client, shown(place.server, composite):
        message = FrameMessage.model_validate_json(client.recv(timeout=PATIENCE))
        assert message.frame.faces[0].id == 1
        assert message.frame.faces[0].character == "dots"
        client.send(json.dumps({"type": "subscribe", "to": []}))
        eventually(lambda: not place.server._wanted)


def test_commands_reach_the_loop_and_are_answered(composite: Composite) -> None:
    with serving(commands=True) as place, place.client() as client:

        def asked(do: str, value: str | None = None) -> dict[str, Any]:
            client.send(json.dumps({"type": "command", "do": do, "value": value, "id": 5}))
            eventually(lambda: len(place.server.requests._waiting) == 1)
            place.server.requests.do_all(lambda wish: f"did {wish}")
            answer: dict[str, Any] = json.loads(client.recv(timeout=PATIENCE))
            return answer

        assert asked("overlay") == {"type": "done", "said": "did overlay", "id": 5}
        assert "anger" in asked("hold", "anger")["said"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '{"type": "dance"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "to": ["secrets"]}',
        '{"type": "command"}',
        '{"type": "command", "do": "dance"}',
        '{"type": "command", "do": "overlay", "id": 1e400}',
        '{"type": "command", "do": "overlay", "more": 1}',
        '{"type": "command", "do": "' + "x" * 200 + '"}',
        "[" * 1000,
    ],
)
def test_what_makes_no_sense_is_said_and_the_connection_stays(text: str) -> None:
    with serving(commands=True) as place, place.client() as client:
        client.send(text)
        refused = Refused.model_validate_json(client.recv(timeout=PATIENCE))
        assert "\n" not in refused.error
        client.send('{"type": "command", "do": "overlay"}')
        eventually(lambda: len(place.server.requests._waiting) == 1)


def test_a_program_without_a_loop_takes_no_commands() -> None:
    with serving() as place, place.client() as client:
        client.send('{"type": "command", "do": "overlay", "id": 1}')
        assert "no commands are taken" in Refused.model_validate_json(client.recv(timeout=PATIENCE)).error


def get(port: int, path: str, host: str = "localhost") -> tuple[int, Message, str]:
    """Status, headers and text."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", path, headers={"Host": host})
        with connection.getresponse() as response:
            return response.status, response.headers, response.read().decode()


def test_the_page_is_served_to_this_machine_alone() -> None:
    with serving() as place:
        status, headers, page = get(place.port, "/?token=whatever")
        assert status == 200
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "ws://localhost" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "overlay.js" in page
        for name in ("overlay.js", "drawing.js", "reading.js", "shaders.js"):
            assert get(place.port, f"/{name}")[0] == 200
        for path in ("/../settings.py", "/page/overlay.js", "//overlay.js", "/ws/", "/%2e%2e/site.py"):
            assert get(place.port, path)[0] == 404
        assert get(place.port, "/", host="evil.example")[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Authorization": "Bearer wrong-wrong-wrong-wrong"}, 401),
    ],
)
def test_who_may_not_is_turned_away(headers: dict[str, str], status: int) -> None:
    with serving(overlay_token=TOKEN) as place:
        with pytest.raises(InvalidStatus) as error:
            place.client(headers=headers)
        assert error.value.response.status_code == status
        with place.client():
            pass
        place.client(headers={"Authorization": "Basic x"}, path=f"/ws?token={TOKEN}").close()


def test_a_token_that_is_no_text_is_wrong() -> None:
    with (
        serving(overlay_token=TOKEN) as place,
        socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE) as opened,
    ):
        opened.sendall(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Authorization: Bearer \xe9\r\n\r\n"
        )
        assert opened.recv(12) == b"HTTP/1.1 401"


def megabyte_of_messages(opened: socket.socket) -> None:
    with suppress(OSError):  # it may be closed before all of it was sent
        opened.sendall(frame("{}") * 130_000)


def flood_of_messages(opened: socket.socket) -> None:
    # Of bytes it is allowed so many; of messages it is not, however slowly they are looked at.
    opened.sendall(frame("{}") * 400)


def flood_of_pings(opened: socket.socket) -> None:
    with suppress(OSError):
        opened.sendall(frame(b"", OP_PING) * 10_000)


def huge_message(opened: socket.socket) -> None:
    opened.sendall(frame("x" * (limits.LONGEST_MESSAGE + 1)))


def bytes_instead_of_text(opened: socket.socket) -> None:
    opened.sendall(frame(b"\x00" * 10, 2))


@pytest.mark.parametrize(
    "attack", [megabyte_of_messages, flood_of_messages, flood_of_pings, huge_message, bytes_instead_of_text]
)
def test_a_hostile_client_is_closed_and_costs_the_others_nothing(
    attack: Callable[[socket.socket], None], composite: Composite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "STALLED", 3600.0)  # the other one does not read meanwhile
    with serving() as place, place.client("overlay") as client, shown(place.server, composite):
        with place.raw() as hostile:
            attack(hostile)
            assert is_closed(hostile)
        eventually(lambda: len(place.server._clients) == 1)
        assert kind(client.recv(timeout=PATIENCE)) in (1, 2)


@pytest.mark.parametrize(
    "request_lines",
    [
        pytest.param(
            [b"GET /ws HTTP/1.1\r\nHost: localhost\r", b"\n\r\n" + frame("{}") * 10], id="frames too soon"
        ),
        pytest.param([b"GET /ws HTTP/1.1\r\n" + b"A: b\r\n" * 10_000], id="no end"),
        pytest.param([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"], id="no HTTP"),
        pytest.param([b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"], id="no GET"),
    ],
)
def test_a_first_request_that_is_none_is_not_looked_at(
    request_lines: list[bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    with serving() as place:
        with socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE) as hostile:
            with suppress(OSError):
                for part in request_lines:
                    hostile.sendall(part)
                    threading.Event().wait(0.05)
            assert is_closed(hostile)
        place.client().close()
    assert len(capfd.readouterr().err.splitlines()) == 1, "only where the page is"


class _Pipe:
    """A transport that takes nothing by itself."""

    def __init__(self) -> None:
        self.waiting = 0

    def write(self, content: bytes) -> None:
        self.waiting += len(content)

    def get_write_buffer_size(self) -> int:
        return self.waiting


def test_who_takes_nothing_for_a_while_is_stalled_and_nobody_else() -> None:
    pipe = _Pipe()
    client = Client(SimpleNamespace(transport=pipe))  # type: ignore[arg-type]
    client.send(b"x" * 100)
    assert not client.stalled(100.0)
    assert not client.stalled(100.0 + limits.STALLED)
    pipe.waiting = 50
    assert not client.stalled(101.0 + limits.STALLED), "it takes some"
    assert not client.stalled(101.0 + 2 * limits.STALLED)
    assert client.stalled(102.0 + 2 * limits.STALLED)
    # It took all of it without being looked at, and is behind again much later.
    pipe.waiting = 0
    client.send(b"x" * 100)
    assert not client.stalled(1000.0)
    assert client.stalled(1001.0 + limits.STALLED)


def test_who_never_reads_is_closed(composite: Composite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "STALLED", 0.3)
    with (
        serving() as place,
        place.client() as other,
        place.raw() as deaf,
        shown(place.server, composite, every=0.001),
    ):
        deaf.sendall(frame('{"type": "subscribe", "to": ["overlay"]}'))
        eventually(lambda: "overlay" in place.server._wanted)
        # What the system keeps for it fills up first.
        eventually(lambda: not place.server._wanted, patience=30)
        assert was_reset(deaf)
        other.send('{"type": "subscribe", "to": ["overlay"]}')
        assert kind(other.recv(timeout=PATIENCE)) == 2, "whoever reads is served"


def test_a_slow_client_gets_the_newest_frame_and_not_all(
    composite: Composite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "STALLED", 3600.0)
    with serving() as place, place.client("overlay", max_queue=1) as client:
        [slow] = place.server._clients
        sent = 4000
        for index in range(sent):
            place.server.write(replace(composite, frame=replace(composite.frame, index=index)))
            if index % 50 == 0:
                threading.Event().wait(0.002)
        eventually(lambda: place.server._newest is None)
        assert slow.backlog < 10 * 2**20
        indices = []
        for message in client:
            if kind(message) == 1:
                assert isinstance(message, bytes)
                indices.append(struct.unpack_from("<2I", message)[1])
                if indices[-1] == sent - 1:
                    break
        assert indices == sorted(set(indices))
        assert len(indices) < sent


def test_there_are_so_many_clients_and_no_more() -> None:
    with serving() as place, ExitStack() as stack:
        for _ in range(limits.MOST_CLIENTS):
            stack.enter_context(place.client())
        with pytest.raises(InvalidStatus) as error:
            place.client()
        assert error.value.response.status_code == 503


def test_connections_that_say_nothing_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPENING", 3600.0)  # or all of them are closed after a while
    with serving() as place, ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE))
            for _ in range(limits.MOST_CONNECTIONS + 20)
        ]
        assert sum(map(is_closed, opened[-20:])) == 20


def test_nothing_is_made_when_nobody_listens(composite: Composite, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("something was encoded")

    monkeypatch.setattr("avatar_cam.overlay.server.frame_bytes", fail)
    with serving() as place, place.client():
        for _ in range(100):
            place.server.write(composite)
        assert place.server._newest is None


def test_a_server_that_breaks_does_not_stop_the_picture(
    composite: Composite, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("avatar_cam.overlay.server.frame_bytes", fail)
    with serving() as place, place.client("overlay") as client:
        place.server.write(composite)
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=PATIENCE)
        eventually(lambda: not place.server._thread.is_alive())
        for _ in range(10):
            place.server.write(composite)
    lines = capfd.readouterr().err.splitlines()
    assert [line for line in lines if "broken" in line] == [
        "avatar-cam: the overlay page has stopped: RuntimeError: broken; the picture goes on"
    ]


def test_it_says_goodbye_and_leaves_nothing_behind(composite: Composite) -> None:
    threads = set(threading.enumerate())
    with serving() as place:
        client = place.client("overlay")
        deaf = place.raw()
    with pytest.raises(ConnectionClosed) as closed:
        client.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    client.close()
    deaf.close()
    eventually(lambda: set(threading.enumerate()) <= threads)
    place.server.write(composite)
    place.server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", place.port), timeout=1)


def test_without_a_port_there_is_no_server(composite: Composite) -> None:
    with serve_overlay(Settings()) as overlay:
        assert type(overlay) is Overlay
        overlay.write(composite)


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SinkError, match=f"port {port} is in use") as error:
            serve_overlay(Settings(overlay_port=port))
    assert "\n" not in str(error.value)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="names are looked up in another way there")
@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_need_a_token(host: str) -> None:
    with pytest.raises(UsageError, match="overlay-token"):
        serve_overlay(Settings(overlay_port=free_port(), overlay_host=host))


def test_with_a_token_other_machines_may_connect() -> None:
    with serving(overlay_host="0.0.0.0", overlay_token=TOKEN) as place:
        place.client().close()
        assert get(place.port, "/", host=f"{socket.gethostname()}:{place.port}")[0] == 200
        assert get(place.port, "/", host="evil.example")[0] == 403


def test_an_address_that_is_none_is_said_in_one_line() -> None:
    with pytest.raises(UsageError, match="no such address"):
        serve_overlay(Settings(overlay_port=free_port(), overlay_host="no such host"))
    with pytest.raises(SinkError, match="no address of this machine"):
        serve_overlay(Settings(overlay_port=free_port(), overlay_host="192.0.2.1", overlay_token=TOKEN))


def test_the_address_of_the_page() -> None:
    assert page_url("127.0.0.1", 8001) == "http://127.0.0.1:8001/"
    assert page_url("0.0.0.0", 8001) == "http://127.0.0.1:8001/"
    assert page_url("::", 8001) == "http://[::1]:8001/"
