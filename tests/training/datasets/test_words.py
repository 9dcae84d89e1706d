"""What classes and splits are called."""

from __future__ import annotations

import unicodedata

import pytest

from avatar_cam.emotions.vocabulary import EMOTIONS, KOREAN
from training.datasets.words import label_named, scheme_of, split_named
from training.labels import AIHUB, FER2013, FERPLUS, Scheme

RAF_DB = {"surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"}


@pytest.mark.parametrize(
    ("names", "scheme"),
    [
        (set(FER2013.labels), FER2013),
        (set(FERPLUS.labels), FERPLUS),
        (set(EMOTIONS), AIHUB),
        (set(KOREAN.values()), AIHUB),
        ({unicodedata.normalize("NFD", word) for word in KOREAN.values()}, AIHUB),
        ({"happy", "embarrassed", "angry", "anxious", "hurt", "sad", "neutral"}, AIHUB),
        ({"joy", "flustered"}, AIHUB),
        (RAF_DB, FERPLUS),
        ({"Angry", "Happy"}, FER2013),
        ({"0_angry", "1_happy"}, FER2013),
        ({"angry", "contempt"}, FERPLUS),
        ({"happy", "smirking"}, None),
        ({"pleasure", "contempt"}, None),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else value and value.name,
)
def test_the_scheme_is_told_by_the_names(names: set[str], scheme: Scheme | None) -> None:
    assert scheme_of(names) is scheme


@pytest.mark.parametrize(
    ("scheme", "word", "label"),
    [
        (AIHUB, "기쁨", "pleasure"),
        (AIHUB, unicodedata.normalize("NFD", "당황"), "upset"),
        (AIHUB, " Anxious", "unrest"),
        (AIHUB, "HURT", "wound"),
        (FER2013, "happiness", "happy"),
        (FER2013, "3 - Happy", "happy"),
        (FERPLUS, "scared", "fear"),
        (FER2013, "contempt", None),
        (AIHUB, "surprise", None),
        (FER2013, "", None),
    ],
)
def test_a_word_s_label(scheme: Scheme, word: str, label: str | None) -> None:
    assert label_named(scheme, word) == label


def test_every_scheme_knows_its_own_labels() -> None:
    for scheme in (FER2013, FERPLUS, AIHUB):
        assert [label_named(scheme, label) for label in scheme.labels] == list(scheme.labels)


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("1.Training", "train"),
        ("val", "valid"),
        ("Validation", "valid"),
        ("PublicTest", "valid"),
        ("TEST", "test"),
        ("PrivateTest", "test"),
        ("archive", None),
        ("", None),
    ],
)
def test_a_folder_s_split(name: str, split: str | None) -> None:
    assert split_named(name) == split
