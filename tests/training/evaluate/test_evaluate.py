"""The report of a .tflite whose reading is known, and the files that show it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import ModelError, UsageError
from tests.emotions.models import card, constant_model, write_model
from tests.training.evaluate.read import BRIGHT, DARK, SIDE, bright, write_reader
from tests.training.train.faces import make_faces, write_prepared
from training import evaluate
from training.evaluate import Readings, main, read_faces, report_of
from training.labels import SCHEMES
from training.litert import Reader
from training.reporting.report import Report, read_report
from training.samples import source_of

#: Grey value and FER+ label: the model reads bright ones as neutral (0), dark ones as happiness (1).
GREYS = [BRIGHT, BRIGHT, BRIGHT, DARK, DARK, DARK, DARK, BRIGHT]
LABELS: list[int | None] = [0, 0, 3, 1, 1, 0, None, 7]
#: In their own framing all are bright.
RAW = [BRIGHT] * 8


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_reader(tmp_path / "reader.tflite")


@pytest.fixture
def report(model: Path) -> Report:
    reader = Reader(model)
    return report_of(reader, read_faces(reader, bright(GREYS, LABELS, RAW)), "made", "valid")


def test_the_figures_are_those_of_the_faces(report: Report) -> None:
    assert (report.faces, report.left_out) == (7, 1)
    assert report.labels.accuracy.share == pytest.approx(4 / 7, abs=1e-5)
    assert report.raw.labels.share == pytest.approx(3 / 7, abs=1e-5)
    assert report.labels.classes["neutral"].faces == 3
    assert np.array(report.labels.confusion)[0, :2].tolist() == [2, 1]
    assert report.found is not None and report.not_found is not None
    # Faces 3 and 7 were not found: a happy one read right, one of contempt read as neutral.
    assert (report.not_found.labels.share, report.not_found.labels.faces) == (0.5, 2)
    assert report.found.labels.share == pytest.approx(3 / 5)
    assert report.bytes > 0 and report.one_thread_ms > 0


def test_the_calibration_is_that_of_what_was_read(report: Report) -> None:
    # It says neutral .8 of bright faces, happiness .5 of dark ones.
    sure = {round(one.confidence, 3): (one.faces, one.accuracy) for one in report.calibration.bins}
    assert sure.keys() == {0.5, 0.8}
    assert sure[0.5] == (3, pytest.approx(2 / 3)) and sure[0.8] == (4, pytest.approx(0.5))
    expected = (3 * abs(0.5 - 2 / 3) + 4 * abs(0.8 - 0.5)) / 7
    assert report.calibration.expected_error == pytest.approx(expected, abs=1e-3)


def test_emotions_are_read_as_the_program_reads_them(model: Path) -> None:
    samples = bright([BRIGHT, DARK, 100, 180], [0, 1, 2, 3])
    readings = read_faces(Reader(model), samples)
    program = LiteRtRecogniser(model).read(samples.crops)
    assert readings.emotions(readings.crops).tolist() == program.argmax(axis=1).tolist()


def test_labels_of_one_emotion_are_added() -> None:
    scheme = SCHEMES["ferplus"]
    row = np.array([[0.3, 0, 0, 0.31, 0, 0.2, 0, 0.19]], np.float32)  # disgust and contempt: wound
    readings = Readings(scheme, bright([0], [5]), np.array([5]), row, row, 0)
    assert EMOTIONS[readings.emotions(row)[0]] == "wound"
    assert EMOTIONS[readings.true_emotions[0]] == "wound"


def test_losses_are_of_the_given_label() -> None:
    row = np.array([[0.25, 0.75, 0, 0, 0, 0, 0, 0]] * 2, np.float32)
    readings = Readings(SCHEMES["ferplus"], bright([0, 0], [0, 1]), np.array([0, 1]), row, row, 0)
    np.testing.assert_allclose(readings.losses(), -np.log([0.25, 0.75]), rtol=1e-6)


def test_a_fer2013_model_is_held_against_fer2013_labels(tmp_path: Path) -> None:
    reader = Reader(write_reader(tmp_path / "reader.tflite", "fer2013"))
    readings = read_faces(reader, bright([BRIGHT] * 7, [None] * 7))
    assert readings.scheme.name == "fer2013"
    assert readings.true.tolist() == list(range(7))


def test_labels_of_no_scheme_are_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path / "odd.tflite", constant_model([0.5, 0.25, 0.25]), card())
    with pytest.raises(ModelError, match="no known scheme"):
        read_faces(Reader(path), bright([0], [0]))


def test_a_split_without_a_majority_is_refused(model: Path) -> None:
    with pytest.raises(UsageError, match="no face with a majority"):
        read_faces(Reader(model), bright([0], [None]))


def test_data_without_the_models_labels_is_refused(tmp_path: Path) -> None:
    reader = Reader(write_reader(tmp_path / "reader.tflite", "aihub"))
    with pytest.raises(UsageError, match="aihub labels, which the data has not"):
        read_faces(reader, bright([0], [0]))


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take longer than all else."""
    for plot in ("plot_confusion", "plot_reliability"):
        monkeypatch.setattr(evaluate, plot, lambda *arguments: None)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp("prepared") / "made-faces", make_faces(120, SIDE))


