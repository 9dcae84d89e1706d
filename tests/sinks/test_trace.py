"""The trace says what was found and shown, as its models describe it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from avatar_cam import __version__
from avatar_cam.emotions.card import CardCrop, CardInput, CardScaling, ModelCard
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import SinkError
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.formats import TraceFace, TraceFrame, TraceHead, TraceHeader
from avatar_cam.sinks.memory import MemorySink
from avatar_cam.sinks.records import POSE_NAMES, record
from avatar_cam.sinks.trace import TraceWriter
from avatar_cam.types import (
    ANCHORS,
    LANDMARKS,
    POSE_LANDMARKS,
    Composite,
    EmotionReading,
    FaceTrack,
    Frame,
    HeadPose,
    PoseTrack,
    SpriteChoice,
)

CARD = ModelCard(
    name="test",
    version="1",
    labels=["happiness", "neutral"],
    emotions={"happiness": "pleasure", "neutral": "neutrality"},
    input=CardInput(width=48, height=48, channels=1, dtype="float32"),
    scaling=CardScaling(offset=0, factor=1),
    crop=CardCrop(function="landmarks", margin=1),
    sha256="0" * 64,
    data="none",
    figures={},
    commit="none",
)

PROBABILITIES = np.array([0.70001, 0.1, 0.05, 0.05, 0.05, 0.03, 0.01999], np.float32)


def face_track(number: int = 1) -> FaceTrack:
    landmarks = np.arange(LANDMARKS * 3, dtype=np.float32).reshape(LANDMARKS, 3) / 7
    head = HeadPose(np.eye(3, dtype=np.float32), 60.0, np.zeros(3, np.float32), 12.3456, -7.0, 0.004)
    return FaceTrack(number, landmarks, head, (0.123456, 1.0), 0.5, "face")


def composite(**changes: object) -> Composite:
    """A face with a reading and a choice, and no body."""
    frame = Frame(np.zeros((48, 64, 3), np.uint8), 12, 0.4000000001)
    reading = EmotionReading(1, PROBABILITIES, 0.36)
    choice = SpriteChoice(1, "곰", "pleasure", 0.2, "talk", 0.75)
    full = Composite(frame, (face_track(),), {1: reading}, {1: choice}, (), ms={"track": 3.14159})
    return replace(full, **changes)


def body() -> PoseTrack:
    landmarks = np.arange(POSE_LANDMARKS * 3, dtype=np.float32).reshape(POSE_LANDMARKS, 3)
    return PoseTrack(landmarks, np.full(POSE_LANDMARKS, 0.98766, np.float32))


def write(path: Path, *composites: Composite) -> list[dict[str, object]]:
    with TraceWriter(path, source="영상.mp4", size=(64, 48), fps=30000 / 1001, card=CARD) as writer:
        sink: Sink = writer
        for one in composites:
            sink.write(one)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_first_line(tmp_path: Path) -> None:
    lines = write(tmp_path / "trace.jsonl")
    assert lines == [
        {
            "avatar_cam": __version__,
            "source": "영상.mp4",
            "size": [64, 48],
            "fps": 29.97,
            "model": "test 1",
            "labels": ["happiness", "neutral"],
            "emotions": list(EMOTIONS),
        }
    ]
    TraceHeader.model_validate(lines[0])


def test_a_face(tmp_path: Path) -> None:
    track = face_track()
    _, line = write(tmp_path / "trace.jsonl", composite())
    x, y, width, height = track.box
    assert line == {
        "frame": 12,
        "time": 0.4,
        "faces": [
            {
                "id": 1,
                "via": "face",
                "box": [round(x, 2), round(y, 2), round(width, 2), round(height, 2)],
                "anchors": {
                    name: [pytest.approx(float(value), abs=0.0051) for value in track.anchor(name)]
                    for name in ANCHORS
                },
                "head": {"yaw": 12.35, "pitch": -7.0, "roll": 0.0},
                "blink": {"left": 0.1235, "right": 1.0},
                "mouth_open": 0.5,
                "probabilities": dict(zip(EMOTIONS, [0.7, 0.1, 0.05, 0.05, 0.05, 0.03, 0.02], strict=True)),
                "read_at": 0.36,
                "emotion": "pleasure",
                "character": "곰",
                "variant": "talk",
                "opacity": 0.75,
            }
        ],
        "pose": None,
        "ms": {"track": 3.142},
    }


def test_before_the_first_reading_and_choice() -> None:
    [face] = TraceFrame.from_composite(composite(readings={}, choices={})).faces
    assert (face.probabilities, face.read_at) == (None, None)
    assert (face.emotion, face.character, face.variant, face.opacity) == (None, None, None, 0.0)


def test_no_face() -> None:
    assert TraceFrame.from_composite(composite(faces=(), readings={}, choices={})).faces == []


@pytest.mark.parametrize("face", [1, None])
def test_a_body(face: int | None) -> None:
    pose = TraceFrame.from_composite(composite(pose=body(), pose_face=face)).pose
    assert pose is not None
    assert pose["face"] == face
    assert pose["left_shoulder"] == (33.0, 34.0, 0.9877)
    assert list(pose) == ["face", *POSE_NAMES]
    assert len(POSE_NAMES) == POSE_LANDMARKS


@pytest.mark.parametrize(
    "one",
    [
        composite(),
        composite(readings={}, choices={}),
        composite(faces=()),
        composite(pose=body(), pose_face=1),
    ],
    ids=["all", "early", "nobody", "body"],
)
def test_the_fast_way_says_what_the_models_describe(one: Composite) -> None:
    fast = json.loads(json.dumps(record(one), allow_nan=False))
    assert TraceFrame.model_validate(fast).model_dump(mode="json") == fast


def test_every_field_is_described() -> None:
    for model in (TraceHeader, TraceFrame, TraceFace, TraceHead):
        for name, field in model.model_fields.items():
            kind = field.annotation
            explains_itself = isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__doc__
            assert field.description or explains_itself, f"{model.__name__}.{name}"


def test_same_composites_same_file(tmp_path: Path) -> None:
    write(tmp_path / "one.jsonl", composite(), composite(pose=body()))
    write(tmp_path / "two.jsonl", composite(), composite(pose=body()))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        _interrupt(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def _interrupt(path: Path) -> None:
    with TraceWriter(path, source="a", size=(64, 48), fps=30, card=CARD) as writer:
        writer.write(composite())
        raise KeyboardInterrupt


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="there is no folder"):
        TraceWriter(tmp_path / "nowhere" / "a.jsonl", source="a", size=(64, 48), fps=30, card=CARD)


def test_a_write_that_fails(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows cannot limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        with pytest.raises(SinkError, match="cannot be written"):
            write(tmp_path / "trace.jsonl", *[composite()] * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_the_memory_sink_keeps_all() -> None:
    one = composite()
    with MemorySink() as memory:
        sink: Sink = memory
        sink.write(one)
    assert memory.composites == [one]
    assert memory.closed


def test_it_appears_when_it_is_closed_not_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    with TraceWriter(path, source="a", size=(64, 48), fps=30, card=CARD) as writer:
        writer.write(composite())
        writer.finish()
        writer.finish()
        assert not path.exists()
    assert len(path.read_text("utf-8").splitlines()) == 2


def test_what_was_finished_can_still_be_discarded(tmp_path: Path) -> None:
    writer = TraceWriter(tmp_path / "trace.jsonl", source="a", size=(64, 48), fps=30, card=CARD)
    writer.finish()
    writer.discard()
    writer.close()
    assert list(tmp_path.iterdir()) == []
