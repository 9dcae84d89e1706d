"""How long `avatar-cam run --camera demo` takes from its start to the first composite, and its memory.

    python -m benchmarks.start [--runs N] [--seconds S] [-- OPTION…]

Each run is a fresh process that shows its window for some seconds (Xvfb will do). OPTIONs go to `run`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from statistics import median

from avatar_cam import cli
from avatar_cam.controls import Wish

#: Runs in the child: what it is given are the time when it was started, the seconds to run, and the options.
_CHILD = "import sys; from benchmarks.start import child; child(*sys.argv[1:])"


def child(started: str, seconds: str, *options: str) -> None:
    """One run, which prints [seconds to the first composite, peak MB]."""
    from avatar_cam.apps import run
    from avatar_cam.apps.peak import peak_mb
    from avatar_cam.sinks.view import View
    from avatar_cam.sinks.window import Window
    from avatar_cam.types import Pixels

    class Watched(Window):
        first: float | None = None

        def show(self, pixels: Pixels | None, view: View) -> None:
            super().show(pixels, view)
            if self.first is None and view.composite is not None and view.composite.placements:
                self.first = time.time()

        def actions(self) -> list[Wish]:
            done = self.first is not None and time.time() - self.first > float(seconds)
            return [*super().actions(), *(["quit"] if done else [])]  # type: ignore[list-item]

        def close(self) -> None:
            super().close()
            if self.first is not None:
                print(json.dumps([self.first - float(started), peak_mb()]), flush=True)

    run.Window = Watched  # type: ignore[attr-defined]
    sys.exit(cli.execute(["run", *options]))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("options", nargs="*", default=["--camera", "demo"])
    arguments = parser.parse_args()
    runs = []
    for number in range(arguments.runs):
        command = [sys.executable, "-c", _CHILD, repr(time.time()), str(arguments.seconds)]
        done = subprocess.run([*command, *arguments.options], check=True, stdout=subprocess.PIPE, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
        first, peak = runs[-1]
        print(f"run {number}: first composite after {first:.2f} s, peak {peak:.0f} MB", flush=True)
    start, peak = (median(values) for values in zip(*runs, strict=True))
    print(f"median: {start:.2f} s, {peak:.0f} MB")


if __name__ == "__main__":
    main()
