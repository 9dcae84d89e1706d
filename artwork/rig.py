"""What a character is made of before it is drawn: layers of SVG, each with its place in the manifest."""

from dataclasses import dataclass, field

from parts import Palette, Point

#: Where the points of the person's face lie in every drawing: eyes 126 apart, and the rest at a human face's
#: usual distances.
ANCHORS: dict[str, Point] = {
    "right_eye": (257, 336),
    "left_eye": (383, 336),
    "mouth": (320, 475),
    "chin": (320, 575),
}

EMOTIONS = ("pleasure", "upset", "anger", "unrest", "wound", "sadness", "neutrality")


@dataclass(frozen=True)
class Layer:
    """One part of a character: what it shows, when, and how far before or behind what it hangs on.

    A layer shows either `svg`, or `frames` one after the other, `fps` of them in a second. `attach` is
    "head", or a point of the body ("left_shoulder", "right_wrist", "hips") that lies in the canvas's middle.
    """

    image: str  # file within the pack, without its suffix; of an animation the folder of its frames
    svg: str
    depth: float
    when: str = "always"
    emotions: tuple[str, ...] = EMOTIONS
    attach: str = "head"
    frames: list[str] = field(default_factory=list)
    fps: float = 8.0


def by_emotion(
    folder: str, drawings: dict[str, str], depth: float, when: str = "always", suffix: str = ""
) -> list[Layer]:
    """One layer for each emotion that has a drawing of this kind."""
    return [
        Layer(f"{folder}/{name}{suffix}", drawings[name], depth, when, (name,))
        for name in EMOTIONS
        if name in drawings
    ]


def animated(
    image: str, frames: list[str], depth: float, fps: float, emotions: tuple[str, ...] = EMOTIONS
) -> Layer:
    """A layer that shows `frames` one after the other, over and over."""
    return Layer(image, "", depth, emotions=emotions, frames=frames, fps=fps)


@dataclass(frozen=True)
class Character:
    """A whole character, its layers from the furthest back to the nearest."""

    name: str
    palette: Palette
    layers: list[Layer] = field(default_factory=list)
    covers: str = "head"  # or "half", or "accessories"
    margin: int = 0  # how far layers may reach beyond the canvas, on every side
