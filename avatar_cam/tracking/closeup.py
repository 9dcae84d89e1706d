"""One far face, enlarged for FaceMesh and followed."""

from __future__ import annotations

import cv2
import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.search import Square, square_around
from avatar_cam.types import Floats, Pixels

#: Side of the picture that FaceMesh gets, px.
_INPUT = 256
#: Share of the way to the face that the square goes from one picture to the next. FaceMesh looks where the
#: face was in the square before, so a square that goes along evenly makes it look where the face is by now;
#: one that stays, and then jumps, makes its landmarks jump too, and one that goes all the way tremble.
_GLIDE = 0.5
#: The square was chosen by a detector that was sure, so FaceMesh's own need not be. Its landmarks must be: at
#: 0.5 they stay for seconds on a hand that covers a small face.
_SURE = {"detection": 0.3, "presence": 0.85}
#: And on one as large as the face for ever; so every so many pictures the detector is asked again.
_CONFIRM_EVERY = 15


class CloseUp(Closing):
    """FaceMesh on an enlarged square of the picture.

    As long as it finds the face it follows it, which saves it most detections.
    """

    def __init__(self, square: Square, *, still: bool = False) -> None:
        self.square = square
        self._mesh = FaceMesh(1, still=still, **_SURE)
        self._follows = False
        self._pictures = 0

    def turn_to(self, square: Square) -> None:
        """Look for another face, there."""
        if self._follows:
            self._mesh.forget()
        self.square, self._follows, self._pictures = square, False, 0

    def read(self, pixels: Pixels) -> Floats | None:
        """The face's landmarks, float32 (478, 3) px of the whole picture; None when it is not there.

        The square is moved on for the next picture.
        """
        left, top, side = self.square
        enlarged = _cut_out(pixels, self.square)
        if self._pictures == _CONFIRM_EVERY:
            self.turn_to(self.square)
            self._mesh.find(enlarged)  # roughly where the detector says; from there the landmarks do not jump
        self._pictures += 1
        found = self._mesh.find(enlarged)
        if not found and self._follows:
            found = self._mesh.find(enlarged)  # lost by sight, so now the detector is asked
        self._follows = bool(found)
        if not found:
            return None
        landmarks = found[0] * np.float32(side / _INPUT) + np.array([left, top, 0], np.float32)
        self.square = _moved_on(self.square, landmarks)
        return landmarks

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._mesh.close()


def _cut_out(pixels: Pixels, square: Square) -> Pixels:
    """The square of the picture, uint8 (256, 256, 3); black outside the picture."""
    left, top, side = square
    to_picture = np.array([[side / _INPUT, 0, left], [0, side / _INPUT, top]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, to_picture, (_INPUT, _INPUT), flags=flags), np.uint8)


def _moved_on(square: Square, landmarks: Floats) -> Square:
    """Where to look for this face in the next picture."""
    left, top, side = (
        old + _GLIDE * (new - old) for old, new in zip(square, square_around(landmarks), strict=True)
    )
    return left, top, side
