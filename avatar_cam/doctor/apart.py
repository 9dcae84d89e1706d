"""A function in a process of its own, which may hang or crash: drivers do."""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from time import monotonic
from typing import Any, TypeVar

_T = TypeVar("_T")

#: -P: whatever lies in the current folder is no module.
_COMMAND = (sys.executable, "-P", "-c", "from avatar_cam.doctor.apart import serve; serve()")
#: Seconds that Python takes to start on a usual machine, a slow one even; and how long that is waited for.
_USUAL, _STARTING = 0.25, 10.0
#: Seconds that a killed process may take to go; one that hangs in the kernel goes later.
_DYING = 1.0


class NoAnswer(Exception):
    """The function did not return: `str` says what became of it, and `late` that it took too long."""

    def __init__(self, words: str, *, late: bool = False) -> None:
        super().__init__(words)
        self.late = late


@cache
def slowness() -> float:
    """How many times as long as usual things take here, 1 at least: by how long a process takes to start.

    On an emulated processor, or one that others keep busy, slow is not the same as hanging.
    """
    start = monotonic()
    with suppress(NoAnswer):
        _called(divmod, (7, 2), _STARTING)
    return max(1.0, (monotonic() - start) / _USUAL)


def apart(function: Callable[..., _T], *arguments: object, limit: float) -> _T:
    """What a function of a module returns for `arguments`, all of which can be pickled.

    Raises NoAnswer when it takes longer than `limit` seconds (times `slowness`), its process ends, or it
    raises.
    """
    return _called(function, arguments, limit * slowness())


def _called(function: Callable[..., _T], arguments: tuple[object, ...], limit: float) -> _T:
    process = subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    # Whoever waits here may be a thread that ends with the program.
    atexit.register(process.kill)
    try:
        answer, said = process.communicate(pickle.dumps((function, arguments)), limit)
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"did not answer within {limit:.0f} s", late=True) from None
    finally:
        _end(process)
        atexit.unregister(process.kill)
    try:
        good, result = pickle.loads(answer)
    except (EOFError, pickle.UnpicklingError):
        raise NoAnswer(_how_it_ended(process.returncode, said)) from None
    if not good:
        raise NoAnswer(str(result))
    value: _T = result
    return value


def serve() -> None:
    """What the other process does: one function, whose result goes where standard output went."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever libraries print
    try:
        function, arguments = pickle.load(sys.stdin.buffer)
        result: tuple[bool, Any] = True, function(*arguments)
    except Exception as error:
        result = False, " ".join(f"{type(error).__name__}: {error}".split())
    pickle.dump(result, answer)
    answer.close()
    os._exit(0)  # whatever hangs is not waited for


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_DYING)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _how_it_ended(status: int, said: bytes) -> str:
    lines = said.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    try:
        how = f"crashed ({signal.Signals(-status).name})"
    except ValueError:
        how = f"ended with status {status}"
    return f"{how}: {last}" if last else how
