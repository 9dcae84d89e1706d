"""Who is in: the people who stand before the booth, and not those who pass by behind them."""

from __future__ import annotations

import math

from avatar_cam.closing import Closing
from avatar_cam.tracking.facemesh import FaceFinder
from avatar_cam.tracking.geometry import eye_distance, place
from avatar_cam.types import Floats, Pixels

#: Whose eyes are this far apart, as a share of the picture's longer side, is in, and stays in until they are
#: nearer to each other than that. Eyes are 63 mm apart: with a webcam of 60° these are 1.8 m and 2.2 m.
COMES_IN, GOES_OUT = 0.030, 0.025
#: A face that is within so many eye distances of one that was in a picture ago is that one.
_SAME = 2.0


class Guests(Closing):
    """A `FaceFinder` that leaves out who is too far away; closes `finder`, whose faces it gets.

    `nearest` is the distance of the eyes that lets somebody in, as a share of the picture's longer side.
    """

    def __init__(self, finder: FaceFinder, nearest: float = COMES_IN) -> None:
        self._finder = finder
        self._comes_in, self._goes_out = nearest, nearest * GOES_OUT / COMES_IN
        self._inside: list[Floats] = []

    def find(self, pixels: Pixels) -> list[Floats]:
        longest = max(pixels.shape[:2])
        self._inside = [face for face in self._finder.find(pixels) if self._is_in(face, longest)]
        return list(self._inside)

    def close(self) -> None:
        self._finder.close()

    def _is_in(self, face: Floats, longest: int) -> bool:
        size = eye_distance(face)
        if size >= self._comes_in * longest:
            return True
        near = any(math.dist(place(face), place(other)) < _SAME * size for other in self._inside)
        return near and size >= self._goes_out * longest
