"""Whether what FaceMesh alone calls a face is one."""

from __future__ import annotations

import math
from collections.abc import Callable

from avatar_cam.tracking.geometry import apart
from avatar_cam.tracking.search import Square, looks_at
from avatar_cam.types import Floats, Pixels

#: A face no further than this, in eye distances, from one of the picture before is that one.
_SAME = 1.5
#: While somebody is doubted there is a look in every so many pictures.
_EVERY = 5


class Doubt:
    """Holds faces back that come beside others, until another detector has seen them, too.

    FaceMesh's own detector now and then takes a piece of the room for a face, and its landmarks then stay
    there, sure of themselves: a character would hang in the air. Who comes while nobody is there is believed
    at once, since a wearer must never wait because of a face that only one of the two can see.

    `look` is the other detector: a square around each face of a picture.
    """

    def __init__(self, look: Callable[[Pixels], list[Square]]) -> None:
        self._look = look
        self.forget()

    def forget(self) -> None:
        """The next picture has nothing to do with the last one."""
        self._believed: list[Floats] = []
        self._doubted: list[Floats] = []
        self._pictures = 0

    def without(self, found: list[Floats], pixels: Pixels) -> list[Floats]:
        """Those of the faces that are believed, in their order."""
        doubted = [face for face in found if self._is_doubtful(face, alone=len(found) == 1)]
        # Somebody new is looked at in the picture with which they come.
        self._pictures = self._pictures + 1 if len(doubted) <= len(self._doubted) else 0
        if doubted and self._pictures % _EVERY == 0:
            seen = self._look(pixels)
            doubted = [face for face in doubted if not any(looks_at(square, face) for square in seen)]
        self._doubted = doubted
        self._believed = [face for face in found if all(face is not other for other in doubted)]
        return self._believed

    def _is_doubtful(self, face: Floats, *, alone: bool) -> bool:
        """As the face was that was nearest in the picture before; somebody new is, unless alone."""
        before = [(apart(face, other), False) for other in self._believed]
        before += [(apart(face, other), True) for other in self._doubted]
        distance, doubted = min(before, default=(math.inf, False))
        return doubted if distance < _SAME else not alone
