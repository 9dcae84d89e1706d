"""Nobody who hides behind a character is shown without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.apps.exposure import ABSENCE, SETTLED, STEADY, WAIT, Exposure
from avatar_cam.apps.on_lost import POLICIES, OnLost, Policy
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import installed_folder
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.placer import Placer
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import Composite, FaceTrack, Floats, Frame, Pixels, Placement, PoseTrack, SpriteChoice
from tests.factories import character, face_of, landmarks

SIZE = (480, 270)
FPS = 15
LEFT, RIGHT = landmarks((130, 120), 30), landmarks((350, 120), 30)
#: A face in the picture: stripes of one pixel, which no blur leaves.
FACE_COLOURS = ((250, 40, 40), (40, 40, 250))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """As in the program: pictures are small here."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(threads)


@pytest.fixture(scope="module")
def bear() -> Character:
    loaded = Character.load(installed_folder() / "bear")
    loaded.warm()
    return loaded


@dataclass
class _Show:
    """Goes through what happens, and gives the pictures that are shown."""

    bear: Character
    policy: Policy
    faces: int = 1
    visible: bool = True
    index: int = 0
    found: list[Sequence[Floats]] = field(default_factory=list)
    shown: list[Pixels] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.guard = OnLost(self.policy, self.faces, lambda: {"bear": self.bear}, lambda: self.visible)
        self.tracker = FaceTracker(ScriptedFaces(self._script()), self.faces)
        self.wardrobe = Wardrobe(["bear"])
        self.placer = Placer()

    def _script(self) -> Iterable[Sequence[Floats]]:
        while True:
            yield self.found.pop(0)

    def play(
        self, seconds: float, found: Sequence[Floats], there: Sequence[Floats] | None = None
    ) -> list[Pixels]:
        """For so long these faces are found; `there` are those that are really in the picture."""
        start = len(self.shown)
        for _ in range(round(seconds * FPS)):
            self._step(found, found if there is None else there)
        return self.shown[start:]

    def _step(self, found: Sequence[Floats], there: Sequence[Floats]) -> None:
        frame = Frame(_picture(there), self.index, self.index / FPS)
        self.found.append(found)
        self.wardrobe.visible = self.visible
        faces = self.tracker.track(frame)
        choices = self.wardrobe.choose(faces, {}, frame.time)
        placements = tuple(placement for face in faces for placement in self._placed(face, choices[face.id]))
        draw(frame.pixels, placements)
        composite = self.guard.over(Composite(frame, faces, {}, choices, placements))
        self.shown.append(composite.frame.pixels.copy())
        self.hidden.append(self.guard.hiding)
        self.index += 1

    def _placed(self, face: FaceTrack, choice: SpriteChoice) -> list[Placement]:
        return self.placer.place(face, choice, self.bear, SIZE)


