"""What is written, in which order, and how it is taken up again."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avatar_cam.errors import SinkError, SourceError, UsageError
from tests.training.made_data import png, write_ferplus
from tests.training.prepare.made import SETTINGS, Here, here, written
from training.datasets.ferplus import FerPlus
from training.prepare import plan as plans
from training.prepare.command import prepare
from training.prepare.plan import Chunk
from training.prepare.settings import Settings
from training.prepare.work import work
from training.samples import load

COUNT = 30


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "CHUNK", 2)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Faces of noise, of which one is broken."""
    torn = png(5)[:300]
    return write_ferplus(tmp_path / "data", COUNT, picture=lambda i: torn if i == 5 else png(i))


SOME = replace(SETTINGS, shards=3)


def run(data: Path, out: Path, settings: Settings = SOME, start: Any = here, **options: Any) -> Any:
    return prepare(FerPlus.at(data), data, out, settings, start, **options)


class Stopped(Exception):
    """Somebody pulled the plug."""


def stopping_after(chunks: int, backwards: bool = False) -> Any:
    """Workers that work on so many chunks, and tell which."""

    class Few(Here):
        def map(self, job: bytes, todo: Iterable[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
            todo = list(todo)[::-1] if backwards else list(todo)
            for number, chunk in enumerate(todo):
                if number == chunks:
                    raise Stopped
                worked_on.append((chunk.shard, chunk.number))
                yield chunk, work(job, chunk.examples)

    worked_on: list[tuple[int, int]] = []

    @contextmanager
    def start() -> Iterator[Few]:
        yield Few()

    start.worked_on = worked_on  # type: ignore[attr-defined]
    return start


def test_the_output_is_what_the_manifest_says(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = run(data, out)
    assert json.loads((out / "manifest.json").read_text("utf-8")) == json.loads(json.dumps(manifest))
    assert sorted(path.name for path in out.iterdir()) == ["left_out.jsonl", "manifest.json", "shards"]
    assert manifest["faces"] == COUNT - 1
    assert manifest["left_out"] == {"broken or cut off": 1}
    assert {name: counts["faces"] for name, counts in manifest["splits"].items()} == {
        "train": 10,
        "valid": 10,
        "test": 9,
    }
    assert manifest["splits"]["test"]["persons"] == 9
    labels = manifest["splits"]["train"]["labels"]["ferplus"]
    assert sum(labels.values()) == 10
    assert labels["neutral"] == sum(i % 8 == 0 for i in range(0, COUNT, 3))
    left_out = [json.loads(line) for line in (out / "left_out.jsonl").read_text("utf-8").splitlines()]
    assert left_out == [{"key": "fer0000005.png", "reason": "broken or cut off"}]
    for shard in manifest["shards"]:
        content = (out / shard["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == shard["sha256"]
        assert len(content) == shard["bytes"]
    assert sum(shard["faces"] for shard in manifest["shards"]) == COUNT - 1
    assert len(load(out)) == COUNT - 1
    assert str(tmp_path) not in (out / "manifest.json").read_text("utf-8")


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_stopped_goes_on_and_ends_the_same(data: Path, tmp_path: Path, backwards: bool) -> None:
    run(data, tmp_path / "whole")
    done: list[tuple[int, int]] = []
    for after in (3, 0, 7):
        start = stopping_after(after, backwards)
        with pytest.raises(Stopped):
            run(data, tmp_path / "out", start=start)
        done += start.worked_on
    with pytest.raises(SourceError, match="unfinished"):
        load(tmp_path / "out")
    last = stopping_after(10**6, backwards)
    run(data, tmp_path / "out", start=last)
    done += last.worked_on
    assert len(done) == len(set(done)), "a chunk was worked on twice"
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def test_half_written_and_damaged_files_are_made_anew(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "whole")
    out = tmp_path / "out"
    with pytest.raises(Stopped):
        run(data, out, start=stopping_after(2))
    parts = sorted((out / "unfinished").glob("*-*.zip"))
    assert parts
    parts[0].write_bytes(parts[0].read_bytes()[:100])
    for folder in (out, out / "shards", out / "unfinished"):
        (folder / ".avatar-cam-0123456789ab.zip").write_bytes(b"half")
    run(data, out)
    assert written(out) == written(tmp_path / "whole")


def test_a_finished_one_is_left_alone(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "out")
    before = written(tmp_path / "out")
    assert run(data, tmp_path / "out", start=stopping_after(0)) is None
    assert written(tmp_path / "out") == before


CHANGES = [
    ({"size": 64}, "size 48, not 64"),
    ({"quality": 40}, "quality lossless, not 40"),
    ({"seed": 3, "shards": None}, "seed 0, not 3 and shards 3, not None"),
    ({"reading": (("kind", "aihub"),)}, "reading kind=ferplus, not kind=aihub"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
@pytest.mark.parametrize("finished", [False, True])
def test_other_settings_are_refused(
    data: Path, tmp_path: Path, change: dict[str, Any], message: str, finished: bool
) -> None:
    out = tmp_path / "out"
    with pytest.raises(Stopped):
        run(data, out, start=stopping_after(4))
    if finished:
        run(data, out)
    before = written(out)
    with pytest.raises(UsageError, match=message):
        run(data, out, replace(SOME, **change))
    assert written(out) == before
    other = replace(SOME, **{name: value for name, value in change.items() if name != "reading"})
    run(data, out, other, restart=True)
    run(data, tmp_path / "fresh", other)
    assert written(out) == written(tmp_path / "fresh")


def test_other_data_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(data, tmp_path / "out", start=stopping_after(4))
    votes = data / "fer2013new.csv"
    votes.write_text(votes.read_text("utf-8").replace(",10,0", ",6,4", 1), "utf-8")
    with pytest.raises(UsageError, match="other data: 30 pictures then, 30 now"):
        run(data, tmp_path / "out")


def test_pictures_that_changed_in_size_are_noticed(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(data, tmp_path / "out", start=stopping_after(4))
    write_ferplus(data, COUNT)
    with pytest.raises(UsageError, match="other data"):
        run(data, tmp_path / "out")


def test_only_one_may_work_on_it(data: Path, tmp_path: Path) -> None:
    @contextmanager
    def meanwhile() -> Iterator[Here]:
        with pytest.raises(UsageError, match="another python -m"):
            run(data, tmp_path / "out")
        yield Here()

    run(data, tmp_path / "out", start=meanwhile)
    run(data, tmp_path / "whole")
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def test_somebodys_folder_is_left_alone(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match=r"holds other things, such as thesis\.txt"):
        run(data, out)
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_shards_of_which_nothing_is_known_are_refused(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(data, out)
    (out / "manifest.json").unlink()
    with pytest.raises(UsageError, match="--restart"):
        run(data, out)
    (out / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(SinkError, match=r"manifest\.json cannot be read"):
        run(data, out)


def test_a_full_disk_is_one_line_and_what_is_done_is_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, free = tmp_path / "out", 4
    sync = os.fsync

    def fill(handle: int) -> None:
        nonlocal free
        free -= 1
        if free < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fill)
        with pytest.raises(SinkError, match="the disk is full") as caught:
            run(data, out)
    assert "\n" not in str(caught.value)
    assert not list(out.rglob(".avatar-cam-*"))
    assert len(list((out / "unfinished").glob("*-*.zip"))) == 3
    run(data, out)
    run(data, tmp_path / "whole")
    assert written(out) == written(tmp_path / "whole")


def test_the_order_of_the_data_does_not_matter(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(data, tmp_path / "whole")
    forwards = FerPlus.examples
    monkeypatch.setattr(FerPlus, "examples", lambda self: reversed(list(forwards(self))))
    run(data, tmp_path / "out")
    assert written(tmp_path / "out") == written(tmp_path / "whole")
