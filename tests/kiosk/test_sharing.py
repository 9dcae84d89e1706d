"""Pictures for phones: who knows the address gets this one picture, for a while, and nothing else."""

from __future__ import annotations

import http.client
import socket
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from avatar_cam.errors import SinkError
from avatar_cam.kiosk import sharing
from avatar_cam.kiosk.sharing import PhotoServer, lan_address
from tests.waiting import PATIENCE, eventually

JPEG = b"\xff\xd8 a picture"
MINUTES_10 = 600.0


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[PhotoServer]:
    with PhotoServer(0, MINUTES_10, "127.0.0.1", clock) as made:
        yield made


def has_ipv6() -> bool:
    """Whether this machine can talk to itself by IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


def fetched(server: PhotoServer, path: str, method: str = "GET") -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def offered(server: PhotoServer, jpeg: bytes = JPEG) -> str:
    address = server.offer(jpeg)
    assert address is not None
    return urlsplit(address).path


def test_who_knows_the_address_gets_the_picture(server: PhotoServer) -> None:
    status, body, headers = fetched(server, offered(server))
    assert (status, body) == (200, JPEG)
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Length"] == str(len(JPEG))
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Python" not in headers["Server"]


def test_a_look_at_the_headers_alone(server: PhotoServer) -> None:
    status, body, headers = fetched(server, offered(server), "HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", str(len(JPEG)))


def test_addresses_cannot_be_guessed(server: PhotoServer) -> None:
    paths = {offered(server) for _ in range(20)}
    assert len(paths) == 20
    assert all(len(path) >= 1 + 128 / 6 for path in paths)
    assert all(ord(letter) < 128 for path in paths for letter in path)


@pytest.mark.parametrize(
    "path", ["/", "/favicon.ico", "/../../etc/passwd", "/%2e%2e/x", "/" + "a" * 22, "//", "/\u00e9"]
)
def test_nothing_else_is_served(server: PhotoServer, path: str) -> None:
    known = offered(server)
    status, body, _ = fetched(
        server, path.encode("latin-1").decode("latin-1") if path.isascii() else "/%C3%A9"
    )
    assert status == 404 and JPEG not in body
    assert fetched(server, known[:-1])[0] == 404
    assert fetched(server, known)[0] == 200


def test_other_methods_are_refused(server: PhotoServer) -> None:
    assert fetched(server, offered(server), "POST")[0] == 501


def test_a_picture_is_there_for_a_while_only(server: PhotoServer, clock: Clock) -> None:
    first = offered(server)
    clock.now += MINUTES_10 - 1
    second = offered(server, b"another")
    assert fetched(server, first)[:2] == (200, JPEG)
    clock.now += 2
    assert fetched(server, first)[0] == 404
    assert fetched(server, second)[:2] == (200, b"another")


def test_only_so_many_are_kept(server: PhotoServer) -> None:
    paths = [offered(server) for _ in range(sharing._PICTURES + 1)]
    assert fetched(server, paths[0])[0] == 404
    assert fetched(server, paths[1])[0] == 200


def test_one_that_is_too_large_is_not_offered(server: PhotoServer) -> None:
    assert server.offer(bytes(sharing._LARGEST + 1)) is None


def test_idle_clients_do_not_stop_it(server: PhotoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_LONGEST", 0.0)
    path = offered(server)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3 * sharing._CONNECTIONS)]
    try:
        idle[0].sendall(b"\xff\x00 no HTTP")

        def is_served() -> bool:
            try:
                return fetched(server, path)[0] == 200
            except (OSError, http.client.HTTPException):
                return False  # all places are taken for a moment

        eventually(is_served)
    finally:
        for one in idle:
            one.close()


def test_a_thread_that_ended_is_started_again(server: PhotoServer) -> None:
    path = offered(server)
    assert not server.keep_running()
    server.end_thread()
    assert server.keep_running()
    assert fetched(server, path)[0] == 200


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_phones_come_by_either_protocol(clock: Clock) -> None:
    with PhotoServer(0, MINUTES_10, "::1", clock) as server:
        address = server.offer(JPEG)
        assert address is not None and address.startswith(f"http://[::1]:{server.port}/")
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            assert answer.read() == JPEG
        assert fetched(server, urlsplit(address).path)[0] == 200, "IPv4 must not go"


def test_a_port_that_is_taken(server: PhotoServer) -> None:
    with pytest.raises(SinkError, match=f"port {server.port}: .* choose another"):
        PhotoServer(server.port, 1.0)


def test_the_address_is_one_of_this_machine(server: PhotoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = server.offer(JPEG)
    assert address is not None and address.startswith(f"http://127.0.0.1:{server.port}/")
    monkeypatch.setattr(sharing, "_ELSEWHERE", "127.0.0.1")
    assert lan_address() is None, "this machine alone is no network"


def test_without_a_network_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "lan_address", lambda: None)
    with PhotoServer(0, 1.0) as server:
        assert server.offer(JPEG) is None
