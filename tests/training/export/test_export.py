"""A run becomes a .tflite with its card: the right network, head and temperature, in each kind of numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.emotions.recogniser import LiteRtRecogniser
from tests.training.export.noisy import noisy_faces
from training.kinds import KINDS, TOLERANCES, Difference, Kind
from training.labels import SCHEMES, majority
from training.litert import Reader
from training.reporting.calibration import expected_error, fit_temperature, reliability, softmax
from training.samples import Samples

ROOT = Path(__file__).parents[3]


@dataclass
class Made:
    """What `exporting` wrote, and what it said on standard error, by export."""

    folder: Path
    errors: dict[str, str]
    logits: dict[str, NDArray[np.float32]]

    def probabilities(self, head: str) -> NDArray[np.float64]:
        """Keras's, at the temperature fitted here."""
        return softmax(self.logits[head], fit_temperature(self.logits[head], _true(head)))


def _valid() -> Samples:
    return noisy_faces().of("valid")


def _true(head: str) -> NDArray[np.int64]:
    return majority(_valid().labels[head])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("exports")
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.export.exporting", str(folder)],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "jax"},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    parts = [part.partition("\n") for part in done.stderr.split(">> ")[1:]]
    errors = {Path(name).name: said for name, _, said in parts}
    with np.load(folder / "logits.npz") as archive:
        return Made(folder, errors, dict(archive))


def test_the_network_of_these_tests_can_read_and_is_too_sure(made: Made) -> None:
    """Else the tests below would say nothing."""
    logits, true = made.logits["ferplus"], _true("ferplus")
    assert (logits.argmax(axis=1) == true).mean() > 0.5
    assert expected_error(reliability(softmax(logits), true)) > 0.05
    assert fit_temperature(logits, true) > 1.2


def test_by_default_it_is_float16_of_the_main_head_as_the_program_loads_it(made: Made) -> None:
    folder = made.folder / "float16"
    assert sorted(file.name for file in folder.iterdir()) == ["emotion.json", "emotion.tflite"]
    program = LiteRtRecogniser(folder / "emotion.tflite")
    assert program.card.labels == list(SCHEMES["ferplus"].labels)
    assert program.card.emotions == SCHEMES["ferplus"].meaning
    assert program.card.name == "ferplus-cnn_baseline"
    valid, scheme = _valid(), SCHEMES["ferplus"]
    expected = np.zeros((len(valid), 7))
    for label, emotion in enumerate(scheme.emotions):
        expected[:, emotion] += made.probabilities("ferplus")[:, label]
    np.testing.assert_allclose(program.read(valid.crops), expected, atol=0.02)


def _difference(made: Made, path: Path, head: str) -> Difference:
    return Difference.between(Reader(path).read(_valid().crops), made.probabilities(head))


@pytest.mark.parametrize("kind", ["float32", "float16", "int8"])
def test_each_kind_reads_as_keras_does_within_its_tolerance(made: Made, kind: Kind) -> None:
    apart = _difference(made, made.folder / "all" / f"emotion-{kind}.tflite", "ferplus")
    assert apart.within(TOLERANCES[kind])
    if kind != "float32":
        assert apart.mean > 1e-7  # it is not float32 by another name


def test_the_table_has_every_kind_and_its_files_unless_it_is_refused(made: Made) -> None:
    folder = made.folder / "all"
    rows = json.loads((folder / "kinds.json").read_text("utf-8"))
    table = (folder / "kinds.md").read_text("utf-8")
    assert [row["kind"] for row in rows] == list(KINDS)
    sizes = {row["kind"]: row["bytes"] for row in rows}
    assert sizes["int8"] < sizes["float16"] < sizes["float32"]
    for row in rows:
        kind: Kind = row["kind"]
        path = folder / f"emotion-{kind}.tflite"
        refused = not Difference(row["largest"], row["mean"], row["other"]).within(TOLERANCES[kind])
        line = next(line for line in table.splitlines() if line.startswith(f"| {kind} |"))
        assert ("refused" in line) == refused == (not path.exists())
        if not refused:
            assert LiteRtRecogniser(path).card.sha256
            assert path.stat().st_size == row["bytes"]
            read = Reader(path).read(_valid().crops).argmax(axis=1)
            assert row["accuracy"] == pytest.approx((read == _true("ferplus")).mean(), abs=1e-4)


