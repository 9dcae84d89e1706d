"""Trains several models under one budget, and writes what they cost and how well they read.

python -m training.compare --data PREPARED --out runs/compare [--budget FILE.toml] [--final]

For each model of the budget: train, export a .tflite for each head, evaluate on Valid. What is done already
is not done again, so an interrupted comparison goes on where it was. --final reads the test splits too, once
each, when all is chosen. RESULTS.md and its plots are written anew each time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from avatar_cam.errors import UsageError
from avatar_cam.files import explaining
from training import evaluate, runs, stages
from training.budget import Budget, Contender, read_budget
from training.command import fail_in_one_line
from training.datasets.base import Split
from training.files import alone, whole
from training.litert import Reader
from training.outputs import gathered
from training.reporting import results
from training.reporting.report import Report, read_report
from training.reporting.results import Data, Result
from training.samples import Samples, concatenate, detector_of, load, source_of

_HERE = Path(__file__).parent
DEFAULT_BUDGET = _HERE / "compare.toml"
RESULTS = "RESULTS.md"

#: Faces on the sheets of worst losses.
_WORST = 40
#: Of the times: so many readings at a turn, so many turns.
_READINGS, _ROUNDS = 50, 5


@dataclass(slots=True)
class Comparison:
    """`folder` gets a subfolder for each model, with its run, its .tflite files and their reports.

    `source`: of the data when it began, see `training.samples.source_of`.
    """

    budget: Budget
    data: Sequence[Path]
    folder: Path
    final: bool
    source: str = field(init=False)
    _samples: dict[int, Samples] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = source_of(self.data)

    def result(self, contender: Contender) -> Result:
        """All of one model; what of it is not there yet is made first, which takes long."""
        place = self.folder / contender.name
        if contender.config is not None:
            trained = [stages.train(contender.config, self.budget, self.data, place)]
        else:
            trained = list(contender.run)
        self._check(trained)
        kind, reports = self.budget.kind, {}
        for scheme in self.budget.heads:
            made = place / scheme
            stages.export(trained, self.data, scheme, kind, f"{scheme}-{contender.name}", made)
            reports[scheme, "valid"] = self._report(made, "valid")
            if self.final or self._known(made, "test"):
                reports[scheme, "test"] = self._report(made, "test")
        main = next(iter(self.budget.heads))
        reader = Reader(place / main / "emotion.tflite")
        return Result(
            name=contender.name,
            own_budget=contender.config is None,
            parameters=int(reader.card.figures["parameters"]),
            bytes=reader.bytes,
            milliseconds=reports[main, "valid"].one_thread_ms,
            runs=[stages.epochs(run) for run in trained],
            reports=reports,
        )

    def timed(self, made: Sequence[Result]) -> list[Result]:
        """The results with times of this moment, for which the models take turns: they can be compared."""
        main = next(iter(self.budget.heads))
        readers = [Reader(self.folder / one.name / main / "emotion.tflite") for one in made]
        rounds = [[reader.milliseconds(_READINGS) for reader in readers] for _ in range(_ROUNDS)]
        return [
            replace(one, milliseconds=median(times))
            for one, times in zip(made, zip(*rounds, strict=True), strict=True)
        ]

    @property
    def data_name(self) -> str:
        """What the reports call the data."""
        return " and ".join(path.resolve().name for path in self.data)

    def _check(self, trained: Sequence[Path]) -> None:
        run = runs.together(trained)
        missing = [head for head in self.budget.heads if head not in run.heads]
        if missing:
            raise UsageError(f"{run.folder} has no head {missing[0]}, which is compared")

    def _known(self, made: Path, split: Split) -> Report | None:
        """The report that is there, if it is of the .tflite in `made` and of this data."""
        file = made / split / evaluate.REPORT
        if not file.exists():
            return None
        report = read_report(file)
        card = Reader(made / "emotion.tflite").card
        same = (report.sha256, report.data, report.source) == (card.sha256, self.data_name, self.source)
        return report if same else None

    def _report(self, made: Path, split: Split) -> Report:
        report = self._known(made, split)
        if report is None:
            print(f"reading {split} with {made / 'emotion.tflite'}", flush=True)
            reader = Reader(made / "emotion.tflite")
            readings = evaluate.read_faces(reader, self._load(reader.size).of(split))
            report = evaluate.report_of(reader, readings, self.data_name, split)
            evaluate.write(made / split, report, readings, None, _WORST)
        return report

    def _load(self, side: int) -> Samples:
        if side not in self._samples:
            self._samples[side] = concatenate([load(path, side) for path in self.data])
        return self._samples[side]


def write(made: Sequence[Result], comparison: Comparison, folder: Path) -> Path:
    """RESULTS.md and its plots in `folder`."""
    with gathered(folder / results.FOLDER, results.CURVES) as place:
        results.plot_against_time(made, place / results.AGAINST_TIME)
        results.plot_curves(made, place / results.CURVES)
    data = Data(comparison.data_name, [detector_of(path) for path in comparison.data])
    text = results.as_markdown(made, comparison.budget.says(), comparison.budget.kind, data)
    with explaining(folder / RESULTS), whole(folder / RESULTS) as part:
        part.write_text(text, "utf-8")
    return folder / RESULTS


@fail_in_one_line
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.compare", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        required=True,
        help="a folder that training.prepare wrote; several are joined",
    )
    parser.add_argument("--out", type=Path, required=True, help="the comparison's folder")
    parser.add_argument(
        "--budget", type=Path, default=DEFAULT_BUDGET, help=f"default {DEFAULT_BUDGET.name} in training/"
    )
    parser.add_argument("--final", action="store_true", help="read the test splits, once each")
    parser.add_argument(
        "--results", type=Path, default=_HERE, help=f"the folder for {RESULTS}; default training/"
    )
    options = parser.parse_args(arguments)
    budget = read_budget(options.budget)
    with alone(options.out):
        comparison = Comparison(budget, options.data, options.out, options.final)
        made = [comparison.result(contender) for contender in budget.models]
        print(write(comparison.timed(made), comparison, options.results))


if __name__ == "__main__":
    main()
