"""What becomes of a picture that cannot be worked on, and of a data set that cannot be read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.errors import SourceError
from tests.training.made_data import png, write_ferplus
from tests.training.prepare.made import SETTINGS
from training.datasets.base import Example, LeftOut
from training.datasets.ferplus import FerPlus
from training.prepare.cropping import Cropper
from training.prepare.plan import make_plan
from training.prepare.work import DEADLY, Job, Workshop

COUNT = 4
ODD = 1


def workshop(folder: Path, picture: bytes = b"") -> tuple[Workshop, list[Example]]:
    """One for a FER+ of which a picture is `picture`, and its examples by key."""
    path = write_ferplus(
        folder / "ferplus", COUNT, picture=lambda i: picture if picture and i == ODD else png(i)
    )
    data = FerPlus.at(path)
    plan = make_plan(data, path, SETTINGS, data.examples())
    examples = sorted((one for shard in plan.shards for one in shard), key=lambda one: one.key)
    return Workshop(Job(data, SETTINGS)), examples


def zip_of(folder: Path) -> Path:
    return folder / "ferplus" / "ferplus_images.zip"


def keys(examples: list[Example]) -> list[str]:
    return [one.key for one in examples]


def test_a_member_that_is_damaged_is_left_out(tmp_path: Path) -> None:
    here, examples = workshop(tmp_path)
    content = zip_of(tmp_path).read_bytes()
    assert content.count(png(ODD)) == 1
    zip_of(tmp_path).write_bytes(content.replace(png(ODD), png(ODD)[:-20] + b"x" * 20))
    shard = here.work(examples, frozenset())
    assert shard.left_out == [LeftOut(examples[ODD].key, "cannot be read")]
    assert [face.key for face in shard.faces] == [one.key for i, one in enumerate(examples) if i != ODD]


def test_a_web_page_in_a_pictures_place_is_left_out(tmp_path: Path) -> None:
    here, examples = workshop(tmp_path, b"<!DOCTYPE html><html>Log in")
    assert here.work(examples, frozenset()).left_out == [LeftOut(examples[ODD].key, "cannot be read")]


def test_a_picture_that_was_never_fetched_stops_the_work(tmp_path: Path) -> None:
    here, examples = workshop(tmp_path, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(SourceError, match="run git lfs pull"):
        here.work(examples, frozenset())


def test_a_zip_that_vanished_stops_the_work(tmp_path: Path) -> None:
    here, examples = workshop(tmp_path)
    here.work(examples[:1], frozenset())
    zip_of(tmp_path).unlink()
    with pytest.raises(SourceError, match=os.strerror(errno.ENOENT)):
        here.work(examples, frozenset())


def test_a_zip_that_is_cut_off_meanwhile_stops_the_work(tmp_path: Path) -> None:
    here, examples = workshop(tmp_path)
    content = zip_of(tmp_path).read_bytes()
    zip_of(tmp_path).write_bytes(content[: len(content) // 2])
    with pytest.raises(SourceError, match="cut off or damaged"):
        here.work(examples, frozenset())


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE])
def test_a_disk_that_fails_stops_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    here, examples = workshop(tmp_path)

    def fail(*_: object) -> bytes:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("zipfile.ZipExtFile.read", fail)
    with pytest.raises(SourceError, match=os.strerror(code)):
        here.work(examples, frozenset())


@pytest.mark.parametrize("size", [(200_000, 16), (16, 200_000)])
def test_a_strip_is_left_out(tmp_path: Path, size: tuple[int, int]) -> None:
    done, content = cv2.imencode(".png", np.zeros(size, np.uint8))
    assert done
    here, examples = workshop(tmp_path, content.tobytes())
    shard = here.work(examples, frozenset())
    assert shard.left_out == [LeftOut(examples[ODD].key, "more than 8 times as long as wide")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(cv2.error("x"), "OpenCV cannot handle it"), (MemoryError(), "takes too much memory")],
)
def test_a_picture_that_is_too_much_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    here, examples = workshop(tmp_path)
    crop = Cropper.crop
    odd = png(ODD)

    def fail_at_one(self: Cropper, content: bytes, *boxes: object) -> object:
        if content == odd:
            raise error
        return crop(self, content, ())

    monkeypatch.setattr(Cropper, "crop", fail_at_one)
    shard = here.work(examples, frozenset())
    assert shard.left_out == [LeftOut(examples[ODD].key, reason)]
    assert len(shard.faces) == COUNT - 1


def test_what_is_deadly_is_not_looked_at(tmp_path: Path) -> None:
    here, examples = workshop(tmp_path)
    zip_of(tmp_path).unlink()
    shard = here.work(examples, frozenset(keys(examples)))
    assert shard.faces == []
    assert shard.left_out == [LeftOut(key, DEADLY) for key in keys(examples)]