def test_the_folder_holds_report_plots_and_sheet(
    model: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "report"
    main([str(model), "--data", str(prepared), "--out", str(out), "--worst", "10"])
    printed = capsys.readouterr().out
    assert "final" not in printed and "accuracy" in printed
    files = sorted(file.name for file in out.iterdir())
    assert files == [
        "confusion-emotions.png",
        "confusion.png",
        "reliability.png",
        "report.json",
        "report.md",
        "worst.png",
    ]
    report = read_report(out / "report.json")
    assert (report.split, report.data, report.source) == ("valid", "made-faces", source_of([prepared]))
    for file in out.glob("*.png"):
        picture = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        assert picture is not None and np.ptp(picture) > 100
    text = (out / "report.md").read_text("utf-8")
    assert report.sha256 in text
    assert "| contempt |" in text and "| unrest |" in text
    for name in ("confusion.png", "worst.png"):
        assert f"({name})" in text


@pytest.mark.usefixtures("no_plots")
def test_both_splits_are_added_up(model: Path, prepared: Path, tmp_path: Path) -> None:
    valid, test = tmp_path / "valid", tmp_path / "test"
    main([str(model), "--data", str(prepared), "--out", str(valid), "--worst", "0"])
    both = ["--split", "test", "--together", str(valid / "report.json")]
    main([str(model), "--data", str(prepared), "--out", str(test), *both])
    assert not (valid / "worst.png").exists()
    reports = [read_report(folder / "report.json") for folder in (valid, test)]
    faces = sum(one.emotions.classes["anger"].faces for one in reports)
    _, last = (test / "report.md").read_text("utf-8").split("valid and test together")
    assert f"| anger | {faces} |" in last


@pytest.mark.usefixtures("no_plots")
def test_the_test_split_says_what_it_is_for(
    model: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(model), "--data", str(prepared), "--out", str(tmp_path / "report"), "--split", "test"])
    assert "one final figure" in capsys.readouterr().out


@pytest.mark.usefixtures("no_plots")
@pytest.mark.parametrize("change", ["model", "split", "data"])
def test_reports_that_do_not_belong_together_are_refused(
    model: Path, prepared: Path, tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "valid"
    main([str(model), "--data", str(prepared), "--out", str(out), "--worst", "0"])
    file = out / "report.json"
    content = json.loads(file.read_text("utf-8"))
    if change == "model":
        content |= {"sha256": "0" * 64, "split": "test"}
        file.write_text(json.dumps(content), "utf-8")
    elif change == "data":
        file.write_text(json.dumps(content | {"source": "0" * 64, "split": "test"}), "utf-8")
    with pytest.raises(SystemExit) as end:
        main([str(model), "--data", str(prepared), "--out", str(tmp_path / "more"), "--together", str(file)])
    assert end.value.code == 2
    said = {"model": "another model", "split": "the same split", "data": "other data"}[change]
    assert f"is of {said}" in capsys.readouterr().err
    assert not (tmp_path / "more").exists()


def _error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    return line


def test_a_changed_model_is_refused(
    model: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(model.read_bytes())
    content[-40] ^= 1
    model.write_bytes(content)
    line = _error([str(model), "--data", str(prepared), "--out", str(tmp_path / "report")], capsys)
    assert "SHA-256 differs" in line
    assert not (tmp_path / "report").exists()


def test_missing_data_is_one_line(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = _error([str(model), "--data", str(tmp_path / "none"), "--out", str(tmp_path / "report")], capsys)
    assert "no prepared data set" in line


@pytest.mark.usefixtures("no_plots")
def test_a_full_disk_is_one_line_and_leaves_nothing(
    model: Path,
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(evaluate, "save_sheet", full)
    out = tmp_path / "report"
    line = _error([str(model), "--data", str(prepared), "--out", str(out)], capsys)
    assert "the disk is full" in line
    assert list(out.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(
    model: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "report"
    assert "cannot be written" in _error([str(model), "--data", str(prepared), "--out", str(place)], capsys)
