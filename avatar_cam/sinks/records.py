"""Composites as plain data, rounded so that a trace says no more than is known.

This is the fast way from a composite to JSON; `formats.py` says what the data mean, and a test holds the two
together.
"""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.files import legible
from avatar_cam.types import ANCHORS, Composite, EmotionReading, FaceTrack, PoseTrack, SpriteChoice

Record = dict[str, object]

#: Decimals of each kind of number.
_PX = 2
_SHARE = 4
_DEGREES = 2
_SECONDS = 6
_MS = 3

#: The points of a body, in mediapipe's order; left and right are the person's own.
POSE_NAMES = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)

#: (anchors, points): every anchor's points, repeated to one number of points, so that one mean does for all.
_ANCHOR_POINTS = np.array(
    [list(islice(cycle(points), max(map(len, ANCHORS.values())))) for points in ANCHORS.values()]
)


def record(composite: Composite) -> Record:
    """The line of a trace, as `formats.TraceFrame` describes it."""
    frame = composite.frame
    return {
        "frame": frame.index,
        "time": round(frame.time, _SECONDS),
        "faces": [
            _face(face, composite.readings.get(face.id), composite.choices.get(face.id))
            for face in composite.faces
        ],
        "pose": None if composite.pose is None else _pose(composite.pose, composite.pose_face),
        "ms": {stage: round(ms, _MS) for stage, ms in composite.ms.items()},
    }


def _face(face: FaceTrack, reading: EmotionReading | None, choice: SpriteChoice | None) -> Record:
    left, right = face.blink
    return {
        "id": face.id,
        "via": face.via,
        "box": [round(value, _PX) for value in face.box],
        "anchors": _anchors(face),
        "head": {
            "yaw": round(face.head.yaw, _DEGREES),
            "pitch": round(face.head.pitch, _DEGREES),
            "roll": round(face.head.roll, _DEGREES),
        },
        "blink": {"left": round(left, _SHARE), "right": round(right, _SHARE)},
        "mouth_open": round(face.mouth_open, _SHARE),
        "probabilities": None if reading is None else _probabilities(reading),
        "read_at": None if reading is None else round(reading.time, _SECONDS),
        "emotion": None if choice is None else choice.emotion,
        "character": None if choice is None else legible(choice.character),
        "variant": None if choice is None else choice.variant,
        "opacity": 0.0 if choice is None else round(choice.opacity, _SHARE),
    }


def _anchors(face: FaceTrack) -> dict[str, list[float]]:
    points = face.landmarks[_ANCHOR_POINTS, :2].mean(axis=1).tolist()
    return {name: [round(x, _PX), round(y, _PX)] for name, (x, y) in zip(ANCHORS, points, strict=True)}


def _probabilities(reading: EmotionReading) -> dict[str, float]:
    shares = reading.probabilities.tolist()
    return {emotion: round(share, _SHARE) for emotion, share in zip(EMOTIONS, shares, strict=True)}


def _pose(pose: PoseTrack, face: int | None) -> Record:
    body: Record = {"face": face}
    points = zip(POSE_NAMES, pose.landmarks.tolist(), pose.visibility.tolist(), strict=True)
    for name, (x, y, _), visibility in points:
        body[name] = [round(x, _PX), round(y, _PX), round(visibility, _SHARE)]
    return body
