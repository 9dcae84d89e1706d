"""The seven emotions of the program, in the order of every probability vector."""

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
