"""What a character is made of before it is drawn: layers of SVG, each with its place in the manifest."""

from dataclasses import dataclass, field

from parts import Palette, Point

EMOTIONS = ("pleasure", "upset", "anger", "unrest", "wound", "sadness", "neutrality")


@dataclass(frozen=True)
class Layer:
    """One part of a character: what it shows, when, and how far before or behind the face."""

    image: str  # file within the pack, without its suffix
    svg: str
    depth: float
    when: str = "always"
    emotions: tuple[str, ...] = EMOTIONS


def by_emotion(
    folder: str, drawings: dict[str, str], depth: float, when: str = "always", suffix: str = ""
) -> list[Layer]:
    """One layer for each emotion that has a drawing of this kind."""
    return [
        Layer(f"{folder}/{name}{suffix}", drawings[name], depth, when, (name,))
        for name in EMOTIONS
        if name in drawings
    ]


@dataclass(frozen=True)
class Character:
    """A whole character, its layers from the furthest back to the nearest."""

    name: str
    palette: Palette
    anchors: dict[str, Point]
    layers: list[Layer] = field(default_factory=list)
