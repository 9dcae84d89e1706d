"""A contact sheet of a rendered pack, composed from its PNGs by its manifest as the program would."""

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


def compose(folder: Path, emotion: str, state: set[str], side: int) -> Canvas:
    """One state of a pack as premultiplied BGRA, 0 to 1."""
    manifest: dict[str, Any] = tomllib.loads((folder / "character.toml").read_text(encoding="utf-8"))
    canvas: Canvas = np.zeros((side, side, 4), np.float32)
    for layer in manifest["layers"]:
        if layer.get("when", "always") in state | {"always"} and emotion in layer.get("emotions", EMOTIONS):
            _lay(canvas, cv2.imread(str(folder / layer["image"]), cv2.IMREAD_UNCHANGED), layer["at"])
    return canvas


def _lay(canvas: Canvas, picture: npt.NDArray[Any], at: list[float]) -> None:
    """Lays a straight BGRA picture over a canvas, centred at `at`."""
    height, width = picture.shape[:2]
    left, top = round(at[0] - width / 2), round(at[1] - height / 2)
    over = picture.astype(np.float32) / 255
    over[..., :3] *= over[..., 3:]
    under = canvas[top : top + height, left : left + width]
    under *= 1 - over[..., 3:]
    under += over


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
    """Every emotion in every state, and all emotions at 120 pixels on three grounds."""
    rows: list[Picture] = []
    small: list[Canvas] = []
    for label, state in STATES:
        row = [compose(folder, name, state, side) for name in EMOTIONS]
        tiles = [on_colour(canvas, TILE, PAPER) for canvas in row]
        named = zip(EMOTIONS, tiles, strict=True)
        rows.append(np.hstack([_labelled(tile, f"{name}: {label}") for name, tile in named]))
        small += row if label in ("plain", "talk") else []
    for colour in BACKGROUNDS:
        strip = np.hstack([on_colour(canvas, SMALL, colour) for canvas in small])
        gap = rows[0].shape[1] - strip.shape[1]
        rows.append(np.pad(strip, ((0, 0), (0, gap), (0, 0)), constant_values=colour[0]))
    return np.vstack(rows)
