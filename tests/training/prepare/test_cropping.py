"""From a file's bytes to a crop, with each detector."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.emotions.crop import MARGIN, crop_face
from avatar_cam.tracking.facemesh import FaceMesh
from tests.training.prepare.made import SETTINGS, SIZE, SMILING, grey, head_box, jpeg, performer
from training.datasets.base import Box, Framing
from training.prepare.cropping import Cropped, Cropper, packed
from training.prepare.cuts import around
from training.prepare.pictures import Unusable
from training.prepare.settings import Detector, Quality

#: The performer as a telephone takes them, and in a picture where the face is small.
LARGE, FAR = (2560, 1920), (640, 480)
HEAD = Box(*head_box())


@cache
def cropper(detector: Detector, framing: Framing, size: int = 96, quality: Quality = "lossless") -> Cropper:
    return Cropper(replace(SETTINGS, detector=detector, size=size, quality=quality), framing)


def opened(content: bytes | None) -> NDArray[np.uint8]:
    assert content is not None
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(picture, np.uint8)


@cache
def at_run_time(size: tuple[int, int] = SIZE, side: int = 96) -> NDArray[np.uint8]:
    """The crop that the camera would cut out."""
    mesh = FaceMesh(still=True, detection=0.3)
    picture = performer(SMILING, size)
    crop = crop_face(picture, mesh.find(np.ascontiguousarray(picture))[0], side)
    mesh.close()
    return crop


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Correlation of two pictures, softened: landmarks of one face differ by a pixel or two of 96."""
    soft = [
        cv2.GaussianBlur(picture.astype(np.float32), (0, 0), picture.shape[0] / 32)
        for picture in (one, other)
    ]
    return float(np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1])


def scaled(box: Box, factor: float) -> Box:
    return Box(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor)


def large() -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(performer(), LARGE, interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize("boxes", [(), (HEAD,)], ids=["no box", "box"])
def test_mediapipe_cuts_photographs_as_the_camera_does(boxes: tuple[Box, ...]) -> None:
    crop = cropper("mediapipe", "scene").crop(jpeg(performer(), quality=95), boxes)
    assert crop.found
    assert crop.raw is None
    assert alike(opened(crop.crop), at_run_time()) > 0.98


def test_a_photograph_of_megapixels_is_cut_from_a_reduced_one() -> None:
    boxes = [scaled(HEAD, 4), scaled(HEAD, 4.1), Box(5, 5, 5, 5)]
    for given in (boxes, []):
        crop = cropper("mediapipe", "scene").crop(jpeg(large(), quality=80), given)
        assert alike(opened(crop.crop), at_run_time()) > 0.985


def test_a_face_that_is_small_in_the_picture_is_found_and_cut_from_a_finer_one() -> None:
    picture = np.full((3000, 4000, 3), 120, np.uint8)
    picture[1200:1680, 2200:2840] = performer()
    crop = opened(cropper("mediapipe", "scene").crop(jpeg(picture, quality=80), ()).crop)
    assert alike(crop, at_run_time()) > 0.97


def test_of_two_faces_the_one_in_the_box_is_taken() -> None:
    picture = np.concatenate([performer(), performer(5.2)], axis=1)
    box = Box(HEAD.left + 640, HEAD.top, HEAD.right + 640, HEAD.bottom)
    mine = opened(cropper("mediapipe", "scene").crop(jpeg(picture, quality=95), [box]).crop)
    alone = opened(cropper("mediapipe", "scene").crop(jpeg(performer(5.2), quality=95), [HEAD]).crop)
    assert alike(mine, alone) > 0.98


@pytest.mark.parametrize("turn", [3, 6, 8])
@pytest.mark.parametrize("detector", ["mediapipe", "box"])
def test_a_photograph_is_turned_upright_first(detector: Detector, turn: int) -> None:
    stored = np.rot90(performer(), {3: 2, 6: 1, 8: -1}[turn]).copy()
    upright = opened(cropper(detector, "scene").crop(jpeg(performer(), quality=95), [HEAD]).crop)
    turned = opened(cropper(detector, "scene").crop(jpeg(stored, turn, quality=95), [HEAD]).crop)
    assert alike(turned, upright) > 0.99


def test_boxes_give_about_the_run_time_framing() -> None:
    crop = opened(cropper("box", "scene").crop(jpeg(performer(), quality=95), [HEAD]).crop)
    assert alike(crop, at_run_time()) > 0.85


def test_the_cascade_gives_about_the_run_time_framing() -> None:
    scene = opened(cropper("haar", "scene").crop(jpeg(performer(), quality=95), ()).crop)
    assert alike(scene, at_run_time()) > 0.8
    face = cropper("haar", "face").crop(jpeg(performer()[:, 80:560], quality=95), ())
    assert face.found
    assert alike(opened(face.crop), at_run_time()) > 0.8


def test_in_a_small_picture_of_a_face_it_is_found_enlarged() -> None:
    small = around(HEAD, 1.2).out_of(grey(performer()), 48)
    done, content = cv2.imencode(".png", small)
    assert done
    cropped = cropper("mediapipe", "face", 48).crop(content.tobytes(), ())
    assert cropped.found
    np.testing.assert_array_equal(opened(cropped.raw), small)
    expected = cv2.resize(at_run_time(), (48, 48), interpolation=cv2.INTER_AREA)
    assert alike(opened(cropped.crop), np.asarray(expected, np.uint8)) > 0.9


@pytest.mark.parametrize("detector", ["mediapipe", "haar"])
def test_a_picture_of_a_face_in_which_none_is_found_stays_as_it_is(detector: Detector) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 40)).astype(np.uint8)
    done, content = cv2.imencode(".png", noise)
    assert done
    cropped = cropper(detector, "face", 48).crop(content.tobytes(), ())
    assert cropped == Cropped(cropped.crop, None, False)
    np.testing.assert_array_equal(opened(cropped.crop)[:, 4:44], noise)


LEFT_OUT: list[tuple[Detector, tuple[Box, ...], str]] = [
    ("mediapipe", (), "no face found"),
    ("mediapipe", (Box(10, 10, 90, 90),), "no face found"),
    ("haar", (), "no face found"),
    ("box", (), "nobody drew a box"),
    ("box", (Box(3, 3, 3, 3),), "all boxes are empty"),
    ("box", (Box(900, 3, 990, 99),), "the box lies outside the picture"),
]


@pytest.mark.parametrize(("detector", "boxes", "reason"), LEFT_OUT)
def test_a_photograph_without_a_face_says_why(
    detector: Detector, boxes: tuple[Box, ...], reason: str
) -> None:
    with pytest.raises(Unusable) as caught:
        cropper(detector, "scene").crop(jpeg(np.full((240, 320, 3), 90, np.uint8)), boxes)
    assert str(caught.value) == reason


def test_quality_is_that_of_the_crop() -> None:
    crop = np.asarray(cv2.resize(grey(performer()), (96, 96)), np.uint8)
    good, poor, whole = packed(crop, 95), packed(crop, 40), packed(crop, "lossless")
    assert len(poor) < len(good) / 2
    assert poor.startswith(b"\xff\xd8") and whole.startswith(b"\x89PNG")
    np.testing.assert_array_equal(opened(whole), crop)
    assert opened(poor).shape == (96, 96)
    assert SETTINGS.margin == MARGIN
