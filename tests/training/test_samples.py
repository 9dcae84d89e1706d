"""Prepared faces in memory."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.errors import SourceError
from training.samples import Samples, concatenate, detector_of, load, source_of
from training.shards import Face, Shard, packed

CHANCE = np.random.default_rng(0)
PICTURES = CHANCE.integers(0, 256, (4, 48, 48)).astype(np.uint8)


def _png(picture: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


def _write(folder: Path, *shards: list[Face], schemes: tuple[str, ...] = ("ferplus", "fer2013")) -> Path:
    (folder / "shards").mkdir(parents=True)
    entries = []
    for number, faces in enumerate(shards):
        content = packed(Shard(faces, []))
        (folder / "shards" / f"{number:05}.zip").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        entries.append({"file": f"shards/{number:05}.zip", "faces": len(faces), "sha256": digest})
    manifest = {
        "format": 1,
        "settings": {"detector": "box"},
        "faces": sum(map(len, shards)),
        "data": {"schemes": schemes},
        "shards": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


VOTES, LABEL = (0.5, 0.2, 0, 0, 0, 0, 0, 0), (0.0, 0, 0, 1, 0, 0, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    first = Face("c", "p", "test", {"ferplus": VOTES, "fer2013": LABEL}, True, *map(_png, PICTURES[:2]))
    second = Face("a", "q", "train", {"fer2013": LABEL}, False, _png(PICTURES[2]), None)
    third = Face("b", "q", "valid", {}, True, _png(PICTURES[3]), None)
    return _write(tmp_path / "prepared", [first], [second, third])


def test_what_was_prepared_is_loaded_by_key(folder: Path) -> None:
    samples = load(folder)
    assert samples.keys.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(samples.crops, PICTURES[[2, 3, 0]])
    np.testing.assert_array_equal(samples.raw, PICTURES[[2, 3, 1]])  # the crop, where there is none
    assert samples.found.tolist() == [False, True, True]
    assert samples.split.tolist() == [0, 1, 2]
    assert list(samples.labels) == ["ferplus", "fer2013"]
    np.testing.assert_array_equal(samples.labels["ferplus"], np.array([[0] * 8, [0] * 8, VOTES], np.float32))
    np.testing.assert_array_equal(samples.labels["fer2013"], np.array([LABEL, [0] * 7, LABEL], np.float32))


def test_pictures_are_brought_to_the_size_that_is_wanted(folder: Path) -> None:
    small, large = load(folder, 24), load(folder, 96)
    mean = PICTURES[[2, 3, 0]].reshape(3, 24, 2, 24, 2).mean(axis=(2, 4))
    assert np.abs(small.crops - mean).max() <= 0.5
    assert large.raw.shape == (3, 96, 96)
    assert small.size == 24


def test_a_split_holds_its_faces_only(folder: Path) -> None:
    samples = load(folder)
    assert samples.of("test").keys.tolist() == ["c"]
    assert samples.select(np.array([2, 0])).keys.tolist() == ["c", "a"]


def test_of_another_schemes_faces_nothing_is_said(folder: Path, tmp_path: Path) -> None:
    crop = _png(PICTURES[0])
    other = load(
        _write(
            tmp_path / "other",
            [Face("x", "r", "train", {"aihub": [1.0] + [0] * 6}, True, crop, None)],
            schemes=("aihub",),
        )
    )
    both = concatenate([load(folder), other])
    assert both.keys.tolist() == ["a", "b", "c", "x"]
    assert both.labels["aihub"].tolist() == [[0] * 7] * 3 + [[1, 0, 0, 0, 0, 0, 0]]
    assert both.labels["fer2013"][3].tolist() == [0] * 7
    np.testing.assert_array_equal(both.crops[3], PICTURES[0])


def test_other_pictures_are_another_source_and_a_copy_is_the_same(folder: Path, tmp_path: Path) -> None:
    def written(name: str, picture: NDArray[np.uint8]) -> Path:
        return _write(tmp_path / name, [Face("a", "p", "test", {}, True, _png(picture), None)])

    one, copy, other = written("one", PICTURES[0]), written("two", PICTURES[0]), written("three", PICTURES[1])
    assert load(one).source == load(copy).source == source_of([one])
    assert load(one).source != load(other).source
    assert load(one).keys.tolist() == load(other).keys.tolist()
    both = concatenate([load(one), load(other)])
    assert both.source == both.of("test").source == source_of([one, other])
    assert both.source not in (source_of([other, one]), source_of([one]))
    assert detector_of(one) == "box"


def test_without_own_framings_there_is_one_array_of_pictures(folder: Path, tmp_path: Path) -> None:
    faces = [Face(key, "p", "test", {}, True, _png(PICTURES[0]), None) for key in ("a", "b")]
    bare, framed = load(_write(tmp_path / "bare", faces)), load(folder)
    for samples in (bare, bare.of("test"), concatenate([bare]), concatenate([bare, bare])):
        assert samples.raw is samples.crops
    both = concatenate([bare, framed])
    np.testing.assert_array_equal(both.raw, np.concatenate([bare.crops, framed.raw]))
    assert concatenate([framed]) is framed


@pytest.mark.parametrize("own", [True, False])
def test_loading_takes_little_more_memory_than_the_pictures(tmp_path: Path, own: bool) -> None:
    """They once were there three to six times over."""
    crop = _png(np.zeros((48, 48), np.uint8))  # whose file is small
    shards = [
        [
            Face(f"{number:04}-{shard}", "p", "train", {"ferplus": VOTES}, True, crop, crop if own else None)
            for number in range(400)
        ]
        for shard in range(5)
    ]
    folder = _write(tmp_path / "prepared", *shards)
    tracemalloc.start()
    try:
        samples = concatenate([load(folder)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    kept = samples.crops.nbytes * (1 + own)
    assert kept < peak < 1.5 * kept


def test_arrays_that_do_not_fit_are_refused(folder: Path) -> None:
    samples = load(folder)
    parts: dict[str, Any] = {name: getattr(samples, name) for name in Samples.__slots__}
    with pytest.raises(ValueError, match="raw"):
        Samples(**{**parts, "raw": samples.raw[:, :40]})
    with pytest.raises(ValueError, match="ferplus"):
        Samples(**{**parts, "labels": {"ferplus": samples.labels["fer2013"]}})


def _change(folder: Path, **entries: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | entries), "utf-8")


BROKEN: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / "manifest.json").unlink(), "holds no prepared data set"),
    (lambda folder: (folder / "manifest.json").write_text("{"), "manifest.json cannot be read"),
    (lambda folder: (folder / "manifest.json").write_text("[]"), "manifest.json cannot be read"),
    (lambda folder: _change(folder, format=99), "is of format 99"),
    (lambda folder: _change(folder, settings={}), "manifest.json cannot be read"),
    (lambda folder: _change(folder, faces=4), "has 3 faces, its manifest 4"),
    (lambda folder: (folder / "shards" / "00001.zip").unlink(), r"00001\.zip is damaged"),
    (lambda folder: (folder / "shards" / "00001.zip").write_bytes(b"PK torn"), r"00001\.zip is damaged"),
]


@pytest.mark.parametrize(("spoil", "message"), BROKEN, ids=[case[1] for case in BROKEN])
def test_a_broken_one_is_one_clear_line(folder: Path, spoil: Callable[[Path], object], message: str) -> None:
    spoil(folder)
    with pytest.raises(SourceError, match=message) as caught:
        load(folder)
    assert "\n" not in str(caught.value)


def test_a_picture_that_is_none_is_noticed(tmp_path: Path) -> None:
    folder = _write(tmp_path / "prepared", [Face("a", "p", "test", {}, True, b"no picture", None)])
    with pytest.raises(SourceError, match="the picture of a is damaged"):
        load(folder)


def test_no_faces_are_no_fault(tmp_path: Path) -> None:
    samples = load(_write(tmp_path / "prepared"))
    assert len(samples) == 0
    assert samples.labels["ferplus"].shape == (0, 8)
