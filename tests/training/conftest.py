"""Fixtures of the training tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.made import write_data_set


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    """A folder with six pictures without a face."""
    return write_data_set(tmp_path / "fer2013")
