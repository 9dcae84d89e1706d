"""What all data sets check of their examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from avatar_cam.errors import SourceError
from training.datasets.base import Example, LeftOut


def some_usable(found: Iterable[Example | LeftOut], path: Path) -> Iterator[Example | LeftOut]:
    """All that was `found`; SourceError at the end if none of it can be used."""
    examples, reasons = 0, Counter[str]()
    for each in found:
        if isinstance(each, Example):
            examples += 1
        else:
            reasons[each.reason] += 1
        yield each
    if examples:
        return
    if not reasons:
        raise SourceError(f"{path} holds no pictures")
    ((reason, _),) = reasons.most_common(1)
    raise SourceError(f"{path}: of {reasons.total():,} pictures none can be used, most often: {reason}")
