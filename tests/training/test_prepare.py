"""Reading the data set and aligning its faces."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from avatar_cam.emotions.crop import crop_face
from avatar_cam.errors import SourceError
from training.align import Aligner
from training.ferplus import read_entries, read_pictures
from training.prepare import main, prepare
from training.samples import SIZE, load


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text("utf-8")), "utf-8")


def _replace_picture(folder: Path, content: bytes) -> None:
    with zipfile.ZipFile(folder / "ferplus_images.zip", "w") as archive:
        archive.writestr("FER2013Train/fer0000000.png", content)


def test_tables_are_joined_by_name(data_set: Path) -> None:
    entries = read_entries(data_set)
    assert [entry.name for entry in entries] == [f"fer{i:07}.png" for i in range(6)]
    # The first row of the votes has no picture: by row number, all would be off by one.
    assert [entry.votes.index(10) for entry in entries] == [0, 1, 2, 3, 4, 5]
    assert [entry.fer2013 for entry in entries] == [0, 1, 2, 3, 4, 5]
    assert [entry.split for entry in entries] == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize("jobs", [1, 2])
def test_where_no_face_is_found_the_picture_stays(data_set: Path, tmp_path: Path, jobs: int) -> None:
    main(["--data", str(data_set), "--out", str(tmp_path / "out"), "--jobs", str(jobs)])
    samples = load(tmp_path / "out" / "ferplus.npz")
    pictures = np.stack(list(read_pictures(data_set, read_entries(data_set))))
    assert not samples.found.any()
    np.testing.assert_array_equal(samples.raw, pictures)
    np.testing.assert_array_equal(samples.aligned, pictures)
    assert samples.names[3] == "fer0000003.png"


def test_a_found_face_is_cropped_as_at_run_time(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE)).astype(np.uint8)
    shares = np.random.default_rng(1).uniform(0.25, 0.75, (468, 2))
    face = SimpleNamespace(landmark=[SimpleNamespace(x=x, y=y) for x, y in shares])
    aligner = Aligner()
    fake = SimpleNamespace(process=lambda _: SimpleNamespace(multi_face_landmarks=[face]))
    monkeypatch.setattr(aligner, "_mesh", fake)
    crop, found = aligner.align(picture)
    assert found
    np.testing.assert_array_equal(crop, crop_face(picture, shares.astype(np.float32) * SIZE, SIZE))
    assert not np.array_equal(crop, picture)


BROKEN: list[tuple[str, Callable[[Path], object], str]] = [
    ("no votes", lambda d: (d / "fer2013new.csv").unlink(), "fer2013new.csv does not exist"),
    ("no pictures", lambda d: (d / "ferplus_images.zip").unlink(), "ferplus_images.zip does not exist"),
    ("no zip", lambda d: (d / "ferplus_images.zip").write_bytes(b"PK torn"), "cannot be read"),
    (
        "no column",
        lambda d: _rewrite(d / "fer2013new.csv", lambda text: text.replace("Image name", "image")),
        "no column 'Image name'",
    ),
    (
        "no row",
        lambda d: _rewrite(d / "fer2013_labels.csv", lambda text: text.replace("fer0000002", "x")),
        "fer2013_labels.csv says nothing of fer0000002.png",
    ),
    (
        "no split",
        lambda d: _rewrite(d / "fer2013_labels.csv", lambda text: text.replace("PublicTest", "?")),
        "fer0000001.png are no valid",
    ),
    (
        "label out of range",
        lambda d: _rewrite(d / "fer2013_labels.csv", lambda text: text.replace(",4,", ",9,")),
        "fer0000004.png are out of range",
    ),
    ("no picture", lambda d: _replace_picture(d, b"not a png"), "is no 48x48 picture"),
    (
        "wrong size",
        lambda d: _replace_picture(d, cv2.imencode(".png", np.zeros((40, 48), np.uint8))[1].tobytes()),
        "is no 48x48 picture",
    ),
    ("empty zip", lambda d: zipfile.ZipFile(d / "ferplus_images.zip", "w").close(), "holds no .png"),
]


@pytest.mark.parametrize(
    ("spoil", "message"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_data_set_is_one_clear_line(
    data_set: Path, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(data_set)
    with pytest.raises(SourceError, match=message) as caught:
        prepare(data_set, jobs=1, progress=False)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_ends_the_command_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--data", str(tmp_path / "nowhere"), "--out", str(tmp_path)])
    assert caught.value.code == 1
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert "nowhere" in err
    assert err.count("\n") == 1
    assert not list(tmp_path.glob("*.npz"))
