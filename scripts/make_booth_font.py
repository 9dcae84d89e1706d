"""Makes the booth's font: NanumSquareRound Bold with the letters that the booth writes, and no others.

    uv run --group artwork python scripts/make_booth_font.py NanumSquareRoundB.ttf

The source is in Debian's package fonts-nanum, under the SIL Open Font License 1.1. That reserves the name
Nanum for the original, so what comes out has a name of its own. Run it after a change of the booth's texts.
"""

from __future__ import annotations

import argparse
from dataclasses import astuple
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from avatar_cam.kiosk.texts import TEXTS

FONT = Path(__file__).parents[1] / "avatar_cam" / "kiosk" / "font" / "booth.ttf"
NAME = "Booth Round"
#: Latin letters are all there, since names of cameras and addresses are written too.
LATIN = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + "…–—‘’“”·×"
#: Name table entries that stay: the copyright, and where the font is from.
COPYRIGHT, FAMILY, STYLE, UNIQUE, FULL, POSTSCRIPT, LICENCE, LICENCE_URL = 0, 1, 2, 3, 4, 6, 13, 14
OFL = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
OFL_URL = "https://openfontlicense.org"


def letters() -> str:
    """Every letter that is in some text."""
    return LATIN + "".join(text for texts in TEXTS.values() for text in astuple(texts))


def subset(source: Path, target: Path) -> None:
    """Write the part of the font `source` that the booth needs."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(layout_features=["kern"], name_IDs=[COPYRIGHT], notdef_outline=True, hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=letters())
    subsetter.subset(font)
    names = {
        FAMILY: NAME,
        STYLE: "Bold",
        UNIQUE: f"{NAME} Bold, made for avatar-cam",
        FULL: f"{NAME} Bold",
        POSTSCRIPT: "BoothRound-Bold",
        LICENCE: OFL,
        LICENCE_URL: OFL_URL,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path)
    subset(parser.parse_args().source, FONT)


if __name__ == "__main__":
    main()
