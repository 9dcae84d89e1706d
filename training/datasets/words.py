"""What data sets call their classes."""

from __future__ import annotations

import re

from avatar_cam.emotions.vocabulary import KOREAN
from training.datasets.base import Split
from training.datasets.names import composed
from training.labels import AIHUB, FER2013, FERPLUS, Scheme

_SPLITS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "validation": "valid",
    "val": "valid",
    "dev": "valid",
    "publictest": "valid",
    "test": "test",
    "testing": "test",
    "privatetest": "test",
}

#: Other names of FER2013's and FER+'s labels.
_SAME = (
    ("angry", "anger"),
    ("disgust", "disgusted"),
    ("fear", "fearful", "afraid", "scared"),
    ("happy", "happiness", "joy"),
    ("sad", "sadness"),
    ("surprise", "surprised"),
    ("neutral", "neutrality"),
    ("contempt", "contemptuous"),
)

#: How the AI-Hub emotions are also written.
_AIHUB_ALSO = {
    "pleasure": ("joy", "happy", "happiness"),
    "upset": ("flustered", "embarrassed"),
    "anger": ("angry",),
    "unrest": ("anxious", "anxiety"),
    "wound": ("hurt",),
    "sadness": ("sad",),
    "neutrality": ("neutral",),
}

#: Numbers and signs around a name: "0_angry", "1.기쁨".
_AROUND = re.compile(r"^[\d\W_]+|[\d\W_]+$")


def plain(word: str) -> str:
    """A word as it is compared: NFC, small letters, without spaces around it."""
    return composed(word).strip().casefold()


def split_named(name: str) -> Split | None:
    """The split that a folder of this name holds, or None."""
    return _SPLITS.get(re.sub(r"[\W\d_]", "", plain(name)))


def _words(scheme: Scheme) -> dict[str, str]:
    """Each word, plain, and the label of the scheme that it means."""
    words = {label: label for label in scheme.labels}
    if scheme is AIHUB:
        for emotion, korean in KOREAN.items():
            words |= dict.fromkeys((korean, *_AIHUB_ALSO[emotion]), emotion)
        return words
    for same in _SAME:
        label = next((word for word in same if word in words), None)
        if label:
            words |= dict.fromkeys(same, label)
    return words


#: In the order in which schemes are tried.
_WORDS = {scheme.name: _words(scheme) for scheme in (FER2013, FERPLUS, AIHUB)}


def label_named(scheme: Scheme, word: str) -> str | None:
    """The scheme's label that a word or a folder's name means, or None.

    Numbers and signs around it do not count: "0_angry" is "angry".
    """
    words, word = _WORDS[scheme.name], plain(word)
    return words.get(word) or words.get(_AROUND.sub("", word))


def scheme_of(names: set[str]) -> Scheme | None:
    """The scheme that knows all these names: by its own labels if possible, else by others for them."""
    schemes = (FER2013, FERPLUS, AIHUB)
    exact = [scheme for scheme in schemes if {plain(name) for name in names} <= set(scheme.labels)]
    known = [scheme for scheme in schemes if all(label_named(scheme, name) for name in names)]
    return next(iter(exact + known), None)


def known_words() -> str:
    """All words that `label_named` knows, for a message."""
    return ", ".join(sorted({word for words in _WORDS.values() for word in words}))
