"""How a mask sits on a head and bends with it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import installed_folder
from avatar_cam.rendering.compositor import draw, overlay
from avatar_cam.rendering.placer import FACE_WIDTH, Placer, _View, artwork_fit
from avatar_cam.tracking.head import head_pose
from avatar_cam.types import Floats, Pixels, Placement, SpriteChoice
from tests.factories import character, disc, face_of, landmarks

SIZE = (640, 480)
CENTRE = (320.0, 200.0)
EYES = 60.0
#: Eye distances between a point of the mask and the same point to the picture and back.
ROUND_TRIP = 0.03
#: Eye distances between the bear's anchors and a face's, on average: a muzzle lies lower than a mouth.
ARTWORK = 0.35
#: Turns at which a mask is looked at.
TURNS = tuple(itertools.product((-45.0, -20.0, 0.0, 20.0, 45.0), (-30.0, 0.0, 30.0)))


@pytest.fixture(scope="module")
def bear() -> Character:
    return Character.load(installed_folder() / "bear")


def _choice(**changed: object) -> SpriteChoice:
    choice = SpriteChoice(face_id=1, character="bear", emotion="neutrality", since=0.0)
    return replace(choice, **changed)  # type: ignore[arg-type]


def _place(
    character: Character, points: Floats | None = None, size: tuple[int, int] = SIZE, **changed: object
) -> list[Placement]:
    points = landmarks(CENTRE, EYES) if points is None else points
    return Placer().place(face_of(points), _choice(**changed), character, size)


def _alpha(placements: list[Placement], size: tuple[int, int] = SIZE) -> Pixels:
    return overlay(size, placements)[..., 3]


@pytest.mark.parametrize("turn", [(*turn, roll) for turn in TURNS for roll in (0.0, 35.0)])
def test_to_mask_and_to_picture_are_inverse(turn: tuple[float, float, float]) -> None:
    """Over the whole mask, for parts behind, on and before the face."""
    head = head_pose(landmarks(CENTRE, EYES, *turn))
    view = _View.of(head, np.array([-0.5, 0.0, 0.4], np.float32))
    mask = np.stack(np.meshgrid(np.linspace(-1.6, 1.6, 9), np.linspace(-1.8, 2.2, 9)), axis=-1)
    mask = np.broadcast_to(mask.reshape(1, -1, 2), (3, 81, 2)).astype(np.float32)
    again = view.to_mask(view.to_picture(mask))
    assert np.abs(again - mask).max() < ROUND_TRIP


def test_an_upright_mask_lies_with_its_anchors_on_the_faces(bear: Character) -> None:
    """As nearly as a drawing with proportions of its own can: least squares over all anchors."""
    points = landmarks(CENTRE, EYES)
    face = face_of(points)
    scale, offset = artwork_fit(bear)
    view = _View.of(face.head, np.zeros(1, np.float32))
    errors = []
    for name, at in bear.anchors.items():
        shown = view.to_picture(((at - offset) / np.float32(scale))[None, None])[0, 0]
        errors.append(np.linalg.norm(shown - face.anchor(name)) / EYES)
    assert np.mean(errors) < ARTWORK, dict(zip(bear.anchors, errors, strict=True))


def test_a_pack_whose_anchors_are_the_mean_face_fits_exactly() -> None:
    """Two eyes always can."""
    folder_free = {"right_eye": np.array([20, 24], np.float32), "left_eye": np.array([44, 24], np.float32)}

    class Two:
        anchors = folder_free

    scale, offset = artwork_fit(Two())  # type: ignore[arg-type]
    assert scale == pytest.approx(24, abs=0.01)
    assert offset == pytest.approx([32, 24], abs=0.05)


def _centre(alpha: NDArray[np.generic]) -> NDArray[np.float64]:
    """The middle of what is covered, (x, y) px."""
    rows, columns = np.nonzero(alpha)
    return np.array([columns.mean() + 0.5, rows.mean() + 0.5])


@pytest.fixture
def dot(tmp_path: Path) -> Character:
    """A small round nose, a little before the middle of a face whose eyes are 100 apart."""
    manifest = """\
