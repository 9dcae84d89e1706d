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


def test_blocks_of_two_threads_overlap(capfd: pytest.CaptureFixture[str]) -> None:
    """Silence ends with the last of them, and none waits for the other: that could be for ever."""
    left = threading.Event()

    def other() -> None:
        with quiet():
            inside.set()
            assert left.wait(10)
            os.write(2, b"still inside ")

    inside = threading.Event()
    thread = threading.Thread(target=other)
    with quiet():
        thread.start()
        assert inside.wait(10), "it did not wait"
    left.set()
    thread.join()
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_where_standard_error_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with quiet():
        pass
