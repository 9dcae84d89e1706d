"""What hangs on a body: where, when it is shown, and how it comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.characters.character import Character
from avatar_cam.rendering.compositor import overlay
from avatar_cam.rendering.limbs import Limbs
from avatar_cam.rendering.placer import Placer
from avatar_cam.types import Attach, Floats, PoseTrack, SpriteChoice
from tests.factories import character, disc, face_of, landmarks

SIZE, EYES = (640, 480), 30.0
#: BlazePose's points of somebody who stands before the camera, one arm raised.
STANDING: dict[int, tuple[float, float]] = {
    0: (320, 115), 11: (370, 190), 12: (270, 190), 13: (400, 260), 14: (240, 260),
    15: (400, 180), 16: (240, 330), 23: (350, 350), 24: (290, 350),
}  # fmt: skip


def _pose(
    time: float = 0.0,
    *,
    moved: tuple[float, float] = (0, 0),
    visibility: Mapping[int, float] | None = None,
    points: Mapping[int, tuple[float, float]] | None = None,
) -> PoseTrack:
    at: Floats = np.zeros((33, 3), np.float32)
    for index, point in {**STANDING, **(points or {})}.items():
        at[index, :2] = np.add(point, moved)
    seen: Floats = np.ones(33, np.float32)
    for index, value in (visibility or {}).items():
        seen[index] = value
    return PoseTrack(at, seen, time)


def test_each_hangs_where_it_belongs() -> None:
    holds = Limbs().follow(_pose(), 0.0, EYES)
    wanted: dict[Attach, tuple[int, int]] = {
        "left_shoulder": (370, 190),
        "right_shoulder": (270, 190),
        "left_wrist": (400, 180),
        "right_wrist": (240, 330),
        "hips": (320, 350),
    }
    assert holds.keys() == wanted.keys()
    for attach, at in wanted.items():
        assert holds[attach].at == pytest.approx(at)
    assert {hold.opacity for hold in holds.values()} == {1.0}


def test_shoulders_and_hips_lie_along_their_lines_and_hands_along_their_arms() -> None:
    tilted = _pose(points={11: (370, 240), 23: (350, 320)})
    holds = Limbs().follow(tilted, 0.0, EYES)
    for attach, line in (("left_shoulder", (100, 50)), ("right_shoulder", (100, 50)), ("hips", (60, -30))):
        assert holds[attach].right == pytest.approx(np.array(line) / np.hypot(*line), abs=1e-6)
    assert holds["left_wrist"].right == pytest.approx((1, 0), abs=1e-6), "raised: upright"
    assert holds["right_wrist"].right == pytest.approx((-1, 0), abs=1e-6), "hanging: upside down"


@pytest.mark.parametrize("raised", [8.0, -8.0, 0.0])
def test_an_arm_that_points_at_the_camera_keeps_its_hand_upright(raised: float) -> None:
    x, y = STANDING[13]
    right = Limbs().follow(_pose(points={15: (x, y - raised)}), 0.0, EYES)["left_wrist"].right
    assert right[0] > 0.99


@pytest.mark.parametrize(
    ("hidden", "lost"),
    [
        (11, {"left_shoulder", "right_shoulder"}),
        (15, {"left_wrist"}),
        (16, {"right_wrist"}),
        (24, {"hips"}),
    ],
)
def test_what_is_hardly_seen_fades_out(hidden: int, lost: set[Attach]) -> None:
    limbs = Limbs()
    limbs.follow(_pose(0.0), 0.0, EYES)
    opacities: dict[Attach, list[float]] = {attach: [] for attach in limbs.follow(_pose(0.01), 0.01, EYES)}
    for frame in range(1, 20):
        time = 0.01 + frame / 30
        holds = limbs.follow(_pose(time, visibility={hidden: 0.2}), time, EYES)
        for attach, shown in opacities.items():
            shown.append(holds[attach].opacity if attach in holds else 0.0)
    for attach, shown in opacities.items():
        if attach in lost:
            assert shown[-1] == 0
            assert np.abs(np.diff([1.0, *shown])).max() < 0.25, "it does not pop"
        else:
            assert set(shown) == {1.0}


def test_at_the_edge_of_being_seen_nothing_flickers() -> None:
    limbs, shown = Limbs(), []
    for frame in range(60):
        seen = 0.5 + 0.08 * (-1) ** frame
        holds = limbs.follow(_pose(frame / 30, visibility={15: seen}), frame / 30, EYES)
        shown.append("left_wrist" in holds)
    assert set(shown) == {False}, "it was never seen clearly"
    limbs.follow(_pose(2.0), 2.0, EYES)
    shown = []
    for frame in range(1, 60):
        time = 2 + frame / 30
        holds = limbs.follow(_pose(time, visibility={15: 0.5 + 0.08 * (-1) ** frame}), time, EYES)
        shown.append("left_wrist" in holds)
    assert set(shown) == {True}


def test_a_lost_body_fades_after_a_moment_and_is_believed_until_then() -> None:
    limbs, shown = Limbs(), []
    last = _pose(0.0)
    limbs.follow(last, 0.0, EYES)
    for frame in range(1, 31):
        holds = limbs.follow(None, frame / 30, EYES)
        shown.append(holds["hips"].opacity if "hips" in holds else 0.0)
    assert shown[5] == 1.0
    assert shown[-1] == 0.0
    assert np.diff(shown).min() > -0.25


def test_nobody_holds_anything() -> None:
    assert Limbs().follow(None, 0.0, EYES) == {}


def test_who_turns_their_back_wears_nothing_on_the_shoulders() -> None:
    back = _pose(points={11: STANDING[12], 12: STANDING[11], 23: STANDING[24], 24: STANDING[23]})
    assert Limbs().follow(back, 0.0, EYES).keys() == {"left_wrist", "right_wrist"}


def test_between_two_looks_it_moves_on() -> None:
    """Pose looks at every second frame; what hangs on the body moves in every one."""
    limbs, places, pose = Limbs(), [], _pose()
    for frame in range(60):
        if frame % 2 == 0:
            pose = _pose(frame / 30, moved=(4.0 * frame, 0))
        places.append(limbs.follow(pose, frame / 30, EYES)["hips"].at[0])
    steps = np.diff(places)[20:]
    assert steps.mean() == pytest.approx(4, abs=0.2)
    assert steps.min() > 2
    assert steps.max() < 6
    assert abs(places[-1] - (320 + 4 * 59)) < 12, "and lags little"


MANIFEST = """\
name = "Winged"

