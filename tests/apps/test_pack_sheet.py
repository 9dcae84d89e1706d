"""`characters show`: all of a character on one picture."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.apps.pack_sheet import sheet
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.sources.photos import read_photo
from avatar_cam.types import Pixels
from tests.commands import names, run
from tests.factories import MANIFEST, character, disc, write_pack

#: Reds that anti-aliased letters on the paper do not have by chance in such numbers.
REDS = {emotion: 20 + 30 * index for index, emotion in enumerate(EMOTIONS)}


def _pictures() -> dict[str, Pixels]:
    return {f"{emotion}.png": disc(64, (red, 0, 255)) for emotion, red in REDS.items()}


def _manifest(rest: str = "") -> str:
    tables = "".join(f'\n[emotions.{emotion}]\nimage = "{emotion}.png"\n' for emotion in EMOTIONS)
    return MANIFEST.partition("[emotions")[0] + tables + rest


def _where(picture: Pixels, colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Not 0 where the picture has about that colour, (H, W)."""
    low, high = (tuple(min(max(part + by, 0), 255) for part in colour) for by in (-2, 2))
    return np.asarray(cv2.inRange(picture, low, high), np.uint8)


def _pixels(picture: Pixels, colour: tuple[int, int, int]) -> int:
    return cv2.countNonZero(_where(picture, colour))


def test_every_emotion_is_in_a_column_of_its_own(tmp_path: Path) -> None:
    picture = sheet(character(tmp_path / "dot", _manifest(), _pictures()))
    columns = []
    for red in REDS.values():
        found = _where(picture, (red, 0, 255))
        assert cv2.countNonZero(found) > 4 * 8000, "in four states, and small ones"
        columns.append(np.flatnonzero(found.any(axis=0)))
    assert all(left.max() < right.min() for left, right in itertools.pairwise(columns))
    assert all(_pixels(picture, (shade,) * 3) > 5000 for shade in (0, 128, 255))


def test_what_hangs_on_the_body_has_a_row(tmp_path: Path) -> None:
    wing = '\n[[layers]]\nimage = "wing.png"\nattach = "left_shoulder"\nat = [0, 0]\n'
    pictures = _pictures() | {"wing.png": disc(64, (0, 200, 0))}
    plain = sheet(character(tmp_path / "plain", _manifest(), pictures))
    winged = sheet(character(tmp_path / "winged", _manifest(wing), pictures))
    assert winged.shape[0] > plain.shape[0]
    assert _pixels(plain, (0, 200, 0)) == 0
    assert _pixels(winged, (0, 200, 0)) > 1000


def test_characters_show(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_pack(here / "packs" / "점", _manifest().replace("Dot", "점박이"), _pictures())
    done = run(capfd, "characters", "show", "점", "--character-dir", "packs")
    assert (done.status, done.said) == (0, ["avatar-cam: 점박이 is in 점.png"])
    assert read_photo(here / "점.png").shape[1] > 1000
    assert run(capfd, "characters", "show", "점", "-o", "x.webp", "--character-dir", "packs").status == 0
    assert run(capfd, "characters", "show", "nobody").status == 2
    assert run(capfd, "characters", "show", "bear", "-o", "x.mp4").status == 2
    assert names(here) == ["packs", "x.webp", "점.png"]


def test_a_wearer_is_seen_where_nothing_is_worn(tmp_path: Path) -> None:
    """Below what is worn, and in the states that are asked for only."""
    dots = character(tmp_path / "dot", _manifest(), _pictures())
    skin = np.full((90, 90, 4), (0, 160, 0, 255), np.uint8)
    picture = sheet(dots, 150, {"plain": [(skin, (-13, -13, 77, 77))]})
    seen = np.flatnonzero(_where(picture, (0, 160, 0)).any(axis=1))
    assert seen.size and _pixels(picture, (20, 0, 255)) > 1000
    talking = sheet(dots, 150, {"talk": [(skin, (-13, -13, 77, 77))]})
    assert np.flatnonzero(_where(talking, (0, 160, 0)).any(axis=1)).min() > seen.min() + 300


def test_eyes_far_apart_do_not_fill_the_memory(tmp_path: Path) -> None:
    """The picture with the body would be as large as the distances in it."""
    wing = '\n[[layers]]\nimage = "wing.png"\nattach = "left_wrist"\nat = [0, 0]\n'
    apart = _manifest(wing).replace("[20, 24]", "[-900, 24]").replace("[44, 24]", "[900, 24]")
    tracemalloc.start()
    try:
        sheet(character(tmp_path / "wide", apart, _pictures() | {"wing.png": disc(64)}))
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()
