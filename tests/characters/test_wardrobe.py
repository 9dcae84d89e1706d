"""What each face wears, frame by frame."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from avatar_cam.characters.wardrobe import CROSS_FADE, Wardrobe
from avatar_cam.types import FaceTrack, SpriteChoice, Variant
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
    wardrobe.choose([], {}, 0.1)
    assert wardrobe.choose([_face()], {}, 0.2)[1].emotion == "neutrality"
