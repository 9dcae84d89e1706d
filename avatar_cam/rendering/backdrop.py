"""What is behind the people, in place of their room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from avatar_cam.closing import Closing
from avatar_cam.types import Floats, Pixels

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


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """What stands behind the people: `picture` (H, W, 3) RGB of any size, else `colour` RGB, else the room.

    `name` is what the user is told.
    """

    name: str
    colour: tuple[int, int, int] | None = None
    picture: Pixels | None = None

    def filling(self, size: tuple[int, int]) -> Pixels:
        """It, as a picture of `size` (width, height): as large as fills it, its middle in the middle."""
        width, height = size
        if self.picture is None:
            return np.full((height, width, 3), self.colour or 0, np.uint8)
        tall, wide = self.picture.shape[:2]
        scale = max(width / wide, height / tall)
        cut_wide, cut_tall = min(wide, round(width / scale)), min(tall, round(height / scale))
        x, y = (wide - cut_wide) // 2, (tall - cut_tall) // 2
        cut = self.picture[y : y + cut_tall, x : x + cut_wide]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(cut, (width, height), interpolation=way), np.uint8)


CAMERA, BLUR, PLAIN = Behind("camera"), Behind("blur"), Behind("plain", (44, 51, 66))
#: Nothing: the people are cut out, and `Backdrop.alpha` says where they are.
TRANSPARENT = Behind("transparent", (0, 0, 0))
#: Those that can always be had, in their order.
BACKGROUNDS = (CAMERA, BLUR, PLAIN)


class Backdrop(Closing):
    """Replaces the background of pictures; as long as it is the camera's own this costs nothing.

    `open_segmentation` loads the model when it is first needed. `own` is one more background, beside
    `BACKGROUNDS`, with which it begins.
    """

    def __init__(self, open_segmentation: Callable[[], Segmentation], own: Behind = CAMERA) -> None:
        self._open = open_segmentation
        self._segmentation: Segmentation | None = None
        self._all = BACKGROUNDS if own in BACKGROUNDS else (*BACKGROUNDS, own)
        self._behind = own
        self._filling: Pixels | None = None
        self._alpha: Pixels | None = None

    @property
    def background(self) -> str:
        """The name of what stands behind people now."""
        return self._behind.name

    @property
    def active(self) -> bool:
        """Whether pictures are changed at all."""
        return self._behind is not CAMERA

    @property
    def alpha(self) -> Pixels | None:
        """How much of the last picture's pixels is a person, uint8 (H, W); None unless it is transparent."""
        return self._alpha if self._behind is TRANSPARENT else None

    def next(self) -> None:
        """Go on to the next background."""
        self._behind = self._all[(self._all.index(self._behind) + 1) % len(self._all)]
        self._filling = self._alpha = None

    def load(self) -> None:
        """Load the model now, where it will be needed for the next picture."""
        if self.active:
            self._model()

    def replace(self, pixels: Pixels) -> None:
        """Replace the background of `pixels`, uint8 (H, W, 3) RGB, in place.

        Transparent is black here: what is left are people, multiplied by `alpha`.
        """
        if not self.active:
            return
        low, high = _SURE
        person: Floats = np.clip((self._model().person(pixels) - low) / (high - low), 0, 1)
        height, width = pixels.shape[:2]
        if self._behind is BLUR:
            behind = _blurred(pixels, person)
        else:
            if self._filling is None or self._filling.shape != pixels.shape:
                self._filling = self._behind.filling((width, height))
            behind = self._filling
        keep = np.asarray(cv2.resize(person, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        cv2.blendLinear(pixels, behind, keep, 1 - keep, dst=pixels)
        if self._behind is TRANSPARENT:
            self._alpha = np.asarray(cv2.convertScaleAbs(keep, alpha=255), np.uint8)

    def close(self) -> None:
        if self._segmentation is not None:
            self._segmentation.close()

    def _model(self) -> Segmentation:
        self._segmentation = self._segmentation or self._open()
        return self._segmentation


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
