"""The label files of the AI-Hub data."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from avatar_cam.errors import SourceError
from training.datasets.aihub_records import Record, parse_records
from training.datasets.base import Box

BOXES = {"minX": 1.5, "minY": 2, "maxX": 30, "maxY": 40}


def _record(name: str = "a_여_20_기쁨_도심_1-1-1.jpg", **annotations: Any) -> dict[str, Any]:
    return {"filename": name, "gender": "여", "age": 20, "faceExp_uploader": "기쁨", **annotations}


def _parsed(content: str | bytes) -> list[Record]:
    return list(parse_records(content.encode() if isinstance(content, str) else content, "x.json"))


def _boxes(value: Any) -> tuple[Box, ...]:
    return _parsed(json.dumps([_record(annot_A={"boxes": value, "faceExp": "기쁨"})]))[0].boxes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "euc_kr"])
@pytest.mark.parametrize("ascii_only", [False, True], ids=["letters", "escaped"])
def test_all_encodings_say_the_same(encoding: str, ascii_only: bool) -> None:
    text = json.dumps([_record(annot_B={"faceExp": "슬픔", "boxes": BOXES})] * 2, ensure_ascii=ascii_only)
    record = Record("a_여_20_기쁨_도심_1-1-1.jpg", ("슬픔",), (Box(1.5, 2, 30, 40),))
    assert _parsed(text.encode(encoding)) == [record, record]


@pytest.mark.parametrize("gap", [",", "\n", " ,\r\n\t"])
def test_records_may_be_a_list_one_alone_or_one_a_line(gap: str) -> None:
    one = json.dumps(_record())
    assert len(_parsed(f" [ {one}{gap}{one} ] \n")) == 2
    assert len(_parsed(f"{one}{gap}{one}\n")) == 2
    assert len(_parsed(one)) == 1
    assert _parsed("[]") == []


def test_a_path_before_the_file_s_name_does_not_count() -> None:
    assert _parsed(json.dumps([_record("기쁨\\a/b.jpg")]))[0].file == "b.jpg"


def test_who_said_nothing_has_no_word() -> None:
    record = _record(annot_A={"faceExp": " 기쁨 "}, annot_B={"faceExp": ""}, annot_C=None)
    assert _parsed(json.dumps([record]))[0].words == ("기쁨",)
    assert _parsed(json.dumps([_record(annot_C={"faceExp": 3})]))[0].words == ()


def test_the_uploader_is_no_annotator() -> None:
    assert _parsed(json.dumps([_record()]))[0].words == ()


@pytest.mark.parametrize(
    ("change", "box"),
    [
        ({}, Box(1.5, 2, 30, 40)),
        ({"minX": -20.5, "maxY": 1e5}, Box(-20.5, 2, 30, 1e5)),
        ({"minX": "7", "maxX": "12.5"}, Box(7, 2, 12.5, 40)),
    ],
    ids=["inside", "partly outside", "numbers in quotes"],
)
def test_boxes_that_say_something(change: dict[str, Any], box: Box) -> None:
    assert _boxes({**BOXES, **change}) == (box,)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        "",
        {**BOXES, "maxX": 1.5},
        {**BOXES, "maxY": 1},
        {**BOXES, "minX": -9, "maxX": -1},
        {**BOXES, "minY": -9, "maxY": 0},
        {**BOXES, "minX": None},
        {**BOXES, "minX": "left"},
        {**BOXES, "maxX": float("nan")},
        {**BOXES, "maxX": float("inf")},
        {**BOXES, "maxX": 10**400},
        {"minX": 1, "minY": 2, "maxX": 3},
        dict.fromkeys(BOXES, 0),
    ],
    ids=str,
)
def test_boxes_that_say_nothing(value: Any) -> None:
    assert _boxes(value) == ()


def test_each_annotator_s_box_is_kept() -> None:
    other = {**BOXES, "maxX": 50}
    record = _record(annot_A={"boxes": BOXES}, annot_B={"boxes": {}}, annot_C={"boxes": other})
    assert [box.right for box in _parsed(json.dumps([record]))[0].boxes] == [30, 50]


ONE = json.dumps(_record())

BROKEN: dict[str, tuple[str | bytes, str]] = {
    "empty": (b" \n", "x.json is empty: get it anew"),
    "no JSON": (b"hello", "x.json is no whole JSON (Expecting value: line 1 column 1 (char 0)): get it anew"),
    "cut off in a record": (f"[{ONE},{ONE[:40]}", "x.json is no whole JSON ("),
    "cut off between records": (f"[{ONE},{ONE}", "x.json breaks off in the middle: get it anew"),
    "too deep": ("[" + "[" * 100_000, "x.json is no whole JSON ("),
    "other JSON": (
        '{"images": []}',
        "x.json is no list of records with a 'filename': move it away if it is no label file",
    ),
    "no file name": ('[{"filename": " "}]', "x.json is no list of records with a 'filename'"),
    "no text": (b"\xff\xff\xff[", "x.json is neither in UTF-8 nor in CP949: get it anew"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_clear_line(case: str) -> None:
    content, message = BROKEN[case]
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        _parsed(content)
    assert "\n" not in str(caught.value)
