"""Names for what is kept, and snapshots."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest

from avatar_cam.errors import SinkError
from avatar_cam.sinks import keepsakes
from avatar_cam.sinks.keepsakes import Snapshots, new_file
from avatar_cam.types import Composite, Frame
from tests.sources.media import quarters

NOW = datetime(2026, 11, 21, 14, 3, 5)  # what the user's clock shows


def composite() -> Composite:
    return Composite(Frame(quarters(), 0, 0.0), (), {}, {}, ())


def saved(snapshots: Snapshots) -> list[Path]:
    """All that `poll` tells once everything is saved."""
    snapshots.close()
    told = []
    while (next_one := snapshots.poll()) is not None:
        assert isinstance(next_one[1], Path)
        told.append(next_one[1])
    return told


def test_a_name_tells_when(tmp_path: Path) -> None:
    path = new_file(tmp_path / "Videos" / "avatar-cam", ".mp4", NOW)
    assert path.name == "avatar-cam 2026-11-21 14.03.05.mp4"
    assert path.read_bytes() == b""


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    names = [new_file(tmp_path, ".png", NOW).name for _ in range(3)]
    stem = "avatar-cam 2026-11-21 14.03.05"
    assert names == [f"{stem}.png", f"{stem}-2.png", f"{stem}-3.png"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SinkError, match=r"file.* cannot be written: .* is not a folder"):
        new_file(tmp_path / "file" / "avatar-cam", ".mp4", NOW)


def test_a_snapshot_is_the_picture(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    assert snapshots.poll() is None
    snapshots.take(quarters(), NOW)
    (path,) = saved(snapshots)
    assert path.name == "avatar-cam 2026-11-21 14.03.05.png"
    assert list(tmp_path.iterdir()) == [path]
    pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(pixels, quarters())


def test_each_is_told_once_and_in_order(tmp_path: Path) -> None:
    with Snapshots(tmp_path) as snapshots:
        tickets = [snapshots.take(quarters(), NOW) for _ in range(3)]
    assert len(set(tickets)) == 3
    assert [path.stem[-2:] for path in saved(snapshots)] == ["05", "-2", "-3"]


def test_the_loop_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, write = Event(), keepsakes.write_photo

    def slowly(*arguments: object) -> None:
        assert go_on.wait(10)
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(keepsakes, "write_photo", slowly)
    snapshots = Snapshots(tmp_path)
    snapshots.take(quarters(), NOW)
    assert snapshots.poll() is None
    go_on.set()
    assert len(saved(snapshots)) == 1


def test_a_snapshot_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise SinkError("the disk is full")

    monkeypatch.setattr(keepsakes, "write_photo", full)
    snapshots = Snapshots(tmp_path)
    ticket = snapshots.take(quarters(), NOW)
    snapshots.close()
    told = snapshots.poll()
    assert told is not None
    assert (told[0], str(told[1])) == (ticket, "the disk is full")
    assert snapshots.poll() is None
    assert list(tmp_path.iterdir()) == []
