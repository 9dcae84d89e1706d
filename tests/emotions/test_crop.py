"""One crop: upright, of one size, the same however the face lies in the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatar_cam.emotions.crop import crop_face
from avatar_cam.sources.performer import EXPRESSIONS, Rig, draw, truth
from avatar_cam.types import Floats, Pixels
from tests.factories import landmarks

SIZE = 48
#: Mean difference of grey values between crops of one face that was turned or made larger.
SAME = 4.0

PICTURE = (960, 540)


@pytest.fixture(scope="module")
def face() -> tuple[Pixels, Floats]:
    """The performer, and landmarks that lie on her eyes."""
    rig = Rig(scale=0.8, expression=EXPRESSIONS["pleasure"])
    anchors = truth(rig, PICTURE).anchors
    left, right = np.array(anchors["left_eye"]), np.array(anchors["right_eye"])
    middle = (left + right) / 2
    return draw(rig, PICTURE), landmarks((middle[0], middle[1]), float(np.linalg.norm(left - right)))


def _moved(face: tuple[Pixels, Floats], roll: float, scale: float) -> tuple[Pixels, Floats]:
    pixels, points = face
    height, width = pixels.shape[:2]
    centre = (float(points[1, 0]), float(points[1, 1]))
    matrix = cv2.getRotationMatrix2D(centre, -roll, scale)
    if scale < 1:
        # A camera averages; sampling would make a sharper picture than a face far away gives.
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.4 / scale).astype(np.uint8)
    turned = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    at = points.copy()
    # Landmarks count from a pixel's corner, OpenCV from its centre.
    at[:, :2] = (points[:, :2] - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    return np.asarray(turned, np.uint8), at.astype(np.float32)


def _difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(float) - other).mean())


@pytest.mark.parametrize("roll", [-40.0, -10.0, 25.0, 90.0, 180.0])
def test_a_rolled_face_gives_the_same_crop(face: tuple[Pixels, Floats], roll: float) -> None:
    assert _difference(crop_face(*face, SIZE), crop_face(*_moved(face, roll, 1.0), SIZE)) < SAME


@pytest.mark.parametrize("scale", [1.5, 0.7, 0.5, 0.3, 0.2])
def test_a_face_near_or_far_gives_the_same_crop(face: tuple[Pixels, Floats], scale: float) -> None:
    assert _difference(crop_face(*face, SIZE), crop_face(*_moved(face, 0.0, scale), SIZE)) < SAME


def test_another_face_gives_another_crop(face: tuple[Pixels, Floats]) -> None:
    """The tolerance above means something."""
    other = draw(Rig(scale=0.8, expression=EXPRESSIONS["anger"]), PICTURE)
    assert _difference(crop_face(*face, SIZE), crop_face(other, face[1], SIZE)) > SAME


def test_grey_and_rgb_are_the_same(face: tuple[Pixels, Floats]) -> None:
    pixels, points = face
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    one, other = crop_face(pixels, points, SIZE).astype(int), crop_face(grey, points, SIZE).astype(int)
    assert np.abs(one - other).max() <= 2, "but for rounding"


@pytest.mark.parametrize("size", [48, 64, 112])
def test_size_and_type(face: tuple[Pixels, Floats], size: int) -> None:
    """The same square at every size, averaged down."""
    crop = crop_face(*face, size)
    assert crop.shape == (size, size)
    assert crop.dtype == np.uint8
    large = crop_face(*face, 480)
    averaged = np.asarray(cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    assert _difference(averaged, crop) < SAME


def test_the_picture_is_not_changed(face: tuple[Pixels, Floats]) -> None:
    before = face[0].copy()
    crop_face(*face, SIZE)
    assert np.array_equal(face[0], before)


def test_the_margin_is_the_side_in_sides_of_the_box() -> None:
    """A white square as large as the landmarks' box fills 1 / margin of the crop, in its middle."""
    points = landmarks((300, 200), 70)
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    side, centre = (high - low).max(), (low + high) / 2
    picture = np.zeros((400, 600), np.uint8)
    x0, y0 = np.round(centre - side / 2).astype(int)
    x1, y1 = np.round(centre + side / 2).astype(int)
    picture[y0:y1, x0:x1] = 255
    crop = crop_face(picture, points, 100, margin=1.25)
    across = np.flatnonzero(crop[50] > 127)
    assert (across[0], across[-1] + 1) == pytest.approx((10, 90), abs=1)


def test_half_outside_the_picture_repeats_its_edge(face: tuple[Pixels, Floats]) -> None:
    """What is inside is where it was; nothing black comes in."""
    pixels, points = face
    cut = round(float(points[1, 0]))
    half = np.ascontiguousarray(pixels[:, cut:])
    shifted = points - np.array([cut, 0, 0], np.float32)
    whole, crop = crop_face(pixels, points, SIZE), crop_face(half, shifted, SIZE)
    assert _difference(crop[:, SIZE // 2 + 2 :], whole[:, SIZE // 2 + 2 :]) < SAME
    assert crop[:, 0].min() >= half[:, 0].min() - 20
    assert np.abs(np.diff(crop[:, : SIZE // 2 - 2].astype(int), axis=1)).max() <= 1, "the edge, drawn out"


@pytest.mark.parametrize("at", [(-500.0, 100.0), (2000.0, 2000.0), (320.0, -900.0)])
def test_wholly_outside_the_picture_is_no_fault(at: tuple[float, float]) -> None:
    crop = crop_face(np.full((360, 640, 3), 77, np.uint8), landmarks(at, 60), SIZE)
    assert crop.shape == (SIZE, SIZE)
    assert np.ptp(crop) <= 1


def test_landmarks_on_one_point_are_no_fault() -> None:
    """A back-end that loses its mind must not end a show."""
    assert crop_face(np.zeros((50, 50, 3), np.uint8), np.full((478, 3), 25, np.float32), SIZE).shape == (
        SIZE,
        SIZE,
    )
