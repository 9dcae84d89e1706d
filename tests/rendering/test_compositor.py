"""The compositor against slow and simple NumPy, and at the edges where overlays go wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.rendering import native
from avatar_cam.rendering.compositor import draw, overlay
from avatar_cam.types import Box, Pixels, Placement, Texture
from tests.factories import disc, placed, texture

#: OpenCV samples on a grid of 1/32 pixel and rounds at each step: grey values from the exact result.
TOLERANCE, MEAN_TOLERANCE = 6, 1.0
#: Roundings of two layers.
ROUNDED = 2


@pytest.fixture(params=["compiled", "opencv"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds for the compiled kernel and for OpenCV in its place."""
    if request.param == "opencv":
        monkeypatch.setattr(native, "library", lambda: None)
    elif native.library() is None:
        pytest.skip("the kernel is not compiled here: there was no C compiler when avatar-cam was installed")


def _picture(value: int | None = None, size: tuple[int, int] = (120, 90)) -> Pixels:
    """A picture of one grey, or of noise."""
    if value is None:
        return np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    return np.full((size[1], size[0], 3), value, np.uint8)


def _soft_sprite(size: int = 40) -> Texture:
    """Colour and alpha that change slowly, so that an exact reference can be told from a wrong one."""
    y, x = np.mgrid[:size, :size] / size
    rgba = np.stack([255 * x, 255 * y, 255 * (1 - x), 255 * np.sin(np.pi * x) * np.sin(np.pi * y)], axis=-1)
    return texture(np.round(rgba).astype(np.uint8), origin=(7, 11))


def _reference(pixels: Pixels, placement: Placement) -> NDArray[np.float64]:
    """The placement over the picture, a pixel at a time, in floating point; no shrinking."""
    result = pixels.astype(np.float64)
    x0, y0, x1, y1 = placement.box
    left, top, right, bottom = placement.lattice
    rows, columns = placement.uv.shape[:2]
    for y in range(y0, y1):
        for x in range(x0, x1):
            row = (y + 0.5 - top) / (bottom - top) * rows - 0.5
            column = (x + 0.5 - left) / (right - left) * columns - 0.5
            u, v = _linear(placement.uv.astype(np.float64), row, column)
            total = np.zeros(4)
            for one, share in placement.textures:
                at = v - one.origin[1] - 0.5, u - one.origin[0] - 0.5
                total += share * _linear(one.rgba.astype(np.float64), *at)
            total *= placement.opacity
            result[y, x] = result[y, x] * (1 - total[3] / 255) + total[:3]
    return result


def _linear(values: NDArray[np.float64], row: float, column: float) -> NDArray[np.float64]:
    """Between the four neighbours; empty beyond."""
    r, c = int(np.floor(row)), int(np.floor(column))
    total = np.zeros(values.shape[2])
    for i, j in ((r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1)):
        if 0 <= i < values.shape[0] and 0 <= j < values.shape[1]:
            total += values[i, j] * (1 - abs(row - i)) * (1 - abs(column - j))
    return total


def _agrees(placement: Placement) -> None:
    pixels = _picture()
    wanted = _reference(pixels, placement)
    draw(pixels, [placement])
    difference = np.abs(pixels - wanted)
    assert difference.max() <= TOLERANCE
    assert difference.mean() <= MEAN_TOLERANCE


@pytest.mark.parametrize("opacity", [1.0, 0.6, 0.1])
def test_a_sprite_at_its_own_size(opacity: float) -> None:
    _agrees(placed((_soft_sprite(), 1.0), box=(30, 20, 70, 60), art=(7, 11, 47, 51), opacity=opacity))


def test_a_sprite_at_its_own_size_and_place_is_copied() -> None:
    """Half a pixel's error in any of the conventions would blur it."""
    sharp = np.random.default_rng(2).integers(0, 256, (20, 20, 4)).astype(np.uint8)
    sharp[..., 3] = 255
    pixels = _picture(0)
    draw(pixels, [placed((texture(sharp), 1.0), box=(30, 20, 50, 40), art=(0, 0, 20, 20))])
    assert np.array_equal(pixels[20:40, 30:50], sharp[..., :3])


@pytest.mark.parametrize(
    "art", [(0, 0, 60, 60), (20, 25, 36, 33), (47, 11, 7, 51)], ids=["far", "near", "mirrored"]
)
def test_a_sprite_larger_smaller_and_mirrored(art: tuple[float, float, float, float]) -> None:
    _agrees(placed((_soft_sprite(), 1.0), box=(25, 15, 73, 63), art=art))


def test_a_bent_mesh() -> None:
    plain = placed((_soft_sprite(), 1.0), box=(25, 15, 73, 63), art=(4, 8, 50, 54), nodes=9)
    row, column = np.mgrid[:9, :9]
    bend = np.stack([np.sin(row), np.cos(column)], axis=-1) * 1.5
    _agrees(Placement(plain.textures, plain.box, plain.lattice, (plain.uv + bend).astype(np.float32), 1.0))


def test_two_textures_are_added_by_weight() -> None:
    other = texture(disc(40, (20, 200, 90)), origin=(7, 11))
    _agrees(
        placed((_soft_sprite(), 0.3), (other, 0.7), box=(30, 20, 70, 60), art=(7, 11, 47, 51), opacity=0.8)
    )


