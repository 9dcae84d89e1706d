"""Ctrl-C waits until what must be whole is done."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from training.command import uninterrupted


def test_it_comes_when_what_must_be_whole_is_done() -> None:
    before, done = signal.getsignal(signal.SIGINT), []

    def interrupted() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("and yet it went on")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done
    assert signal.getsignal(signal.SIGINT) is before


def test_a_fault_meanwhile_is_not_swallowed() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), uninterrupted():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_gets_no_signals_anyway() -> None:
    done: list[str] = []

    def work() -> None:
        with uninterrupted():
            done.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["done"]
