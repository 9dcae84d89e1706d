"""What is logged, and where."""

from __future__ import annotations

import errno
import logging
import logging.handlers
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatar_cam import logs
from avatar_cam.errors import SinkError
from tests.commands import names, run

log = logging.getLogger("avatar_cam.tests")


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    logs.hush()
    yield
    logs.hush()
    assert logs.OURS.handlers == []


def test_nothing_is_said_before_somebody_asks(capfd: pytest.CaptureFixture[str]) -> None:
    log.warning("the camera is gone")
    logging.getLogger("somebody.else").error("noise")
    assert capfd.readouterr().err == ""


def test_the_terminal_gets_what_is_ours_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    logs.log_to_terminal()
    logs.log_to_terminal()
    log.info("opened %s", "[bold]camera")
    log.debug("not this")
    logging.getLogger("somebody.else").error("noise")
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith(" INFO opened [bold]camera")
    logs.hush()
    log.warning("and now nothing")
    assert capfd.readouterr().err == ""


def test_verbose_tells_which_config_file_is_read_and_the_next_call_is_quiet(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "my.toml").write_text("faces = 2\n", "utf-8")
    done = run(capfd, "config", "show", "--config", "my.toml", "-v")
    assert [line.split(" ", 1)[1] for line in done.said] == ["INFO config file my.toml"]
    assert run(capfd, "config", "show", "--config", "my.toml").err == ""
    assert run(capfd, "-v", "config", "show", "--config", "my.toml").err != ""


def test_the_file_gets_all_that_is_ours(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "minji"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    with logs.logged("kiosk", tmp_path / "new" / "logs") as path:
        log.info("saved %s 설정", home / "a.png")
        # Not by the logger: half a character in what pytest captures cannot be sent to xdist.
        (handler,) = logs.OURS.handlers
        handler.handle(logging.makeLogRecord({"msg": "half a letter: \ud800", "levelname": "INFO"}))
        log.debug("not this")
        logging.getLogger("somebody.else").error("noise")
        try:
            raise ValueError("a fault")
        except ValueError:
            log.exception("healed")
    log.info("after it")
    text = path.read_text("utf-8")
    assert path == tmp_path / "new" / "logs" / "kiosk.log"
    assert str(Path("~") / "a.png") + " 설정" in text
    assert "half a letter: \\ud800" in text
    assert "minji" not in text
    assert "ValueError: a fault" in text
    assert "noise" not in text and "not this" not in text and "after it" not in text
    assert capfd.readouterr().err == ""


def test_files_are_five_of_one_megabyte(tmp_path: Path) -> None:
    with logs.logged("kiosk", tmp_path):
        for number in range(6500):
            log.info("%06d %s", number, "x" * 980)
    assert names(tmp_path) == ["kiosk.log", *(f"kiosk.log.{number}" for number in range(1, 5))]
    assert all(900_000 < path.stat().st_size <= 1_000_000 for path in tmp_path.glob("kiosk.log.*"))
    assert " 006499 " in (tmp_path / "kiosk.log").read_text("utf-8")


def test_a_log_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(SinkError, match=r"kiosk\.log cannot be written"),
        logs.logged("kiosk", tmp_path / "file"),
    ):
        pass


def test_a_disk_that_is_full_later_stops_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with logs.logged("kiosk", tmp_path) as path:
        log.info("before")
        with monkeypatch.context() as full:

            def no_room(*_: object) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            full.setattr(logging.handlers.RotatingFileHandler, "flush", no_room)
            log.info("lost, or not")
        log.info("behind it")
    assert "behind it" in path.read_text("utf-8")
    assert capfd.readouterr().err == ""


def test_logs_lie_where_the_system_keeps_them() -> None:
    assert logs.log_folder().parts.count("avatar-cam") == 1
