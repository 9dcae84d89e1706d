"""Pictures of visitors: what is said and offered is of the one that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import cv2
import numpy as np
import pytest

from avatar_cam.errors import SinkError
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.photos import Photos
from avatar_cam.kiosk.sharing import PhotoServer
from avatar_cam.sinks import keepsakes
from avatar_cam.sinks.keepsakes import Snapshots
from avatar_cam.types import Pixels
from tests.waiting import PATIENCE, eventually

NOW = datetime(2026, 11, 21, 14, 3, 5)


def grey(level: int) -> Pixels:
    return np.full((90, 160, 3), level, np.uint8)


class SlowDisk:
    """Saves each picture when it is told to, or fails."""

    def __init__(self) -> None:
        self.go_on = [Event(), Event()]
        self.fails = [False, False]
        self._write, self._count = keepsakes.write_photo, 0

    def __call__(self, path: Path, pixels: Pixels) -> None:
        number, self._count = self._count, self._count + 1
        assert self.go_on[number].wait(PATIENCE)
        if self.fails[number]:
            raise SinkError("the disk is full")
        self._write(path, pixels)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    slow = SlowDisk()
    monkeypatch.setattr(keepsakes, "write_photo", slow)
    return slow


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def photos(tmp_path: Path, faults: Faults) -> Iterator[Photos]:
    server = PhotoServer(0, 60.0, "127.0.0.1")
    with Photos(Snapshots(tmp_path, ".jpg"), server, faults) as made:
        yield made


def files(folder: Path, count: int) -> Callable[[], bool]:
    """Whether so many pictures are whole."""
    # A name is taken by an empty file at first; what is being written has a name that vanishes.
    return lambda: sum(path.stat().st_size > 0 for path in folder.glob("avatar-cam *")) == count


def fetched_level(address: str) -> float:
    with urlopen(address, timeout=PATIENCE) as answer:
        content = np.frombuffer(answer.read(), np.uint8)
    return float(cv2.imdecode(content, cv2.IMREAD_COLOR).mean())


def test_nobody_gets_the_picture_of_who_was_there_before(
    disk: SlowDisk, photos: Photos, tmp_path: Path
) -> None:
    photos.take(grey(50), lambda: NOW)
    photos.forget()
    photos.take(grey(200), lambda: NOW)
    disk.go_on[0].set()
    eventually(files(tmp_path, 1))
    for _ in range(50):
        photos.poll(0.0)
        assert (photos.keeping, photos.address) == ("saving", None)
    disk.go_on[1].set()
    eventually(lambda: (photos.poll(0.0), photos.address is not None)[1])
    assert photos.keeping == "kept"
    assert photos.address is not None
    assert fetched_level(photos.address) == pytest.approx(200, abs=3)


def test_a_picture_that_is_not_shown_any_more_is_not_offered(
    disk: SlowDisk, photos: Photos, tmp_path: Path
) -> None:
    photos.take(grey(50), lambda: NOW)
    photos.forget()
    disk.go_on[0].set()
    eventually(files(tmp_path, 1))
    for _ in range(50):
        photos.poll(0.0)
    assert photos.address is None


def test_an_old_picture_that_is_lost_is_noted_and_no_more(
    disk: SlowDisk, photos: Photos, faults: Faults
) -> None:
    disk.fails[0] = True
    photos.take(grey(50), lambda: NOW)
    photos.take(grey(200), lambda: NOW)
    disk.go_on[0].set()
    eventually(lambda: (photos.poll(0.0), faults.count == 1)[1])
    assert photos.keeping == "saving"
    disk.go_on[1].set()
    eventually(lambda: (photos.poll(0.0), photos.keeping == "kept")[1])
