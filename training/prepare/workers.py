"""Processes that do the work, by Dask: of this machine, or those of a scheduler that runs already."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import distributed
from distributed.scheduler import KilledWorker

from avatar_cam.errors import AvatarCamError, UsageError
from training.datasets.base import Example
from training.prepare.plan import Chunk
from training.prepare.work import work

#: What is called for every chunk, elsewhere: `training.prepare.work.work`.
Work = Callable[[bytes, Sequence[Example]], bytes]

#: Chunks a thread that are handed out at a time: one to work on, and one so that it need not wait.
_AHEAD = 2
#: Other workers may come and go: so many results after which they are counted anew.
_COUNT_EVERY = 100
#: How long to wait for a scheduler, and for its first worker, s.
_PATIENCE = 30


class WorkError(AvatarCamError):
    """Processes could not do the work."""


class Workers:
    """A Dask client's workers."""

    def __init__(self, client: distributed.Client) -> None:
        self._client = client

    def map(self, job: bytes, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
        """Each chunk with what `work` makes of it, as they are done.

        Chunks are taken only as fast as they are done, so there may be any number of them. Raises WorkError.
        """
        results = distributed.as_completed()
        waiting: dict[Any, Chunk] = {}
        rest = iter(chunks)
        room, done = self._room(), 0
        while True:
            while len(waiting) < room and (chunk := next(rest, None)) is not None:
                future = self._client.submit(work, job, chunk.examples, pure=False)
                waiting[future.key] = chunk
                results.add(future)
            if not waiting:
                return
            future = next(results)
            chunk = waiting.pop(future.key)
            yield chunk, _result(future, chunk)
            done += 1
            if done % _COUNT_EVERY == 0:
                room = self._room()

    def _room(self) -> int:
        """How many chunks may be handed out."""
        threads: dict[str, int] = self._client.nthreads()
        return max(sum(threads.values()), 1) * _AHEAD


@contextmanager
def local_workers(jobs: int) -> Iterator[Workers]:
    """`jobs` processes of this machine, with one thread each."""
    with _undisturbed():
        cluster = distributed.LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            memory_limit=0,  # results are small and leave at once: there is nothing to spill
            silence_logs=logging.CRITICAL,
        )
    with cluster, distributed.Client(cluster) as client:
        yield Workers(client)


@contextmanager
def workers_at(address: str) -> Iterator[Workers]:
    """The workers of the scheduler at `address`. Raises UsageError where there are none."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, ValueError, TimeoutError, RuntimeError) as error:
        raise UsageError(f"there is no Dask scheduler at {address}: {_line(error)}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise UsageError(f"the Dask scheduler at {address} has no workers: start some") from None
        yield Workers(client)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started here do not get Ctrl-C, which goes to the whole group: we end them."""
    if threading.current_thread() is not threading.main_thread() or os.name == "nt":
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _result(future: Any, chunk: Chunk) -> bytes:
    try:
        result: bytes = future.result()
    except KilledWorker:
        first, last = chunk.examples[0].key, chunk.examples[-1].key
        raise WorkError(
            f"whatever process worked on the pictures from {first} to {last} died: it ran out of memory, or "
            "one of them crashes a library"
        ) from None
    except (ImportError, AttributeError) as error:
        raise WorkError(
            f"a worker has not this program ({_line(error)}): start it with the same environment, in the "
            "same folder"
        ) from None
    except (distributed.CancelledError, OSError) as error:
        raise WorkError(f"the connection to the workers broke: {_line(error)}") from None
    return result


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