name = "Nose"

[anchors]
right_eye = [100, 100]
left_eye = [200, 100]

[[layers]]
image = "nose.png"
at = [150, 150]
depth = 0.1
"""
    return character(tmp_path / "nose", manifest, {"nose.png": disc(24)})


@pytest.mark.parametrize("yaw", [-40.0, -20.0, 20.0, 40.0])
def test_features_follow_the_nose_as_the_head_yaws(dot: Character, yaw: float) -> None:
    def from_eyes(turn: float) -> tuple[float, float]:
        """How far the drawn and the face's own nose lie beside the head's middle, px."""
        points = landmarks(CENTRE, EYES, yaw=turn)
        middle = head_pose(points).translation[0]
        return _centre(_alpha(_place(dot, points)) > 127)[0] - middle, float(points[1, 0]) - middle

    drawn_rest, nose_rest = from_eyes(0.0)
    drawn, nose = from_eyes(yaw)
    assert abs(drawn_rest - nose_rest) < 0.1 * EYES
    assert np.sign(drawn - drawn_rest) == np.sign(yaw), "to the person's own left is to larger x"
    assert abs(drawn - nose) < 0.3 * EYES


@pytest.mark.parametrize("pitch", [-25.0, 25.0])
def test_features_go_up_as_the_head_looks_up(dot: Character, pitch: float) -> None:
    def below_middle(turn: float) -> float:
        points = landmarks(CENTRE, EYES, pitch=turn)
        return float(_centre(_alpha(_place(dot, points)) > 127)[1] - head_pose(points).translation[1])

    assert np.sign(below_middle(0) - below_middle(pitch)) == np.sign(pitch)


@pytest.mark.parametrize("roll", [-60.0, 30.0, 120.0])
def test_features_roll_with_the_head(dot: Character, roll: float) -> None:
    upright = _centre(_alpha(_place(dot)) > 127) - CENTRE
    turn = np.radians(roll)
    wanted = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ upright
    rolled = _centre(_alpha(_place(dot, landmarks(CENTRE, EYES, roll=roll))) > 127) - CENTRE
    assert rolled == pytest.approx(wanted, abs=1.0)


@pytest.mark.parametrize(("yaw", "pitch"), TURNS)
def test_the_mask_covers_the_face(bear: Character, yaw: float, pitch: float) -> None:
    """None of the person's features shows beside it."""
    points = landmarks(CENTRE, EYES, yaw, pitch)
    alpha = _alpha(_place(bear, points))
    columns, rows = np.floor(points[:, :2]).astype(int).T
    bare = points[alpha[rows, columns] < 250]
    assert len(bare) == 0, bare[:5]


@pytest.mark.parametrize(("yaw", "pitch"), TURNS)
@pytest.mark.parametrize("emotion", ["neutrality", "upset", "sadness"])
def test_boxes_hold_all_of_a_part(bear: Character, yaw: float, pitch: float, emotion: str) -> None:
    """Drawn over the whole picture, a part shows nothing that its box cuts off."""
    points = landmarks(CENTRE, EYES, yaw, pitch, roll=20)
    for placement in _place(bear, points, emotion=emotion):
        x0, y0, x1, y1 = placement.box
        left, top, right, bottom = placement.lattice
        # Where the lattice's own nodes reach.
        columns, rows = placement.uv.shape[1], placement.uv.shape[0]
        edge_x, edge_y = (right - left) // (2 * columns), (bottom - top) // (2 * rows)
        wide = (
            max(left + edge_x, 0),
            max(top + edge_y, 0),
            min(right - edge_x, SIZE[0]),
            min(bottom - edge_y, SIZE[1]),
        )
        whole = _alpha([replace(placement, box=wide)])
        whole[y0:y1, x0:x1] = 0
        assert whole.max() <= 8, (placement.box, np.argwhere(whole > 8)[:3])


