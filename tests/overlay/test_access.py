"""Who may connect, and how much they may ask."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from avatar_cam.controls import Hold, Switch, Wear, Wish
from avatar_cam.errors import UsageError
from avatar_cam.overlay.access import Access, is_loopback
from avatar_cam.overlay.commands import wish_of
from avatar_cam.overlay.limits import Allowance
from avatar_cam.overlay.requests import MOST_WAITING, Request, Requests

TOKEN = "sixteen-letters-"
LOCAL = Access(frozenset({"localhost", "127.0.0.1", "::1"}))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8001", "localhost:8001", "LocalHost", "[::1]:8001", "192.168.1.7:80"]
)
def test_this_machine_is_called_so(host: str) -> None:
    assert LOCAL.refuse_host([host]) is None


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.example:8001"],
        ["127.0.0.1.evil.example:8001"],
        ["localhost.evil.example"],
        ["localhost:8001", "evil.example"],
        ["127.0.0.1:8001; script-src *"],
        ["user@localhost"],
        [""],
        [],
    ],
)
def test_names_that_lead_here_by_rebinding_are_refused(hosts: list[str]) -> None:
    refusal = LOCAL.refuse_host(hosts)
    assert refusal is not None
    assert refusal.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origins", [[], ["http://localhost:8001"], ["file://"], ["http://absolute"]], ids=str
)
def test_programs_our_page_and_pages_from_files_may_connect(origins: list[str]) -> None:
    assert LOCAL.refuse_client("localhost:8001", origins, "/ws", []) is None


@pytest.mark.parametrize(
    "origin",
    [
        "null",  # a frame that any web page can make
        "http://evil.example",
        "http://localhost:8002",
        "https://localhost:8001",
        "http://localhost:8001.evil.example",
        "",
    ],
)
def test_other_pages_may_not(origin: str) -> None:
    refusal = LOCAL.refuse_client("localhost:8001", [origin], "/ws", [])
    assert refusal is not None
    assert refusal.status == HTTPStatus.FORBIDDEN


def test_pages_that_were_named_may() -> None:
    access = Access(LOCAL.names, origins=frozenset({"http://localhost:3000", "null"}))
    for origin in ("http://localhost:3000", "null"):
        assert access.refuse_client("localhost:8001", [origin], "/ws", []) is None


@pytest.mark.parametrize(
    ("path", "authorization"), [(f"/ws?token={TOKEN}", []), ("/ws", [f"Bearer {TOKEN}"])]
)
def test_the_token_is_shown_in_the_address_or_in_a_header(path: str, authorization: list[str]) -> None:
    access = Access(LOCAL.names, TOKEN)
    assert access.refuse_client("localhost", [], path, authorization) is None


@pytest.mark.parametrize(
    ("path", "authorization"),
    [
        ("/ws", []),
        ("/ws?token=", []),
        (f"/ws?token={TOKEN}x", []),
        ("/ws", [TOKEN]),
        ("/ws?token=é", []),
        # As the server has what is no ASCII.
        ("/ws", [f"Bearer {TOKEN}\udce9"]),
        (f"/ws?token={TOKEN}\udce9", []),
    ],
)
def test_without_the_token_nobody_connects(path: str, authorization: list[str]) -> None:
    refusal = Access(LOCAL.names, TOKEN).refuse_client("localhost", [], path, authorization)
    assert refusal is not None
    assert refusal.status == HTTPStatus.UNAUTHORIZED


def test_a_token_does_not_let_foreign_pages_in() -> None:
    access = Access(LOCAL.names, TOKEN)
    assert access.refuse_client("localhost", ["http://evil.example"], f"/ws?token={TOKEN}", []) is not None


def test_which_addresses_are_this_machines_own() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("192.0.2.1")


def test_an_allowance_is_spent_and_comes_back() -> None:
    allowance = Allowance(10, 2)
    assert allowance.spend(10, 100.0)
    assert not allowance.spend(1, 100.4)
    assert allowance.spend(1, 100.5)
    assert allowance.spend(10, 1000.0)
    assert not allowance.spend(11, 2000.0), "more than there is at once"
    assert not allowance.spend(11, 1999.0), "a clock that goes back"


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        (("character", "bear"), Wear("bear")),
        (("hold",), "hold"),
        (("hold", "anger"), Hold("anger")),
        (("hold", "off"), Hold(None)),
        (("overlay",), "overlay"),
        (("overlay", "off"), Switch("overlay", False)),
        (("panic", "on"), Switch("panic", True)),
        (("character-2",), "character-2"),
        (("snapshot",), "snapshot"),
    ],
    ids=str,
)
def test_commands(words: tuple[str, ...], wish: Wish) -> None:
    assert wish_of(*words) == wish


@pytest.mark.parametrize(
    "words",
    [("dance",), ("character",), ("hold", "joy"), ("overlay", "maybe"), ("snapshot", "on"), ("",)],
    ids=str,
)
def test_what_is_no_command_is_said_in_one_line(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as error:
        wish_of(*words)
    assert str(error.value)
    assert "\n" not in str(error.value)


def test_requests_are_done_and_answered_in_turn() -> None:
    requests, answers = Requests(taken=True), list[tuple[str | None, str | None]]()

    def do(wish: Wish) -> str | None:
        if wish == "record":
            raise UsageError("no")
        return f"{wish} done"

    wishes: list[Wish] = ["overlay", "record", "quit"]
    for wish in wishes:
        requests.offer(Request(wish, lambda said, fault: answers.append((said, fault))))
    assert not answers
    requests.do_all(do)
    assert answers == [("overlay done", None), (None, "no"), ("quit done", None)]
    requests.do_all(do)
    assert len(answers) == 3


def test_too_many_requests_and_requests_to_nobody_are_refused() -> None:
    faults: list[str | None] = []
    request = Request("overlay", lambda said, fault: faults.append(fault))
    requests = Requests(taken=True)
    for _ in range(MOST_WAITING + 1):
        requests.offer(request)
    Requests(taken=False).offer(request)
    assert len(faults) == 2
    assert all(faults)
