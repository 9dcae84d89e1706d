"""The contact sheet: a moment of each emotion that was shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_cam.apps.sheet import SheetSink, contact_sheet
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.sources.photos import read_photo
from avatar_cam.types import Composite, SpriteChoice
from tests.factories import face_of, frame

_ORDER: tuple[Emotion, ...] = ("neutrality", "pleasure", "anger")


def _composite(time: float, emotion: Emotion, value: int, size: tuple[int, int] = (320, 180)) -> Composite:
    choice = SpriteChoice(1, "bear", emotion, since=float(int(time)))
    return Composite(frame(time, 0, size, value), (face_of(),), {}, {1: choice}, ())


def test_every_emotion_that_was_shown_is_on_it(tmp_path: Path) -> None:
    """Found again by its grey."""
    greys = (60, 120, 200)
    with SheetSink(tmp_path / "sheet.png") as sink:
        for index in range(30):
            which = index // 10
            sink.write(_composite(index / 10, _ORDER[which], greys[which]))
    sheet = read_photo(tmp_path / "sheet.png")
    for grey in greys:
        assert (np.abs(sheet.astype(int) - grey).max(axis=2) < 3).sum() > 20_000


def test_nobody_seen_is_a_sheet_all_the_same(tmp_path: Path) -> None:
    with SheetSink(tmp_path / "sheet.png") as sink:
        sink.write(Composite(frame(), (), {}, {}, ()))
    assert read_photo(tmp_path / "sheet.png").size > 0


def test_nothing_is_written_after_a_fault(tmp_path: Path) -> None:
    def interrupted() -> None:
        with SheetSink(tmp_path / "sheet.png") as sink:
            sink.write(_composite(0.0, "anger", 100))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_rows_are_filled_up() -> None:
    tile = np.zeros((40, 60, 3), np.uint8)
    one, four, five = (contact_sheet([("a", tile)] * count) for count in (1, 4, 5))
    assert one.shape == four.shape
    assert five.shape[0] == 2 * four.shape[0]
