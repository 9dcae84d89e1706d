"""Pictures in a window's memory."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatar_cam.sinks.picture import Fit, PictureWriter
from avatar_cam.types import Pixels


def picture(size: tuple[int, int] = (64, 36)) -> Pixels:
    """Smooth, and different left and right, above and below, and in its colours."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    return np.stack([250 * x, 200 * y, 120 * (1 - x)], axis=-1).round().astype(np.uint8)


def written(
    pixels: Pixels, window: tuple[int, int], *, mirror: bool = False, blue_first: bool = True
) -> Pixels:
    """The window's memory as RGB."""
    memory = np.full((window[1], window[0], 4), 77, np.uint8)
    fit = Fit.inside((pixels.shape[1], pixels.shape[0]), window, mirror=mirror)
    PictureWriter().write(pixels, memory, fit, blue_first=blue_first)
    return memory[..., 2::-1] if blue_first else memory[..., :3]


@pytest.mark.parametrize("blue_first", [True, False])
def test_a_picture_of_the_windows_size_is_copied(blue_first: bool) -> None:
    pixels = picture((64, 100))  # more rows than are mirrored at a time
    before = pixels.copy()
    assert np.array_equal(written(pixels, (64, 100), blue_first=blue_first), pixels)
    assert np.array_equal(written(pixels, (64, 100), mirror=True, blue_first=blue_first), pixels[:, ::-1])
    assert np.array_equal(pixels, before), "the picture has been changed"


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize("window", [(128, 72), (96, 54), (48, 27), (16, 9), (7, 4)])
def test_a_picture_is_resized(window: tuple[int, int], mirror: bool) -> None:
    pixels = picture()
    wanted = cv2.resize(pixels[:, ::-1] if mirror else pixels, window, interpolation=cv2.INTER_AREA)
    difference = written(pixels, window, mirror=mirror).astype(int) - wanted
    assert np.abs(difference).mean() < 3


def test_a_much_larger_picture_is_averaged_not_sampled() -> None:
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[:, ::8] = 240  # thin lines, 30 on average
    assert np.abs(written(pixels, (32, 32)).astype(int) - 30).max() <= 2


@pytest.mark.parametrize(
    ("window", "box"),
    [((128, 36), (32, 0, 64, 36)), ((64, 100), (0, 32, 64, 36)), ((64, 36), (0, 0, 64, 36))],
)
def test_the_shape_is_kept_and_the_rest_is_black(
    window: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    x, y, width, height = box
    shown = written(picture() | 1, window)
    inside = np.zeros(shown.shape[:2], bool)
    inside[y : y + height, x : x + width] = True
    assert (shown[~inside] == 0).all()
    assert (shown[inside] > 0).all()


def test_points_are_mirrored_with_the_picture() -> None:
    points = np.array([[0, 0, 5], [64, 36, 5], [16, 9, 5]], np.float32)
    plain = Fit.inside((64, 36), (128, 100), mirror=False)
    mirrored = Fit.inside((64, 36), (128, 100), mirror=True)
    assert plain.seen(points).tolist() == [[0, 14], [128, 86], [32, 32]]
    assert mirrored.seen(points).tolist() == [[128, 14], [0, 86], [96, 32]]


def test_memory_is_used_again_and_not_hoarded() -> None:
    writer, pixels = PictureWriter(), picture()
    for width in range(20, 120):
        window = np.zeros((80, width, 4), np.uint8)
        writer.write(pixels, window, Fit.inside((64, 36), (width, 80), mirror=True))
    kept = writer._scratch
    assert len(kept) < 10
    before = {id(memory) for memory in kept.values()}
    writer.write(pixels, window, Fit.inside((64, 36), (width, 80), mirror=True))
    assert {id(memory) for memory in kept.values()} == before
