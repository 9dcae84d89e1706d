"""What the tests of data sets ask of one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avatar_cam.errors import SourceError
from training.datasets.base import DataSet, Example
from training.datasets.opening import Kind, open_data_set


def listed(data: DataSet) -> tuple[dict[str, Example], dict[str, str]]:
    """Its examples by key, and the reasons of those left out by theirs; no key is there twice."""
    found = list(data.examples())
    assert len({each.key for each in found}) == len(found)
    examples = {each.key: each for each in found if isinstance(each, Example)}
    return examples, {each.key: each.reason for each in found if not isinstance(each, Example)}


def refused(path: Path, *words: str, kind: Kind | None = None) -> None:
    """The data set is refused, at once or when it is listed, in one line with these words."""
    with pytest.raises(SourceError) as caught:
        list(open_data_set(kind or "auto", path).examples())
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert re.search(re.escape(word), message), message
