"""Write docs/formats.md from the pydantic models of what the program writes.

    uv run python scripts/make_formats.py

A test holds the page to what this makes of the models.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.formats import (
    BareModels,
    Bench,
    ClassifiedFace,
    ClassifiedImage,
    Diagnosis,
    Finding,
    StageTime,
)
from avatar_cam.overlay.messages import (
    CommandMessage,
    Done,
    EventMessage,
    FrameMessage,
    Hello,
    Refused,
    Subscribe,
)
from avatar_cam.sinks.formats import (
    TraceAnchors,
    TraceBlink,
    TraceFace,
    TraceFrame,
    TraceHead,
    TraceHeader,
)

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"

HEADER = TraceHeader(
    avatar_cam="0.1.0",
    source="party.mp4",
    size=(1280, 720),
    fps=30,
    model="ferplus-slim 1",
    labels=["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"],
    emotions=list(EMOTIONS),
)

PROBABILITIES = dict(zip(EMOTIONS, (0.905, 0.031, 0.004, 0.006, 0.009, 0.005, 0.04), strict=True))

FRAME = TraceFrame(
    frame=12,
    time=0.4,
    faces=[
        TraceFace(
            id=1,
            via="face",
            box=(527.31, 214.9, 224.18, 286.4),
            anchors=TraceAnchors(
                left_eye=(690.12, 312.4),
                right_eye=(589.75, 314.02),
                nose_tip=(641.3, 368.81),
                mouth_left=(681.04, 421.6),
                mouth_right=(603.27, 422.9),
                mouth=(642.16, 422.25),
                chin=(644.9, 499.73),
                forehead=(637.22, 216.08),
            ),
            head=TraceHead(yaw=1.84, pitch=-2.1, roll=-0.92),
            blink=TraceBlink(left=0.08, right=0.1),
            mouth_open=0.27,
            probabilities=PROBABILITIES,
            read_at=0.4,
            emotion="pleasure",
            character="bear",
            variant="talk",
            opacity=1,
        )
    ],
    pose={"face": 1, "nose": (641.88, 371.5, 0.9998), "left_shoulder": (803.4, 655.17, 0.9961)},
    ms={"track": 3.113, "emotion": 0.702, "pose": 0.002, "compose": 1.94},
)

CLASSIFIED = [
    ClassifiedImage(
        image="photos/minji.jpg",
        faces=[
            ClassifiedFace(box=[412.0, 188.5, 240.3, 305.1], probabilities=PROBABILITIES, emotion="pleasure")
        ],
    ),
    ClassifiedImage(image="photos/empty.jpg", faces=[]),
    ClassifiedImage(image="photos/notes.jpg", error="photos/notes.jpg is not a picture"),
]

BENCH = Bench(
    stages={
        "track": StageTime(median_ms=3.41, p95_ms=4.02),
        "emotion": StageTime(median_ms=0.012, p95_ms=1.104),
        "pose": StageTime(median_ms=0.001, p95_ms=0.002),
        "compose": StageTime(median_ms=1.38, p95_ms=1.712),
        "frame": StageTime(median_ms=3.62, p95_ms=4.55),
    },
    bare=BareModels(face=2.9, pose=None, emotion=0.66),
    frame_over_face=1.28,
    fps=201.4,
    peak_mb=301.5,
    start_s=1.31,
)

DIAGNOSIS = Diagnosis(
    avatar_cam="0.1.0",
    system="Ubuntu 24.04.1 LTS, Linux 6.8.0-49-generic, x86_64",
    findings=[
        Finding(
            check="camera 0",
            verdict="ok",
            found="HD Webcam: 1280x720, 30 pictures a second, MJPG; the first after 0.6 s",
            figures={"width": 1280, "height": 720, "fps": 29.9, "first_s": 0.61},
        ),
        Finding(
            check="virtual camera driver",
            verdict="warning",
            found="there is no virtual camera",
            mend='sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar-cam"',
        ),
        Finding(
            check="config file",
            verdict="fault",
            found="/home/minji/booth.toml: line 3: charakter: is not a known key; did you mean character?",
            mend="mend that line: all else was checked without the file; or, to begin anew with a copy of it "
            "kept: avatar-cam config init --force --config /home/minji/booth.toml",
        ),
    ],
)

MESSAGES = [
    Hello(avatar_cam="0.1.0", emotions=list(EMOTIONS), takes_commands=True),
    Subscribe(to=["events"]),
    EventMessage(
        event="emotion",
        frame=87,
        time=2.9,
        face=1,
        emotion="upset",
        previous="pleasure",
        character="bear",
    ),
    CommandMessage(do="hold", value="anger", id=5),
    Done(said="Emotion held: anger", id=5),
    CommandMessage(do="character", value="fox", id=6),
    Refused(error="there is no character 'fox'; there are bear, cat", id=6),
]

_PLURALS = {"an emotion": "emotions", "number": "numbers", "text": "texts"}

INTRODUCTION = """\
# Formats

What avatar-cam writes for other programs. This page is generated from the models in the code by
`scripts/make_formats.py`; change those, not this.

All of it is UTF-8. Pictures are not mirrored: pixels are those of the source the right way up, x to the
right and y down, from its upper left corner. Left and right are the person's own: of someone who faces you,
the left eye has the larger x. Times are seconds of the source's own clock from its first frame. Emotions are
always these seven, in this order: {emotions}.
"""

TRACE = """\
## Trace

