"""A folder of pictures named by emotion: the smallest pack, with no manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import cv2

from avatar_cam.characters.manifest import MANIFEST, Anchors, EmotionArt, Manifest
from avatar_cam.characters.pictures import read_sprite
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError
from avatar_cam.files import legible
from avatar_cam.types import Box

#: Where a mask over a whole head reaches, eye distances from between the eyes (see artwork/README.md).
_SIDEWAYS, _UP, _DOWN = 1.75, 2.2, 2.15
#: Mouth and chin of the mean face below the eyes, eye distances.
_MOUTH, _CHIN = 1.1, 1.7
#: What may stand behind an emotion's name, and the key of a manifest that it means.
_STATES = {"": "image", "-blink": "blink", "-talk": "talk", "-blink-talk": "blink_talk"}
#: A folder with more files than this is no pack.
MOST_FILES = 2000


def pictures_by_name(folder: Path) -> dict[str, str]:
    """The files that mean something, such as Pleasure-Blink.PNG by "pleasure-blink". Raises OSError."""
    meant = {f"{emotion}{state}" for emotion in EMOTIONS for state in _STATES}
    with os.scandir(folder) as entries:
        names = [entry.name for entry in islice(entries, MOST_FILES)]
    found = {Path(name).stem.casefold(): name for name in names if Path(name).suffix.casefold() == ".png"}
    return {stem: name for stem, name in found.items() if stem in meant}


def is_bare_pack(folder: Path) -> bool:
    """Whether a picture there is named by an emotion; False also where that cannot be seen."""
    try:
        return any(emotion in pictures_by_name(folder) for emotion in EMOTIONS)
    except OSError:
        return False


def guessed_manifest(folder: Path) -> Manifest:
    """The manifest that a folder without one stands for.

    What is not drawn falls back to neutrality, or to the first emotion that is. Raises PackError when no
    picture is named by an emotion, or when the folder, or the picture whose box says where the face lies,
    cannot be read.
    """
    try:
        files = pictures_by_name(folder)
    except OSError as error:
        raise PackError(f"{folder}: cannot be read: {error.strerror or error}") from error
    drawn = [emotion for emotion in EMOTIONS if emotion in files]
    if not drawn:
        raise PackError(f"{folder}: is no pack: it has no {MANIFEST}, and no picture named by an emotion")
    rest: Emotion = "neutrality" if "neutrality" in drawn else drawn[0]
    return Manifest(
        name=legible(folder.resolve().name)[:80] or "?",
        anchors=guessed_anchors(_filled(folder / files[rest])),
        emotions={emotion: _art(emotion, files) for emotion in drawn},
        fallback={emotion: rest for emotion in EMOTIONS if emotion not in drawn},
    )


def guessed_anchors(box: Box) -> Anchors:
    """Anchors for artwork that fills `box` (x0, y0, x1, y1) px, so that it covers a whole head."""
    x0, y0, x1, y1 = box
    eyes = min((x1 - x0) / (2 * _SIDEWAYS), (y1 - y0) / (_UP + _DOWN))
    x, y = (x0 + x1) / 2, y0 + (y1 - y0) * _UP / (_UP + _DOWN)
    return {
        "right_eye": (x - eyes / 2, y),
        "left_eye": (x + eyes / 2, y),
        "mouth": (x, y + _MOUTH * eyes),
        "chin": (x, y + _CHIN * eyes),
    }


def _filled(path: Path) -> Box:
    """The box of what is not empty in a picture; all of it where everything is."""
    alpha = read_sprite(path)[..., 3]
    x, y, width, height = cv2.boundingRect(alpha)
    return (x, y, x + width, y + height) if width else (0, 0, alpha.shape[1], alpha.shape[0])


def _art(emotion: Emotion, files: Mapping[str, str]) -> EmotionArt:
    return EmotionArt.model_validate(
        {key: files[emotion + state] for state, key in _STATES.items() if emotion + state in files}
    )
