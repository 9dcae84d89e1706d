"""train → export → evaluate on a tiny network, each in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.emotions.card import read_card
from avatar_cam.emotions.vocabulary import EMOTIONS
from tests.training.made import finish, make_samples, start
from training.litert import Reader
from training.samples import LABELS, majority
from training.scaling import scaled

CONFIG = """
epochs = 2
batch = 16
peak_rate = 0.05
warmup_epochs = 0.5
average = 0.5
mixed_precision = false
model = { stem = 4, widths = [8, 8], blocks = [1, 1], dropout = 0.2 }
"""

#: Two processes that compute the same may add in another order.
CLOSE = 1e-4


@dataclass
class Runs:
    """`whole` trained in one go, `resumed` stopped after its first epoch and resumed."""

    data: Path
    whole: Path
    resumed: Path
    model: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("round-trip")
    made = Runs(folder / "faces.npz", folder / "whole", folder / "resumed", folder / "model")
    make_samples(240).save(made.data)
    (folder / "tiny.toml").write_text(CONFIG, "utf-8")
    common = ("--data", made.data, "--config", folder / "tiny.toml", "--out")
    both = [start("train", *common, made.whole), start("train", *common, made.resumed, "--until", 1)]
    for process in both:
        finish(process)
    both = [
        start("train", "--data", made.data, "--out", made.resumed, "--resume"),
        start("export", made.whole, "--out", made.model),
    ]
    for process in both:
        finish(process)
    return made


def _weights(path: Path) -> dict[str, NDArray[np.float64]]:
    with np.load(path) as archive:
        return {name: np.asarray(archive[name], np.float64) for name in archive}


def test_each_epoch_is_logged(runs: Runs) -> None:
    for run in (runs.whole, runs.resumed):
        lines = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
        assert [line["epoch"] for line in lines] == [1, 2]
        assert all(0 <= line["valid_accuracy"] <= 1 for line in lines)
        assert lines[1]["loss"] < lines[0]["loss"]


def test_a_resumed_run_ends_with_the_same_weights(runs: Runs) -> None:
    whole, resumed = _weights(runs.whole / "checkpoint.npz"), _weights(runs.resumed / "checkpoint.npz")
    assert whole.keys() == resumed.keys()
    for name, value in whole.items():
        np.testing.assert_allclose(value, resumed[name], atol=CLOSE, rtol=CLOSE, err_msg=name)
    # The epochs did something: the momentum is not at rest.
    assert any(
        np.abs(value).max() > 10 * CLOSE for name, value in whole.items() if name.startswith("optimizer")
    )


def test_the_card_passes_the_programs_own_loader(runs: Runs) -> None:
    card, content = read_card(runs.model / "emotion.tflite")
    assert len(content) == (runs.model / "emotion.tflite").stat().st_size
    assert tuple(card.labels) == LABELS
    assert set(card.emotions.values()) == set(EMOTIONS)
    assert 0 <= card.figures["ferplus_valid_accuracy"] <= 1
    assert sorted(file.name for file in runs.model.iterdir()) == ["emotion.json", "emotion.tflite"]


def test_the_exported_model_gives_probabilities_that_depend_on_the_face(runs: Runs) -> None:
    faces = scaled(make_samples(16).aligned)
    read = Reader(runs.model / "emotion.tflite").read_all(faces)
    assert read.shape == (16, 8)
    assert read.dtype == np.float32
    np.testing.assert_allclose(read.sum(axis=1), 1, atol=1e-4)
    assert np.ptp(read, axis=0).max() > 0.01


def test_the_report_is_that_of_the_tflite(runs: Runs, tmp_path: Path) -> None:
    report_file = tmp_path / "report.json"
    model = runs.model / "emotion.tflite"
    printed = finish(start("evaluate", model, "--data", runs.data, "--report", report_file))
    report = json.loads(report_file.read_text("utf-8"))
    valid = make_samples(240).of("PublicTest")
    read = Reader(model).read_all(scaled(valid.aligned)).argmax(axis=1)
    assert report["accuracy"] == pytest.approx((read == majority(valid.votes)).mean(), abs=1e-4)
    assert report["faces"] == len(valid) == np.sum(report["confusion"])
    assert report["one_thread_ms"] > 0
    assert "contempt" in printed
    assert read_card(model)[0].figures["ferplus_valid_accuracy"] == report["accuracy"]


WRONG = [
    ("train", "--data nowhere.npz --out {tmp}/run", 1, "nowhere.npz does not exist"),
    ("train", "--data {data} --out {tmp}/run --config {tmp}/bad.toml", 2, "bad.toml: epoch"),
    ("train", "--data {data} --out {whole}", 2, "holds a run already"),
    ("train", "--data {data} --out {tmp}/run --resume", 2, "no checkpoint"),
    ("export", "{tmp} --data {data} --out {tmp}/model", 2, "config.toml cannot be read"),
    ("export", "{odd} --data {data} --out {tmp}/model", 1, "does not fit its config"),
    ("evaluate", "{tmp}/bad.toml --data {data} --report {tmp}/report.json", 1, "no usable TFLite model"),
]

#: All in one process, since TensorFlow takes seconds to start.
CALL_ALL = """
import importlib, json, sys
for command, arguments in json.loads(sys.argv[1]):
    try:
        importlib.import_module(f"training.{command}").main(arguments)
    except SystemExit as end:
        print(f"status: {end.code}", file=sys.stderr)
"""


def test_mistakes_are_one_clear_line(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("epoch = 3\n", "utf-8")
    odd = tmp_path / "odd"
    shutil.copytree(runs.whole, odd)
    (odd / "config.toml").write_text(CONFIG.replace("[8, 8]", "[8, 16]"), "utf-8")
    places = {"tmp": tmp_path, "data": runs.data, "whole": runs.whole, "odd": odd}
    calls = [(command, arguments.format(**places).split()) for command, arguments, _, _ in WRONG]
    done = subprocess.run(
        [sys.executable, "-c", CALL_ALL, json.dumps(calls)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith(("error: ", "status: "))]
    assert len(lines) == 2 * len(WRONG), done.stderr
    for (_, _, status, message), error, end in zip(WRONG, lines[::2], lines[1::2], strict=True):
        assert message in error
        assert end == f"status: {status}"
    assert not (tmp_path / "model").exists()
