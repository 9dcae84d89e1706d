"""Shapes and types are checked where the data are built."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from avatar_cam.types import ANCHORS, EmotionReading, FaceTrack, Frame, PoseTrack, Texture
from tests.factories import face_of, landmarks


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (Frame, (np.zeros((4, 5), np.uint8), 0, 0.0)),
        (Frame, (np.zeros((4, 5, 4), np.uint8), 0, 0.0)),
        (Frame, (np.zeros((4, 5, 3), np.float32), 0, 0.0)),
        (Frame, (np.zeros((4, 5, 3), np.uint8)[:, ::2], 0, 0.0)),
        (EmotionReading, (1, np.zeros(8, np.float32), 0.0)),
        (EmotionReading, (1, np.zeros(7), 0.0)),
        (PoseTrack, (np.zeros((33, 3), np.float32), np.zeros(32, np.float32))),
        (Texture, (np.zeros((4, 5, 3), np.uint8), (0, 0))),
    ],
)
def test_what_does_not_fit_is_refused(build: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="must be"):
        build(*arguments)


def test_landmarks_must_have_irises() -> None:
    face = face_of()
    with pytest.raises(ValueError, match="landmarks must be float32"):
        FaceTrack(1, landmarks()[:468], face.head, (0, 0), 0, "face")


def test_size_is_width_and_height() -> None:
    assert Frame(np.zeros((4, 5, 3), np.uint8), 0, 0.0).size == (5, 4)


def test_anchors_and_box() -> None:
    points = landmarks()
    face = face_of(points)
    assert face.anchor("left_eye") == pytest.approx((points[362, :2] + points[263, :2]) / 2)
    assert face.anchor("mouth") == pytest.approx((points[61, :2] + points[291, :2]) / 2)
    x, y, width, height = face.box
    for name in ANCHORS:
        at = face.anchor(name)
        assert x <= at[0] <= x + width and y <= at[1] <= y + height


def test_a_textures_outline_goes_around_what_is_not_empty() -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[10:20, 15:45] = 255
    outline = Texture(rgba, (100, 200)).outline
    assert outline.min(axis=0).tolist() == [115, 210]
    assert outline.max(axis=0).tolist() == [145, 220]
    assert Texture(np.zeros((3, 3, 4), np.uint8), (0, 0)).outline.shape == outline.shape, (
        "nor is nothing a fault"
    )
