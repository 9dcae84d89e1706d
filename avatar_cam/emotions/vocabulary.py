"""The seven emotions of the program, in the order of every probability vector."""

import unicodedata
from typing import Literal, get_args

Emotion = Literal["pleasure", "upset", "anger", "unrest", "wound", "sadness", "neutrality"]

EMOTIONS: tuple[Emotion, ...] = get_args(Emotion)

#: The names of the AI-Hub data (dataSetSn=82) from which the vocabulary is taken.
KOREAN: dict[Emotion, str] = {
    "pleasure": "기쁨",
    "upset": "당황",
    "anger": "분노",
    "unrest": "불안",
    "wound": "상처",
    "sadness": "슬픔",
    "neutrality": "중립",
}


def emotion_named(name: object) -> object:
    """The emotion with that English or Korean name, in capitals or not; what is none is given back."""
    if not isinstance(name, str):
        return name
    # A Mac hands over Korean taken apart (NFD).
    plain = unicodedata.normalize("NFC", name).strip().casefold()
    return next((emotion for emotion in EMOTIONS if plain in (emotion, KOREAN[emotion])), name)
