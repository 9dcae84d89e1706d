"""A character by itself, as it is drawn: for lists and thumbnails."""

from __future__ import annotations

import cv2
import numpy as np

from avatar_cam.characters.character import Character
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.rendering.sampling import blend
from avatar_cam.types import Pixels, Variant


def portrait(
    character: Character, side: int, emotion: Emotion = "neutrality", variant: Variant = "plain"
) -> Pixels:
    """The artwork from the front, uint8 (side, side, 4) premultiplied RGBA, as large as fits.

    Raises PackError when a picture of the pack cannot be decoded.
    """
    textures = [plane.whole for plane in character.planes(emotion, variant) if plane.attach == "head"]
    if not textures:
        return np.zeros((side, side, 4), np.uint8)
    starts = np.array([texture.origin for texture in textures])
    stops = starts + [texture.rgba.shape[1::-1] for texture in textures]
    corner = starts.min(axis=0)
    width, height = (stops.max(axis=0) - corner).tolist()
    longest = max(width, height)
    artwork = np.zeros((longest, longest, 4), np.uint8)
    shift = np.array([longest - width, longest - height]) // 2 - corner
    for texture, start, stop in zip(textures, starts + shift, stops + shift, strict=True):
        blend(artwork[start[1] : stop[1], start[0] : stop[0]], texture.rgba)
    return np.asarray(cv2.resize(artwork, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