def test_a_small_face_and_a_large_one_wear_the_same(bear: Character) -> None:
    small = _alpha(_place(bear, landmarks((160, 100), 25), (320, 240)), (320, 240))
    large = _alpha(_place(bear, landmarks((320, 200), 50), (640, 480)), (640, 480))
    assert (
        abs(int(small.astype(bool).sum()) * 4 - int(large.astype(bool).sum()))
        < 0.05 * large.astype(bool).sum()
    )


@pytest.mark.parametrize("at", [(0, 200), (640, 200), (320, 0), (320, 480), (0, 0), (640, 480)])
def test_half_outside_the_picture_is_the_part_that_is_inside(
    bear: Character, at: tuple[float, float]
) -> None:
    """A larger picture around it shows the same."""
    pad = 300
    around = (SIZE[0] + 2 * pad, SIZE[1] + 2 * pad)
    wide = overlay(around, _place(bear, landmarks((at[0] + pad, at[1] + pad), EYES), around))
    inside = overlay(SIZE, _place(bear, landmarks(at, EYES)))
    assert inside.any()
    shown = wide[pad:-pad, pad:-pad]
    # Lattices differ, so points between nodes do a little.
    assert np.abs(shown.astype(int) - inside).mean() < 0.5
    assert (np.abs(shown.astype(int) - inside) > 60).mean() < 0.003


@pytest.mark.parametrize("at", [(-600.0, 200.0), (1300.0, 200.0), (320.0, -700.0), (9e5, 9e5)])
def test_wholly_outside_the_picture_nothing_is_placed(bear: Character, at: tuple[float, float]) -> None:
    assert _place(bear, landmarks(at, EYES)) == []


@pytest.mark.parametrize("eyes", [0.5, 3.0, 900.0])
def test_faces_of_any_size_are_drawn(bear: Character, eyes: float) -> None:
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    draw(pixels, _place(bear, landmarks(CENTRE, eyes)))
    assert pixels.any()


@pytest.mark.parametrize(
    ("yaw", "pitch"), [(89.0, 0.0), (-120.0, 0.0), (0.0, 85.0), (180.0, 0.0), (80.0, -80.0)]
)
def test_no_angle_is_too_much(bear: Character, yaw: float, pitch: float) -> None:
    """FaceMesh sometimes says such things; the mask turns no further than it can."""
    placements = _place(bear, landmarks(CENTRE, EYES, yaw, pitch))
    assert (_alpha(placements) > 250).sum() > EYES**2


def test_a_faded_face_wears_nothing(bear: Character) -> None:
    assert _place(bear, opacity=0.0) == []


def test_opacity_reaches_every_part(bear: Character) -> None:
    assert {placement.opacity for placement in _place(bear, opacity=0.4)} == {0.4}


def test_parts_are_drawn_from_back_to_front(bear: Character) -> None:
    """The nose, which is furthest before the face, moves furthest as the head turns, and comes last."""
    placements = _place(bear)
    depths = [plane.depth for plane in bear.planes("neutrality", "plain") for _ in plane.pieces]
    assert depths == sorted(depths)
    assert len(placements) == len(depths)


def test_while_emotions_fade_nothing_that_both_wear_does(bear: Character) -> None:
    """The head is in both: at no moment does the face shine through it."""
    middle = _place(bear, emotion="pleasure", previous="sadness", mix=0.5)
    for placement in middle:
        total = sum(share for _, share in placement.textures)
        assert total in (pytest.approx(1.0), pytest.approx(0.5)), "whole, or one of two that fade"
    points = landmarks(CENTRE, EYES)
    columns, rows = np.floor(points[:, :2]).astype(int).T
    assert _alpha(middle)[rows, columns].min() >= 250


