"""What a user can ask for while the program runs, and the keys that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from string import ascii_lowercase, digits
from typing import Literal, get_args

from avatar_cam.emotions.vocabulary import Emotion

Action = Literal[
    "character-1",
    "character-2",
    "character-3",
    "character-4",
    "character-5",
    "character-6",
    "character-7",
    "character-8",
    "character-9",
    "overlay",
    "previous",
    "next",
    "mirror",
    "camera",
    "neutral",
    "hold",
    "figures",
    "landmarks",
    "background",
    "snapshot",
    "record",
    "reload",
    "fullscreen",
    "keys",
    "panic",
    "quit",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
#: Those that choose a character, in their order.
CHARACTERS: tuple[Action, ...] = ACTIONS[:9]


@dataclass(frozen=True, slots=True)
class Wear:
    """A click on the thumbnail of the character with this id."""

    character: str


#: What is on or off, and what other programs can therefore ask for without knowing how it is.
Switchable = Literal["overlay", "mirror", "figures", "landmarks", "keys", "record", "panic"]


@dataclass(frozen=True, slots=True)
class Switch:
    """Have it on, or off, however it is now."""

    what: Switchable
    on: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Show this emotion on everybody, whatever is read; None: what is read."""

    emotion: Emotion | None


#: What keys and mouse can ask for, and other programs.
Wish = Action | Wear | Switch | Hold

#: Action → the names of its keys. An action that is not there cannot be had; one without keys has its button.
Keys = Mapping[Action, tuple[str, ...]]

DEFAULT_KEYS: Keys = {
    **{action: (str(number), f"keypad {number}") for number, action in enumerate(CHARACTERS, start=1)},
    "overlay": ("0", "keypad 0"),
    "previous": ("a", "left"),
    "next": ("d", "right"),
    "mirror": ("m",),
    "camera": ("v",),
    "neutral": ("c",),
    "hold": ("e",),
    "figures": ("i",),
    "landmarks": ("o",),
    "background": ("b",),
    "snapshot": ("s",),
    "record": ("r",),
    "reload": ("l",),
    "fullscreen": ("f11",),
    "keys": ("h",),
    "panic": ("p",),
    "quit": ("escape",),
}

#: What the list of keys says of each; the characters have one line together.
CHOOSE_CHARACTER = "Choose a character"
DESCRIPTIONS: Mapping[Action, str] = {
    "previous": "Previous character",
    "next": "Next character",
    "overlay": "Characters on or off",
    "hold": "Hold or release the emotion",
    "neutral": "Learn your neutral face",
    "mirror": "Mirror on or off",
    "camera": "Next camera",
    "background": "Next background",
    "panic": "Hide the picture, or show it again",
    "snapshot": "Take a snapshot",
    "record": "Start or stop recording",
    "figures": "Figures and emotion bars",
    "landmarks": "Landmarks",
    "reload": "Load characters anew",
    "fullscreen": "Full screen",
    "keys": "This list",
    "quit": "Quit",
}

#: The buttons of the mouse strip, in their order.
BUTTONS: Mapping[Action, str] = {
    "overlay": "Overlay",
    "hold": "Hold",
    "neutral": "Neutral",
    "mirror": "Mirror",
    "camera": "Camera",
    "background": "Background",
    "figures": "Figures",
    "landmarks": "Landmarks",
    "snapshot": "Snapshot",
    "record": "Record",
    "reload": "Reload",
    "fullscreen": "Full screen",
    "keys": "Keys",
    "panic": "Hide",
    "quit": "Quit",
}

_OTHER_KEYS = (
    *("left", "right", "up", "down", "space", "tab", "return", "backspace", "escape"),
    *("insert", "delete", "home", "end", "page up", "page down"),
)
#: The keys that can be chosen, by SDL's names in small letters.
KEY_NAMES = frozenset(
    chain(
        ascii_lowercase,
        digits,
        "-=[]\\;',./`",
        (f"f{number}" for number in range(1, 13)),
        (f"keypad {number}" for number in range(10)),
        _OTHER_KEYS,
    )
)
_ALIASES = {"esc": "escape", "enter": "return"}


def merge_keys(wanted: Mapping[str, object]) -> dict[Action, tuple[str, ...]]:
    """The default keys with the user's own over them: action → a key, or a list of keys, empty for none.

    A key that is given to one action is taken from the one that has it by default. Raises ValueError with
    one line for unknown actions and keys, and for a key that is given twice.
    """
    own = {action_named(name): key_names(value) for name, value in wanted.items()}
    owners: dict[str, Action] = {}
    for action, names in own.items():
        for name in names:
            if owners.setdefault(name, action) != action:
                raise ValueError(f"the key {name!r} is given to both {owners[name]} and {action}")
    return {
        action: own.get(action, tuple(name for name in names if name not in owners))
        for action, names in DEFAULT_KEYS.items()
    }


def action_named(name: str) -> Action:
    """The action of that name; ValueError, with one line, when there is none."""
    if name not in ACTIONS:
        others = ", ".join(ACTIONS[len(CHARACTERS) :])
        raise ValueError(
            f"there is no action {name!r}; there are {CHARACTERS[0]} to {CHARACTERS[-1]}, {others}"
        )
    return name


def key_names(value: object) -> tuple[str, ...]:
    """A key, or a list of keys, by their plain names; ValueError, with one line, when one does not exist."""
    names = value if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(map(_key_name, names)))


def _key_name(value: object) -> str:
    # A digit without quotes is meant as its key.
    plain = str(value).casefold() if isinstance(value, str | int) else ""
    name = _ALIASES.get(plain, plain)
    if name not in KEY_NAMES:
        others = ", ".join(_OTHER_KEYS)
        raise ValueError(
            f"there is no key {value!r}; there are letters, digits, - = [ ] \\ ; ' , . / `, "
            f"f1 to f12, keypad 0 to keypad 9, {others}"
        )
    return name


def key_rows(keys: Keys) -> list[tuple[str, str]]:
    """The list of keys: which keys, and what they do. Actions without a key are left out."""
    named = {action: _label(names) for action, names in keys.items() if names}
    rows = [(named[action], words) for action, words in DESCRIPTIONS.items() if action in named]
    characters = [named[action] for action in CHARACTERS if action in named]
    if not characters:
        return rows
    in_a_row = characters == list(digits[1 : len(characters) + 1]) and len(characters) > 2
    label = f"{characters[0]} - {characters[-1]}" if in_a_row else " ".join(characters)
    return [(label, CHOOSE_CHARACTER), *rows]


def _label(names: tuple[str, ...]) -> str:
    # That the number pad does what the digits do needs no words.
    shown = [name for name in names if not name.startswith("keypad")] or list(names)
    return ", ".join("Esc" if name == "escape" else name.capitalize() for name in shown)
