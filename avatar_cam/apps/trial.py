"""Clips for measuring, and a trial: how a fresh process starts, and what it takes to go through a clip."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from avatar_cam.apps.build import build_pipeline
from avatar_cam.apps.peak import peak_mb
from avatar_cam.errors import AvatarCamError
from avatar_cam.settings import Settings
from avatar_cam.sources.base import Source
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Frame


@dataclass(frozen=True, slots=True)
class Trial:
    """`start_s` from the start of the process to its first composite, everything loaded on the way.

    `fps` frames a second from then on, decoding included; `peak_mb` the most memory it held.
    """

    start_s: float
    fps: float
    peak_mb: float


def looped(source: Source, count: int) -> Iterator[Frame]:
    """`count` frames of a source that is gone through again and again, with one clock that goes on."""
    index, start, end = 0, 0.0, 0.0
    while True:
        for frame in source:
            if index == count:
                return
            end = start + frame.time
            yield Frame(frame.pixels, index, end)
            index += 1
        start = end + 1 / source.fps


def run_trial(clip: Path, settings: Settings, frames: int) -> Trial:
    """Go through `frames` frames of a clip, as `render` does but without writing, in a process of its own.

    Raises AvatarCamError when that process ends on the way.
    """
    context = multiprocessing.get_context("spawn")
    told, teller = context.Pipe(duplex=False)
    start = perf_counter()
    process = context.Process(target=_go_through, args=(teller, clip, settings, frames), daemon=True)
    process.start()
    teller.close()
    try:
        told.recv()
        start_s = perf_counter() - start
        fps, peak = told.recv()
    except EOFError:
        process.join()
        raise AvatarCamError(
            f"{clip}: a process of its own that went through it ended with status {process.exitcode}; "
            "is there enough memory?"
        ) from None
    finally:
        process.kill()
        process.join()
    return Trial(start_s, fps, peak)


def _go_through(teller: Connection, clip: Path, settings: Settings, frames: int) -> None:
    """What the process does; tells when it has the first composite, and at last its rate and memory."""
    # Whatever there is to complain of was said where the clip was measured.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with VideoFile(clip) as video, build_pipeline(settings)[0] as pipeline:
        composites = pipeline.run(looped(video, frames))
        next(composites)
        teller.send(None)
        start = perf_counter()
        count = sum(1 for _ in composites)
        teller.send((count / (perf_counter() - start), peak_mb()))
