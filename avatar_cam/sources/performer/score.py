"""What the performer plays: a pure function from time to rig, which begins again where it ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.sources.performer.expressions import EXPRESSIONS
from avatar_cam.sources.performer.rig import Expression, Rig, blend, blink

#: The score's length in seconds.
DEFAULT_SECONDS = 20.0

#: How long one face takes to become the next, in seconds.
EASE = 0.25

#: When each emotion begins.
_CUES: tuple[tuple[float, Emotion], ...] = (
    (0.0, "neutrality"),
    (1.75, "pleasure"),
    (4.5, "upset"),
    (7.0, "anger"),
    (9.5, "unrest"),
    (11.75, "wound"),
    (14.0, "sadness"),
    (16.75, "neutrality"),
)

_BLINKS = (1.2, 4.45, 7.05, 9.45, 12.0, 13.95, 16.7, 18.6)
_BLINK_SECONDS = 0.2

#: When the performer speaks.
_TALK = (17.0, 19.5)

# Every emotion is first shown straight ahead for a second and more; the head turns in what is left.
_Keys = tuple[tuple[float, float], ...]
_YAW: _Keys = (
    (0, 0),
    (3.1, 0),
    (3.75, 25),
    (4.6, 0),
    (8.3, 0),
    (8.9, -28),
    (9.8, 0),
    (10.5, 0),
    (11.1, -12),
    (11.8, 0),
    (12.9, 0),
    (13.5, 27),
    (14.3, 0),
    (15.9, 0),
    (16.4, -20),
    (17.1, 0),
    (17.9, 0),
    (18.5, -18),
    (19.2, 16),
    (19.9, 0),
    (20, 0),
)
_PITCH: _Keys = (
    (0, 0),
    (5.9, 0),
    (6.4, 10),
    (7.2, 0),
    (9.8, 0),
    (10.5, -14),
    (11.2, 15),
    (11.9, 0),
    (14.2, 0),
    (15.0, -4),
    (15.8, -4),
    (16.6, 0),
    (17.4, 5),
    (17.9, -6),
    (18.6, 4),
    (19.5, 0),
    (20, 0),
)
_ROLL: _Keys = (
    (0, 0),
    (2.4, 0),
    (3.0, -5),
    (4.2, 0),
    (5.8, 0),
    (6.4, 17),
    (7.1, 0),
    (11.9, 0),
    (12.6, -8),
    (13.3, -18),
    (14.2, 0),
    (15.0, 4),
    (16.0, 4),
    (17.0, 0),
    (18.0, -5),
    (18.9, 6),
    (19.8, 0),
    (20, 0),
)
_SCALE: _Keys = (
    (0, 1),
    (1.5, 1),
    (3.4, 1.22),
    (5.0, 1.08),
    (8.0, 1.15),
    (9.6, 1.0),
    (11.2, 0.76),
    (13.0, 1.0),
    (15.2, 1.15),
    (17.5, 1.0),
    (20, 1.0),
)
_X: _Keys = (
    (0, 0.5),
    (1.5, 0.5),
    (4.2, 0.53),
    (7.0, 0.49),
    (9.0, 0.47),
    (11.2, 0.56),
    (13.4, 0.50),
    (16.2, 0.47),
    (18.2, 0.5),
    (20, 0.5),
)


def _along(keys: _Keys, time: float) -> float:
    """The value at `time`, eased from key to key."""
    at = int(np.clip(np.searchsorted([key[0] for key in keys], time, side="right") - 1, 0, len(keys) - 2))
    (start, first), (stop, second) = keys[at], keys[at + 1]
    return first + (second - first) * _ease((time - start) / (stop - start))


def _ease(share: float) -> float:
    """From 0 to 1 without a jump in speed."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _sway(time: float, *waves: tuple[float, int, float]) -> float:
    """A sum of slow waves (height, how often in the whole score, phase)."""
    return sum(
        height * float(np.sin(2 * np.pi * turns * time / DEFAULT_SECONDS + phase))
        for height, turns, phase in waves
    )


def acted(time: float) -> Emotion:
    """The emotion that is meant at `time`; within an ease, the one that shows more."""
    time = time % DEFAULT_SECONDS
    return [emotion for start, emotion in _CUES if start + EASE / 2 <= time or start == 0][-1]


def _face(time: float) -> Expression:
    at = max(i for i, (start, _) in enumerate(_CUES) if start <= time)
    start, emotion = _CUES[at]
    before = EXPRESSIONS[_CUES[max(at - 1, 0)][1]]
    return blend(before, EXPRESSIONS[emotion], _ease((time - start) / EASE))


def _speak(face: Expression, time: float) -> Expression:
    """Syllables, between the start and the end of the talk."""
    start, stop = _TALK
    loud = _ease((time - start) / 0.2) * _ease((stop - time) / 0.2)
    if loud == 0:
        return face
    t = time - start
    syllable = abs(np.sin(2 * np.pi * 2.1 * t)) * (0.55 + 0.45 * np.sin(2 * np.pi * 0.83 * t + 1))
    return replace(
        face,
        mouth_open=face.mouth_open + loud * float(0.75 * syllable),
        jaw_drop=face.jaw_drop + loud * float(0.22 * syllable),
        mouth_width=face.mouth_width + loud * float(0.35 * np.sin(2 * np.pi * 1.3 * t)),
        teeth=max(face.teeth, 0.55 * loud),
        brow_outer=face.brow_outer + 0.25 * loud * float(max(np.sin(2 * np.pi * 0.6 * t), 0)) ** 2,
        brow_inner=face.brow_inner + 0.2 * loud * float(max(np.sin(2 * np.pi * 0.6 * t), 0)) ** 2,
        smile=face.smile + 0.15 * loud,
    )


def _lids(time: float) -> float:
    """How far a blink has closed the eyes."""
    middle = min(abs(time - blink_at) for blink_at in _BLINKS)
    return _ease((_BLINK_SECONDS / 2 - middle) / (0.4 * _BLINK_SECONDS))


def score(time: float) -> Rig:
    """The rig at `time` seconds; it repeats after `DEFAULT_SECONDS`."""
    time = time % DEFAULT_SECONDS
    yaw = _along(_YAW, time) + _sway(time, (0.9, 5, 0.3), (0.6, 11, 1.9))
    pitch = _along(_PITCH, time) + _sway(time, (0.8, 6, 2.2), (0.4, 13, 0.4))
    roll = _along(_ROLL, time) + _sway(time, (0.9, 4, 1.1), (0.4, 9, 2.8))
    face = blink(_speak(_face(time), time), _lids(time))
    scale = _along(_SCALE, time)
    return Rig(
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        x=_along(_X, time) + _sway(time, (0.004, 3, 0.0), (0.002, 7, 1.0)),
        y=0.60 + 0.10 * (scale - 1) + _sway(time, (0.004, 5, 0.8), (0.0015, 12, 0.2)),
        scale=scale,
        gaze_x=float(np.clip(-yaw / 40, -0.75, 0.75)),  # the eyes stay with the camera
        gaze_y=float(np.clip(pitch / 40, -0.6, 0.6)),
        expression=face,
    )
