"""What the names of the AI-Hub data's folders and files say."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from training.datasets.words import label_named
from training.labels import AIHUB

#: The half of the data that something lies in; "" where nothing says it.
Half: TypeAlias = Literal["Training", "Validation", ""]

#: <person>_<여|남>_<age>_<emotion>_<background>_<time>-<a>-<b>.jpg
_NAME = re.compile(r"(?P<person>[^_]+)_[^_]+_[^_]+_(?P<emotion>[^_]+)_")

_HALF = re.compile(r"(?<![a-z])(?:(?P<train>train(?:ing)?)|valid(?:ation)?|val)(?![a-z])", re.IGNORECASE)


def half_of(path: str) -> Half:
    """The half that a path names last, as "Training" or "…_TRAIN_01"."""
    names = list(_HALF.finditer(path))
    if not names:
        return ""
    return "Training" if names[-1]["train"] else "Validation"


def person_of(file: str) -> str:
    """The person's hash at the beginning of a picture's name; "" where there is none."""
    match = _NAME.match(file)
    return match["person"].casefold() if match else ""


def acted_emotion(file: str) -> str:
    """The emotion that a picture's name says was acted; "" where it says none that is known."""
    match = _NAME.match(file)
    return (match and label_named(AIHUB, match["emotion"])) or ""
