"""What goes over the overlay server's WebSocket as text: JSON, described on `docs/formats.md`.

What goes over it as bytes is in `wire`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.sinks.formats import TraceFrame

#: Grows when something changes that other programs rely on.
PROTOCOL = 1

Topic = Literal["events", "frames", "overlay"]

#: Letters that a command's name and value may have, at most.
_LONGEST = 100
#: Numbers that every JSON library knows.
_SAFE = 2**53 - 1


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Subscribe(_Message):
    """To the program: what is to be sent from now on, in place of what was asked for before."""

    type: Literal["subscribe"] = "subscribe"
    to: Annotated[
        list[Topic],
        Field(
            max_length=8,
            description="`events` (EventMessage), `frames` (FrameMessage), `overlay` (bytes: what to draw)",
        ),
    ]


class CommandMessage(_Message):
    """To the program: what somebody wants."""

    type: Literal["command"] = "command"
    do: Annotated[
        str, Field(max_length=_LONGEST, description="`character`, `hold`, or what a key can be given to")
    ]
    value: Annotated[
        str | None,
        Field(
            max_length=_LONGEST,
            description="the character, or the emotion to hold; `on` or `off` for what is either",
        ),
    ] = None
    id: Annotated[
        int | None, Field(ge=-_SAFE, le=_SAFE, description="any number; the answer carries it too")
    ] = None


class Hello(_Message):
    """The first message from the program."""

    type: Literal["hello"] = "hello"
    protocol: Annotated[int, Field(description="the version of these messages")] = PROTOCOL
    avatar_cam: Annotated[str, Field(description="the program's version")]
    emotions: Annotated[list[Emotion], Field(description="the seven emotions, in the program's order")]
    takes_commands: Annotated[bool, Field(description="false while a file is rendered")]


class EventMessage(_Message):
    """Something is not as it was. Whoever subscribes gets `face` for everybody who is there already."""

    type: Literal["event"] = "event"
    event: Annotated[
        Literal["face", "emotion", "character", "gone"],
        Field(description="somebody came; another emotion or character is shown; somebody is gone"),
    ]
    frame: Annotated[int, Field(ge=0, description="the number of the frame")]
    time: Annotated[float, Field(description="seconds of the source's own clock")]
    face: Annotated[int, Field(description="the id of the person's face, as in a trace")]
    emotion: Annotated[Emotion | None, Field(description="the one shown; null when none is")]
    previous: Annotated[
        Emotion | None, Field(description="the one shown before; null but for the event `emotion`")
    ]
    character: Annotated[str | None, Field(description="the one shown; null when none is")]


class FrameMessage(_Message):
    """One frame, to who subscribed to `frames`. Frames are left out where a client is slow."""

    type: Literal["frame"] = "frame"
    frame: Annotated[TraceFrame, Field(description="as in a trace")]


class Done(_Message):
    """The answer to a command that was done."""

    type: Literal["done"] = "done"
    said: Annotated[str | None, Field(description="what is said of it, if anything")] = None
    id: Annotated[int | None, Field(description="that of the command")] = None


class Refused(_Message):
    """The answer to what could not be done, or made no sense."""

    type: Literal["error"] = "error"
    error: Annotated[str, Field(description="why, in one line")]
    id: Annotated[int | None, Field(description="that of the command")] = None


#: What a client may send.
ClientMessage = Annotated[Subscribe | CommandMessage, Field(discriminator="type")]
client_message: TypeAdapter[Subscribe | CommandMessage] = TypeAdapter(ClientMessage)

#: What answers a command.
Answer = Annotated[Done | Refused, Field(discriminator="type")]
