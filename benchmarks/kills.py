"""Whether `training.prepare` ends the same when it is killed at random moments and taken up again.

    python -m benchmarks.kills --data DATA_SET [--kills 10] [-- OPTIONS OF PREPARE]

Prepares the data set once undisturbed, then again, killed (as by kill -9) so many times after random spans of
what the first run took, and compares all files byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def _start(data: Path, out: Path, options: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "training.prepare", "--data", str(data), "--out", str(out), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _finish(process: subprocess.Popen[bytes]) -> None:
    if process.wait() != 0:
        sys.exit("prepare failed")


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.kills",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("options", nargs="*", help="handed on to prepare")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder) / "whole", Path(folder) / "killed"
        begin = time.monotonic()
        _finish(_start(given.data, whole, given.options))
        took = time.monotonic() - begin
        print(f"undisturbed: {took:.0f} s")
        for number in range(given.kills):
            process = _start(given.data, killed, given.options)
            span = chance.uniform(0, 2 * took / given.kills)
            try:
                process.wait(span)
                print(f"kill {number + 1}: it had ended before")
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                done = len(list((killed / "unfinished").glob("[0-9]*")))
                shards = len(list((killed / "shards").glob("*.zip")))
                print(f"kill {number + 1} after {span:.1f} s: {shards} shards, {done} chunks of others done")
        _finish(_start(given.data, killed, given.options))
        same = _digests(whole) == _digests(killed)
        print("the same, byte for byte" if same else "NOT the same")
        sys.exit(not same)


if __name__ == "__main__":
    main()