`--trace FILE.jsonl` writes one JSON object a line: a header, then one line for every frame, those without a
face too. `render` gives the same trace for the same input, but for `ms`. In the trace of a folder of photos a
frame's number is the photo's place among the folder's photos sorted by name, `time` is 0, and the header's
`size` is `[0, 0]`.
"""

CLASSIFY = """\
## classify --json

`avatar-cam classify IMAGE… --json` prints one JSON array with an object for each picture. Its exit status is
1 when one of them could not be read; the others are printed all the same.
"""

BENCHED = """\
## bench --json

`avatar-cam bench CLIP --json` prints one JSON object. It measures 600 frames, of which a shorter clip is gone
through several times.
"""


DIAGNOSED = """\
## doctor --json

`avatar-cam doctor --json` prints one JSON object. Its exit status is 1 when there is a fault, else 0. Later
versions may add checks, and change the words.
"""


MESSAGE_KINDS = (Hello, Subscribe, EventMessage, FrameMessage, CommandMessage, Done, Refused)

OVERLAID = """\
## Overlay server

The text messages of the WebSocket that `--overlay-port` opens, one JSON object each. How to connect, and the
messages of bytes, are in [overlay.md](overlay.md). `type` says which of these a message is.
"""


def page() -> str:
    """The whole page."""
    return (
        "\n".join(
            [
                INTRODUCTION.format(emotions=", ".join(EMOTIONS)),
                TRACE,
                *_section(TraceHeader),
                _example(HEADER.model_dump_json()),
                *_section(TraceFrame),
                *_section(TraceFace),
                *_section(TraceAnchors),
                *_section(TraceHead),
                *_section(TraceBlink),
                "An example of a frame, laid out over several lines here:\n",
                _example(_laid_out(FRAME.model_dump_json())),
                CLASSIFY,
                *_section(ClassifiedImage),
                *_section(ClassifiedFace),
                _example(
                    _laid_out(TypeAdapter(list[ClassifiedImage]).dump_json(CLASSIFIED, exclude_none=True))
                ),
                BENCHED,
                *_section(Bench),
                *_section(StageTime),
                *_section(BareModels),
                _example(_laid_out(BENCH.model_dump_json())),
                DIAGNOSED,
                *_section(Diagnosis),
                *_section(Finding),
                _example(_laid_out(DIAGNOSIS.model_dump_json(exclude_none=True))),
                OVERLAID,
                *(line for message in MESSAGE_KINDS for line in _section(message)),
                "Some messages, from the program and to it:\n",
                _example("\n".join(message.model_dump_json(exclude_none=True) for message in MESSAGES)),
            ]
        ).rstrip("\n")
        + "\n"
    )


def _section(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema()
    yield f"### {model.__name__}\n\n{inspect.cleandoc(model.__doc__ or '')}\n"
    rows = [
        f"| `{name}` | {_may_be(name, field, schema)} | {_meaning(field, schema)} |"
        for name, field in schema["properties"].items()
    ]
    yield "\n".join(["| key | what | meaning |", "|---|---|---|", *rows]) + "\n"


def _meaning(field: dict[str, Any], schema: dict[str, Any]) -> str:
    model = schema.get("$defs", {}).get(str(field.get("$ref")).rpartition("/")[2], {})
    return str(field.get("description") or model.get("description", "")).replace("|", "\\|")


def _may_be(name: str, field: dict[str, Any], schema: dict[str, Any]) -> str:
    words = _words(field, schema)
    # What has a default is left out rather than printed as null.
    return words if name in schema.get("required", ()) else words.replace(" or null", ", or absent")


def _words(part: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a value may be, in words."""
    match part:
        case {"$ref": ref}:
            name = str(ref).rpartition("/")[2]
            words = f"[{name}](#{name.lower()})"
        case {"anyOf": choices}:
            each = dict.fromkeys(_words(choice, schema) for choice in choices)
            words = " or ".join(sorted(each, key="null".__eq__))
        case {"const": str(name)}:
            words = f"`{name}`"
        case {"enum": names}:
            words = "an emotion" if tuple(names) == EMOTIONS else ", ".join(f"`{name}`" for name in names)
        case {"prefixItems": items}:
            words = f"{len(items)} numbers"
        case {"type": "array", "items": items}:
            inner = _words(items, schema)
            words = f"list of {_PLURALS.get(inner, inner)}"
        case {"type": "object", "additionalProperties": values}:
            key, inner = "emotion" if "propertyNames" in part else "name", _words(values, schema)
            words = f"object: {key} → {f'({inner})' if ' or ' in inner else inner}"
        case {"type": "number", "minimum": 0, "maximum": 1}:
            words = "0 to 1"
        case {"type": str(kind)}:
            words = {"integer": "whole number", "string": "text", "boolean": "true or false"}.get(kind, kind)
        case _:
            raise ValueError(f"no words for {part}")
    return words


def _laid_out(text: str | bytes) -> str:
    """JSON with a line for each value, but pairs, heads and the like on one."""
    return _lay(json.loads(text), "")


def _lay(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= 90 or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        body = [f"{deeper}{json.dumps(key)}: {_lay(inner, deeper)}" for key, inner in value.items()]
    else:
        body = [deeper + _lay(inner, deeper) for inner in value]
    start, stop = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{start}\n" + ",\n".join(body) + f"\n{indent}{stop}"


def _example(text: str) -> str:
    return f"```json\n{text}\n```\n"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8", newline="\n")
    print(f"{PAGE.name} written")


if __name__ == "__main__":
    main()
