"""The stages of a comparison, each in a process of its own, unless its result is there already."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from avatar_cam.errors import AvatarCamError, SourceError, UsageError
from training import runs
from training.budget import Budget, config_for
from training.files import whole
from training.reporting.results import Epoch
from training.samples import source_of

_ROOT = Path(__file__).parents[1]


class StageFailed(AvatarCamError):
    """A command that was started did not end well; it has said why."""


def train(config: Path, budget: Budget, data: Sequence[Path], place: Path) -> Path:
    """Train to the end of the budget, from where it was stopped; returns the run's folder, in `place`.

    Raises UsageError where `place` was begun with another config, budget or data.
    """
    run, plan, source = place / "run", place / "plan.toml", source_of(data)
    if plan.exists():
        count = budget.epochs or _planned(plan)
        if plan.read_text("utf-8") != _plan(config, budget, count, source):
            raise UsageError(f"{place} was begun with another config, budget or data: choose another --out")
    else:
        count = budget.epochs or _epochs_within(budget, config, data, place)
        with whole(plan) as part:
            part.write_text(_plan(config, budget, count, source), "utf-8")
    _finish(run, plan, data)
    if runs.read(run).data != tuple(path.resolve() for path in data):
        raise UsageError(f"{run} learnt from other data: choose another --out")
    return run


def export(
    trained: Sequence[Path], data: Sequence[Path], scheme: str, kind: str, name: str, out: Path
) -> None:
    """Make the .tflite of one head of these runs, unless `out` holds that of these very weights and data."""
    weights = ",".join(map(_digest, trained))
    wanted = json.dumps({"weights": weights, "kind": kind, "name": name, "data": source_of(data)})
    made_of = out / "made_of.json"
    if made_of.exists() and made_of.read_text("utf-8") == wanted:
        return
    made_of.unlink(missing_ok=True)
    _start(
        "export", *trained, "--data", *data, "--head", scheme, "--kind", kind, "--name", name, "--out", out
    )
    with whole(made_of) as part:
        part.write_text(wanted, "utf-8")


def _digest(run: Path) -> str:
    try:
        return hashlib.sha256((run / "model.npz").read_bytes()).hexdigest()
    except OSError as error:
        raise SourceError(f"{run / 'model.npz'} cannot be read: {error.strerror}") from None


def epochs(run: Path) -> list[Epoch]:
    """What the run's log says; none where there is no log yet."""
    log = run / "log.jsonl"
    if not log.exists():
        return []
    try:
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        return [Epoch(dict(line["valid"]), float(line["seconds"])) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{log} cannot be read: {error!r}") from None


def _plan(config: Path, budget: Budget, count: int, source: str) -> str:
    return f"# {budget.says()} on {source}\n{config_for(config, budget, count)}"


def _planned(plan: Path) -> int:
    return int(tomllib.loads(plan.read_text("utf-8"))["epochs"])


def _epochs_within(budget: Budget, config: Path, data: Sequence[Path], place: Path) -> int:
    """As many epochs as the budget's minutes allow, by the time that one takes, which is tried."""
    plan, trial = place / "trial.toml", place / "trial"
    with whole(plan) as part:
        part.write_text(config_for(config, budget, 1), "utf-8")
    _finish(trial, plan, data)
    minutes = budget.minutes or 0
    return max(1, int(60 * minutes / epochs(trial)[0].seconds))


def _finish(run: Path, plan: Path, data: Sequence[Path]) -> None:
    """Train to the plan's last epoch."""
    if not (run / "checkpoint.npz").exists():
        sources = [option for path in data for option in ("--data", path)]
        _start("train", *sources, "--out", run, "--config", plan)
    elif len(epochs(run)) < _planned(plan):
        _start("train", "--out", run, "--resume")


def _start(module: str, *arguments: object) -> None:
    """`python -m training.MODULE`, and wait for it."""
    command = [sys.executable, "-m", f"training.{module}", *map(str, arguments)]
    print(f"training.{module} {' '.join(command[3:])}", flush=True)
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, check=False)
    if done.returncode:
        raise StageFailed(f"training.{module} ended with status {done.returncode}; call again to go on")