@pytest.mark.parametrize("mix", [0.0, 1.0])
def test_a_fade_begins_and_ends_as_the_emotion_alone(bear: Character, mix: float) -> None:
    alone = overlay(SIZE, _place(bear, emotion="pleasure" if mix else "sadness"))
    fading = overlay(SIZE, _place(bear, emotion="pleasure", previous="sadness", mix=mix))
    difference = np.abs(alone.astype(int) - fading)
    assert difference.mean() < 0.3
    assert (difference > 60).mean() < 0.002


def test_a_layer_before_the_face_moves_further_than_one_behind(tmp_path: Path) -> None:
    def moved(depth: float) -> float:
        manifest = f"""\
name = "Part"

[anchors]
right_eye = [100, 100]
left_eye = [200, 100]

[[layers]]
image = "part.png"
at = [150, 120]
depth = {depth}
"""
        pack = character(tmp_path / f"part{depth}", manifest, {"part.png": disc(20)})
        rest, turned = (
            _centre(_alpha(_place(pack, landmarks(CENTRE, EYES, yaw=yaw))) > 127)[0] for yaw in (0, 25)
        )
        return float(turned - rest)

    behind, on, before = (moved(depth) for depth in (-0.3, 0.0, 0.3))
    assert behind < on < before
    assert before - on == pytest.approx(0.3 * FACE_WIDTH * EYES * np.sin(np.radians(25)), rel=0.25)


@pytest.mark.parametrize("roll", [0.0, 7.5, 22.5, 40.0])
def test_a_mask_as_large_as_the_picture_is_not_cut(bear: Character, roll: float) -> None:
    """Its outline is known at 24 points only, and reaches out between them."""
    size, middle = (1920, 1600), (960.0, 700.0)
    for placement in _place(bear, landmarks(middle, 260, roll=roll), size):
        x0, y0, x1, y1 = placement.box
        left, top, right, bottom = placement.lattice
        wide = (max(left + 20, 0), max(top + 20, 0), min(right - 20, size[0]), min(bottom - 20, size[1]))
        wide = (min(wide[0], x0), min(wide[1], y0), max(wide[2], x1), max(wide[3], y1))
        whole = _alpha([replace(placement, box=wide)], size).copy()
        whole[y0:y1, x0:x1] = 0
        assert whole.max() <= 8


@pytest.mark.parametrize(("yaw", "pitch"), [(20.0, 0.0), (30.0, 0.0), (0.0, 30.0), (45.0, 20.0)])
def test_the_mesh_follows_the_surface(bear: Character, yaw: float, pitch: float) -> None:
    """Between its nodes a mesh is straight where the mask is bent: by half a per cent of an eye distance."""
    points = landmarks((960.0, 540.0), 150, yaw, pitch)
    largest = max(
        _place(bear, points, (1920, 1080)), key=lambda placement: placement.box[2] - placement.box[0]
    )
    x0, y0, x1, y1 = largest.box
    columns, rows = np.meshgrid(np.arange(x0, x1, 3) + 0.5, np.arange(y0, y1, 3) + 0.5)
    view = _View.of(head_pose(points), np.zeros(1, np.float32))
    scale, offset = artwork_fit(bear)
    at = np.stack([columns, rows], axis=-1).reshape(1, -1, 2).astype(np.float32)
    wanted = (view.to_mask(at)[0] * scale + offset).reshape(*columns.shape, 2)
    left, top, right, bottom = largest.lattice
    nodes = largest.uv.shape[0]
    column, row = (columns - left) / (right - left) * nodes - 0.5, (rows - top) / (bottom - top) * nodes - 0.5
    low_x, low_y = np.floor(column).astype(int), np.floor(row).astype(int)
    fx, fy = (column - low_x)[..., None], (row - low_y)[..., None]
    upper = largest.uv[low_y, low_x] * (1 - fx) + largest.uv[low_y, low_x + 1] * fx
    lower = largest.uv[low_y + 1, low_x] * (1 - fx) + largest.uv[low_y + 1, low_x + 1] * fx
    error = np.linalg.norm(upper * (1 - fy) + lower * fy - wanted, axis=-1) / scale
    assert error.mean() < 0.005
