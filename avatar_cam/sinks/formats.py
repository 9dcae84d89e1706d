"""The trace: what `--trace` writes, one JSON object a line. `docs/formats.md` is generated from this."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.sinks.records import record
from avatar_cam.types import Composite, Variant, Via

Point = Annotated[tuple[float, float], Field(description="[x, y] px")]
Share = Annotated[float, Field(ge=0, le=1)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TraceHeader(_Line):
    """The first line of a trace."""

    avatar_cam: Annotated[str, Field(description="the program's version")]
    source: Annotated[
        str, Field(description="the name of the file, folder or camera that the frames came from")
    ]
    size: Annotated[
        tuple[int, int],
        Field(
            description="[width, height] px of every frame; [0, 0] for photos of a folder, which may differ"
        ),
    ]
    fps: Annotated[float, Field(ge=0, description="the source's nominal rate; 0 for a photo")]
    model: Annotated[str, Field(description="name and version of the emotion model")]
    labels: Annotated[list[str], Field(description="the model's own labels, in the order of its output")]
    emotions: Annotated[list[Emotion], Field(description="the seven emotions, in the program's order")]


class TraceAnchors(_Line):
    """Named points of a face; left and right are the person's own."""

    left_eye: Point
    right_eye: Point
    nose_tip: Point
    mouth_left: Point
    mouth_right: Point
    mouth: Point
    chin: Point
    forehead: Point


class TraceHead(_Line):
    """Which way a head is turned."""

    yaw: Annotated[float, Field(description="degrees, positive when turned to the person's own left")]
    pitch: Annotated[float, Field(description="degrees, positive when looking up")]
    roll: Annotated[float, Field(description="degrees, positive when turned clockwise in the picture")]


class TraceBlink(_Line):
    """How far the eyes are closed: 0 open, 1 closed; left and right are the person's own."""

    left: Share
    right: Share


class TraceFace(_Line):
    """One person's face in one frame."""

    id: Annotated[int, Field(description="stays with a person from frame to frame")]
    via: Annotated[
        Via,
        Field(
            description="how it was found: `face`, `pose` (from the body) or `held` (kept in place a moment)"
        ),
    ]
    box: Annotated[
        tuple[float, float, float, float], Field(description="[x, y, width, height] px around the landmarks")
    ]
    anchors: TraceAnchors
    head: TraceHead
    blink: TraceBlink
    mouth_open: Annotated[Share, Field(description="0 closed, 1 wide open")]
    probabilities: Annotated[
        dict[Emotion, Share] | None,
        Field(description="the newest reading, over the seven emotions; null before the first"),
    ]
    read_at: Annotated[float | None, Field(description="the time of that reading, s; null before the first")]
    emotion: Annotated[Emotion | None, Field(description="the one shown, after smoothing; null when none is")]
    character: Annotated[str | None, Field(description="the one shown; null when none is")]
    variant: Annotated[Variant | None, Field(description="which of its pictures is shown; null when none is")]
    opacity: Annotated[Share, Field(description="of the character: 0 not shown, 1 fully shown")]


class TraceFrame(_Line):
    """One frame: every line of a trace after the first."""

    frame: Annotated[int, Field(ge=0, description="its number, from 0")]
    time: Annotated[float, Field(ge=0, description="seconds of the source's own clock from its first frame")]
    faces: Annotated[list[TraceFace], Field(description="empty when there are none")]
    pose: Annotated[
        dict[str, tuple[float, float, float] | int | None] | None,
        Field(
            description="the body that is followed: `face` is the id of its face, or null; every other "
            "key is one of its 33 points, [x, y, visibility], px and 0 to 1; null when no body is followed"
        ),
    ]
    ms: Annotated[
        dict[str, float],
        Field(description="milliseconds of each stage; the only part that differs between runs"),
    ]

    @classmethod
    def from_composite(cls, composite: Composite) -> Self:
        """The line that a trace has for `composite`."""
        return cls.model_validate(record(composite))
