"""Whiskers: a cat's ears on a headband, nose and whiskers, that leave the whole face to be seen."""

import math
from dataclasses import replace

from expressions import BROWS, FEAR, GLOOM_LINE, HATCH, RAGE, RED, RED_RIM, Drawings
from motion import Star, steam, tears, twinkle
from parts import (
    MIDDLE,
    Palette,
    Point,
    blush,
    clipped,
    draw_brow,
    drop,
    ellipse,
    group,
    hatching,
    lit_turned,
    pair,
    path,
    plaster,
    tapered,
    vein,
)
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#fff1ea",
    shade="#f0cdc6",
    light="#ffffff",
    outline="#7d4652",
    line="#4a2833",
    muzzle="#fffaf5",
    muzzle_shade="#efd5cd",
    muzzle_outline="#b07a80",
    ear="#ff9db0",
    ear_shade="#e57690",
    nose="#ff8ea3",
    nose_light="#ffd3d8",
    iris="#3a1c28",
    iris_light="#a05a6e",
    blush="#ff5f78",
)
BAND, BAND_SHADE, BAND_LIGHT = "#e8607f", "#bd4263", "#ff9db0"
BOW, BOW_SHADE, BOW_LINE = "#5ec8c2", "#399f9d", "#1f5f66"
BANDAGE, BANDAGE_SHADE, BANDAGE_LINE = "#ffffff", "#d3d9ea", "#7d88a8"
RIM = "#fffaf5"  # around the brows, so that they show on any hair and skin

EARS, FACE, NOSE = -0.25, 0.0, 0.12  # the planes of depth

EAR_PATH = "M-64,54 C-106,18 -68,-68 -15,-122 Q0,-136 15,-122 C68,-68 106,18 64,54 C44,74 -44,74 -64,54Z"
EAR_INSIDE = "M-34,52 C-64,18 -40,-38 -9,-76 Q0,-86 9,-76 C40,-38 64,18 34,52Z"
BAND_CURVE = "M156,232 C150,136 222,82 320,82 C418,82 490,136 484,232"
ABOVE_BAND = "M-60,-60 H700 V262 H484 C490,136 418,82 320,82 C222,82 150,136 156,262 H-60Z"
FOREHEAD = (
    "M320,132 C420,132 474,190 474,262 C474,300 470,330 462,350 C400,322 360,318 320,318 "
    "C280,318 240,322 178,350 C170,330 166,300 166,262 C166,190 220,132 320,132Z"
)

BROWS_AT = (72.0, 244.0)
CHEEKS = (98.0, 414.0)
STARS: list[Star] = [(92, 196, 56), (132, 122, 28), (552, 226, 48)]


def ears(
    left: float, right: float, tinted: str = "none", strength: float = 0.0, bandaged: bool = False
) -> str:
    """Both ears on their band, `left` and `right` in the picture turned outwards by so many degrees."""
    drawn = _ear(_foot(-left), -left, tinted, strength, bandaged)
    drawn += _ear(_foot(right), right, tinted, strength, False)
    return clipped(drawn, path(ABOVE_BAND, "#000")) + band() + bow()


def _foot(turn: float) -> Point:
    """Where on the band an ear grows that is turned by `turn` degrees; the lower the more it hangs."""
    low = max(0.0, abs(turn) - 20) / 70
    return MIDDLE + math.copysign(100 + 40 * low, turn), 118 + 40 * low


