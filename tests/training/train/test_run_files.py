"""Files that appear whole, and folders that belong to one process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from avatar_cam.errors import SinkError, UsageError
from training.files import alone, whole


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log.txt"
    with whole(path) as part:
        part.write_text("first")
        assert not path.exists()
    with contextlib.suppress(ZeroDivisionError), whole(path) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "first"
    assert [file.name for file in path.parent.iterdir()] == ["log.txt"]


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    with whole(path) as part:
        left = part
        part.write_text("x")
    left.write_text("a long half of something")
    with whole(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["log.txt"]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for use in (whole(tmp_path / "file" / "log.txt"), alone(tmp_path / "file")):
        with pytest.raises(SinkError, match="cannot be written"), use:
            pass


def test_a_folder_belongs_to_one_process_until_it_ends(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, training.files as files\n"
        "with files.alone(pathlib.Path(sys.argv[1])):\n"
        "    print('in', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        with pytest.raises(UsageError, match="in use by another process"), alone(tmp_path):
            pass
        other.kill()
    with alone(tmp_path):
        pass
