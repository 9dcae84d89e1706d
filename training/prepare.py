"""Makes the training data: every face of FER2013, aligned by FaceMesh, with both its labels.

python -m training.prepare --data FOLDER --out runs/ferplus.npz
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from training import ferplus
from training.align import Aligner
from training.command import fail_in_one_line
from training.samples import Samples

#: Pictures handed to a process at a time.
_CHUNK = 64


def prepare(folder: Path, jobs: int = 2, progress: bool = True) -> Samples:
    """Read and align the data set in `folder`; the result does not depend on `jobs`."""
    entries = ferplus.read_entries(folder)
    raw = np.stack(list(ferplus.read_pictures(folder, entries)))
    steps: Iterable[tuple[NDArray[np.uint8], bool]] = _align_all(raw, jobs)
    results = list(tqdm(steps, "aligning", total=len(raw), unit="face", disable=not progress))
    return Samples(
        aligned=np.stack([crop for crop, _ in results]),
        raw=raw,
        found=np.array([found for _, found in results]),
        votes=np.array([entry.votes for entry in entries], np.uint8),
        fer2013=np.array([entry.fer2013 for entry in entries], np.uint8),
        split=np.array([entry.split for entry in entries], np.uint8),
        names=np.array([entry.name for entry in entries]),
    )


def _align_all(raw: NDArray[np.uint8], jobs: int) -> Iterator[tuple[NDArray[np.uint8], bool]]:
    if jobs == 1:
        yield from map(Aligner().align, raw)
        return
    # Spawned: a forked mediapipe would share its parent's threads.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(_align, raw, chunksize=_CHUNK)


@cache
def _aligner() -> Aligner:
    """The process's own FaceMesh."""
    return Aligner()


def _align(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    return _aligner().align(picture)


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.prepare", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with FER2013's pictures and both tables"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="the .npz to write, or a folder for ferplus.npz"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        parser.error("--jobs must be 1 or more")
    out = options.out if options.out.suffix == ".npz" else options.out / "ferplus.npz"
    samples = prepare(options.data, options.jobs)
    samples.save(out)
    print(f"{out}: {len(samples)} faces, {samples.found.sum()} aligned, the others as they are")


if __name__ == "__main__":
    main()
