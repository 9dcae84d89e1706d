"""The compiled kernel against OpenCV, and what it must refuse."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.rendering import native, sampling
from avatar_cam.rendering.mipmap import halved
from avatar_cam.rendering.native import Art
from avatar_cam.types import Floats, Pixels, Texture

#: OpenCV samples on a grid of 1/32 pixel, the kernel on one of 1/64.
TOLERANCE, MEAN_TOLERANCE = 8, 0.5

compiled = pytest.mark.skipif(native.library() is None, reason="the kernel is not compiled here")


def _noise(shape: tuple[int, ...], seed: int) -> Pixels:
    coarse = np.random.default_rng(seed).integers(0, 256, (-(-shape[0] // 8), -(-shape[1] // 8), *shape[2:]))
    return coarse.astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)[: shape[0], : shape[1]].copy()


def _art(side: int, seed: int, share: float = 1.0) -> Art:
    """Premultiplied, smooth, with a hole."""
    rgba = _noise((side, side, 4), seed).astype(np.float32)
    for _ in range(3):
        rgba = (rgba + np.roll(rgba, 2, 0) + np.roll(rgba, 2, 1)) / 3
    rgba[..., :3] *= rgba[..., 3:] / 255
    rgba[side // 3 : side // 2, side // 3 : side // 2] = 0
    return Art(halved(Texture(np.round(rgba).astype(np.uint8), (0, 0)), 0), 0.5, (0.5, 0.5), share)


def _mesh(angle: float, spread: float, nodes: tuple[int, int] = (17, 17)) -> Floats:
    """A turned, bent grid over an artwork of 200 px and beyond."""
    rows, columns = nodes
    v, u = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    u, v = u + 0.05 * np.sin(4 * v), v + 0.05 * np.cos(3 * u)
    cos, sin = np.cos(angle), np.sin(angle)
    return (np.stack([cos * u - sin * v, sin * u + cos * v], -1) * spread * 100 + 100).astype(np.float32)


@compiled
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("angle", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("spread", [0.5, 1.6])
@pytest.mark.parametrize("shares", [(1.0,), (0.6,), (0.3, 0.7)])
def test_it_draws_what_opencv_draws(
    channels: int, angle: float, spread: float, shares: tuple[float, ...]
) -> None:
    arts = [_art(100, seed, share) for seed, share in enumerate(shares)]
    ours = _noise((160, 210, channels), 9)
    theirs = ours.copy()
    box, lattice, uv = (13, 9, 203, 151), (8, 3, 207, 158), _mesh(angle, spread)
    native.draw_mesh(ours, (0, 0), box, lattice, uv, arts)
    sampling.draw_mesh(theirs, (0, 0), box, lattice, uv, arts)
    apart = np.abs(ours.astype(int) - theirs)
    assert apart.max() <= TOLERANCE
    assert apart.mean() <= MEAN_TOLERANCE


@compiled
def test_a_part_of_a_picture_is_drawn_where_it_lies() -> None:
    """Rows that lie apart, and an origin: what a face that fades is drawn into."""
    whole, part = (np.zeros((90, 120, 3), np.uint8) for _ in range(2))
    box, lattice, uv = (30, 20, 80, 70), (28, 18, 82, 72), _mesh(0.2, 1.0)
    native.draw_mesh(whole, (0, 0), box, lattice, uv, [_art(100, 1)])
    native.draw_mesh(part[10:80, 25:100], (25, 10), box, lattice, uv, [_art(100, 1)])
    assert np.array_equal(whole, part)
    assert whole.any()


@compiled
@pytest.mark.parametrize("far", [1e3, 1e6, 1e9, -1e9])
def test_points_far_outside_are_empty(far: float) -> None:
    pixels = np.zeros((50, 50, 3), np.uint8)
    native.draw_mesh(
        pixels, (0, 0), (0, 0, 50, 50), (0, 0, 50, 50), _mesh(0, 1) + np.float32(far), [_art(100, 1)]
    )
    assert not pixels.any()


@compiled
def test_steps_as_long_as_the_numbers_are_stay_inside() -> None:
    """Such a step comes back to where it began when 32 bits begin anew."""
    pixels = np.zeros((4, 18, 3), np.uint8)
    art = Art(_art(64, 1).level, 1.0, (0.5, 0.5), 1.0)
    for far in (8192.0, 73728.0, 131072.0, 1e9, np.inf, np.nan):
        for start in (0.0, 30.5, 8222.0):
            uv = np.array([[[start, start], [start - far, start - far]]], np.float32)
            native.draw_mesh(pixels, (0, 0), (0, 0, 18, 4), (0, 0, 18, 4), uv, [art])
            native.draw_mesh(pixels, (0, 0), (5, 0, 14, 4), (0, 0, 18, 4), uv, [art])


@compiled
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_the_smallest_artworks(shape: tuple[int, int]) -> None:
    art = Art(halved(Texture(np.full((*shape, 4), 255, np.uint8), (0, 0)), 0), 1.0, (0.5, 0.5), 1.0)
    uv = np.stack(np.meshgrid(np.arange(12) - 1.5, np.arange(12) - 1.5), -1).astype(np.float32)
    ours, theirs = (np.zeros((12, 12, 3), np.uint8) for _ in range(2))
    native.draw_mesh(ours, (0, 0), (0, 0, 12, 12), (0, 0, 12, 12), uv, [art])
    sampling.draw_mesh(theirs, (0, 0), (0, 0, 12, 12), (0, 0, 12, 12), uv, [art])
    assert ours.sum() == pytest.approx(shape[0] * shape[1] * 3 * 255, rel=0.02)
    assert np.abs(ours.astype(int) - theirs).max() <= 2


@compiled
@pytest.mark.parametrize("box", [(-1, 0, 10, 10), (0, 0, 51, 10), (0, 0, 10, 51), (20, 0, 10, 10)])
def test_it_never_writes_outside(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="does not lie in the picture"):
        native.draw_mesh(
            np.zeros((50, 50, 3), np.uint8), (0, 0), box, (0, 0, 50, 50), _mesh(0, 1), [_art(8, 1)]
        )


@compiled
def test_it_refuses_what_it_has_no_room_for() -> None:
    pixels, box = np.zeros((50, 50, 3), np.uint8), (0, 0, 50, 50)
    with pytest.raises(ValueError, match="300 columns"):
        native.draw_mesh(pixels, (0, 0), box, box, _mesh(0, 1, (2, 300)), [_art(8, 1)])
    with pytest.raises(ValueError, match="9 textures"):
        native.draw_mesh(pixels, (0, 0), box, box, _mesh(0, 1), [_art(8, 1, 0.1)] * 9)
    with pytest.raises(ValueError, match="side by side"):
        native.draw_mesh(pixels[:, ::2], (0, 0), (0, 0, 25, 50), box, _mesh(0, 1), [_art(8, 1)])


@compiled
def test_it_writes_into_nothing_that_is_read_only() -> None:
    pixels, box = np.zeros((50, 50, 3), np.uint8), (0, 0, 50, 50)
    pixels.setflags(write=False)
    with pytest.raises(ValueError, match="read-only"):
        native.draw_mesh(pixels, (0, 0), box, box, _mesh(0, 1), [_art(8, 1)])


def test_a_missing_or_broken_library_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (None, b"no library"):
        path = tmp_path / "warp.so"
        if content is not None:
            path.write_bytes(content)
        monkeypatch.setattr(native, "LIBRARY", path)
        native.library.cache_clear()
        assert native.library() is None
    native.library.cache_clear()


@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler")
def test_where_there_is_a_compiler_it_was_compiled() -> None:
    assert native.library() is not None
