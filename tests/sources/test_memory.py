"""The source over pictures in memory."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_cam.errors import SourceError
from avatar_cam.sources.base import Source
from avatar_cam.sources.memory import MemorySource
from tests.sources.media import numbered


def test_gives_copies_at_a_steady_rate() -> None:
    pictures = [numbered(index) for index in range(3)]
    with MemorySource(pictures, fps=20, name="three", warning="cut off") as memory:
        source: Source = memory
        frames = list(source)
        frames[1].pixels[:] = 0
        assert [frame.time for frame in source] == [0.0, 0.05, 0.1]
    assert (source.name, source.size, source.fps, source.frame_count) == ("three", (64, 48), 20, 3)
    assert source.warning == "cut off"
    assert memory.closed
    assert np.array_equal(pictures[1], numbered(1))


def test_refuses_none_and_different_sizes() -> None:
    with pytest.raises(SourceError, match="no pictures"):
        MemorySource([])
    with pytest.raises(ValueError, match="one size"):
        MemorySource([numbered(0, (64, 48)), numbered(0, (48, 64))])