def _ear(base: Point, turn: float, tinted: str, strength: float, bandaged: bool) -> str:
    """One ear turned clockwise by `turn` degrees, lit for where it then stands."""
    p = PALETTE

    drawn = path(EAR_PATH, p.outline, p.outline, 14) + path(EAR_PATH, p.shade)
    drawn += clipped(lit_turned(EAR_PATH, p.base, turn, (-11, -5)), path(EAR_PATH, "#000"))
    inside = path(EAR_INSIDE, p.ear_shade)
    inside += clipped(lit_turned(EAR_INSIDE, p.ear, turn, (8, 10)), path(EAR_INSIDE, "#000"))
    hair = "M-34,52 C-30,24 -22,6 -12,-8 C-12,8 -10,18 -6,26 C-2,12 4,2 12,-10 C12,10 16,22 34,52Z"
    drawn += group(inside, "translate(0 -8)") + path(hair, p.muzzle)
    if bandaged:
        drawn += clipped(_bandage(), path(EAR_PATH, "#000"))
    drawn += group(path(EAR_PATH, tinted), opacity=strength)
    return group(drawn, f"translate({base[0]:g} {base[1]:g}) rotate({turn:g}) scale(1.1)")


def _bandage() -> str:
    """A bandage wound round an ear."""
    return "".join(
        path(f"M-110,{y} L110,{y - 24} V{y - 2} L-110,{y + 22}Z", fill, BANDAGE_LINE, 4)
        for y, fill in ((-56, BANDAGE_SHADE), (-36, BANDAGE))
    )


def band() -> str:
    """The headband."""
    drawn = path(BAND_CURVE, stroke="#7c2540", width=30) + path(BAND_CURVE, stroke=BAND_SHADE, width=17)
    lit = group(path(BAND_CURVE, stroke=BAND, width=12), "translate(-1 -2)")
    shine = path("M190,154 C208,126 236,106 268,97", stroke=BAND_LIGHT, width=6)
    return drawn + lit + shine


def bow() -> str:
    """A bow on the band."""
    wing = "M0,0 C18,-34 52,-44 64,-34 C74,-18 74,18 64,34 C52,44 18,34 0,0Z"
    wings = ""
    for side in (-1, 1):
        lit = group(path(wing, BOW), f"translate({-3 if side > 0 else 3} -5)")
        fold = path("M14,0 Q30,-8 42,-6 M14,2 Q28,8 38,12", stroke=BOW_LINE, width=4)
        body = path(wing, BOW_LINE, BOW_LINE, 12) + path(wing, BOW_SHADE)
        wings += group(body + clipped(lit, path(wing, "#000")) + fold, f"scale({side} 1)")
    knot = ellipse((0, 0), 17, 19, BOW_LINE) + ellipse((0, 0), 12, 14, BOW_SHADE)
    knot += ellipse((-2, -3), 9, 10, BOW)
    return group(wings + knot, "translate(404 108) rotate(26) scale(0.82)")


def nose() -> str:
    """The nose: a small rounded triangle on the tip of the person's."""
    p = PALETTE
    d = (
        "M320,442 C311,442 291,426 289,415 C288,404 300,401 320,401 "
        "C340,401 352,404 351,415 C349,426 329,442 320,442Z"
    )
    lit = group(path(d, p.nose), "translate(-3 -5)") + ellipse((308, 411), 11, 4.5, p.nose_light, turn=-6)
    return path(d, p.outline, p.outline, 12) + path(d, "#dc6480") + clipped(lit, path(d, "#000"))


def whiskers(rise: float, bow_up: float) -> str:
    """Three whiskers on each side, whose ends lie higher by `rise`, bent upwards by `bow_up`."""
    p = PALETTE

    def one_side(_at: Point, side: int) -> str:
        drawn = ""
        for start, end in ((432, 408), (449, 450), (466, 492)):
            a = (MIDDLE + side * 68.0, float(start))
            b = (MIDDLE + side * 208.0, end - rise)
            bend = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - bow_up)
            drawn += tapered(a, bend, b, (16, 15, 11), RIM) + tapered(a, bend, b, (9, 8, 4), p.outline)
        return drawn

    return pair(one_side, 0, 0)


BROW_SHAPES = BROWS | {
    "pleasure": replace(BROWS["pleasure"], width=19),
    "anger": replace(BROWS["anger"], half=50, inner=34, outer=-24, width=28, lift=0),
}


