"""Renders the starter pack from its drawing: `python scripts/make_starter.py [--guide FILE.webp]`.

A picture is some layers of the drawing, told by their ids. `--guide` writes the picture for
docs/characters.md, with the layer `anchors`, whose words need a sans-serif font.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py

from avatar_cam.emotions.vocabulary import EMOTIONS

STARTER = Path(__file__).parents[1] / "avatar_cam" / "characters" / "starter"
DRAWING = STARTER / "drawing.svg"
SPARKLES = 4
#: What stands behind an emotion's name, and how eyes and mouth are then.
STATES = {"": ("open", "closed"), "-blink": ("closed", "closed"), "-talk": ("open", "open")}
_LAYER = "{http://www.w3.org/2000/svg}g"

Picture = npt.NDArray[np.uint8]


def picture(*layers: str) -> Picture:
    """These layers of the drawing over each other, in its own order, straight BGRA."""
    drawing = ElementTree.parse(DRAWING).getroot()
    for layer in drawing.findall(_LAYER):
        if layer.get("id") in layers:
            layer.attrib.pop("style", None)  # most are hidden
        else:
            drawing.remove(layer)
    png = resvg_py.svg_to_bytes(svg_string=ElementTree.tostring(drawing, encoding="unicode"))
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)


def pictures() -> dict[str, Picture]:
    """All pictures of the pack by their names without suffix."""
    made = {}
    for emotion in EMOTIONS:
        for state, (eyes, mouth) in STATES.items():
            layers = ("head", emotion, f"{emotion}-eyes-{eyes}", f"{emotion}-mouth-{mouth}")
            made[f"{emotion}{state}"] = picture(*layers)
    made["leaf"] = picture("leaf")
    for number in range(1, SPARKLES + 1):
        made[f"sparkle-{number}"] = picture(f"sparkle-{number}")
    return made


def guide() -> Picture:
    """The drawing with its anchors on a light ground, BGR."""
    shown = ("head", "leaf", "neutrality", "neutrality-eyes-open", "neutrality-mouth-closed", "anchors")
    drawn = picture(*shown).astype(np.float32)
    alpha = drawn[..., 3:] / 255
    return np.asarray(drawn[..., :3] * alpha + 244 * (1 - alpha), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--guide", type=Path, metavar="FILE.webp")
    arguments = parser.parse_args()
    for name, made in pictures().items():
        cv2.imwrite(str(STARTER / f"{name}.png"), made, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if arguments.guide is not None:
        cv2.imwrite(str(arguments.guide), guide(), [cv2.IMWRITE_WEBP_QUALITY, 101])


if __name__ == "__main__":
    main()
