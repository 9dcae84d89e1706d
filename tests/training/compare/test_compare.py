"""What a comparison starts, does not start again, and writes; training and export are played."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.training.evaluate.read import SIDE, write_reader
from tests.training.train.faces import make_faces, write_prepared
from training import evaluate, runs, stages
from training.compare import main
from training.reporting import results

PLOTS = ("plot_against_time", "plot_curves")

BUDGET = """
epochs = 3
[heads.ferplus]
[heads.fer2013]
[[models]]
name = "one"
config = "one.toml"
[[models]]
name = "other"
config = "other.toml"
"""


@dataclass
class Played:
    """Plays `python -m training.train` and `export`; `fails`: the stage that breaks down the next time."""

    started: list[str] = field(default_factory=list)
    fails: str = ""
    seconds: float = 60.0
    exported: list[str] = field(default_factory=list)

    def start(self, module: str, *arguments: object) -> None:
        words = [str(word) for word in arguments]
        out = Path(words[words.index("--out") + 1])
        self.started.append(f"{module} {out.parent.name}/{out.name}{' again' * ('--resume' in words)}")
        if module == "train":
            self._train(words, out)
        else:
            self._export(words, out)

    def _train(self, words: list[str], run: Path) -> None:
        if "--resume" not in words:
            run.mkdir(parents=True)
            shutil.copyfile(words[words.index("--config") + 1], run / "config.toml")
            runs.describe(run, ["ferplus", "fer2013"], [Path(words[words.index("--data") + 1])])
        config = tomllib.loads((run / "config.toml").read_text("utf-8"))
        broken = self.fails == "train"
        for number in range(len(stages.epochs(run)), 1 if broken else config["epochs"]):
            line = {"valid": {"ferplus": 0.5 + number / 10, "fer2013": 0.4}, "seconds": self.seconds}
            with (run / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
        (run / "checkpoint.npz").write_bytes(b"x")
        (run / "model.npz").write_text(run.parent.name, "utf-8")
        self._break("train")

    def _export(self, words: list[str], out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.exported = words[: words.index("--data")]
        scheme = words[words.index("--head") + 1]
        self._break("export")
        model = write_reader(out / "emotion.tflite", scheme)
        card = json.loads(model.with_suffix(".json").read_text("utf-8"))
        card |= {"name": words[words.index("--name") + 1], "figures": {"parameters": 12345}}
        model.with_suffix(".json").write_text(json.dumps(card), "utf-8")

    def _break(self, stage: str) -> None:
        if self.fails == stage:
            self.fails = ""
            raise stages.StageFailed(f"training.{stage} ended with status 1; call again to go on")


@dataclass
class Place:
    """Where a comparison is called."""

    folder: Path
    data: Path

    def compare(self, *options: str) -> str:
        """Call it; RESULTS.md."""
        arguments = ["--data", str(self.data), "--out", str(self.folder / "out"), *options]
        paths = ["--budget", str(self.folder / "budget.toml"), "--results", str(self.folder)]
        main([*arguments, *paths])
        return (self.folder / "RESULTS.md").read_text("utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp("compared") / "made-faces", make_faces(96, SIDE))


@pytest.fixture
def place(tmp_path: Path, data: Path) -> Place:
    (tmp_path / "budget.toml").write_text(BUDGET, "utf-8")
    for name in ("one", "other"):
        (tmp_path / f"{name}.toml").write_text(f"side = {SIDE}\nseed = {len(name)}\n", "utf-8")
    return Place(tmp_path, data)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    # What is slow, and tested elsewhere.
    for module, plots in ((evaluate, ("plot_confusion", "plot_reliability", "save_sheet")), (results, PLOTS)):
        for plot in plots:
            monkeypatch.setattr(module, plot, lambda *arguments: None)
    stage = Played()
    monkeypatch.setattr(stages, "_start", stage.start)
    return stage


ALL = [
    what
    for name in ("one", "other")
    for what in (f"train {name}/run", f"export {name}/ferplus", f"export {name}/fer2013")
]


def test_each_model_is_trained_and_exported_once(place: Place, played: Played) -> None:
    first = place.compare()
    assert played.started == ALL
    test = place.folder / "out" / "one" / "ferplus" / "test"
    assert not test.exists() and "not run yet" in first
    place.compare()
    assert played.started == ALL


def test_the_table_says_what_the_reports_say(place: Place, played: Played) -> None:
    text = place.compare("--final")
    rows = [line for line in text.splitlines() if line.startswith(("| one |", "| other |"))]
    assert len(rows) == 2 and all("| 12,345 |" in row for row in rows)
    for scheme in ("ferplus", "fer2013"):
        for split in ("valid", "test"):
            report = json.loads(
                (place.folder / "out" / "one" / scheme / split / "report.json").read_text("utf-8")
            )
            assert (report["scheme"], report["split"]) == (scheme, split)
            assert f"{report['labels']['accuracy']['share']:.1%}".replace("%", " %") in rows[0]
    assert "| FER2013 PrivateTest | ResMaskingNet, one model | 74.14 % |" in text
    assert "made-faces" in text and "3 epochs" in text and "not run yet" not in text
    for plot in ("accuracy.png", "curves.png"):
        assert f"(results/{plot})" in text


def test_the_test_split_is_read_once_and_shown_from_then_on(place: Place, played: Played) -> None:
    place.compare("--final")
    report = place.folder / "out" / "one" / "ferplus" / "test" / "report.json"
    written = report.stat().st_mtime_ns
    assert "FER2013 PrivateTest |" in place.compare("--final").splitlines()[6]
    assert report.stat().st_mtime_ns == written
    assert "FER2013 PrivateTest |" in place.compare().splitlines()[6]


@pytest.mark.parametrize("stage", ["train", "export"])
def test_it_goes_on_where_it_was_interrupted(
    place: Place, played: Played, stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    played.fails = stage
    with pytest.raises(SystemExit) as end:
        place.compare()
    assert end.value.code == 1
    assert f"training.{stage} ended with status 1" in capsys.readouterr().err
    assert not (place.folder / "RESULTS.md").exists()
    before = list(played.started)
    place.compare()
    again = played.started[len(before) :]
    if stage == "train":
        assert again == ["train one/run again", *ALL[1:]]
        assert len(stages.epochs(place.folder / "out" / "one" / "run")) == 3
    else:
        assert again == ALL[1:]


def test_other_weights_are_exported_and_read_anew(place: Place, played: Played) -> None:
    place.compare("--final")
    (place.folder / "out" / "one" / "run" / "model.npz").write_text("new", "utf-8")
    played.started.clear()
    place.compare()
    assert played.started == ["export one/ferplus", "export one/fer2013"]


def test_minutes_become_epochs_by_the_time_that_one_takes(place: Place, played: Played) -> None:
    budget = place.folder / "budget.toml"
    budget.write_text(BUDGET.replace("epochs = 3", "minutes = 5"), "utf-8")
    played.seconds = 50
    text = place.compare()
    assert played.started[:2] == ["train one/trial", "train one/run"]
    assert len(stages.epochs(place.folder / "out" / "one" / "run")) == 6
    assert "5 minutes of training" in text
    played.seconds = 1  # an idle machine later changes nothing
    played.started.clear()
    place.compare()
    assert played.started == []


@pytest.mark.parametrize("change", ["budget", "config", "data", "pictures"])
def test_a_folder_of_another_comparison_is_refused(
    place: Place, played: Played, change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if change == "pictures":
        place.data = _prepared_anew(tmp_path, seed=0)
    place.compare()
    if change == "budget":
        (place.folder / "budget.toml").write_text(BUDGET.replace("epochs = 3", "epochs = 4"), "utf-8")
    elif change == "config":
        (place.folder / "one.toml").write_text(f"side = {SIDE}\nseed = 9\n", "utf-8")
    elif change == "data":
        place.data = Path(shutil.copytree(place.data, tmp_path / "copy"))
    else:
        _prepared_anew(tmp_path, seed=1)
    with pytest.raises(SystemExit) as end:
        place.compare()
    assert end.value.code == 2
    assert "choose another --out" in capsys.readouterr().err


def _prepared_anew(folder: Path, seed: int) -> Path:
    """The same faces in the same place, with other pictures for another seed."""
    shutil.rmtree(folder / "anew", ignore_errors=True)
    return write_prepared(folder / "anew", make_faces(96, SIDE, seed))


def test_a_trained_run_reads_other_pictures_anew(place: Place, played: Played) -> None:
    place.data = _prepared_anew(place.folder, seed=0)
    place.compare()
    models = BUDGET.partition("[[models]]")[0] + '[[models]]\nname = "ready"\nrun = "out/one/run"\n'
    (place.folder / "budget.toml").write_text(models, "utf-8")
    report = place.folder / "out" / "ready" / "ferplus" / "valid" / "report.json"
    sources = set()
    for seed in (0, 1):
        _prepared_anew(place.folder, seed)
        played.started.clear()
        for again in (False, True):
            place.compare()
            assert (len(played.started) == 2) != again
            played.started.clear()
        sources.add(json.loads(report.read_text("utf-8"))["source"])
    assert len(sources) == 2


@pytest.mark.parametrize("run", ['"out/one/run"', '["out/one/run", "out/other/run"]'])
def test_a_trained_run_is_taken_as_it_is_and_marked(place: Place, played: Played, run: str) -> None:
    place.compare()
    budget = BUDGET.replace('config = "other.toml"', f"run = {run}").replace('"other"', '"ready"')
    (place.folder / "budget.toml").write_text(budget, "utf-8")
    played.started.clear()
    text = place.compare()
    assert played.started == ["export ready/ferplus", "export ready/fer2013"]
    assert len(played.exported) == 1 + run.count(",")
    assert "| ready * |" in text and "| one |" in text and "\\* trained beforehand" in text


def test_a_run_without_a_head_that_is_compared_is_refused(
    place: Place, played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    run = place.folder / "bare"
    run.mkdir()
    (run / "config.toml").write_text("", "utf-8")
    runs.describe(run, ["ferplus"], [place.data])
    budget = BUDGET.replace('config = "one.toml"', 'run = "bare"')
    (place.folder / "budget.toml").write_text(budget, "utf-8")
    with pytest.raises(SystemExit):
        place.compare()
    assert "has no head fer2013" in capsys.readouterr().err
    assert played.started == []


def test_a_stage_that_fails_is_said(tmp_path: Path) -> None:
    with pytest.raises(stages.StageFailed, match=r"training\.evaluate ended with status 2"):
        stages._start("evaluate", "--no-such-option")
