"""From a file's bytes to the crop that is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.datasets.base import Box, Framing
from training.prepare.boxes import median_box, placed
from training.prepare.cuts import whole
from training.prepare.finders import BOX_MARGIN, Finder, finder
from training.prepare.pictures import Grey, Picture, Unusable, shrink_for
from training.prepare.settings import LOSSLESS, Quality, Settings

#: A photograph in which nobody said where the face is gets looked at with its longer side so long, px.
_LOOK_SIDE = 640
#: And a picture that is a face with its shorter side so long.
_FACE_SIDE = 192


@dataclass(frozen=True, slots=True)
class Cropped:
    """What is stored of a face: the crop, and the data set's own framing if there is one, as files' bytes."""

    crop: bytes
    raw: bytes | None
    found: bool


class Cropper:
    """Cuts faces out as `settings` say; belongs to one thread."""

    def __init__(self, settings: Settings, framing: Framing) -> None:
        self._settings = settings
        self._framing = framing
        self._finder: Finder = finder(settings.detector, framing)

    def crop(self, content: bytes, boxes: Sequence[Box]) -> Cropped:
        """The face in a picture's bytes. Raises Unusable, with the reason, where there is none to be had."""
        picture = Picture.of(content)
        if self._framing == "face":
            return self._crop_face(picture)
        box = median_box(boxes)
        return Cropped(self._packed(self._crop_scene(picture, box, bool(boxes))), None, True)

    def _crop_face(self, picture: Picture) -> Cropped:
        size = self._settings.size
        shrink = shrink_for(min(picture.width, picture.height), max(size, _FACE_SIDE))
        grey = picture.orientation.apply(picture.grey(shrink))
        raw = self._packed(whole(grey).out_of(grey, size))
        cut = self._finder.in_face(grey)
        if cut is None:
            return Cropped(raw, None, False)  # one picture serves as both
        return Cropped(self._packed(cut.out_of(grey, size)), raw, True)

    def _crop_scene(self, picture: Picture, box: Box | None, annotated: bool) -> Grey:
        size = self._settings.size
        orientation = picture.orientation
        if box is not None:
            box, orientation = placed(box, picture)
            side = max(box.right - box.left, box.bottom - box.top) * BOX_MARGIN
            shrink = shrink_for(side, size)
        elif self._settings.detector == "box":
            raise Unusable("all boxes are empty" if annotated else "nobody drew a box")
        else:
            shrink = shrink_for(max(picture.width, picture.height), _LOOK_SIDE)
        grey = orientation.apply(picture.grey(shrink))
        cut = self._finder.in_scene(grey, box and _shrunk(box, shrink))
        if cut is None:
            raise Unusable("no face found")
        finer = shrink_for(cut.side * shrink, size)
        if finer < shrink:
            grey = orientation.apply(picture.grey(finer))
            cut = cut.scaled(shrink / finer)
        return cut.out_of(grey, size)

    def _packed(self, pixels: Grey) -> bytes:
        return packed(pixels, self._settings.quality)


def packed(pixels: Grey, quality: Quality) -> bytes:
    """A picture as a file's bytes, JPEG or PNG."""
    if quality == LOSSLESS:
        done, content = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    else:
        done, content = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    if not done:
        raise RuntimeError("OpenCV cannot write this picture")
    return np.asarray(content, np.uint8).tobytes()


def _shrunk(box: Box, shrink: int) -> Box:
    return Box(box.left / shrink, box.top / shrink, box.right / shrink, box.bottom / shrink)
