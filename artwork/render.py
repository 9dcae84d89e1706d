"""Draws a character's layers and its manifest: `python artwork/render.py bear [--sheet FILE.png]`."""

import argparse
import importlib
import shutil
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py
from parts import CANVAS
from rig import EMOTIONS, Character, Layer
from sheet import draw_sheet

CHARACTERS = Path(__file__).resolve().parent.parent / "assets" / "characters"
OVERSAMPLING = 3
FAINTEST = 3  # a rim fainter than this is not seen, and would only make a picture larger

Picture = npt.NDArray[np.uint8]


def rasterise(svg: str, gradients: str) -> Picture:
    """A snippet on the whole canvas, as straight BGRA."""
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{CANVAS}" height="{CANVAS}" '
        f'viewBox="0 0 {CANVAS} {CANVAS}"><defs>{gradients}</defs>{svg}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=document, zoom=OVERSAMPLING, skip_system_fonts=True)
    large = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.float32)
    alpha = large[..., 3:]
    premultiplied = np.concatenate([large[..., :3] * alpha / 255, alpha], axis=2)
    small = cv2.resize(premultiplied, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA)
    small[..., :3] /= np.maximum(small[..., 3:] / 255, 1e-6)
    small[small[..., 3] < FAINTEST] = 0
    return np.asarray(np.clip(np.rint(small), 0, 255), np.uint8)


def trimmed(picture: Picture) -> tuple[Picture, float, float]:
    """The part of a picture that shows anything, and where on the canvas its centre lies."""
    rows = np.flatnonzero(picture[..., 3].any(axis=1))
    columns = np.flatnonzero(picture[..., 3].any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return picture[top:bottom, left:right], float(left + right) / 2, float(top + bottom) / 2


def write_layer(layer: Layer, character: Character, folder: Path) -> str:
    """Writes the PNG of a layer and returns its entry in the manifest."""
    picture, x, y = trimmed(rasterise(layer.svg, character.palette.gradients()))
    file = folder / f"{layer.image}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    lines = ["[[layers]]", f'image = "{layer.image}.png"']
    if layer.emotions != EMOTIONS:
        lines.append("emotions = [" + ", ".join(f'"{name}"' for name in layer.emotions) + "]")
    if layer.when != "always":
        lines.append(f'when = "{layer.when}"')
    lines += ['attach = "head"', f"at = [{x:g}, {y:g}]", f"depth = {layer.depth:g}"]
    return "\n".join(lines)


def write_manifest(character: Character, entries: list[str], folder: Path) -> None:
    """Writes `character.toml`."""
    anchors = "\n".join(f"{name} = [{x:g}, {y:g}]" for name, (x, y) in character.anchors.items())
    header = (
        "# Written by artwork/render.py; change the drawing there, not this file.\n"
        f'name = "{character.name}"\nauthor = "avatar-cam"\nlicence = "CC0-1.0"\ncovers = "head"\n\n'
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
        cv2.imwrite(str(arguments.sheet), draw_sheet(folder, CANVAS))


if __name__ == "__main__":
    main()
