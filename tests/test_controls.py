"""Actions, their keys, and what the user's own table of keys makes of them."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from avatar_cam.controls import (
    ACTIONS,
    BUTTONS,
    CHARACTERS,
    DEFAULT_KEYS,
    DESCRIPTIONS,
    KEY_NAMES,
    key_rows,
    merge_keys,
)


def test_every_action_has_keys_of_its_own_and_words() -> None:
    names = list(chain.from_iterable(DEFAULT_KEYS.values()))
    assert set(DEFAULT_KEYS) == set(ACTIONS)
    assert len(names) == len(set(names))
    assert set(names) <= KEY_NAMES
    assert set(DESCRIPTIONS) == set(ACTIONS) - set(CHARACTERS)
    assert set(BUTTONS) < set(DESCRIPTIONS)


def test_without_a_table_the_keys_are_the_default_ones() -> None:
    assert merge_keys({}) == DEFAULT_KEYS


def test_own_keys_replace_the_default_ones_of_their_action_only() -> None:
    merged = merge_keys({"mirror": "F2", "next": ["n", "page down"], "reload": [], "quit": "Esc", "hold": 5})
    assert merged["mirror"] == ("f2",)
    assert merged["next"] == ("n", "page down")
    assert merged["reload"] == ()
    assert merged["quit"] == ("escape",)
    assert merged["hold"] == ("5",)
    assert merged["previous"] == DEFAULT_KEYS["previous"]


def test_a_key_that_is_given_away_is_taken_from_its_default_action() -> None:
    merged = merge_keys({"mirror": "s", "hold": "left"})
    assert merged["mirror"] == ("s",)
    assert merged["snapshot"] == ()
    assert merged["previous"] == ("a",)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"miror": "m"}, "there is no action 'miror'; there are character-1 to character-9, overlay, "),
        ({"mirror": "ctrl"}, "there is no key 'ctrl'; there are letters, digits, "),
        ({"mirror": ""}, "there is no key ''"),
        ({"mirror": ["m", 1.5]}, "there is no key 1.5"),
        ({"mirror": {"key": "m"}}, "there is no key {'key': 'm'}"),
        ({"mirror": "x", "hold": ["y", "X"]}, "the key 'x' is given to both mirror and hold"),
    ],
)
def test_faults_are_said_in_one_line(table: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as fault:
        merge_keys(table)
    assert "\n" not in str(fault.value)


def test_the_same_key_twice_for_one_action_is_no_fault() -> None:
    assert merge_keys({"mirror": ["x", "X"]})["mirror"] == ("x",)


def test_the_list_of_keys_has_one_line_for_all_characters() -> None:
    rows = key_rows(DEFAULT_KEYS)
    assert rows[0] == ("1 - 9", "Choose a character")
    assert ("A, Left", "Previous character") in rows
    assert ("Esc", "Quit") in rows
    assert len(rows) == 1 + len(DESCRIPTIONS)


def test_the_list_of_keys_shows_own_keys_and_leaves_out_what_has_none() -> None:
    rows = dict(key_rows(merge_keys({"character-2": "q", "camera": [], "mirror": "f2"})))
    assert rows["1 Q 3 4 5 6 7 8 9"] == "Choose a character"
    assert rows["F2"] == "Mirror on or off"
    assert "Next camera" not in rows.values()
    assert key_rows({"quit": ("escape",)}) == [("Esc", "Quit")]
