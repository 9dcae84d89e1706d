"""The output folder: finished chunks on their way to shards, and the manifest that ends the work.

While it is not finished there is a folder `unfinished` in it:

    begun.json          with which settings, and on which data
    lock                held by the process that works on it; the system frees it, however that process ends
    00003-00017.zip     a finished chunk, in the format of a shard

Every file is written under a name of its own and then renamed, so whatever has its name is whole, and
nothing else needs to be remembered: what is there is done. Only one process writes, the others send it their
results, so none that outlives it can do harm.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.files import explaining, replacing
from training.locking import lock
from training.prepare.manifest import make_manifest
from training.prepare.plan import Chunk, Plan
from training.prepare.settings import Settings
from training.shards import LEFT_OUT, MANIFEST, SHARDS, is_whole, joined, packed, read_shard

UNFINISHED, _BEGUN, _LOCK = "unfinished", "begun.json", "lock"


class Store:
    """The output of one plan. Made by `opened`."""

    def __init__(self, folder: Path, plan: Plan, settings: Settings) -> None:
        self._folder = folder
        self._plan = plan
        self._settings = settings
        self._unfinished = folder / UNFINISHED
        #: Numbers of the chunks that are done, of each shard that is not.
        self._done: dict[int, set[int]] = {}
        self._shards: set[int] = set()

    def take_up(self) -> None:
        """See what is done already, and clear away what a killed process left half written."""
        with explaining(self._folder):
            (self._folder / SHARDS).mkdir(exist_ok=True)
            for folder in (self._folder, self._unfinished, self._folder / SHARDS):
                for path in folder.glob(".avatar-cam-*"):
                    path.unlink()
            self._shards = {
                shard for shard in range(len(self._plan.shards)) if self._shard_path(shard).exists()
            }
            for path in self._unfinished.glob("*-*.zip"):
                shard, number = map(int, path.stem.split("-"))
                # Whole after a kill, but not always after a power failure.
                if shard in self._shards or not is_whole(path):
                    path.unlink()
                else:
                    self._done.setdefault(shard, set()).add(number)

    def is_done(self, chunk: Chunk) -> bool:
        """Whether the chunk's result is kept."""
        return chunk.shard in self._shards or chunk.number in self._done.get(chunk.shard, ())

    def keep(self, chunk: Chunk, part: bytes) -> None:
        """Write the chunk's result, and the shard when this was its last."""
        _write(self._part_path(chunk), part)
        self._done.setdefault(chunk.shard, set()).add(chunk.number)
        self._finish_shard(chunk.shard)

    def finish(self) -> dict[str, Any]:
        """Write what remains, at last the manifest, which is given back."""
        for shard in sorted(self._done):
            self._finish_shard(shard)
        manifest, left_out = make_manifest(self._folder, self._plan, self._settings)
        _write(self._folder / LEFT_OUT, left_out)
        _write(self._folder / MANIFEST, _json(manifest))
        with explaining(self._unfinished):
            shutil.rmtree(self._unfinished)
        return manifest

    def _finish_shard(self, shard: int) -> None:
        chunks = list(self._plan.chunks_of(shard))
        if len(self._done[shard]) < len(chunks):
            return
        paths = [self._part_path(chunk) for chunk in chunks]
        _write(self._shard_path(shard), packed(joined([read_shard(path) for path in paths])))
        self._shards.add(shard)
        del self._done[shard]
        with explaining(self._unfinished):
            for path in paths:
                path.unlink()

    def _part_path(self, chunk: Chunk) -> Path:
        return self._unfinished / f"{chunk.shard:05}-{chunk.number:05}.zip"

    def _shard_path(self, shard: int) -> Path:
        return self._folder / SHARDS / f"{shard:05}.zip"


@contextmanager
def opened(folder: Path, plan: Plan, settings: Settings, restart: bool) -> Iterator[Store | None]:
    """The output in `folder`, begun or gone on with, held against other processes; None if it is finished.

    Raises UsageError where it was begun with other settings or data, or is no output of this, and SinkError
    where it cannot be written.
    """
    with explaining(folder):
        folder.mkdir(parents=True, exist_ok=True)
    _refuse_strangers(folder)
    if not restart and _is_same(folder / MANIFEST, plan, settings, folder):
        # Killed between its last two steps, perhaps.
        shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
        yield None
        return
    with explaining(folder):
        (folder / UNFINISHED).mkdir(exist_ok=True)
    path = folder / UNFINISHED / _LOCK
    with lock(path, path, f"another python -m training.prepare is at work in {folder}"):
        if restart:
            _clear(folder)
        begun = folder / UNFINISHED / _BEGUN
        if not _is_same(begun, plan, settings, folder):
            if any((folder / SHARDS).glob("*.zip")):
                raise UsageError(
                    f"{folder} holds shards, but nothing says of what: use --restart to begin anew"
                )
            _write(
                begun, _json({"settings": settings.as_json(), "data": plan.as_json(), "files": plan.files})
            )
        store = Store(folder, plan, settings)
        store.take_up()
        yield store


def _refuse_strangers(folder: Path) -> None:
    """A folder with other things in it is somebody's: nothing is written among them."""
    with explaining(folder):
        strange = {path.name for path in folder.iterdir()} - {MANIFEST, LEFT_OUT, SHARDS, UNFINISHED}
    if any(not name.startswith(".avatar-cam-") for name in strange):
        raise UsageError(
            f"{folder} holds other things, such as {min(strange)}: choose a new folder for --out"
        )


def _is_same(path: Path, plan: Plan, settings: Settings, folder: Path) -> bool:
    """Whether `path` is there and of the same settings and data. Raises UsageError where it is of others."""
    known = _known(path)
    if known is None:
        return False
    settings.refuse_others(known["settings"], folder)
    before, now = known["data"], plan.as_json()
    # The manifest, which knows of no files, is the same for all copies of the data.
    if before != now or known.get("files", plan.files) != plan.files:
        raise UsageError(
            f"{folder} was begun with other data: {before['pictures']:,} pictures then, {now['pictures']:,} "
            "now, or other labels, names or sizes of files. Use another --out, or --restart to begin anew"
        )
    return True


def _clear(folder: Path) -> None:
    with explaining(folder):
        # The manifest first: without it the rest is of no use to anybody.
        for name in (MANIFEST, LEFT_OUT):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / SHARDS, ignore_errors=True)
        for path in (folder / UNFINISHED).iterdir():
            if path.name != _LOCK:
                path.unlink()


def _known(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        content["settings"], content["data"]["pictures"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SinkError(f"{path} cannot be read ({error}): use --restart to begin anew") from None
    return content


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")
