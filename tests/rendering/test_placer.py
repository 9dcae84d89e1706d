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
from avatar_cam.characters.wardrobe import CROSS_FADE
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.rendering.compositor import draw, overlay
from avatar_cam.rendering.fitting import FACE_WIDTH
from avatar_cam.rendering.placer import Placer
from avatar_cam.tracking.head import head_pose, rotation_of
from avatar_cam.types import Floats, Pixels, Placement, SpriteChoice
from tests.factories import character, disc, face_of, landmarks
from tests.rendering.shown import anchors_shown, where_shown

SIZE = (640, 480)
CENTRE = (320.0, 200.0)
EYES = 60.0
#: Mean and largest distance, in eye distances, of an artwork's anchor from the landmark it stands for.
ON_ITS_LANDMARK, NEVER_FURTHER = 0.01, 0.08
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


FULL_HEADS = [
    pytest.param(folder, id=folder.name)
    for folder in sorted(installed_folder().iterdir())
    if (folder / "character.toml").is_file()
    and 'covers = "head"' in (folder / "character.toml").read_text("utf-8")
]


def _person(points: Floats, name: str) -> Floats:
    """Somebody whose face is not the mean one."""
    face = points.copy()
    below = np.clip((points[:, 1] - 0.9) / 0.8, 0, 1)
    if name == "long chin":
        face[:, 1] += 0.3 * below**2
    elif name == "wide, eyes high":
        face[:, 0] *= 1.12
        face[:, 1] += 0.15
    elif name == "open mouth":
        face[[17, 84, 181, 314, 405, 14, 13], 1] += 0.25
        face[:, 1] += np.where(points[:, 1] > 1.25, 0.45 * below, 0)
    return face


PEOPLE = ["the mean one", "long chin", "wide, eyes high", "open mouth"]


def _turned(name: str, yaw: float, pitch: float, roll: float = 0.0) -> Floats:
    upright = _person(landmarks((0, 0), 1.0), name)
    at = np.array([*CENTRE, 0.0], np.float32)
    return np.asarray(upright @ rotation_of(yaw, pitch, roll).T * np.float32(EYES) + at, np.float32)


@pytest.mark.parametrize("who", PEOPLE)
def test_anchors_of_the_artwork_lie_on_their_landmarks(bear: Character, who: str) -> None:
    """Measured on what is drawn: where the mesh shows the artwork's point, at the depth it is painted at."""
    errors = []
    for yaw, pitch in TURNS:
        face = face_of(_turned(who, yaw, pitch, roll=15))
        shown = anchors_shown(bear, Placer().place(face, _choice(), bear, SIZE))
        assert shown.keys() == bear.anchors.keys()
        errors += [float(np.linalg.norm(at - face.anchor(name))) / EYES for name, at in shown.items()]
    assert np.mean(errors) < ON_ITS_LANDMARK
    assert max(errors) < NEVER_FURTHER


def test_what_differs_from_the_mean_face_is_all_that_is_pulled(dot: Character) -> None:
    """A pack with nothing but the mean face's eyes as anchors lies on it as it is drawn."""
    face = face_of(landmarks(CENTRE, EYES))
    (placement,) = Placer().place(face, _choice(), dot, SIZE)
    for point in ((150, 150), (100, 100), (180, 190)):
        flat = (np.array(point) - (150, 100)) / 100 * EYES + CENTRE
        assert where_shown(placement, point) == pytest.approx(flat, abs=0.5)


