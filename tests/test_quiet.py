"""Silence ends where its block does, whatever else goes on."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from avatar_cam.quiet import quiet


def test_silent_inside_and_nowhere_else(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with quiet(), quiet():
        os.write(2, b"inside ")
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_blocks_of_two_threads_do_not_overlap(capfd: pytest.CaptureFixture[str]) -> None:
    """The one that began later would restore the silence of the other."""
    begun, ended = threading.Event(), threading.Event()

    def other() -> None:
        with quiet():
            begun.set()
            ended.wait(0.3)

    thread = threading.Thread(target=other)
    with quiet():
        thread.start()
        begun.wait(0.2)
    ended.set()
    thread.join()
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_where_standard_error_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with quiet():
        pass
