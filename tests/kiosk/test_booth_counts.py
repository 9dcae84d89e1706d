"""Daily counts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from avatar_cam.errors import SinkError
from avatar_cam.kiosk.counts import Counts

DAY = date(2026, 11, 21)


def test_counts_are_kept_by_day_and_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "visits.json"
    counts = Counts(path)
    counts.add("visits", DAY)
    counts.add("visits", DAY)
    counts.write()
    again = Counts(path)
    again.add("photos", DAY)
    again.add("visits", DAY + timedelta(days=1))
    again.write()
    assert json.loads(path.read_text("utf-8")) == {
        "2026-11-21": {"visits": 2, "photos": 1, "faults": 0},
        "2026-11-22": {"visits": 1, "photos": 0, "faults": 0},
    }
    assert [one.name for one in path.parent.iterdir()] == ["visits.json"]


def test_they_are_not_written_all_the_time(tmp_path: Path) -> None:
    counts = Counts(tmp_path / "visits.json")
    counts.write_if_due(0.0)
    assert not counts.path.exists()
    counts.add("visits", DAY)
    counts.write_if_due(1.0)
    first = counts.path.read_text("utf-8")
    counts.add("visits", DAY)
    counts.write_if_due(60.0)
    assert counts.path.read_text("utf-8") == first
    counts.write_if_due(61.0)
    assert counts.of(DAY)["visits"] == 2
    assert Counts(counts.path).of(DAY)["visits"] == 2


@pytest.mark.parametrize("content", ["", "[]", '{"today": {}}', '{"2026-11-21": 3}', "{" * 100_000])
def test_a_broken_file_is_put_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / "visits.json"
    path.write_text(content, "utf-8")
    counts = Counts(path)
    assert (tmp_path / "visits.broken").read_text("utf-8") == content
    counts.add("visits", DAY)
    counts.write()
    assert Counts(path).of(DAY)["visits"] == 1


def test_counts_that_are_no_numbers_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    path.write_text('{"2026-11-21": {"visits": -1}}', "utf-8")
    assert Counts(path).of(DAY)["visits"] == 0


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    counts = Counts(tmp_path / "file" / "visits.json")
    counts.add("visits", DAY)
    with pytest.raises(SinkError, match=r"visits\.json cannot be written"):
        counts.write()
    assert counts.of(DAY)["visits"] == 1


def test_old_days_are_forgotten(tmp_path: Path) -> None:
    counts = Counts(tmp_path / "visits.json")
    for number in range(450):
        counts.add("visits", DAY + timedelta(days=number))
    counts.write()
    kept = json.loads(counts.path.read_text("utf-8"))
    assert len(kept) == 400 and min(kept) == (DAY + timedelta(days=50)).isoformat()
