"""Emotions by their names."""

from __future__ import annotations

import unicodedata

import pytest

from avatar_cam.emotions.vocabulary import EMOTIONS, KOREAN, emotion_named


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_english_and_korean_names(emotion: str) -> None:
    korean = KOREAN[emotion]  # type: ignore[index]
    for name in (
        emotion,
        emotion.upper(),
        f" {emotion.title()} ",
        korean,
        unicodedata.normalize("NFD", korean),
    ):
        assert emotion_named(name) == emotion


@pytest.mark.parametrize("other", ["happiness", "", None, 3])
def test_what_is_none_is_given_back(other: object) -> None:
    assert emotion_named(other) == other
