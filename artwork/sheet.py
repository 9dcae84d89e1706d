"""A contact sheet of a rendered pack, composed from its PNGs by its manifest as the program would."""

import math
import tomllib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from rig import EMOTIONS

Canvas = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

STATES = (
    ("plain", {"eyes_open", "mouth_closed"}),
    ("blink", {"eyes_closed", "mouth_closed"}),
    ("talk", {"eyes_open", "mouth_open"}),
    ("blink+talk", {"eyes_closed", "mouth_open"}),
)
PAPER = (236, 236, 236)
BACKGROUNDS = ((255, 255, 255), (0, 0, 0), (118, 118, 118))
TILE = 320
SMALL = 120
LABEL = 28
HAIR, SKIN, SKIN_SHADE, LIPS = (38, 44, 58), (168, 196, 232), (138, 168, 210), (110, 110, 190)


def read_pack(folder: Path) -> dict[str, Any]:
    """The manifest of a pack."""
    return tomllib.loads((folder / "character.toml").read_text(encoding="utf-8"))


def compose(folder: Path, manifest: dict[str, Any], emotion: str, state: set[str], side: int) -> Canvas:
    """One state of a pack as premultiplied BGRA, 0 to 1; of an animation its frame in the middle."""
    margin = _overhang(folder, manifest, side)
    canvas: Canvas = np.zeros((side + 2 * margin, side + 2 * margin, 4), np.float32)
    if manifest["covers"] != "head":
        person = canvas[margin : margin + side, margin : margin + side]
        _draw_person(person, "mouth_open" in state, "eyes_open" in state)
    for layer in manifest["layers"]:
        if layer["attach"] != "head":
            continue
        if layer.get("when", "always") in state | {"always"} and emotion in layer.get("emotions", EMOTIONS):
            x, y = layer["at"]
            _lay(canvas, _read(folder, _still(layer)), (x + margin, y + margin))
    return canvas


def _overhang(folder: Path, manifest: dict[str, Any], side: int) -> int:
    """How far the pictures on the head reach beyond the canvas, px."""
    reach = side / 2
    for layer in manifest["layers"]:
        if layer["attach"] == "head":
            height, width = _read(folder, _still(layer)).shape[:2]
            x, y = layer["at"]
            reach = max(reach, abs(x - side / 2) + width / 2, abs(y - side / 2) + height / 2)
    return math.ceil(reach - side / 2)


def _still(layer: dict[str, Any]) -> str:
    """The picture that stands for a layer where nothing moves."""
    frames: list[str] = layer.get("frames", [])
    return frames[len(frames) // 2] if frames else str(layer["image"])


def _read(folder: Path, image: str) -> npt.NDArray[Any]:
    """A picture of the pack as straight BGRA."""
    picture = cv2.imread(str(folder / image), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise FileNotFoundError(folder / image)
    return picture


def _lay(canvas: Canvas, picture: npt.NDArray[Any], at: tuple[float, float]) -> None:
    """Lays a straight BGRA picture over a canvas, centred at `at`."""
    height, width = picture.shape[:2]
    left, top = round(at[0] - width / 2), round(at[1] - height / 2)
    over = picture.astype(np.float32) / 255
    over[..., :3] *= over[..., 3:]
    under = canvas[top : top + height, left : left + width]
    under *= 1 - over[..., 3:]
    under += over


def _draw_person(canvas: Canvas, talking: bool, looking: bool) -> None:
    """A plain person's head where a character leaves something of it to be seen."""
    middle = canvas.shape[1] // 2
    flat = np.zeros(canvas.shape, np.uint8)

    def oval(x: int, y: int, rx: int, ry: int, colour: tuple[int, int, int]) -> None:
        cv2.ellipse(flat, (middle + x, y), (rx, ry), 0, 0, 360, (*colour, 255), -1, cv2.LINE_AA)

    oval(0, 300, 196, 250, HAIR)
    oval(0, 365, 172, 216, SKIN)
    for x in (-63, 63):
        oval(x, 292, 30, 5, HAIR)
        oval(x, 336, 24, 11 if looking else 2, (250, 250, 250) if looking else HAIR)
        if looking:
            oval(x, 336, 10, 10, HAIR)
    oval(0, 420, 24, 9, SKIN_SHADE)
    oval(0, 475, 46, 20 if talking else 6, LIPS)
    canvas[...] = flat.astype(np.float32) / 255


def on_colour(canvas: Canvas, side: int, colour: tuple[int, int, int]) -> Picture:
    """A state at some size upon a plain colour."""
    scaled = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
    paper = np.array(colour, np.float32)
    flat: Canvas = scaled[..., :3] * 255 + paper * (1 - scaled[..., 3:])
    return np.clip(np.rint(flat), 0, 255).astype(np.uint8)


def _labelled(tile: Picture, text: str) -> Picture:
    """A tile with its name above it."""
    strip = np.full((LABEL, tile.shape[1], 3), 255, np.uint8)
    cv2.putText(strip, text, (8, LABEL - 9), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([strip, tile])


def draw_sheet(folder: Path, side: int) -> Picture:
    """Every emotion in every state, all of them at 120 pixels on three grounds, and what moves or is worn."""
    manifest = read_pack(folder)
    rows: list[Picture] = []
    small: list[Canvas] = []
    for label, state in STATES:
        row = [compose(folder, manifest, name, state, side) for name in EMOTIONS]
        tiles = [on_colour(canvas, TILE, PAPER) for canvas in row]
        named = zip(EMOTIONS, tiles, strict=True)
        rows.append(np.hstack([_labelled(tile, f"{name}: {label}") for name, tile in named]))
        small += row if label in ("plain", "talk") else []
    width = rows[0].shape[1]
    strips = [np.hstack([on_colour(canvas, SMALL, colour) for canvas in small]) for colour in BACKGROUNDS]
    apart = {
        _still(layer): layer for layer in manifest["layers"] if "frames" in layer or layer["attach"] != "head"
    }
    strips += [_strip(folder, layer) for layer in apart.values()]
    return np.vstack(rows + [_padded(strip, width) for strip in strips])


def _strip(folder: Path, layer: dict[str, Any]) -> Picture:
    """All pictures of one layer side by side."""
    images = layer.get("frames") or [layer["image"]]
    tiles: list[Picture] = []
    for image in images:
        picture = _read(folder, image)
        canvas: Canvas = np.zeros((max(picture.shape[:2]), max(picture.shape[:2]), 4), np.float32)
        _lay(canvas, picture, (canvas.shape[1] / 2, canvas.shape[0] / 2))
        tiles.append(on_colour(canvas, SMALL * 3 // 2, PAPER))
    return _labelled(np.hstack(tiles), f"{layer['attach']}: {images[0]}")


def _padded(strip: Picture, width: int) -> Picture:
    """A strip made as wide as the sheet."""
    gap = ((0, 0), (0, width - strip.shape[1]), (0, 0))
    return np.pad(strip, gap, constant_values=int(strip[0, 0, 0]))
