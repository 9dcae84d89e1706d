"""What commands print as JSON; `docs/formats.md` is generated from these models and `sinks.formats`."""

from __future__ import annotations

from typing import Annotated

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