def _picture(there: Iterable[Floats]) -> Pixels:
    """A grey room with the faces of those who are there."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    for face in there:
        (x0, y0), (x1, y1) = _box(face)
        pixels[y0:y1:2, x0:x1], pixels[y0 + 1 : y1 : 2, x0:x1] = FACE_COLOURS
    return pixels


def _box(face: Floats) -> tuple[tuple[int, int], tuple[int, int]]:
    low, high = face[:, :2].min(axis=0), face[:, :2].max(axis=0)
    (x0, y0), (x1, y1) = low.astype(int).tolist(), high.astype(int).tolist()
    return (max(x0, 0), max(y0, 0)), (max(x1, 0), max(y1, 0))


def _bare(pixels: Pixels, face: Floats) -> float:
    """How much of a face is seen as it is."""
    (x0, y0), (x1, y1) = _box(face)
    real = _picture([face])[y0:y1, x0:x1]
    return float((np.abs(pixels[y0:y1, x0:x1].astype(int) - real).max(axis=-1) < 25).mean())


def _never_bare(shown: Iterable[Pixels], *there: Floats) -> bool:
    return all(_bare(pixels, face) < 0.02 for pixels in shown for face in there)


PROTECTING = [policy for policy in POLICIES if policy != "show"]


def test_without_protection_a_lost_face_is_bare(bear: Character) -> None:
    show = _Show(bear, "show")
    assert _never_bare(show.play(1.0, [LEFT]), LEFT)
    lost = show.play(1.5, [], [LEFT])
    assert _bare(lost[-1], LEFT) > 0.9
    assert not any(show.hidden)


@pytest.mark.parametrize("policy", PROTECTING)
def test_nothing_is_seen_before_the_first_face_is_covered(bear: Character, policy: Policy) -> None:
    show = _Show(bear, policy)
    assert _never_bare(show.play(1.0, [], [LEFT]), LEFT)
    assert _never_bare(show.play(1.0, [LEFT]), LEFT)
    assert not show.hidden[-1], "then the picture is shown"
    assert (show.shown[-1][-20:] == 120).all()


@pytest.mark.parametrize("policy", PROTECTING)
def test_a_face_that_is_lost_where_it_is(bear: Character, policy: Policy) -> None:
    """Turned away, or behind a hand; and for longer than the tracker holds and fades it."""
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    assert _never_bare(show.play(3.0, [], [LEFT]), LEFT)
    assert _never_bare(show.play(1.0, [LEFT]), LEFT)
    assert not show.hidden[-1]


@pytest.mark.parametrize("policy", PROTECTING)
def test_a_face_that_walks_on_while_it_is_lost(bear: Character, policy: Policy) -> None:
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    for step in range(1, 16):  # about as fast as people stand up
        on_the_way = LEFT + np.array([step * 14.0, 0, 0], np.float32)
        assert _never_bare(show.play(1 / FPS, [], [on_the_way]), on_the_way)


@pytest.mark.parametrize("policy", PROTECTING)
def test_a_face_that_comes_back_elsewhere(bear: Character, policy: Policy) -> None:
    """Where it is seen before it is found."""
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    show.play(ABSENCE + 2.0, [], [])
    assert _never_bare(show.play(0.4, [], [RIGHT]), RIGHT)
    assert _never_bare(show.play(1.0 + SETTLED, [RIGHT]), RIGHT)
    assert not show.hidden[-1], "it is the missing one, by whatever id"


@pytest.mark.parametrize("policy", PROTECTING)
def test_somebody_else_who_is_found_in_their_place(bear: Character, policy: Policy) -> None:
    """The tracker goes over to the other one at once: the first is still there, and bare."""
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    assert _never_bare(show.play(WAIT + 2.0, [RIGHT], [LEFT, RIGHT]), LEFT, RIGHT)


@pytest.mark.parametrize("policy", PROTECTING)
def test_one_of_two_is_lost(bear: Character, policy: Policy) -> None:
    show = _Show(bear, policy, faces=2)
    show.play(1.0, [LEFT, RIGHT])
    assert not show.hidden[-1]
    assert _never_bare(show.play(2.0, [RIGHT], [LEFT, RIGHT]), LEFT, RIGHT)
    assert show.hidden[-1]
    show.play(WAIT, [RIGHT])
    assert not show.hidden[-1], "who does not come back is given up"


@pytest.mark.parametrize("policy", PROTECTING)
def test_characters_that_the_user_took_off_protect_nobody(bear: Character, policy: Policy) -> None:
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    show.visible = False
    assert _bare(show.play(0.2, [LEFT])[-1], LEFT) > 0.9
    show.visible = True
    assert _never_bare(show.play(0.2, [], [LEFT]), LEFT)


@pytest.mark.parametrize("policy", PROTECTING)
def test_a_face_turned_so_far_that_its_character_fades(bear: Character, policy: Policy) -> None:
    aside = landmarks((130, 120), 30, yaw=70)
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    assert _never_bare(show.play(1.0, [aside], [LEFT]), LEFT)
    assert show.hidden[-1]


def test_a_frozen_picture_is_older_than_the_loss(bear: Character) -> None:
    """Just before it is lost a face is often followed badly."""
    show = _Show(bear, "freeze")
    show.play(1.0, [LEFT])
    near = LEFT + np.array([4, 0, 0], np.float32)
    badly = show.play(0.3, [near], [LEFT])
    frozen = show.play(0.5, [], [LEFT])
    assert not any((picture == frozen[-1]).all() for picture in badly)
    assert any((picture == frozen[-1]).all() for picture in show.shown[:FPS])
    assert show.hidden[-1]


def test_a_loss_at_once_freezes_a_card(bear: Character) -> None:
    show = _Show(bear, "freeze")
    show.play(STEADY + 0.1, [LEFT])
    assert not show.hidden[-1]
    lost = show.play(0.2, [], [LEFT])
    assert (lost[-1][0, 0] == (44, 51, 66)).all()


def test_the_character_stays_where_the_face_was(bear: Character) -> None:
    show = _Show(bear, "character")
    before = show.play(1.0, [LEFT])[-1]
    after = show.play(5.0, [], [])[-1]
    (x0, y0), (x1, y1) = _box(LEFT)
    middle = (y0 + y1) // 2, (x0 + x1) // 2
    brown = before[y0, x0 + 12].astype(int)
    assert np.abs(after[y0, x0 + 12].astype(int) - brown).max() < 30, "fur, undimmed"
    assert after[middle[0] - 20 : middle[0] + 20, middle[1] - 20 : middle[1] + 20].std() > 20, "its face"


def test_a_character_that_is_not_decoded_is_not_waited_for(bear: Character, tmp_path: Path) -> None:
    """Nor can its file, which may have changed, end the stream; the blur covers the face."""
    show = _Show(bear, "character")
    show.play(1.0, [LEFT])
    show.play(2.0, [], [LEFT])
    assert show.guard.in_use == {"bear"}
    cold = show.bear = character(tmp_path)
    (tmp_path / "neutrality.png").unlink()
    assert _never_bare(show.play(1.0, [], [LEFT]), LEFT)
    assert not cold.is_warm


@pytest.mark.parametrize("policy", ["show", "freeze", "blur"])
def test_no_other_policy_keeps_a_character_decoded(bear: Character, policy: Policy) -> None:
    show = _Show(bear, policy)
    show.play(1.0, [LEFT])
    assert show.guard.in_use == set()


def test_the_user_hides_everything(bear: Character) -> None:
    show = _Show(bear, "show")
    show.play(0.2, [LEFT])
    show.guard.panic = True
    hidden = show.play(0.2, [LEFT])
    assert all((picture[:60] == (44, 51, 66)).all() for picture in hidden)
    show.guard.panic = False
    assert (show.play(0.1, [LEFT])[-1][-20:] == 120).all()


def test_a_hidden_picture_is_never_the_one_that_freezes(bear: Character) -> None:
    show = _Show(bear, "freeze")
    show.play(1.0, [LEFT])
    show.guard.panic = True
    show.play(1.0, [LEFT])
    show.guard.panic = False
    frozen = show.play(0.2, [], [LEFT])[-1]
    assert not (frozen[0, 0] == (44, 51, 66)).all()


def test_another_camera_begins_anew(bear: Character) -> None:
    show = _Show(bear, "blur")
    show.play(1.0, [LEFT])
    show.guard.begin_anew()
    assert _never_bare(show.play(0.5, [], [RIGHT]), RIGHT)


def test_a_transparent_picture_stays_whole(bear: Character) -> None:
    alpha = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    alpha[:, 100:200] = 255
    guard = OnLost("blur", 1, lambda: {"bear": bear}, lambda: True)
    frame = Frame(_picture([LEFT]) * (alpha[..., None] > 0), 0, 0.0)
    guard.over(Composite(frame, (), {}, {}, ()), alpha)
    assert (frame.pixels.max(axis=-1) <= alpha).all(), "no colour is brighter than it is solid"
    assert 0 < alpha[135, 100] < 255
    guard.panic = True
    guard.over(Composite(frame, (), {}, {}, ()), alpha)
    assert not alpha.any()


def _seen(
    exposure: Exposure, start: float, seconds: float, face: FaceTrack | None, pose: PoseTrack | None
) -> float:
    """Who is found for so long; the time after it."""
    for index in range(round(seconds * FPS)):
        start += 1 / FPS
        faces = () if face is None else (face,)
        choices = {one.id: SpriteChoice(one.id, "bear", "neutrality", 0.0) for one in faces}
        frame = Frame(np.zeros((2, 2, 3), np.uint8), index, start)
        exposure.look(Composite(frame, faces, {}, choices, (), pose))
    return start


def test_a_camera_that_stood_still_proves_nothing() -> None:
    """Before and after it the face was covered; who was there in between nobody saw."""
    exposure = Exposure(1)
    time = _seen(exposure, 0.0, 1.0, face_of(LEFT, 1), None)
    assert exposure.safe
    time = _seen(exposure, time + 3.0, 1 / FPS, face_of(LEFT, 1), None)
    assert not exposure.safe, "the first look is often off"
    _seen(exposure, time, STEADY + 1 / FPS, face_of(LEFT, 1), None)
    assert exposure.safe


@pytest.mark.parametrize("faceless", [False, True], ids=["nobody else", "a body without a face"])
def test_who_comes_back_as_somebody_else_is_doubted(faceless: bool) -> None:
    body = PoseTrack(np.zeros((33, 3), np.float32), np.ones(33, np.float32)) if faceless else None
    exposure = Exposure(1)
    time = _seen(exposure, 0.0, 1.0, face_of(LEFT, 1), None)
    assert exposure.safe
    time = _seen(exposure, time, ABSENCE + 0.5, None, None)
    time = _seen(exposure, time, SETTLED / 2, face_of(RIGHT, 2), body)
    assert not exposure.safe, "it may be taken for a face and be none"
    time = _seen(exposure, time, SETTLED, face_of(RIGHT, 2), body)
    assert exposure.safe is not faceless, "a body whose face is not found may be the missing one's"
    wearer = exposure.wearers[-1]
    assert (wearer.doubted_until > time) is not faceless