def brows() -> Drawings:
    """Brows that float above the person's own, with a light rim."""
    rim = replace(PALETTE, line=RIM)

    def rimmed(at: Point, side: int, name: str) -> str:
        brow = BROW_SHAPES[name]
        edge = replace(brow, width=brow.width + 12)
        return draw_brow(at, side, edge, rim) + draw_brow(at, side, brow, PALETTE)

    def both(name: str) -> str:
        return pair(lambda at, side: rimmed(at, side, name), *BROWS_AT)

    return {name: both(name) for name in BROWS if name != "neutrality"}


def skins() -> Drawings:
    """What lies on the person's own skin: rosy cheeks, and a shadow over a frightened one."""
    rosy = blush(*CHEEKS, 62, 42)
    hatched = pair(lambda at, _side: hatching(at, 3, 24, 42, HATCH), CHEEKS[0] + 4, CHEEKS[1])
    return {"pleasure": rosy, "upset": rosy + hatched, "unrest": _shadow(), "anger": blush(*CHEEKS, 66, 46)}


def _shadow() -> str:
    """The shadow of fear on a forehead, with the lines that hang in it."""
    gradient = (
        '<linearGradient id="gloom" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{FEAR}" stop-opacity="0.85"/>'
        f'<stop offset="0.55" stop-color="{FEAR}" stop-opacity="0.5"/>'
        f'<stop offset="1" stop-color="{FEAR}" stop-opacity="0"/></linearGradient>'
    )
    lines = ((356, 150, 62), (382, 158, 92), (408, 170, 58), (434, 188, 84), (458, 216, 50))
    hanging = "".join(
        tapered((x, y), (x, y + length / 2), (x, y + length), (9, 8, 4), GLOOM_LINE) for x, y, length in lines
    )
    return gradient + path(FOREHEAD, "url(#gloom)") + hanging


def signs() -> Drawings:
    """The sign of its own that an emotion carries."""
    p = PALETTE
    return {
        "upset": drop((486, 176), 70, p, -16),
        "anger": vein((204, 170), 50, RED, RED_RIM),
        "unrest": drop((164, 238), 50, p, 10) + drop((126, 300), 32, p, 14),
        "wound": plaster((216, 150), 116, 46, -46)
        + plaster((216, 150), 116, 46, 38)
        + plaster((416, 396), 92, 38, -24)
        + drop((220, 344), 36, p, 10),
    }


def character() -> Character:
    """The accessories as layers, the furthest back first."""
    layers = [
        Layer("ears/up", ears(20, 20), EARS, emotions=("pleasure", "neutrality")),
        Layer("ears/upset", ears(4, 4), EARS, emotions=("upset",)),
        Layer("ears/anger", ears(64, 64, RAGE, 0.4), EARS, emotions=("anger",)),
        Layer("ears/unrest", ears(74, 40, FEAR, 0.5), EARS, emotions=("unrest",)),
        Layer("ears/wound", ears(22, 78, bandaged=True), EARS, emotions=("wound",)),
        Layer("ears/down", ears(92, 92), EARS, emotions=("sadness",)),
        *by_emotion("skin", skins(), FACE),
        *by_emotion("brows", brows(), FACE),
        *by_emotion("signs", signs(), FACE),
        animated("sparkles", twinkle(STARS), FACE, 8, ("pleasure",)),
        animated("steam", steam(190, 350, 56), FACE, 8, ("anger",)),
        animated("tears", tears(80, 352, (52, 46), 64, PALETTE), FACE, 8, ("sadness",)),
        Layer("whiskers/up", whiskers(36, 12), NOSE, emotions=("pleasure", "upset", "anger")),
        Layer("whiskers/level", whiskers(0, 10), NOSE, emotions=("neutrality", "unrest")),
        Layer("whiskers/down", whiskers(-50, 20), NOSE, emotions=("wound", "sadness")),
        Layer("nose", nose(), NOSE),
    ]
    return Character("Whiskers", PALETTE, layers, covers="accessories", margin=60)
