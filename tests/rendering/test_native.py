"""The compiled kernel against OpenCV, and what it must refuse."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.rendering import native, sampling
from avatar_cam.rendering.grid import reached
from avatar_cam.rendering.mipmap import halved
from avatar_cam.rendering.native import Art, Finish, Mesh
from avatar_cam.types import Box, Floats, Pixels, Texture

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


def _solid(border: int = 0) -> Art:
    """Opaque and white."""
    rgba = np.full((64, 64, 4), 255, np.uint8)
    return Art(
        halved(Texture(np.pad(rgba, ((border, 2 * border), (border, 2 * border), (0, 0))), (0, 0)), 0),
        0.3,
        (0, 0),
        1.0,
    )


def _mesh(angle: float, spread: float, nodes: tuple[int, int] = (17, 17)) -> Floats:
    """A turned, bent grid over an artwork of 200 px and beyond."""
    rows, columns = nodes
    v, u = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    u, v = u + 0.05 * np.sin(4 * v), v + 0.05 * np.cos(3 * u)
    cos, sin = np.cos(angle), np.sin(angle)
    return (np.stack([cos * u - sin * v, sin * u + cos * v], -1) * spread * 100 + 100).astype(np.float32)


WAYS = pytest.mark.parametrize("plain", [False, True], ids=["fastest", "plain"])


@compiled
@WAYS
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("angle", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("spread", [0.5, 1.6])
@pytest.mark.parametrize("shares", [(1.0,), (0.6,), (0.3, 0.7)])
def test_it_draws_what_opencv_draws(
    plain: bool, channels: int, angle: float, spread: float, shares: tuple[float, ...]
) -> None:
    arts = tuple(_art(100, seed, share) for seed, share in enumerate(shares))
    mesh = Mesh((13, 9, 203, 151), (8, 3, 207, 158), _mesh(angle, spread), arts)
    assert _apart([mesh], Finish(), channels, plain) == (True, True)


@compiled
@WAYS
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "finish",
    [Finish(0.4), Finish(1.0, (0.7, 0.8, 1.2)), Finish(0.8, (1.9, 1.0, 0.5))],
    ids=["faded", "lit", "both"],
)
def test_meshes_over_each_other_are_finished_as_opencv_does(
    plain: bool, channels: int, finish: Finish
) -> None:
    """Of other sizes, half of them in front of others, one beside and one with two textures."""
    boxes = [(13, 9, 203, 151), (40, 30, 120, 100), (90, 60, 191, 140), (150, 0, 210, 40), (5, 5, 5, 50)]
    meshes = [
        Mesh(box, (box[0] - 9, box[1] - 9, box[2] + 9, box[3] + 9), _mesh(number, 0.8), arts)
        for number, (box, arts) in enumerate(
            zip(
                boxes,
                ((_art(100, 1),), (_solid(),), (_art(90, 2, 0.5), _art(80, 3, 0.5)), *[(_art(60, 4),)] * 2),
                strict=True,
            )
        )
    ]
    assert _apart(meshes, finish, channels, plain) == (True, True)


def _apart(meshes: list[Mesh], finish: Finish, channels: int, plain: bool) -> tuple[bool, bool]:
    """Whether the kernel draws nearly what OpenCV does: everywhere, and on average."""
    ours = _noise((160, 210, channels), 9)
    if channels == 4:
        ours[..., :3] = np.minimum(ours[..., :3], ours[..., 3:])
    theirs = ours.copy()
    native.draw_meshes(ours, meshes, finish, plain=plain)
    sampling.draw_meshes(theirs, meshes, finish)
    apart = np.abs(ours.astype(int) - theirs)
    return bool(apart.max() <= TOLERANCE), bool(apart.mean() <= MEAN_TOLERANCE)


@compiled
@pytest.mark.parametrize("angle", [0.0, 0.7, 2.0])
def test_it_finds_the_cells_that_numpy_finds(angle: float) -> None:
    uv = np.stack([_mesh(angle, spread, (9, 13)) for spread in (0.4, 1.0, 3.0)])
    chance = np.random.default_rng(5)
    corners = chance.uniform(-50, 250, (60, 2)).astype(np.float32)
    extents = np.concatenate([corners, corners + chance.uniform(1, 80, (60, 2)).astype(np.float32)], axis=1)
    extents[-1] += 1e4
    which = chance.integers(0, 3, 60).tolist()
    cells = native.reach(uv, which, extents)
    assert cells == reached(uv, which, extents)
    assert cells[-1] == [0, 0, 0, 0]
    assert len({tuple(found) for found in cells}) > 20


@compiled
@WAYS
def test_what_is_covered_is_not_looked_at(plain: bool) -> None:
    """Behind something opaque lies a mesh whose artwork is not even there."""
    pixels, box = np.zeros((50, 50, 3), np.uint8), (0, 0, 50, 50)
    nowhere = replace(_solid().level, filled=np.zeros((64, 2), np.int32))
    front = Mesh(box, box, _mesh(0, 0.2), (_solid(),))
    alone = pixels.copy()
    native.draw_meshes(alone, [front], Finish(), plain=plain)
    behind = Mesh(box, box, _mesh(0, 0.2), (replace(_solid(), level=nowhere),))
    native.draw_meshes(pixels, [behind, front], Finish(), plain=plain)
    assert alone.min() == 255
    assert np.array_equal(alone, pixels)


@compiled
@WAYS
def test_a_part_of_a_picture_is_drawn_where_it_lies(plain: bool) -> None:
    """Rows that lie apart."""
    whole, around = (np.zeros((90, 120, 3), np.uint8) for _ in range(2))
    part = around[10:80, 25:100]
    shown = Mesh((30, 20, 80, 70), (28, 18, 82, 72), _mesh(0.2, 1.0), (_art(100, 1),))
    moved = replace(shown, box=(5, 10, 55, 60), lattice=(3, 8, 57, 62))
    native.draw_meshes(whole, [shown], Finish(), plain=plain)
    native.draw_meshes(part, [moved], Finish(), plain=plain)
    assert np.array_equal(whole, around)
    assert whole.any()


@compiled
@WAYS
@pytest.mark.parametrize("border", [0, 1])
@pytest.mark.parametrize("far", [1e3, 1e6, 1e9, -1e9])
def test_points_far_outside_are_empty(plain: bool, border: int, far: float) -> None:
    pixels = np.zeros((50, 50, 3), np.uint8)
    mesh = Mesh((0, 0, 50, 50), (0, 0, 50, 50), _mesh(0, 1) + np.float32(far), (_solid(border),))
    native.draw_meshes(pixels, [mesh], Finish(), plain=plain)
    assert not pixels.any()


@compiled
@WAYS
@pytest.mark.parametrize("border", [0, 1])
def test_steps_as_long_as_the_numbers_are_stay_inside(plain: bool, border: int) -> None:
    """Such a step comes back to where it began when 32 bits begin anew.

    Around the artwork lies what it has nothing of: red.
    """
    pixels = np.zeros((4, 180, 3), np.uint8)
    level = _solid(border).level
    height, width = level.rgba.shape[:2]
    poison = np.full((3 * height, 3 * width, 4), (255, 0, 0, 255), np.uint8)
    inside = poison[height : 2 * height, width : 2 * width]
    inside[...] = level.rgba
    inside[..., 0] = 0
    art = Art(replace(level, rgba=inside), 1.0, (0.5, 0.5), 1.0)
    reached = False
    for far in (8192.0, 73728.0, 131072.0, 1e9, np.inf, np.nan):
        for start in (0.0, 30.5, 8222.0):
            uv = np.array([[[start, start], [start - far, start - far]]], np.float32)
            for box in ((0, 0, 180, 4), (5, 0, 14, 4)):
                mesh = Mesh(box, (0, 0, 180, 4), uv, (art,))
                native.draw_meshes(pixels, [mesh], Finish(), plain=plain)
                assert not pixels[..., 0].any(), (far, start, box)
                reached |= bool(pixels.any())
    assert reached, "something of the artwork itself was drawn"


@compiled
@WAYS
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3)])
@pytest.mark.parametrize("border", [0, 1])
def test_the_smallest_artworks(plain: bool, shape: tuple[int, int], border: int) -> None:
    rgba = np.pad(np.full((*shape, 4), 255, np.uint8), ((border, 2 * border), (border, 2 * border), (0, 0)))
    art = Art(halved(Texture(rgba, (0, 0)), 0), 1.0, (0.5, 0.5), 1.0)
    uv = np.stack(np.meshgrid(np.arange(14) - 1.5, np.arange(14) - 1.5), -1).astype(np.float32)
    mesh = Mesh((0, 0, 14, 14), (0, 0, 14, 14), uv, (art,))
    ours, theirs = (np.zeros((14, 14, 3), np.uint8) for _ in range(2))
    native.draw_meshes(ours, [mesh], Finish(), plain=plain)
    sampling.draw_meshes(theirs, [mesh], Finish())
    assert ours.sum() == pytest.approx(shape[0] * shape[1] * 3 * 255, rel=0.02)
    assert np.abs(ours.astype(int) - theirs).max() <= 2


@compiled
@pytest.mark.parametrize("box", [(-1, 0, 10, 10), (0, 0, 51, 10), (0, 0, 10, 51), (20, 0, 10, 10)])
def test_it_never_writes_outside(box: Box) -> None:
    mesh = Mesh(box, (0, 0, 50, 50), _mesh(0, 1), (_art(8, 1),))
    with pytest.raises(ValueError, match="does not lie in the picture"):
        native.draw_meshes(np.zeros((50, 50, 3), np.uint8), [mesh], Finish())


@compiled
def test_it_refuses_what_it_has_no_room_for() -> None:
    pixels, box = np.zeros((50, 50, 3), np.uint8), (0, 0, 50, 50)
    wide = Mesh(box, box, _mesh(0, 1, (2, 300)), (_art(8, 1),))
    with pytest.raises(ValueError, match="300 columns"):
        native.draw_meshes(pixels, [wide], Finish())
    with pytest.raises(ValueError, match="9 textures"):
        native.draw_meshes(pixels, [Mesh(box, box, _mesh(0, 1), (_art(8, 1, 0.1),) * 9)], Finish())
    with pytest.raises(ValueError, match="33 meshes"):
        native.draw_meshes(pixels, [Mesh(box, box, _mesh(0, 1), (_art(8, 1),))] * 33, Finish())
    with pytest.raises(ValueError, match="side by side"):
        native.draw_meshes(pixels[:, ::2], [], Finish())


@compiled
def test_it_writes_into_nothing_that_is_read_only() -> None:
    pixels = np.zeros((50, 50, 3), np.uint8)
    pixels.setflags(write=False)
    with pytest.raises(ValueError, match="read-only"):
        native.draw_meshes(pixels, [], Finish())


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