[anchors]
right_eye = [100, 100]
left_eye = [200, 100]
"""


def _layer(attach: str, at: tuple[int, int], depth: float, image: str = "dot.png") -> str:
    return f"""
[[layers]]
image = "{image}"
attach = "{attach}"
at = [{at[0]}, {at[1]}]
depth = {depth}
"""


def _worn(folder: Path, *layers: str) -> Character:
    colours = {"dot.png": (255, 255, 255), "red.png": (255, 0, 0), "green.png": (0, 255, 0)}
    pictures = {name: disc(60, colour) for name, colour in colours.items()}
    return character(folder / "winged", MANIFEST + "".join(layers), pictures)


def _place(
    who: Character,
    pose: PoseTrack | None,
    placer: Placer | None = None,
    time: float = 0.0,
    opacity: float = 1.0,
) -> tuple[Floats, list[float]]:
    """The overlay, and the weight of each placement."""
    choice = SpriteChoice(1, "winged", "neutrality", 0.0, opacity=opacity)
    face = face_of(landmarks((320, 100), EYES))
    placements = (placer or Placer()).place(face, choice, who, SIZE, time=time, pose=pose)
    shown: Floats = overlay(SIZE, placements).astype(np.float32)
    return shown, [one.textures[0][1] for one in placements]


def _middle(alpha: Floats) -> tuple[float, float]:
    rows, columns = np.nonzero(alpha > 127)
    return float(columns.mean()), float(rows.mean())


def test_an_offset_counts_in_the_artworks_pixels_along_the_hold(tmp_path: Path) -> None:
    """The artwork's eyes lie 100 of its pixels apart, the face's 30: 50 to the right are 15 px."""
    who = _worn(tmp_path, _layer("right_wrist", (50, -20), 0.5))
    shown, _ = _place(who, _pose())
    x, y = STANDING[16]
    # The arm hangs, so the layer stands on its head.
    assert _middle(shown[..., 3]) == pytest.approx((x - 15, y + 6), abs=1)
    assert (shown[..., 3] > 127).sum() == pytest.approx(np.pi * (24 * 0.3) ** 2, rel=0.1), "and its size"


@pytest.mark.parametrize(
    ("attach", "depth", "above"),
    [("left_shoulder", -0.1, False), ("hips", 0.1, True), ("left_wrist", -0.9, True)],
)
def test_hands_lie_before_all_and_wings_behind(
    tmp_path: Path, attach: Attach, depth: float, above: bool
) -> None:
    on_face = {"left_shoulder": {11: (320.0, 120.0)}, "hips": {23: (330.0, 120.0), 24: (310.0, 120.0)}}
    points = on_face.get(attach, {15: (320.0, 120.0)})
    who = _worn(
        tmp_path, _layer("head", (150, 170), -0.3, "green.png"), _layer(attach, (0, 0), depth, "red.png")
    )
    pose = _pose(points=points | ({12: (270.0, 120.0)} if attach == "left_shoulder" else {}))
    shown, _ = _place(who, pose)
    assert (shown[121, 320, 0] > 127) == above


def test_without_a_body_only_the_head_is_dressed(tmp_path: Path) -> None:
    who = _worn(tmp_path, _layer("head", (150, 170), 0), _layer("hips", (0, 0), 0.1))
    assert who.has_body
    assert len(_place(who, None)[1]) == 1
    assert len(_place(who, _pose())[1]) == 2


def test_what_fades_is_drawn_fading(tmp_path: Path) -> None:
    who, placer = _worn(tmp_path, _layer("left_wrist", (0, 0), 0.1)), Placer()
    _place(who, _pose(0.0), placer)
    _place(who, _pose(0.1, visibility={15: 0.1}), placer, 0.1)
    shown, (weight,) = _place(who, _pose(0.15, visibility={15: 0.1}), placer, 0.15)
    assert 0 < weight < 1
    assert shown[..., 3].max() == pytest.approx(255 * weight, abs=2)


def test_the_body_goes_on_moving_while_nothing_is_shown(tmp_path: Path) -> None:
    """A character that was taken off and put on again is where the body is by then."""
    who, placer = _worn(tmp_path, _layer("hips", (0, 0), 0.1)), Placer()
    for frame in range(30):
        pose = _pose(frame / 30, moved=(5.0 * frame, 0))
        shown, _ = _place(who, pose, placer, frame / 30, opacity=0.0 if frame < 29 else 1.0)
    assert _middle(shown[..., 3])[0] == pytest.approx(320 + 5 * 29, abs=8)
