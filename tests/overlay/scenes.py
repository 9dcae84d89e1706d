"""Composites with a character whose points can be found in a picture, and a server that shows them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.characters.character import Character
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.overlay.overlay import Overlay
from avatar_cam.rendering.placer import Placer
from avatar_cam.types import Composite, FaceTrack, Floats, Frame, SpriteChoice
from tests.factories import character

#: Anchor → where it lies in the artwork, px, and the colour of its dot.
DOTS: Mapping[str, tuple[tuple[int, int], tuple[int, int, int]]] = {
    "right_eye": ((180, 200), (255, 0, 0)),
    "left_eye": ((332, 200), (0, 255, 0)),
    "mouth": ((256, 330), (0, 0, 255)),
    "chin": ((256, 430), (255, 0, 255)),
}
_SIDE, _RADIUS = 512, 12
_GREY = (90, 90, 90, 255)


def dotted(folder: Path) -> Character:
    """A grey face with a dot at each anchor."""
    face = np.zeros((_SIDE, _SIDE, 4), np.uint8)
    cv2.ellipse(face, (256, 256), (210, 250), 0, 0, 360, _GREY, -1, cv2.LINE_AA)
    for at, colour in DOTS.values():
        cv2.circle(face, at, _RADIUS, (*colour, 255), -1, cv2.LINE_AA)
    anchors = "\n".join(f"{name} = {list(at)}" for name, (at, _) in DOTS.items())
    manifest = f'name = "Dots"\n[anchors]\n{anchors}\n[emotions.neutrality]\nimage = "neutrality.png"\n'
    return character(folder, manifest, {"neutrality.png": face})


def worn(
    face: FaceTrack,
    by: Character,
    size: tuple[int, int],
    *,
    index: int = 0,
    emotion: Emotion = "neutrality",
    opacity: float = 1.0,
) -> Composite:
    """What there is to be shown of a face that wears a character, in a picture of `size` (width, height)."""
    frame = Frame(np.zeros((size[1], size[0], 3), np.uint8), index, index / 30)
    choice = SpriteChoice(face.id, by.id, emotion, 0.0, opacity=opacity)
    placements = tuple(Placer().place(face, choice, by, size))
    return Composite(frame, (face,), {}, {face.id: choice}, placements)


def found_dots(picture: NDArray[np.uint8]) -> dict[str, Floats]:
    """Anchor → the middle of its dot in RGBA with straight alpha, px as they are counted in a trace."""
    found = {}
    for name, (_, colour) in DOTS.items():
        away = np.abs(picture[..., :3].astype(np.int16) - colour).max(axis=-1)
        rows, columns = np.nonzero((away < 60) & (picture[..., 3] > 200))
        assert len(rows) > 10, f"there is no {name}"
        found[name] = np.array([columns.mean() + 0.5, rows.mean() + 0.5], np.float32)
    return found


def premultiplied(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RGBA with straight alpha → premultiplied, 0 to 255."""
    result = picture.astype(np.float32)
    result[..., :3] *= result[..., 3:] / np.float32(255)
    return result


def free_port() -> int:
    """One that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def shown(server: Overlay, composite: Composite, every: float = 0.02) -> Iterator[None]:
    """Offers the composite to the server again and again, as a live loop would."""
    ending = threading.Event()

    def feed() -> None:
        while not ending.wait(every):
            server.write(composite)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
