"""A progress bar around the frames of a source."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from avatar_cam.sources.base import Source
from avatar_cam.types import Frame


def with_progress(source: Source, name: str) -> Iterator[Frame]:
    """The frames of `source`, counted on standard error with their rate and the time left."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:
        task = progress.add_task(name, total=source.frame_count, rate="")
        for frame in source:
            yield frame
            speed = progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.0f} fps" if speed else "")
        # A source's count is a hint: what has come is all there is.
        progress.update(task, total=progress.tasks[0].completed)
