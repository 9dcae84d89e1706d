"""What is behind the people, in place of their room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, get_args

import cv2
import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.types import Floats, Pixels

Background = Literal["camera", "blur", "plain"]
BACKGROUNDS: tuple[Background, ...] = get_args(Background)

#: RGB of the plain background.
_PLAIN = (44, 51, 66)
#: The room is blurred in a picture that is so many times smaller, by a Gaussian of this many of its pixels.
_SMALLER, _BLUR = 8, 4.0
#: The mask is stretched so that what is surely a person or surely none is wholly so.
_SURE = (0.2, 0.8)


class Segmentation(Protocol):
    """Tells people from the rest of a picture."""

    def person(self, pixels: Pixels) -> Floats:
        """How much of each part of the picture is a person, float32 (h, w) from 0 to 1."""

    def close(self) -> None:
        """Free the model; may be called twice."""


class Backdrop(Closing):
    """Replaces the background of pictures; as long as it is the camera's own this costs nothing.

    `open_segmentation` loads the model when it is first needed.
    """

    def __init__(self, open_segmentation: Callable[[], Segmentation]) -> None:
        self._open = open_segmentation
        self._segmentation: Segmentation | None = None
        self.background: Background = "camera"

    @property
    def active(self) -> bool:
        """Whether pictures are changed at all."""
        return self.background != "camera"

    def next(self) -> None:
        """Go on to the next of `BACKGROUNDS`."""
        self.background = BACKGROUNDS[(BACKGROUNDS.index(self.background) + 1) % len(BACKGROUNDS)]

    def replace(self, pixels: Pixels) -> None:
        """Replace the background of `pixels`, uint8 (H, W, 3) RGB, in place."""
        if not self.active:
            return
        self._segmentation = self._segmentation or self._open()
        low, high = _SURE
        person = np.clip((self._segmentation.person(pixels) - low) / (high - low), 0, 1)
        height, width = pixels.shape[:2]
        keep = cv2.resize(person, (width, height), interpolation=cv2.INTER_LINEAR)
        behind = _blurred(pixels, person) if self.background == "blur" else np.full_like(pixels, _PLAIN)
        cv2.blendLinear(pixels, behind, keep, 1 - keep, dst=pixels)

    def close(self) -> None:
        if self._segmentation is not None:
            self._segmentation.close()


def _blurred(pixels: Pixels, person: Floats) -> Pixels:
    """The room, out of focus; people's own colours do not glow around them."""
    height, width = pixels.shape[:2]
    size = (max(width // _SMALLER, 1), max(height // _SMALLER, 1))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    # A little of everything, so that behind people who fill the picture there is something, too.
    room = 1.001 - cv2.resize(person, size, interpolation=cv2.INTER_AREA)
    weighted = cv2.GaussianBlur(small * room[..., None], (0, 0), _BLUR)
    blurred = weighted / cv2.GaussianBlur(room, (0, 0), _BLUR)[..., None]
    return np.asarray(cv2.resize(blurred.astype(np.uint8), (width, height)), np.uint8)
