"""Faces of which one ends whatever process reads it, as a library that crashes does."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dask

from tests.training.prepare.made import SETTINGS
from training.datasets.base import Example, Framing, LeftOut
from training.datasets.ferplus import FerPlus
from training.labels import Scheme
from training.prepare.command import prepare
from training.prepare.workers import local_workers

_KEY = "fer0000040.png"


@dataclass(frozen=True, slots=True)
class Deadly:
    """A FER+ whose picture `_KEY` is deadly."""

    data: FerPlus

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        return self.data.schemes

    @property
    def framing(self) -> Framing:
        return self.data.framing

    def examples(self) -> Iterator[Example | LeftOut]:
        return self.data.examples()

    def read(self, example: Example) -> bytes:
        if example.key == _KEY:
            os._exit(1)
        return self.data.read(example)


def main(path: Path, out: Path) -> None:
    """Prepare it in two processes, and print what came of it."""
    # Each death costs seconds, and Dask's own patience is four of them.
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        manifest = prepare(Deadly(FerPlus.at(path)), path, out, SETTINGS, lambda: local_workers(2))
    assert manifest is not None
    print(json.dumps({name: manifest[name] for name in ("faces", "left_out")}))


if __name__ == "__main__":
    # Under its importable name, which the workers know it by.
    from tests.training.prepare import deadly

    deadly.main(Path(sys.argv[1]), Path(sys.argv[2]))