@pytest.mark.parametrize("mix", [0.05, 0.25, 0.5, 0.75, 0.95])
@pytest.mark.parametrize("scale", [1.0, 0.37])
def test_a_cross_fade_of_opaque_sprites_never_lets_the_background_through(mix: float, scale: float) -> None:
    one, other = (texture(np.full((60, 60, 4), 255, np.uint8)) for _ in range(2))
    side = round(60 * scale)
    pixels = _picture(0)
    draw(
        pixels, [placed((one, mix), (other, 1 - mix), box=(20, 10, 20 + side, 10 + side), art=(0, 0, 60, 60))]
    )
    inside = pixels[12 : 8 + side, 22 : 18 + side]
    assert inside.min() >= 255 - ROUNDED, "white over black stays white"


@pytest.mark.parametrize("scale", [1.7, 1.0, 0.73, 0.5, 0.31, 0.12, 0.06])
@pytest.mark.parametrize("background", [255, 128])
def test_no_fringe(scale: float, background: int) -> None:
    """A white sprite whose transparent surroundings are black darkens nothing, white or grey."""
    sprite = texture(disc(200, (255, 255, 255)))
    side = max(3, round(200 * scale))
    pixels = _picture(background, (400, 400))
    draw(pixels, [placed((sprite, 1.0), box=(11, 13, 11 + side, 13 + side), art=(0, 0, 200, 200))])
    assert pixels.min() >= background - ROUNDED


@pytest.mark.parametrize("scale", [0.6, 0.41, 0.22, 0.09])
def test_a_shrunk_sprite_covers_what_it_should(scale: float) -> None:
    """Averaged, not sampled: its total light is that of the sprite, at whatever size."""
    stripes = np.zeros((200, 200, 4), np.uint8)
    stripes[40:160, 40:160, 3] = 255
    stripes[40:160, 40:160:2, :3] = 255
    side = round(200 * scale)
    pixels = _picture(0, (200, 200))
    box = (10, 10, 10 + side, 10 + side)
    draw(pixels, [placed((texture(stripes), 1.0), box=box, art=(0, 0, 200, 200))])
    exact = (120 * scale) ** 2 * 255 / 2
    assert pixels[..., 0].sum() == pytest.approx(exact, rel=0.06)


@pytest.mark.parametrize(
    "box", [(30, 20, 70, 60), (0, 0, 15, 90), (100, 70, 120, 90), (50, 0, 51, 1)], ids=str
)
def test_only_the_box_is_touched(box: Box) -> None:
    pixels = _picture()
    before = pixels.copy()
    # The artwork is opaque everywhere, so it would show wherever it was drawn.
    solid = texture(np.full((300, 300, 4), 255, np.uint8), origin=(-150, -150))
    draw(pixels, [placed((solid, 1.0), box=box, art=(0, 0, 20, 20))])
    x0, y0, x1, y1 = box
    assert (pixels[y0:y1, x0:x1] == 255).all()
    pixels[y0:y1, x0:x1] = before[y0:y1, x0:x1]
    assert np.array_equal(pixels, before)


def test_beyond_the_texture_is_empty() -> None:
    pixels = _picture(77)
    draw(pixels, [placed((_soft_sprite(), 1.0), box=(0, 0, 120, 90), art=(1000, 1000, 1100, 1100))])
    assert (pixels == 77).all()


def test_later_placements_lie_over_earlier_ones() -> None:
    red, green = (texture(disc(40, colour)) for colour in ((255, 0, 0), (0, 255, 0)))
    pixels = _picture(0)
    draw(
        pixels,
        [placed((one, 1.0), box=(20, 20, 60, 60), art=(0, 0, 40, 40)) for one in (red, green)],
    )
    assert pixels[40, 40].tolist() == [0, 255, 0]


def test_the_overlay_laid_over_the_picture_is_the_composite() -> None:
    placements = [
        placed((_soft_sprite(), 1.0), box=(30, 20, 70, 60), art=(7, 11, 47, 51), opacity=0.9),
        placed(
            (texture(disc(40, (20, 200, 90))), 1.0), box=(50, 30, 90, 70), art=(0, 0, 40, 40), opacity=0.5
        ),
    ]
    pixels = _picture()
    above = overlay((120, 90), placements).astype(float)
    wanted = pixels * (1 - above[..., 3:] / 255) + above[..., :3]
    draw(pixels, placements)
    assert np.abs(pixels - wanted).max() <= 2 * ROUNDED


def test_nothing_to_draw() -> None:
    pixels = _picture()
    before = pixels.copy()
    draw(pixels, [])
    assert np.array_equal(pixels, before)
    assert not overlay((12, 9), []).any()


def test_a_face_fades_as_a_whole() -> None:
    """Where two of its parts lie over each other, no more and no less is seen than where there is one."""
    white = np.full((40, 40, 4), 255, np.uint8)
    one = placed((texture(white), 1.0), box=(10, 10, 50, 50), art=(0, 0, 40, 40), opacity=0.5)
    other = placed((texture(white), 1.0), box=(30, 30, 70, 70), art=(0, 0, 40, 40), opacity=0.5)
    pixels = np.zeros((90, 120, 3), np.uint8)
    draw(pixels, [one, other])
    assert pixels[20, 20, 0] == pytest.approx(128, abs=1), "one part"
    assert pixels[40, 40, 0] == pytest.approx(128, abs=1), "two parts"
    assert pixels[60, 60, 0] == pytest.approx(128, abs=1), "the other part"
    assert pixels[80, 80, 0] == 0
