"""What other programs ask a booth for, and what of it a pipeline is to do."""

from __future__ import annotations

import pytest

from avatar_cam.errors import UsageError
from avatar_cam.kiosk.wishes import Wanted, Wishes
from avatar_cam.overlay.commands import wish_of

CHARACTERS = {"bear": "Bear", "cat": "Cat", "dog": "Dog"}


@pytest.fixture
def wishes() -> Wishes:
    return Wishes(CHARACTERS)


@pytest.mark.parametrize(
    ("commands", "wanted", "said"),
    [
        (["character cat"], Wanted(character="cat"), "Cat"),
        (["character-3"], Wanted(character="dog"), "Dog"),
        (["next"], Wanted(character="cat"), "Cat"),
        (["previous"], Wanted(character="dog"), "Dog"),
        (["character cat", "next"], Wanted(character="dog"), "Dog"),
        (["character cat", "next", "next"], Wanted(character="bear"), "Bear"),
        (["hold anger"], Wanted(emotion="anger"), "Emotion held: anger"),
        (["hold"], Wanted(emotion="pleasure"), "Emotion held: pleasure"),
        (["hold anger", "hold"], Wanted(), "Emotion not held"),
        (["hold anger", "hold off"], Wanted(), "Emotion not held"),
        (["overlay"], Wanted(visible=False), "Characters off"),
        (["overlay off", "overlay off"], Wanted(visible=False), "Characters off"),
        (["overlay off", "overlay"], Wanted(), "Characters on"),
        (["reload", "reload"], Wanted(reloads=2), "Characters are loaded anew"),
    ],
    ids=str,
)
def test_what_is_wanted_by_commands(wishes: Wishes, commands: list[str], wanted: Wanted, said: str) -> None:
    answers = [wishes.ask(wish_of(*command.split()), "bear", "pleasure") for command in commands]
    assert (wishes.wanted, answers[-1]) == (wanted, said)


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("character fox", "there is no character 'fox'; there are bear, cat, dog"),
        ("character-4", "there is no character-4; there are 3"),
        ("hold", "there is nobody whose emotion could be held; name one"),
    ],
)
def test_what_a_booth_cannot_do(wishes: Wishes, command: str, fault: str) -> None:
    with pytest.raises(UsageError) as error:
        wishes.ask(wish_of(*command.split()), None, None)
    assert str(error.value) == fault
    assert wishes.wanted == Wanted()


def test_the_next_character_with_nobody_there(wishes: Wishes) -> None:
    assert wishes.ask("next", None, None) == "Bear"
    wishes.characters = {"dog": "Dog"}
    assert wishes.ask("next", None, None) == "Dog", "the one before is there no more"
