"""All that the window shows beside the picture, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.types import Composite, Pixels

Severity = Literal["info", "warning"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One line that the user should read."""

    text: str
    severity: Severity = "info"


@dataclass(frozen=True, slots=True)
class Figures:
    """How fast it runs; what is None is not shown.

    Best made anew only a few times a second: digits that change with every frame cannot be read.
    """

    fps: float
    camera_fps: float | None = None
    #: Frames that the camera gave and nobody looked at.
    dropped: int | None = None
    #: From the moment the picture was taken until it was shown.
    latency_ms: float | None = None
    pose_fps: float | None = None
    #: Milliseconds of each stage, in their order.
    stages: Mapping[str, float] = field(default_factory=dict)
    #: From the moment the picture was taken until it was sent to a virtual camera.
    sent_ms: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """One character of the strip: `picture` uint8 (h, w, 4), RGB multiplied by alpha."""

    character: str
    title: str
    picture: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is shown, and how. Nothing here is mirrored by whoever makes it."""

    mirror: bool = True
    #: Where landmarks and readings come from; None shows none.
    composite: Composite | None = None
    figures: Figures | None = None
    bars: bool = False
    landmarks: bool = False
    keys: bool = False
    overlay: bool = True
    #: The emotion that is held whatever is read.
    held: Emotion | None = None
    notices: tuple[Notice, ...] = ()
    #: Seconds until a snapshot is taken.
    countdown: float | None = None
    #: Seconds that have been recorded so far.
    recording: float | None = None
    #: 1 when a snapshot is taken, and then down to 0.
    flash: float = 0.0
    thumbnails: Sequence[Thumbnail] = ()
    #: The id of the character that is worn.
    worn: str | None = None
    #: Whether the user has hidden the picture.
    hidden: bool = False
