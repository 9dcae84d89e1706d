"""Processes that do the work, by Dask: of this machine, or those of a scheduler that runs already."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import distributed
from distributed.scheduler import KilledWorker

from avatar_cam.errors import AvatarCamError, UsageError
from training.command import answering_ctrl_c, uninterrupted
from training.prepare.plan import Chunk
from training.prepare.work import work

#: Chunks a thread that are handed out at a time: one to work on, and one so that it need not wait.
_AHEAD = 2
#: Other workers may come and go: so many results after which they are counted anew.
_COUNT_EVERY = 100
#: Where more chunks (or pictures of a chunk) end their processes, it is not the pictures: it is the machine,
#: or a library.
_MOST_SUSPECTS = 16
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

        Chunks are taken only as fast as they are done, so there may be any number of them. A picture that
        ends the process which works on it is left out. Raises WorkError, and what `work` does.
        """
        suspects: list[Chunk] = []
        for chunk, part in self._all_at_once(job, chunks):
            if part is not None:
                yield chunk, part
                continue
            suspects.append(chunk)
            if len(suspects) > _MOST_SUSPECTS:
                raise _nothing_survives(chunk)
        # Nothing else is being worked on now that could end a process: whatever does is what is looked at.
        for chunk in suspects:
            yield chunk, self._without_deadly(job, chunk)

    def _all_at_once(self, job: bytes, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, bytes | None]]:
        """As `map`; None where whatever process worked on the chunk died, for its sake or a neighbour's."""
        results = distributed.as_completed()
        waiting: dict[Any, Chunk] = {}
        rest = iter(chunks)
        room, done = self._room(), 0
        while True:
            while len(waiting) < room and (chunk := next(rest, None)) is not None:
                future = self._submitted(job, chunk.examples)
                waiting[future.key] = chunk
                results.add(future)
            if not waiting:
                return
            future = next(results)
            chunk = waiting.pop(future.key)
            yield chunk, _result(future)
            done += 1
            if done % _COUNT_EVERY == 0:
                room = self._room()

    def _without_deadly(self, job: bytes, chunk: Chunk) -> bytes:
        """The chunk's part, after its pictures were tried one by one."""
        deadly: set[str] = set()
        for example in chunk.examples:
            if _result(self._submitted(job, [example])) is None:
                deadly.add(example.key)
                if len(deadly) > _MOST_SUSPECTS:
                    raise _nothing_survives(chunk)
        part = _result(self._submitted(job, chunk.examples, frozenset(deadly)))
        if part is None:
            raise _nothing_survives(chunk)
        return part

    def _submitted(self, *arguments: Any) -> Any:
        """The future of `work` with these arguments."""
        # A future that is left half made complains at its end.
        with uninterrupted():
            return self._client.submit(work, *arguments, pure=False)

    def _room(self) -> int:
        """How many chunks may be handed out."""
        threads: dict[str, int] = self._client.nthreads()
        return max(sum(threads.values()), 1) * _AHEAD


@contextmanager
def local_workers(jobs: int) -> Iterator[Workers]:
    """`jobs` processes of this machine, with one thread each."""
    # Processes that are started here do not get Ctrl-C, which goes to the whole group: we end them.
    # On Windows they would not inherit this.
    with nullcontext() if os.name == "nt" else answering_ctrl_c(signal.SIG_IGN):
        cluster = distributed.LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # without one it takes 8787, and warns where that is taken
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


def _result(future: Any) -> bytes | None:
    """What `work` gave, or None where whatever process ran it died."""
    try:
        result: bytes = future.result()
    except KilledWorker:
        return None
    except (ImportError, AttributeError) as error:
        raise WorkError(
            f"a worker has not this program ({_line(error)}): start it with the same environment, in the "
            "same folder"
        ) from None
    except (distributed.CancelledError, OSError) as error:
        raise WorkError(f"the connection to the workers broke: {_line(error)}") from None
    return result


def _nothing_survives(chunk: Chunk) -> WorkError:
    first, last = chunk.examples[0].key, chunk.examples[-1].key
    return WorkError(
        "process after process died, the last one of those that worked on the pictures from "
        f"{first} to {last}: the machine is out of memory, or a library does not run on it"
    )


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
