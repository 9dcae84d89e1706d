"""Run the real command line, in this process or in one of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from avatar_cam import cli
from avatar_cam.sources.performer import draw, score
from avatar_cam.types import Pixels
from tests.sources.media import Movie

ERROR = "avatar-cam: error: "
#: What every state of a progress bar has in it.
BAR = re.compile(r" [━╸╺ ]{20,} +\d+/\d+|[━╸╺]{5}")
#: A moment of the score in which the performer smiles at the camera.
SMILING = 2.6


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """The lines on standard error but for progress bars."""
        return [line for line in self.err.splitlines() if line.strip() and not BAR.search(line)]

    @property
    def error(self) -> str:
        """The one clear line of a command that failed; fails when there is anything else."""
        assert len(self.said) == 1, self.err
        assert self.said[0].startswith(ERROR), self.err
        assert "Traceback" not in self.err + self.out
        assert "fault in avatar-cam" not in self.err
        return self.said[0].removeprefix(ERROR)


def run(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> Outcome:
    """In this process, which is quicker."""
    capfd.readouterr()
    status = cli.execute([str(argument) for argument in arguments])
    captured = capfd.readouterr()
    return Outcome(status, captured.out, captured.err)


def command(*arguments: str | Path) -> list[str]:
    """For a process of its own: Python, told to do what the script `avatar-cam` does."""
    return [sys.executable, "-c", "from avatar_cam.cli import main; main()", *map(str, arguments)]


def run_apart(*arguments: str | Path, folder: Path, **environment: str) -> Outcome:
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def pictures(
    count: int, size: tuple[int, int] = (320, 180), start: float = SMILING, fps: float = 25
) -> list[Pixels]:
    """The performer, from `start` of the score on."""
    return [draw(score(start + index / fps), size) for index in range(count)]


def write_clip(
    path: Path, count: int = 12, size: tuple[int, int] = (320, 180), sound: str | None = None
) -> Path:
    """A short video of the performer at 25 frames a second."""
    shown = pictures(count, size)
    return Movie(shown, range(0, 40 * count, 40), sound=sound, sound_seconds=count / 25).write(path)


def names(folder: Path) -> Sequence[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())
