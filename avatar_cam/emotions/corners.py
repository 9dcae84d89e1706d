"""The corners of the mouth: a downturned mouth, which networks trained on photographs call neutral."""

from __future__ import annotations

import math

from avatar_cam.emotions.rest import Rest
from avatar_cam.types import FaceTrack

#: FaceMesh: the mouth's corners, and the middle of the upper and of the lower lip's inner edge.
_CORNERS, _MIDDLE = (61, 291), (13, 14)
#: Above this opening of the mouth the corners say more about the jaw.
_CLOSED = 0.1

#: How far corners hang lower than at rest when they are drawn down (FACS 15; Ekman, Friesen: 1978), in
#: distances between the eyes: those acted in the clips of `benchmarks.expressions` hang 0.04 to 0.06 lower.
_DRAWN = 0.04
#: How much one person's closed lips wander otherwise, as standard deviation: up to 0.012 in those clips.
_WANDER = 0.015


def corner_drop(face: FaceTrack) -> float | None:
    """How far the mouth's corners hang below the middle of the lips, in distances between the eyes.

    In the head's own axes, so that turning and tilting change it little. None when the mouth is open.
    """
    if face.mouth_open > _CLOSED:
        return None
    points = face.landmarks
    down = face.head.rotation[:, 1]
    across = points[_CORNERS[0]] + points[_CORNERS[1]] - points[_MIDDLE[0]] - points[_MIDDLE[1]]
    return float(across @ down) / 2 / face.head.scale


class MouthCorners:
    """Whether one person draws the corners of the mouth down, against the person's own rest.

    How low they hang says nothing by itself: at rest it differs more between people (0.027 as standard
    deviation, over the 1,892 closed mouths that FER+ calls neutral in Valid and a quarter of the training
    split) than acting changes it, and there it does not tell sad faces from neutral ones at all.
    """

    def __init__(self) -> None:
        self._rest: Rest[float] | None = None
        self._sum, self._frames = 0.0, 0

    def look(self, face: FaceTrack) -> None:
        """Take in a frame."""
        if (drop := corner_drop(face)) is not None:
            self._sum += drop
            self._frames += 1

    def take(self) -> float | None:
        """The mean drop over the frames since this was last asked; None when there was no closed mouth."""
        mean = self._sum / self._frames if self._frames else None
        self._sum, self._frames = 0.0, 0
        return mean

    def drawn_down(self, drop: float) -> float:
        """How likely corners that hang so are drawn down, 0 to 1; 0 where they are at rest.

        By two normal distributions, about the rest and `_DRAWN` below it, both as wide as lips wander; as far
        as the rest is known.
        """
        if self._rest is None:
            return 0.0
        likely, at_rest = _drawn(max(drop - self._rest.mean, 0.0)), _drawn(0.0)
        return self._rest.known * (likely - at_rest) / (1 - at_rest)

    def learn_rest(self, drop: float, seconds: float) -> None:
        """Corners at rest were seen to hang so for that long."""
        self._rest = self._rest or Rest(drop)
        self._rest.learn(drop, seconds)

    def fix_rest(self, drop: float) -> None:
        """So they hang at rest, for good."""
        self._rest = Rest(drop)
        self._rest.fix(drop)


def _drawn(below: float) -> float:
    """The likelihood of the second distribution among both, `below` rest."""
    return 1 / (1 + math.exp(-_DRAWN / _WANDER**2 * (below - _DRAWN / 2)))
