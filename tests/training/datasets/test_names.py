"""Names as they were meant."""

from __future__ import annotations

import os
import sys
import unicodedata

import pytest

from training.datasets.names import file_name, is_junk

KOREAN = "[원천]EMOIMG_슬픔_TRAIN_01"


def test_korean_taken_apart_is_put_together() -> None:
    assert file_name(unicodedata.normalize("NFD", KOREAN)) == KOREAN


def test_korean_that_was_taken_for_code_page_437_is_mended() -> None:
    spoilt = KOREAN.encode("cp949").decode("cp437")
    assert spoilt != KOREAN
    assert file_name(spoilt) == KOREAN


@pytest.mark.skipif(sys.platform != "linux", reason="only there names may be any bytes")
def test_korean_in_bytes_that_are_no_utf8_is_mended() -> None:
    assert file_name(os.fsdecode(KOREAN.encode("cp949"))) == KOREAN


@pytest.mark.skipif(sys.platform != "linux", reason="only there names may be any bytes")
def test_bytes_that_are_nothing_stay() -> None:
    name = os.fsdecode(b"\xff\xff.jpg")
    assert file_name(name) == name


@pytest.mark.parametrize("name", ["zúñiga.jpg", "café.png", "été", "Straße", "日本.jpg", "plain"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert file_name(name) == name


def test_what_systems_leave_behind_is_junk() -> None:
    assert all(map(is_junk, ("__MACOSX", "._x.jpg", ".DS_Store", "Thumbs.db", "@eaDir")))
    assert not any(map(is_junk, ("Training", "x.jpg", "기쁨")))
