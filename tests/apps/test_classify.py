"""`classify`: the emotions of each face of each picture."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import TypeAdapter

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.formats import ClassifiedImage
from avatar_cam.sources.performer import EXPRESSIONS, Rig, draw
from avatar_cam.types import Pixels
from tests.commands import Outcome, command, run, run_apart
from tests.emotions.models import card, constant_model, write_model

Capture = pytest.CaptureFixture[str]

SIZE = (640, 360)


def _save(path: Path, pixels: Pixels) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes())
    return path


def _read(done: Outcome) -> list[ClassifiedImage]:
    """What was printed, as the formats page says it."""
    return TypeAdapter(list[ClassifiedImage]).validate_json(done.out, strict=True)


@pytest.fixture
def smiling(here: Path) -> Path:
    return _save(here / "얼굴.png", draw(Rig(expression=EXPRESSIONS["pleasure"]), SIZE))


def test_json(smiling: Path, capfd: Capture) -> None:
    done = run(capfd, "classify", "얼굴.png", "--json")
    assert (done.status, done.err) == (0, "")
    (image,) = _read(done)
    assert (image.image, image.error) == ("얼굴.png", None)
    assert image.faces is not None
    (face,) = image.faces
    assert face.emotion == "pleasure"
    assert list(face.probabilities) == list(EMOTIONS)
    assert sum(face.probabilities.values()) == pytest.approx(1, abs=0.001)
    x, y, width, height = face.box
    assert 0 < x < 320 < x + width < SIZE[0] and 0 < y < y + height < SIZE[1]


def test_a_table(smiling: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = run(capfd, "classify", "얼굴.png")
    assert (done.status, done.err) == (0, "")
    assert all(word in done.out for word in ("얼굴.png", "1 face", "pleasure"))


def test_faces_are_told_from_the_left(here: Path, capfd: Capture) -> None:
    halves = [draw(Rig(expression=EXPRESSIONS[e]), SIZE)[:, 140:500] for e in ("upset", "pleasure")]
    _save(here / "two.png", np.ascontiguousarray(np.hstack(halves)))
    (image,) = _read(run(capfd, "classify", "two.png", "--json"))
    assert image.faces is not None
    assert [face.emotion for face in image.faces] == ["upset", "pleasure"]
    assert image.faces[0].box[0] < image.faces[1].box[0]


def test_no_face_is_no_error(here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    _save(here / "wall.png", np.full((200, 300, 3), 90, np.uint8))
    done = run(capfd, "classify", "wall.png", "--json")
    assert done.status == 0
    assert _read(done) == [ClassifiedImage(image="wall.png", faces=[])]
    assert run(capfd, "classify", "wall.png").out == "wall.png: no face\n"


def test_no_detect_takes_the_whole_picture(here: Path, capfd: Capture) -> None:
    """A model whose first label grows with brightness tells what it was given."""
    write_model(here / "mine.tflite", constant_model((1.5, 0.0, 1.0), mean_weight=1.0), card())
    for name, value in (("dark.png", 0), ("light.png", 255)):
        _save(here / name, np.full((30, 50, 3), value, np.uint8))
    done = run(capfd, "classify", "dark.png", "light.png", "--no-detect", "--json", "--model", "mine.tflite")
    dark, light = _read(done)
    assert dark.faces is not None and light.faces is not None
    assert dark.faces[0].box == [0, 0, 50, 30]
    assert dark.faces[0].probabilities["pleasure"] == pytest.approx(0.5 / 1.5, abs=0.001)
    assert light.faces[0].probabilities["pleasure"] == pytest.approx(2.5 / 3.5, abs=0.001)


def test_a_folder_and_what_cannot_be_read(here: Path, capfd: Capture) -> None:
    """All of it is told; the status says that something was amiss."""
    _save(here / "photos" / "2.png", np.full((60, 80, 3), 90, np.uint8))
    (here / "photos" / "10.png").write_bytes(b"broken")
    (here / "empty").mkdir()
    done = run(capfd, "classify", "photos", "nobody.png", "empty", "--json")
    assert done.status == 1
    images = _read(done)
    assert [Path(image.image).name for image in images[:3]] == ["2.png", "10.png", "nobody.png"]
    assert [image.error is None for image in images] == [True, False, False, False]
    assert all(image.faces is None for image in images if image.error)
    assert "Traceback" not in done.err


def test_what_cannot_be_read_is_said_beside_what_can(here: Path, capfd: Capture) -> None:
    (here / "[bold]x.png").write_bytes(b"broken")
    _save(here / "wall.png", np.full((60, 80, 3), 90, np.uint8))
    done = run(capfd, "classify", "[bold]x.png", "wall.png")
    assert done.status == 1
    assert done.out == "wall.png: no face\n"
    assert done.err.startswith("avatar-cam: error: [bold]x.png is not a photo"), (
        "a name is a name, not markup"
    )
    assert done.err.count("\n") == 1


def test_a_console_that_knows_no_korean(here: Path) -> None:
    _save(here / "얼굴.png", np.full((60, 80, 3), 90, np.uint8))
    ascii_console = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        command("classify", "얼굴.png", "--json", "--no-detect"),
        cwd=here,
        env=os.environ | ascii_console,
        capture_output=True,
        check=True,
    )
    (image,) = TypeAdapter(list[ClassifiedImage]).validate_json(done.stdout)
    assert (image.image, image.error) == ("얼굴.png", None)
    text = run_apart("classify", "얼굴.png", "--no-detect", folder=here, **ascii_console)
    assert (text.status, text.err) == (0, "")
    assert text.out.startswith("\\uc5bc\\uad74.png: 1 face\n")


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_are_not_unicode(here: Path, capfd: Capture) -> None:
    name = os.fsdecode(b"\xff.png")
    try:
        _save(here / "a.png", np.full((60, 80, 3), 90, np.uint8)).rename(here / name)
    except OSError:
        pytest.skip("names are Unicode here")
    for options in ([], ["--json"]):
        done = run(capfd, "classify", name, os.fsdecode(b"nobody\xff.png"), "--no-detect", *options)
        assert done.status == 1
        assert "fault in avatar-cam" not in done.err
    photo, nobody = _read(done)
    assert (photo.image, nobody.image) == ("\\xff.png", "nobody\\xff.png")
    assert nobody.error is not None and "nobody\\xff.png" in nobody.error


def test_a_name_longer_than_names_can_be(here: Path, capfd: Capture) -> None:
    done = run(capfd, "classify", "a" * 300)
    assert done.status == 1
    assert "cannot be read" in done.error
