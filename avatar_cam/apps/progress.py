"""A progress bar around composites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from avatar_cam.console import progress_console
from avatar_cam.types import Composite


def with_progress(composites: Iterable[Composite], total: int | None, name: str) -> Iterator[Composite]:
    """`composites`, counted on standard error with their rate and the time left; `total` is a hint."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=progress_console(),
    ) as progress:
        task = progress.add_task(name, total=total, rate="")
        for composite in composites:
            yield composite
            speed = progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.0f} fps" if speed else "")
        # What has come is all there is, whatever the hint was.
        progress.update(task, total=progress.tasks[0].completed)
