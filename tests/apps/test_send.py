"""`avatar-cam send`, to a server as `run` has it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from avatar_cam.controls import Hold, Wear, Wish
from avatar_cam.errors import UsageError
from avatar_cam.overlay.serving import serve_overlay
from avatar_cam.settings import Settings
from tests.commands import Outcome, run
from tests.overlay.scenes import free_port

TOKEN = "a-token-of-the-tests"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with much else to do is no server that does not answer."""
    monkeypatch.setattr("avatar_cam.apps.send.PATIENCE", 60.0)


@contextmanager
def listening(**settings: str) -> Iterator[tuple[int, list[Wish]]]:
    """A port where wishes are taken, and those that came; a quit is refused."""
    port, wishes, ending = free_port(), list[Wish](), threading.Event()

    def do(wish: Wish) -> str | None:
        if wish == "quit":
            raise UsageError("not now")
        wishes.append(wish)
        return None if wish == "snapshot" else f"Done: {wish}"

    with serve_overlay(Settings(overlay_port=port, **settings), commands=True) as server:

        def loop() -> None:
            while not ending.wait(0.005):
                server.requests.do_all(do)

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield port, wishes
        finally:
            ending.set()
            thread.join()


def send(capfd: pytest.CaptureFixture[str], port: int, *words: str) -> Outcome:
    return run(capfd, "send", "--overlay-port", str(port), *words)


def test_commands_are_done_and_what_is_said_of_them_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with listening() as (port, wishes):
        assert send(capfd, port, "overlay") == Outcome(0, "Done: overlay\n", "")
        assert send(capfd, port, "snapshot") == Outcome(0, "done\n", "")
        assert send(capfd, port, "hold", "anger").status == 0
        assert send(capfd, port, "character", "토끼").status == 0
    assert wishes == ["overlay", "snapshot", Hold("anger"), Wear("토끼")]


def test_what_is_refused_there_is_an_error_here(capfd: pytest.CaptureFixture[str]) -> None:
    with listening() as (port, _):
        outcome = send(capfd, port, "quit")
    assert (outcome.status, outcome.error) == (1, "not now")


def test_port_and_token_come_from_the_config_file(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with listening(overlay_token=TOKEN) as (port, wishes):
        config = here / "config.toml"
        config.write_text(f'overlay-port = {port}\noverlay-token = "{TOKEN}"\n')
        assert run(capfd, "send", "--config", config, "overlay").status == 0
        outcome = send(capfd, port, "overlay")
        assert outcome.status == 1
        assert outcome.error.endswith("refuses: the token is missing or wrong")
    assert wishes == ["overlay"]


def test_where_nobody_listens(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as held:  # so that nobody else gets the port
        held.bind(("127.0.0.1", 0))
        outcome = send(capfd, held.getsockname()[1], "overlay")
    assert outcome.status == 1
    assert outcome.error.startswith("no avatar-cam listens at 127.0.0.1:")


def test_where_something_else_listens(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        outcome = send(capfd, listener.getsockname()[1], "overlay")
        thread.join()
    assert outcome.status == 1
    assert "does not speak as avatar-cam does" in outcome.error


def test_where_nobody_answers(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_cam.apps.send.PATIENCE", 0.3)
    port = free_port()
    with serve_overlay(Settings(overlay_port=port), commands=True):
        outcome = send(capfd, port, "overlay")
    assert outcome.status == 1
    assert "does not answer" in outcome.error


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["dance"], "there is no command 'dance'"),
        (["overlay", "maybe"], "overlay takes on, off or nothing"),
        (["character", "bear", "cat"], "two words at most"),
        (["character"], "needs a name"),
    ],
)
def test_what_makes_no_sense_is_said_before_anybody_is_asked(
    words: list[str], fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome = send(capfd, free_port(), *words)
    assert outcome.status == 2
    assert fault in outcome.error


def test_a_port_has_to_be_given(capfd: pytest.CaptureFixture[str]) -> None:
    outcome = run(capfd, "send", "overlay")
    assert outcome.status == 2
    assert "--overlay-port" in outcome.error


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("overlay-port = 0", "line 1: overlay-port: must be greater"),
        ("overlay-port = 70000", "line 1: overlay-port: must be less"),
        ('overlay-token = "short"', "line 1: overlay-token: must be 16 to 128 letters"),
        ('overlay-token = "with spaces in the middle"', "line 1: overlay-token: must be 16 to 128 letters"),
        ('overlay-host = ""', "line 1: overlay-host: "),
        ('overlay-origins = "http://localhost"', "line 1: overlay-origins: "),
    ],
)
def test_settings_of_the_overlay_are_checked(
    line: str, fault: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "config.toml").write_text(line + "\n")
    outcome = run(capfd, "send", "--config", "config.toml", "overlay")
    assert outcome.status == 2
    assert fault in outcome.error
    assert "short" not in outcome.error
