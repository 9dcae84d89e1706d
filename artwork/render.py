"""Draws a character's layers and its manifest: `python artwork/render.py bear [--sheet FILE.png]`."""

import argparse
import importlib
import shutil
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py
from colours import indexed_png
from parts import CANVAS, MIDDLE
from rig import ANCHORS, EMOTIONS, Character, Layer
from sheet import draw_sheet

from avatar_cam.sinks.photo import write_photo

CHARACTERS = Path(__file__).resolve().parent.parent / "assets" / "characters"
OVERSAMPLING = 3
FAINTEST = 3  # a rim fainter than this is not seen, and would only make a picture larger

Picture = npt.NDArray[np.uint8]


def rasterise(svg: str, gradients: str, margin: int = 0) -> Picture:
    """A snippet on the whole canvas and `margin` pixels around it, as straight BGRA."""
    side = CANVAS + 2 * margin
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
        f'viewBox="{-margin} {-margin} {side} {side}"><defs>{gradients}</defs>{svg}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=document, zoom=OVERSAMPLING, skip_system_fonts=True)
    large = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)
    picture = np.zeros((side, side, 4), np.uint8)
    if not large[..., 3].any():  # as a frame of something that blinks may be
        return picture
    top, bottom, left, right = (edge // OVERSAMPLING for edge in _box(large[..., 3], OVERSAMPLING))
    drawn = large[top * OVERSAMPLING : bottom * OVERSAMPLING, left * OVERSAMPLING : right * OVERSAMPLING]
    picture[top:bottom, left:right] = _reduced(drawn)
    return picture


def _box(alpha: Picture, step: int) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what shows anything, outwards to multiples of `step`."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    first, last = (rows[0], columns[0]), (rows[-1], columns[-1])
    top, left = (int(edge) // step * step for edge in first)
    bottom, right = ((int(edge) // step + 1) * step for edge in last)
    return top, bottom, left, right


def _reduced(large: Picture) -> Picture:
    """Straight BGRA made smaller, each pixel the mean of those it stands for."""
    straight = large.astype(np.float32)
    alpha = straight[..., 3:]
    premultiplied = np.concatenate([straight[..., :3] * alpha / 255, alpha], axis=2)
    size = (large.shape[1] // OVERSAMPLING, large.shape[0] // OVERSAMPLING)
    small = cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA)
    small[..., :3] /= np.maximum(small[..., 3:] / 255, 1e-6)
    small[small[..., 3] < FAINTEST] = 0
    return np.asarray(np.clip(np.rint(small), 0, 255), np.uint8)


def trimmed(pictures: list[Picture]) -> tuple[list[Picture], float, float]:
    """The part of some pictures in which any shows something, and where its centre lies in them."""
    top, bottom, left, right = _box(np.max([picture[..., 3] for picture in pictures], axis=0), 1)
    cut = [picture[top:bottom, left:right] for picture in pictures]
    return cut, float(left + right) / 2, float(top + bottom) / 2


def write_layer(layer: Layer, character: Character, folder: Path) -> str:
    """Writes the PNGs of a layer and returns its entry in the manifest."""
    gradients, margin = character.palette.gradients(), character.margin
    drawn = [rasterise(svg, gradients, margin) for svg in layer.frames or [layer.svg]]
    pictures, x, y = trimmed(drawn)
    names = [f"{layer.image}.png"]
    if layer.frames:
        names = [f"{layer.image}/{number}.png" for number in range(1, len(layer.frames) + 1)]
    for name, picture in zip(names, pictures, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(indexed_png(picture))
    origin = MIDDLE if layer.attach != "head" else 0
    x, y = x - margin - origin, y - margin - origin
    lines = ["[[layers]]", *_shown_as(layer, names)]
    if layer.emotions != EMOTIONS:
        lines.append(f"emotions = {_quoted(layer.emotions)}")
    if layer.when != "always":
        lines.append(f'when = "{layer.when}"')
    lines += [f'attach = "{layer.attach}"', f"at = [{x:g}, {y:g}]", f"depth = {layer.depth:g}"]
    return "\n".join(lines)


def _shown_as(layer: Layer, names: list[str]) -> list[str]:
    """What the manifest says of a layer's pictures."""
    if not layer.frames:
        return [f'image = "{names[0]}"']
    return [f"frames = {_quoted(names)}", f"fps = {layer.fps:g}"]


def _quoted(names: Iterable[str]) -> str:
    """A list of strings as TOML."""
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def write_manifest(character: Character, entries: list[str], folder: Path) -> None:
    """Writes `character.toml`."""
    anchors = "\n".join(f"{name} = [{x:g}, {y:g}]" for name, (x, y) in ANCHORS.items())
    header = (
        "# Written by artwork/render.py; change the drawing there, not this file.\n"
        f'name = "{character.name}"\nauthor = "avatar-cam"\nlicence = "CC0-1.0"\n'
        f'covers = "{character.covers}"\n\n'
        f"[anchors]\n{anchors}\n\n"
    )
    (folder / "character.toml").write_text(header + "\n\n".join(entries) + "\n", encoding="utf-8")


def render(name: str) -> Path:
    """Draws a whole pack anew and returns its folder."""
    character: Character = importlib.import_module(name).character()
    folder = CHARACTERS / name
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    entries = [write_layer(layer, character, folder) for layer in character.layers]
    write_manifest(character, entries, folder)
    return folder


def main() -> None:
    """Renders the character that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("character", help="name of a module beside this file, and of the pack's folder")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="also draw every state of the pack into one picture"
    )
    arguments = parser.parse_args()
    folder = render(arguments.character)
    files = sorted(folder.rglob("*.png"))
    size = sum(file.stat().st_size for file in files)
    print(f"{folder.name}: {len(files)} pictures, {size / 1024:.0f} KiB")
    if arguments.sheet is not None:
        write_photo(arguments.sheet, draw_sheet(folder))


if __name__ == "__main__":
    main()
