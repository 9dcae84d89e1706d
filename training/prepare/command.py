"""The command: the order of the steps, and what is said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from avatar_cam.errors import SourceError, UsageError
from training.command import fail_in_one_line
from training.datasets.base import DataSet
from training.prepare.options import make_parser, open_data, settings_of
from training.prepare.plan import make_plan
from training.prepare.progress import counting, listed
from training.prepare.settings import Settings
from training.prepare.store import opened
from training.prepare.work import Job
from training.shards import LEFT_OUT

if TYPE_CHECKING:
    from training.prepare.workers import Workers

Start: TypeAlias = "Callable[[], AbstractContextManager[Workers]]"


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    """`python -m training.prepare`."""
    options = make_parser().parse_args(arguments)
    _refuse_inside(options.out, options.data)
    data, reading = open_data(options)
    settings = settings_of(options, data.framing, reading)

    def start() -> AbstractContextManager[Workers]:
        # Dask takes seconds to load, and a mistake in the options is to be said at once.
        from training.prepare.workers import local_workers, workers_at

        return workers_at(options.scheduler) if options.scheduler else local_workers(options.jobs)

    try:
        manifest = prepare(data, options.data, options.out, settings, start, options.restart)
    except KeyboardInterrupt:
        print("stopped: the same command goes on from here", file=sys.stderr)
        raise
    print(f"{options.out} was finished before" if manifest is None else _summary(options.out, manifest))


def prepare(
    data: DataSet, path: Path, out: Path, settings: Settings, start: Start, restart: bool = False
) -> dict[str, Any] | None:
    """Prepare `data`, which lies at `path`, into `out`: the manifest, or None where all was done before."""
    plan = make_plan(data, path, settings, listed(data.examples()))
    with opened(out, plan, settings, restart) as store:
        if store is None:
            return None
        rest = [chunk for chunk in plan.chunks() if not store.is_done(chunk)]
        left = sum(len(chunk.examples) for chunk in rest)
        if rest:
            with start() as workers, counting(plan.examples, plan.examples - left) as count:
                for chunk, part in workers.map(Job(data, settings).as_bytes(), rest):
                    store.keep(chunk, part)
                    count.add(len(chunk.examples))
        return store.finish()


def _refuse_inside(out: Path, data: Path) -> None:
    """What is written into a data set would be read as a part of it the next time."""
    if not data.exists():
        raise SourceError(f"{data} does not exist")
    if data.is_dir() and Path(os.path.realpath(out)).is_relative_to(os.path.realpath(data)):
        raise UsageError(f"--out {out} lies in the data set {data}: choose a folder elsewhere")


def _summary(out: Path, manifest: dict[str, Any]) -> str:
    splits = ", ".join(f"{counts['faces']:,} {split}" for split, counts in manifest["splits"].items())
    lines = [f"{out}: {manifest['faces']:,} faces ({splits}), {manifest['found']:,} found by the detector"]
    if manifest["left_out"]:
        lines.append(f"left out, see {out / LEFT_OUT}:")
        by_number = sorted(manifest["left_out"].items(), key=lambda item: -item[1])
        lines += [f"{number:>9,}  {reason}" for reason, number in by_number]
    return "\n".join(lines)