@pytest.mark.parametrize("folder", FULL_HEADS)
@pytest.mark.parametrize("who", PEOPLE)
def test_no_skin_shows_under_a_full_mask(folder: Path, who: str) -> None:
    """The face's oval and all of its features, in every emotion, with the eyes and mouth open and closed."""
    mask, variants = Character.load(folder), itertools.cycle(("plain", "talk", "blink"))
    for (yaw, pitch), emotion in zip(TURNS, itertools.cycle(EMOTIONS), strict=False):
        points = _turned(who, yaw, pitch, roll=10)
        alpha = _alpha(_place(mask, points, emotion=emotion, variant=next(variants)))
        columns, rows = np.floor(points[:, :2]).astype(int).T
        bare = np.flatnonzero(alpha[rows, columns] < 250)
        assert len(bare) == 0, (yaw, pitch, emotion, bare[:5])


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("mix", [None, 0.2, 0.4])
def test_a_mesh_never_folds(bear: Character, who: str, mix: float | None) -> None:
    """Whatever the angle, and while it squashes: what lies right of a point is seen right of it."""
    fading = {} if mix is None else {"previous": "anger", "mix": mix, "age": mix * 0.25}
    for yaw, pitch in itertools.product((-70, -45, -20, 0, 35, 60), (-55, -30, 0, 30, 45)):
        for placement in _place(bear, _turned(who, yaw, pitch), **fading):
            right = np.diff(placement.uv, axis=1)[:-1]
            down = np.diff(placement.uv, axis=0)[:, :-1]
            turned = right[..., 0] * down[..., 1] - right[..., 1] * down[..., 0]
            assert turned.min() > 0, (yaw, pitch)


def test_anchors_that_cannot_be_met_do_not_fold_the_mask(tmp_path: Path) -> None:
    """An artwork whose chin lies between its eyes and its mouth."""
    manifest = """\
name = "Odd"

[anchors]
right_eye = [60, 100]
left_eye = [140, 100]
mouth = [100, 230]
chin = [100, 190]

[[layers]]
image = "head.png"
at = [100, 130]
"""
    pack = character(tmp_path / "odd", manifest, {"head.png": disc(300)})
    for yaw in (0.0, 30.0, -45.0):
        (placement,) = _place(pack, landmarks(CENTRE, EYES, yaw))
        right, down = np.diff(placement.uv, axis=1)[:-1], np.diff(placement.uv, axis=0)[:, :-1]
        assert (right[..., 0] * down[..., 1] - right[..., 1] * down[..., 0]).min() > 0


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
    ("yaw", "pitch"), [(69.0, 0.0), (-120.0, 0.0), (0.0, 85.0), (180.0, 0.0), (80.0, -80.0)]
)
def test_no_angle_is_too_much(bear: Character, yaw: float, pitch: float) -> None:
    """FaceMesh sometimes says such things; the mask turns no further than it can."""
    placements = _place(bear, landmarks(CENTRE, EYES, yaw, pitch))
    assert all(np.isfinite(placement.uv).all() for placement in placements)


@pytest.mark.parametrize("axis", ["yaw", "pitch"])
def test_what_turns_away_fades(bear: Character, axis: str) -> None:
    opacities = []
    for angle in range(0, 90, 2):
        points = landmarks(CENTRE, EYES, **{axis: float(angle)})
        shown = {placement.opacity for placement in _place(bear, points)}
        assert len(shown) <= 1
        opacities.append(shown.pop() if shown else 0.0)
    assert opacities[: 42 // 2] == [1.0] * 21, "as long as it can be seen"
    assert opacities[-5:] == [0.0] * 5
    assert np.diff(opacities).max() <= 0
    assert np.diff(opacities).min() > -0.15, "it does not pop"


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


def test_an_emotion_comes_with_a_little_stretch(bear: Character) -> None:
    """First wider, then longer, by 6 % at most, about the chin; never smaller than at rest."""
    points, sizes = landmarks(CENTRE, EYES), []
    still = anchors_shown(bear, _place(bear, points))
    for step in range(21):
        age = step / 20 * CROSS_FADE
        now = anchors_shown(bear, _place(bear, points, previous="neutrality", mix=step / 20, age=age))
        assert now["chin"] == pytest.approx(still["chin"], abs=0.6)
        sizes.append((now["chin"] - now["left_eye"]) / (still["chin"] - still["left_eye"]))
    widths, heights = np.array(sizes).T
    for share in (widths, heights):
        assert share[[0, 20]] == pytest.approx([1, 1], abs=1e-3)
        assert share.min() > 0.995, "hair would show"
        assert 1.03 < share.max() < 1.07
        assert np.abs(np.diff(share)).max() < 0.03, "no jerk"
    assert widths.argmax() < heights.argmax()