def test_another_head_gives_its_own_labels(made: Made) -> None:
    path = made.folder / "fer2013" / "emotion.tflite"
    reader = Reader(path)
    assert reader.card.labels == list(SCHEMES["fer2013"].labels) and reader.card.name == "mine"
    assert _difference(made, path, "fer2013").within(TOLERANCES["float32"])


def test_several_runs_are_one_model_that_gives_the_mean_of_their_logits(made: Made) -> None:
    reader = Reader(made.folder / "both" / "emotion.tflite")
    with np.load(made.folder / "twin.npz") as twin:
        logits = (made.logits["ferplus"] + twin["ferplus"]) / 2
    expected = softmax(logits, fit_temperature(logits, _true("ferplus")))
    np.testing.assert_allclose(reader.read(_valid().crops), expected, atol=1e-3)
    # The heads of 8 and 7 labels, the second run's without FER2013's.
    one = Reader(made.folder / "all" / "emotion-float32.tflite").card.figures["parameters"]
    assert reader.card.figures["parameters"] == pytest.approx(2 * one, rel=0.05)


def test_labels_are_lifted_and_held_down(made: Made) -> None:
    reader = Reader(made.folder / "lifted" / "emotion.tflite")
    labels = SCHEMES["ferplus"].labels
    shifts = {"fear": 1.5, "neutral": -1.0}
    logits = made.logits["ferplus"] + np.array([shifts.get(label, 0) for label in labels], np.float32)
    expected = softmax(logits, fit_temperature(logits, _true("ferplus")))
    np.testing.assert_allclose(reader.read(_valid().crops), expected, atol=1e-3)
    assert {
        f"offset_{label}": shift for label, shift in shifts.items()
    }.items() <= reader.card.figures.items()


def test_the_temperature_is_in_the_model_and_both_errors_in_the_card(made: Made) -> None:
    path = made.folder / "all" / "emotion-float32.tflite"
    card, true = Reader(path).card, _true("ferplus")
    logits = made.logits["ferplus"]
    assert card.figures["temperature"] == pytest.approx(fit_temperature(logits, true), abs=1e-3)
    before = expected_error(reliability(softmax(logits), true))
    after = expected_error(reliability(Reader(path).read(_valid().crops), true))
    assert card.figures["ferplus_valid_calibration_error_before"] == pytest.approx(before, abs=2e-3)
    assert card.figures["ferplus_valid_calibration_error"] == pytest.approx(after, abs=2e-3)
    assert after < before


def test_the_card_says_what_it_learnt_from_and_what_it_is_not_for(made: Made) -> None:
    card = Reader(made.folder / "float16" / "emotion.tflite").card
    assert "FER2013" in card.data and "FER+" in card.data and "MIT" in card.data and "AI-Hub" not in card.data
    assert any("Found least often" in line and "faces" in line for line in card.limits)
    assert any("Asian" in line for line in card.limits)
    assert any("not a feeling" in line for line in card.not_for)
    assert any("Art. 5(1)(f)" in line and "work" in line for line in card.not_for)
    assert card.figures["parameters"] > 1000


def test_an_offset_needs_a_number(made: Made) -> None:
    assert "--offset: fear: give LABEL=NUMBER" in made.errors["no-number"]
    assert not (made.folder / "no-number").exists()


WRONG = [
    ("aihub", 2, "has no head aihub, but ferplus, fer2013"),
    ("no-run", 1, "is no run"),
    ("tampered", 1, "the float16 model differs from Keras"),
    ("unknown-label", 2, "--offset joy: the labels of ferplus are neutral, happiness"),
    ("other-head", 2, "has no head fer2013, but ferplus"),
    ("sizes", 2, "they cannot be one model"),
    ("strangers", 2, "have no head in common: they cannot be one model"),
]


@pytest.mark.parametrize(("name", "status", "says"), WRONG)
def test_what_goes_wrong_is_one_line_and_leaves_nothing(
    made: Made, name: str, status: int, says: str
) -> None:
    said = made.errors[name]
    (line,) = [line for line in said.splitlines() if line.startswith("error: ")]
    assert says in line
    assert f"status {status}" in said and "Traceback" not in said
    assert not (made.folder / name).exists()
