"""What each face wears, frame by frame."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from avatar_cam.characters.wardrobe import CROSS_FADE, REMEMBER, Wardrobe
from avatar_cam.errors import PackError
from avatar_cam.types import FaceTrack, SpriteChoice, Variant
from tests.emotions.faces import with_corners
from tests.factories import face_of, reading

FPS = 30


def _face(id: int = 1, blink: float = 0.0, mouth: float = 0.0, opacity: float = 1.0) -> FaceTrack:
    return replace(face_of(id=id, opacity=opacity), blink=(blink, blink), mouth_open=mouth)


def _variants(*states: tuple[float, float]) -> list[Variant]:
    """Of one face with these lids and lips, frame by frame."""
    wardrobe = Wardrobe(["bear"])
    return [
        wardrobe.choose([_face(blink=blink, mouth=mouth)], {}, index / FPS)[1].variant
        for index, (blink, mouth) in enumerate(states)
    ]


def test_neutrality_until_something_is_read() -> None:
    choice = Wardrobe(["bear"]).choose([_face()], {}, 0.0)[1]
    assert choice == SpriteChoice(face_id=1, character="bear", emotion="neutrality", since=0.0)


def test_an_emotion_that_is_held_is_worn_whatever_is_read() -> None:
    wardrobe = Wardrobe(["bear"], hold="wound")
    for index in range(30):
        choice = wardrobe.choose([_face()], {1: reading(index / 10, pleasure=0.95)}, index / 10)[1]
        assert choice.emotion == "wound"


def test_characters_are_given_out_in_turn_and_kept() -> None:
    wardrobe = Wardrobe(["bear", "cat"])
    worn = wardrobe.choose([_face(1), _face(2), _face(3)], {}, 0.0)
    assert [worn[who].character for who in (1, 2, 3)] == ["bear", "cat", "bear"]
    worn = wardrobe.choose([_face(2), _face(4)], {}, 0.1)
    assert [worn[who].character for who in (2, 4)] == ["cat", "cat"]


def test_a_new_emotion_fades_in() -> None:
    wardrobe = Wardrobe(["bear"])
    choices = []
    for index in range(60):
        time = index / FPS
        now = reading(time, neutrality=0.9) if time < 1 else reading(time, pleasure=0.95)
        choices.append(wardrobe.choose([_face()], {1: now}, time)[1])
    start = next(index for index, choice in enumerate(choices) if choice.emotion == "pleasure")
    fading = choices[start : start + round(CROSS_FADE * FPS)]
    assert {choice.previous for choice in fading} == {"neutrality"}
    mixes = [choice.mix for choice in fading]
    assert mixes[0] == 0 and all(a < b for a, b in itertools.pairwise(mixes)) and mixes[-1] < 1
    assert (choices[-1].previous, choices[-1].mix) == (None, 1.0)
    assert choices[-1].since == start / FPS


def test_the_first_emotion_of_a_face_does_not_fade() -> None:
    choice = Wardrobe(["bear"]).choose([_face()], {1: reading(0.0, anger=0.9)}, 0.0)[1]
    assert (choice.emotion, choice.previous, choice.mix) == ("anger", None, 1.0)


def test_opacity_is_the_faces() -> None:
    assert Wardrobe(["bear"]).choose([_face(opacity=0.3)], {}, 0.0)[1].opacity == 0.3


@pytest.mark.parametrize(
    ("blink", "mouth", "variant"),
    [(0.0, 0.0, "plain"), (0.9, 0.0, "blink"), (0.0, 0.6, "talk"), (0.9, 0.6, "blink_talk")],
)
def test_variants(blink: float, mouth: float, variant: Variant) -> None:
    assert _variants((blink, mouth)) == [variant]


def test_lids_and_lips_at_the_edge_do_not_flicker() -> None:
    assert len(set(_variants(*((0.5 + 0.08 * (-1) ** i, 0.0) for i in range(20))))) == 1
    assert len(set(_variants((0.9, 0), *((0.5 + 0.08 * (-1) ** i, 0.0) for i in range(20))))) == 1
    assert len(set(_variants(*((0.0, 0.16 + 0.03 * (-1) ** i) for i in range(20))))) == 1


def test_a_wink_is_no_blink() -> None:
    face = replace(_face(), blink=(1.0, 0.0))
    assert Wardrobe(["bear"]).choose([face], {}, 0.0)[1].variant == "plain"


def test_who_has_gone_is_forgotten() -> None:
    wardrobe = Wardrobe(["bear"])
    wardrobe.choose([_face()], {1: reading(0.0, anger=0.9)}, 0.0)
    assert wardrobe.choose([_face()], {}, REMEMBER)[1].emotion == "anger"
    wardrobe.choose([], {}, 2 * REMEMBER + 0.1)
    assert wardrobe.choose([_face()], {}, 2 * REMEMBER + 0.2)[1].emotion == "neutrality"


def _worn(wardrobe: Wardrobe, *ids: int, time: float = 0.0) -> dict[int, str]:
    return {who: choice.character for who, choice in wardrobe.choose(map(_face, ids), {}, time).items()}


def test_everybody_wears_what_is_chosen_and_so_does_who_comes_later() -> None:
    wardrobe = Wardrobe(["bear", "cat", "fox"])
    _worn(wardrobe, 1, 2)
    wardrobe.wear("fox")
    assert wardrobe.worn == "fox"
    assert _worn(wardrobe, 1, 2, 3) == {1: "fox", 2: "fox", 3: "fox"}


def test_stepping_through_the_characters_alone() -> None:
    wardrobe = Wardrobe(["bear", "cat", "fox"])
    _worn(wardrobe, 1)
    wardrobe.step(-1)
    assert _worn(wardrobe, 1) == {1: "fox"}
    wardrobe.step(1)
    wardrobe.step(1)
    assert _worn(wardrobe, 1) == {1: "cat"}
    assert _worn(wardrobe, 2, time=1.0) == {2: "cat"}, "and so does who comes next"


def test_stepping_with_several_people_keeps_them_different() -> None:
    wardrobe = Wardrobe(["bear", "cat", "fox"])
    _worn(wardrobe, 1, 2)
    wardrobe.step(1)
    assert _worn(wardrobe, 1, 2) == {1: "cat", 2: "fox"}


def test_one_can_choose_before_anybody_is_there() -> None:
    wardrobe = Wardrobe(["bear", "cat", "fox"])
    assert wardrobe.worn == "bear"
    wardrobe.step(1)
    assert (wardrobe.worn, _worn(wardrobe, 1)) == ("cat", {1: "cat"})


def test_who_wears_what_is_not_there_any_more_gets_another() -> None:
    wardrobe = Wardrobe(["bear", "cat"])
    _worn(wardrobe, 1, 2)
    wardrobe.offer(["cat", "fox"])
    worn = _worn(wardrobe, 1, 2)
    assert (worn[1] in ("cat", "fox"), worn[2]) == (True, "cat")
    wardrobe.wear("fox")
    wardrobe.offer(["cat"])
    assert _worn(wardrobe, 1, 3) == {1: "cat", 3: "cat"}, "nor is it given to anybody"


def test_characters_are_taken_off_and_put_on_again() -> None:
    wardrobe = Wardrobe(["bear"])
    wardrobe.visible = False
    assert wardrobe.choose([_face()], {}, 0.0)[1].opacity == 0
    wardrobe.visible = True
    assert wardrobe.choose([_face()], {}, 0.1)[1].opacity == 1


def test_a_downturned_mouth_is_worn_as_sadness() -> None:
    """Though the model calls it neutral; what is only guessed of a face that is lost says nothing."""
    for via, worn in (("face", "sadness"), ("held", "neutrality")):
        wardrobe = Wardrobe(["bear"])
        for index in range(120):
            acting = face_of(with_corners(0.05 if index >= 60 else 0.0))
            face = replace(acting, via=via) if index >= 60 else acting
            now = {1: reading(index // 3 / 10, neutrality=0.93)}
            choice = wardrobe.choose([face], now, index / FPS)[1]
        assert choice.emotion == worn


def test_an_emotion_is_held_and_let_go() -> None:
    wardrobe = Wardrobe(["bear"])
    angry = {1: reading(0.0, anger=0.9), 2: reading(0.0, pleasure=0.9)}
    both = [_face(1), _face(2)]
    wardrobe.choose(both, angry, 0.0)
    wardrobe.toggle_hold()
    assert wardrobe.holding == "anger"
    for index in range(1, 30):
        now = {who: reading(index / 10, neutrality=0.95) for who in (1, 2)}
        choices = wardrobe.choose(both, now, index / 10)
    assert {who: choice.emotion for who, choice in choices.items()} == {1: "anger", 2: "pleasure"}
    wardrobe.toggle_hold()
    assert wardrobe.holding is None
    assert wardrobe.choose(both, now, 3.0)[1].emotion == "neutrality"


def test_the_emotion_of_the_command_line_can_be_let_go() -> None:
    wardrobe = Wardrobe(["bear"], hold="wound")
    assert (wardrobe.choose([_face()], {}, 0.0)[1].emotion, wardrobe.holding) == ("wound", "wound")
    wardrobe.toggle_hold()
    assert wardrobe.choose([_face()], {1: reading(0.1, anger=0.9)}, 0.1)[1].emotion == "anger"


def test_the_neutral_face_of_everybody_in_the_picture_is_learnt() -> None:
    wardrobe = Wardrobe(["bear"])
    assert wardrobe.learn_neutral() == 0, "nobody is there"
    wardrobe.choose([_face()], {}, 0.0)
    assert wardrobe.learn_neutral() == 1
    for index in range(25):
        assert wardrobe.lesson == ("running" if index <= 11 else "learnt")
        choice = wardrobe.choose([_face()], {1: reading(0.1 + index / 10, anger=0.9)}, 0.1 + index / 10)[1]
    assert choice.emotion == "neutrality", "this is what the person looks like"
    for index in range(25, 50):
        choice = wardrobe.choose([_face()], {1: reading(0.1 + index / 10, pleasure=0.9)}, 0.1 + index / 10)[1]
    assert choice.emotion == "pleasure"


def test_somebody_new_gets_what_nobody_wears() -> None:
    wardrobe = Wardrobe(["bear", "cat", "fox"])
    assert _worn(wardrobe, 1, 2) == {1: "bear", 2: "cat"}
    wardrobe.step(1)
    assert _worn(wardrobe, 1, 2) == {1: "cat", 2: "fox"}
    assert _worn(wardrobe, 1, 2, 3)[3] == "bear", "though it would be the turn of the fox"
    assert _worn(wardrobe, 1, 2, 3) == {1: "cat", 2: "fox", 3: "bear"}, "and everybody keeps theirs"


def test_what_is_not_ready_is_put_on_later() -> None:
    """Until then a new face is bare, and others keep what they have on."""
    ready: set[str] = set()
    wardrobe = Wardrobe(["bear", "cat"], ready=ready.__contains__)
    assert wardrobe.choose([_face()], {}, 0.0)[1].opacity == 0
    ready.add("bear")
    choice = wardrobe.choose([_face()], {}, 0.1)[1]
    assert (choice.character, choice.opacity) == ("bear", 1)
    wardrobe.step(1)
    choice = wardrobe.choose([_face()], {}, 0.2)[1]
    assert (choice.character, choice.opacity, wardrobe.worn) == ("bear", 1, "cat")
    assert wardrobe.in_use == {"bear", "cat"}
    ready.add("cat")
    assert wardrobe.choose([_face()], {}, 0.3)[1].character == "cat"
    assert wardrobe.in_use == {"cat"}


def test_who_may_be_back_keeps_what_they_have_on() -> None:
    """Their character stays decoded; and what they are to wear instead is put on when it is ready."""
    ready = {"bear"}
    wardrobe = Wardrobe(["bear", "cat"], ready=ready.__contains__)
    wardrobe.choose([_face()], {}, 0.0)
    wardrobe.choose([], {}, 2.0)
    assert "bear" in wardrobe.shown
    wardrobe.wear("cat")
    choice = wardrobe.choose([_face()], {}, 2.4)[1]
    assert (choice.character, choice.opacity) == ("bear", 1)
    wardrobe.choose([], {}, 9.0)
    assert wardrobe.shown == {"cat"}
    assert wardrobe.choose([_face()], {}, 9.1)[1].opacity == 1, "it happens to be decoded"
    wardrobe.choose([], {}, 19.0)
    ready.clear()
    assert wardrobe.choose([_face()], {}, 19.1)[1].opacity == 0, "it was forgotten"


def test_what_is_broken_is_given_to_nobody() -> None:
    def ready(name: str) -> bool:
        if name == "cat":
            raise PackError("cat is broken")
        return True

    wardrobe = Wardrobe(["bear", "cat", "fox"], ready=ready)
    worn = _worn(wardrobe, 1, 2, 3)
    assert worn.items() >= {1: "bear", 2: "fox"}.items()
    wardrobe.wear("cat")
    assert _worn(wardrobe, 1, 2, 3) == worn, "all keep what they have on"
    assert _worn(wardrobe, 1, 2, 3, 4)[4] in ("bear", "fox")
    wardrobe.step(1)
    assert "cat" not in _worn(wardrobe, 1, 2, 3).values()


def test_animations_go_by_how_long_an_emotion_has_been_shown() -> None:
    wardrobe = Wardrobe(["bear"], hold="anger")
    wardrobe.choose([_face()], {}, 1.0)
    choice = wardrobe.choose([_face()], {}, 1.5)[1]
    assert (choice.age, choice.previous_age) == (0.5, 0.0)
    wardrobe.toggle_hold()
    wardrobe.choose([_face()], {}, 2.0)
    choice = wardrobe.choose([_face()], {}, 2.1)[1]
    assert (choice.emotion, choice.previous) == ("neutrality", "anger")
    assert (round(choice.age, 6), round(choice.previous_age, 6)) == (0.1, 1.1)


def test_who_comes_after_everything_was_forgotten_is_somebody_new() -> None:
    wardrobe = Wardrobe(["bear", "cat"])
    for index in range(30):
        choice = wardrobe.choose([_face()], {1: reading(index / 10, pleasure=0.95)}, index / 10)[1]
    assert (choice.character, choice.emotion) == ("bear", "pleasure")
    wardrobe.learn_neutral()
    wardrobe.forget()
    assert wardrobe.lesson is None
    choice = wardrobe.choose([_face()], {}, 3.0)[1]
    assert (choice.character, choice.emotion) == ("cat", "neutrality")
