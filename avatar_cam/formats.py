"""What commands print as JSON; `docs/formats.md` is generated from these models and `sinks.formats`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from avatar_cam.emotions.vocabulary import Emotion


class ClassifiedFace(BaseModel):
    """One face of a picture."""

    box: Annotated[list[float], Field(description="[x, y, width, height] px around the landmarks")]
    probabilities: Annotated[dict[Emotion, float], Field(description="of the seven emotions, summing to 1")]
    emotion: Annotated[Emotion, Field(description="the most probable one")]


class ClassifiedImage(BaseModel):
    """One element of the list that `classify --json` prints."""

    image: Annotated[str, Field(description="the path as it was given, or found in the folder given")]
    faces: Annotated[list[ClassifiedFace] | None, Field(description="from the left; absent on error")] = None
    error: Annotated[str | None, Field(description="why it could not be read; absent when it was")] = None


Milliseconds = Annotated[float, Field(ge=0, description="milliseconds")]


class StageTime(BaseModel):
    """What a stage takes, over all frames."""

    median_ms: Milliseconds
    p95_ms: Annotated[float, Field(ge=0, description="milliseconds; 95 of 100 frames take at most this")]


class BareModels(BaseModel):
    """Mean milliseconds of the models alone, on the same frames in the same run."""

    face: Annotated[float, Field(ge=0, description="mediapipe FaceMesh with refined landmarks, one frame")]
    pose: Annotated[float | None, Field(ge=0, description="mediapipe Pose, one frame; null with `--no-pose`")]
    emotion: Annotated[float, Field(ge=0, description="the emotion model, one face")]


class Bench(BaseModel):
    """The object that `bench --json` prints."""

    stages: Annotated[
        dict[str, StageTime],
        Field(
            description="`track`, `emotion`, `pose` and `compose` as in a trace; `frame` is the time from "
            "one composite to the next, all stages, without decoding. The next frame is tracked while one "
            "is drawn, so it may be less than their sum"
        ),
    ]
    bare: Annotated[BareModels, Field(description="the models alone")]
    frame_over_face: Annotated[float, Field(ge=0, description="mean of `frame` divided by `bare.face`")]
    fps: Annotated[
        float, Field(ge=0, description="frames a second in a process of its own, decoding included")
    ]
    peak_mb: Annotated[float, Field(ge=0, description="the most memory that process held, in 10^6 bytes")]
    start_s: Annotated[
        float,
        Field(ge=0, description="seconds from the start of that process to its first composite"),
    ]


Verdict = Literal["ok", "warning", "fault"]


class Finding(BaseModel):
    """What one of doctor's checks came to."""

    check: Annotated[str, Field(description="what was looked at; the name stays the same in later versions")]
    verdict: Annotated[
        Verdict,
        Field(
            description="`warning`: something does not work that can be done without; `fault`: it is needed"
        ),
    ]
    found: Annotated[str, Field(description="what was found, in one line for people")]
    mend: Annotated[
        str | None,
        Field(description="the command that mends it here, or what to do; absent when all is well"),
    ] = None
    figures: Annotated[
        dict[str, float] | None, Field(description="what was measured, the unit in the name; absent without")
    ] = None


class Diagnosis(BaseModel):
    """The object that `doctor --json` prints."""

    avatar_cam: Annotated[str, Field(description="the program's version")]
    system: Annotated[str, Field(description="the operating system, its version, and the processor's kind")]
    findings: Annotated[list[Finding], Field(description="one or more for each check, in the same order")]
