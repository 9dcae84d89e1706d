"""How far it is, how fast, and how long it will take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress import TimeRemainingColumn as Remaining
from rich.text import Text

Item = TypeVar("Item")

#: The rate is of the last so many seconds: long enough for chunks that come in bursts.
_PERIOD = 120.0


class _Rate(ProgressColumn):
    """Pictures a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


class Count:
    """What `counting` gives: tells the bar that pictures are done."""

    def __init__(self, progress: Progress, task: object) -> None:
        self._progress = progress
        self._task = task

    def add(self, pictures: int) -> None:
        """So many more are done."""
        self._progress.update(self._task, advance=pictures)  # type: ignore[arg-type]


@contextmanager
def counting(total: int, done: int) -> Iterator[Count]:
    """A bar on standard error for `total` pictures, of which `done` were there before."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        Remaining(compact=True),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=_PERIOD) as progress:
        yield Count(progress, progress.add_task("preparing", total=total, completed=done))


def listed(items: Iterable[Item]) -> Iterator[Item]:
    """The items, counted on standard error while they come: that of a large data set takes minutes."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("listing pictures", total=None)
        for count, item in enumerate(items):
            if count % 1000 == 0:
                progress.update(task, completed=count)
            yield item
