"""What the tests make things of: faces with known angles, sprites, packs."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.characters.character import Character
from avatar_cam.emotions.scripted import probabilities
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.tracking.features import Blink, mouth_open
from avatar_cam.tracking.head import head_pose, mean_face, rotation_of
from avatar_cam.types import Box, EmotionReading, FaceTrack, Floats, Frame, Pixels, Placement, Texture, Via

#: FaceMesh's two irises: five points each.
_IRISES = ((33, 133), (362, 263))


def landmarks(
    at: tuple[float, float] = (320.0, 200.0),
    eyes: float = 80.0,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
) -> Floats:
    """The mean face, float32 (478, 3) px, with its `eyes` so far apart and the middle between them `at`."""
    face = mean_face()
    irises = [np.repeat(face[list(corners)].mean(axis=0)[None], 5, axis=0) for corners in _IRISES]
    whole = np.concatenate([face, *irises])
    points: Floats = whole @ rotation_of(yaw, pitch, roll).T * np.float32(eyes)
    return points + np.array([*at, 0.0], np.float32)


def face_of(
    points: Floats | None = None, id: int = 1, via: Via = "face", opacity: float = 1.0, time: float = 0.0
) -> FaceTrack:
    """The track of a face with these landmarks."""
    points = landmarks() if points is None else points
    head = head_pose(points)
    return FaceTrack(id, points, head, Blink()(points, head, time), mouth_open(points, head), via, opacity)


def frame(time: float = 0.0, index: int = 0, size: tuple[int, int] = (640, 360), value: int = 128) -> Frame:
    """A grey picture."""
    return Frame(np.full((size[1], size[0], 3), value, np.uint8), index, time)


def reading(time: float, /, **named: float) -> EmotionReading:
    """A reading of face 1 with the named emotions' probabilities; the others share the rest."""
    known: dict[Emotion, float] = {emotion: named[emotion] for emotion in EMOTIONS if emotion in named}
    assert len(known) == len(named), named
    return EmotionReading(1, probabilities(known), time)


def disc(size: int, colour: tuple[int, int, int] = (255, 255, 255), alpha: int = 255) -> Pixels:
    """A round sprite with straight alpha, RGBA, whose surroundings are black and wholly transparent."""
    sprite = np.zeros((size, size, 4), np.uint8)
    centre = (size // 2, size // 2)
    cv2.circle(sprite, centre, round(size * 0.4), (*colour, alpha), -1)
    return sprite


def premultiplied(rgba: Pixels) -> Pixels:
    """Straight alpha → RGB multiplied by alpha."""
    result = rgba.copy()
    result[..., :3] = np.round(rgba[..., :3] * (rgba[..., 3:] / 255)).astype(np.uint8)
    return result


def texture(rgba: Pixels, origin: tuple[int, int] = (0, 0)) -> Texture:
    """A texture of a sprite with straight alpha."""
    return Texture(premultiplied(rgba), origin)


def placed(
    *textures: tuple[Texture, float],
    box: Box,
    art: tuple[float, float, float, float],
    opacity: float = 1.0,
    nodes: int = 6,
) -> Placement:
    """A placement that shows the artwork's rectangle `art` in `box`, both (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    # The outermost nodes lie in the middle of their cells, so the lattice reaches beyond the box.
    lattice = (x0 - width, y0 - height, x1 + width, y1 + height)
    share = (np.arange(nodes) + 0.5) / nodes * 3 - 1
    x = art[0] + share * (art[2] - art[0])
    y = art[1] + share * (art[3] - art[1])
    uv = np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)
    return Placement(tuple(textures), box, lattice, uv, opacity)


def write_png(path: Path, rgba: NDArray[np.uint8]) -> Path:
    """A PNG of an RGBA picture with straight alpha."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done, content = cv2.imencode(".png", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA))
    assert done
    path.write_bytes(content.tobytes())
    return path


def png_of(width: int, height: int, packed: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """An RGBA PNG with this for its packed pixels, and `more` chunks before them; all checksums are right."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def hollow_png(width: int, height: int) -> bytes:
    """A PNG whose chunks are whole and whose pixels are not."""
    return png_of(width, height, zlib.compress(bytes(40)))


#: A manifest whose keys a test may replace.
MANIFEST = """\
name = "Dot"

[anchors]
right_eye = [20, 24]
left_eye = [44, 24]

[emotions.neutrality]
image = "neutrality.png"
"""


def write_pack(folder: Path, manifest: str = MANIFEST, pictures: Mapping[str, Pixels] | None = None) -> Path:
    """A pack in `folder`, by default with one round picture."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "character.toml").write_text(manifest, encoding="utf-8")
    for name, picture in (pictures or {"neutrality.png": disc(64)}).items():
        write_png(folder / name, picture)
    return folder


def character(
    folder: Path, manifest: str = MANIFEST, pictures: Mapping[str, Pixels] | None = None
) -> Character:
    """The character of `write_pack`."""
    return Character.load(write_pack(folder, manifest, pictures))


def read_trace(path: Path) -> list[dict[str, object]]:
    """The lines of a trace, its head first."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
