"""mediapipe's selfie segmentation: where the people are, pixel by pixel."""

from __future__ import annotations

import cv2
import numpy as np

from avatar_cam.quiet import quiet
from avatar_cam.tracking.mediapipe_import import solutions
from avatar_cam.types import Floats, Pixels

#: Side, px, of what the model sees: more is thrown away by it.
_SEEN = (256, 144)


class SelfieSegmentation:
    """The landscape model (MediaPipe Selfie Segmentation, 144x256). One instance belongs to one thread."""

    def __init__(self) -> None:
        with quiet():
            self._model = solutions().selfie_segmentation.SelfieSegmentation(model_selection=1)
            self._model.process(np.zeros((64, 64, 3), np.uint8))

    def person(self, pixels: Pixels) -> Floats:
        """How much of each part of the picture is a person, float32 (144, 256) from 0 to 1.

        `pixels` uint8 (H, W, 3) RGB, which is not changed; the parts divide it evenly.
        """
        small = cv2.resize(pixels, _SEEN, interpolation=cv2.INTER_AREA)
        mask: Floats = self._model.process(np.asarray(small, np.uint8)).segmentation_mask
        return mask

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
            self._model = None
