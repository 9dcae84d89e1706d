"""The cat: a grey tabby's mask over the whole head, with paws on both hands."""

from expressions import FEAR, RAGE, STEAM_LINE, Face
from motion import Star, tears, twinkle
from parts import (
    MIDDLE,
    Eye,
    Palette,
    Point,
    clipped,
    ellipse,
    group,
    lit_turned,
    pair,
    path,
    puff,
    symmetric,
    tapered,
)
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#9aa5bd",
    shade="#74809b",
    light="#c3cbdc",
    outline="#3d4560",
    line="#2c3045",
    muzzle="#fbf8f2",
    muzzle_shade="#d8d9e4",
    muzzle_outline="#a9afc6",
    ear="#f6b3b8",
    ear_shade="#d98a96",
    nose="#f08a92",
    nose_light="#ffc4c4",
    iris="#1f1b2c",
    iris_light="#5d4a78",
    blush="#f4707c",
    slit_iris="#d9ec6a",
    slit_iris_shade="#5fa63c",
)
STRIPE = "#5a6480"
WHISKER = "#4d5673"
PAD, PAD_SHADE, PAD_LIGHT = "#f29aa4", "#d9798a", "#ffc9cc"

EARS, HEAD, FACE, MUZZLE, PAWS = -0.25, 0.0, 0.0, 0.18, 0.3  # the planes of depth

HEAD_PATH = symmetric(
    (320, 58),
    [
        ((404, 58), (474, 78), (518, 120)),
        ((568, 168), (600, 246), (602, 330)),
        ((603, 366), (598, 392), (590, 412)),
        ((604, 430), (622, 442), (644, 448)),
        ((628, 460), (608, 465), (592, 464)),
        ((600, 482), (612, 500), (630, 514)),
        ((608, 519), (584, 517), (566, 510)),
        ((570, 526), (577, 541), (588, 555)),
        ((564, 556), (540, 551), (518, 542)),
        ((470, 588), (400, 608), (320, 608)),
    ],
)

EYES: dict[str, Eye] = {
    "pleasure": Eye(57, 62, lower=0.74, slit=0.74, shine=1.25),
    "upset": Eye(62, 68, slit=0.17, shine=0.9),
    "anger": Eye(
        58, 55, lid=(-0.75, -0.25, 0.34), slit=0.22, gaze=(0, 0.2), glint=(-0.52, 0.1), lid_width=20
    ),
    "unrest": Eye(58, 62, lid=(-0.3, -0.7, -0.98), slit=0.3, gaze=(-0.4, 0.08), lid_width=12),
    "wound": Eye(60, 64, slit=0.84, shine=1.25),
    "sadness": Eye(56, 60, lid=(-0.02, -0.38, -0.74), slit=0.66, glint=(-0.24, 0.12), lid_width=14),
    "neutrality": Eye(52, 58, slit=0.4, shine=1.1),
}

FACE_LAYOUT = Face(
    PALETTE,
    eyes=(119, 300),
    brows=(121, 214),
    cheeks=(208, 410),
    silhouette=HEAD_PATH,
    eye_shapes=EYES,
)

STARS: list[Star] = [(50, 146, 62), (2, 66, 34), (588, 152, 54)]

EAR_PATH = "M-104,62 C-96,-40 -60,-136 -17,-190 Q0,-207 17,-190 C60,-136 96,-40 104,62Z"
EAR_INSIDE = "M-62,62 C-56,-20 -34,-86 -9,-124 Q0,-135 9,-124 C34,-86 56,-20 62,62Z"
EAR_HAIR = (
    "M-50,70 C-44,30 -34,0 -20,-22 C-20,0 -18,14 -12,26 C-6,6 2,-10 14,-26 "
    "C14,0 18,16 24,30 C30,16 34,6 40,-2 C44,24 44,50 44,70Z"
)


def ears(angle: float, base: Point, scale: float, tinted: str = "none", strength: float = 0.0) -> str:
    """Both ears, turned outwards by `angle` degrees; `base` is their distance from the middle, and height."""
    return pair(lambda at, side: _ear(at, side * angle, scale, tinted, strength), *base)


def _ear(base: Point, turn: float, scale: float, tinted: str, strength: float) -> str:
    """One ear turned clockwise by `turn` degrees, lit for where it then stands."""
    p = PALETTE

    drawn = path(EAR_PATH, p.outline, p.outline, 14) + path(EAR_PATH, p.shade)
    drawn += clipped(lit_turned(EAR_PATH, p.base, turn, (-14, -6)), path(EAR_PATH, "#000"))
    inside = path(EAR_INSIDE, p.ear_shade)
    inside += clipped(lit_turned(EAR_INSIDE, p.ear, turn, (10, 12)), path(EAR_INSIDE, "#000"))
    drawn += group(inside + path(EAR_HAIR, p.muzzle), "translate(0 -22)")
    drawn += group(path(EAR_PATH, tinted), opacity=strength)
    return group(drawn, f"translate({base[0]:g} {base[1]:g}) rotate({turn:g}) scale({scale:g})")


def head() -> str:
    """The head: outline, shaded side, lit side, and the coat's pattern."""
    p = PALETTE
    lit = ellipse((292, 316), 304, 276, p.base) + group(path(HEAD_PATH, p.base), "translate(-300 -10)")
    lit += ellipse((196, 180), 196, 130, "url(#glow)", turn=-32)
    drawn = path(HEAD_PATH, p.outline, p.outline, 14) + path(HEAD_PATH, p.shade)
    return drawn + clipped(lit + _stripes() + _bib(), path(HEAD_PATH, "#000"))


def _stripes() -> str:
    """A tabby's stripes: three on the forehead, two on each cheek."""
    forehead = tapered((320, 48), (320, 110), (320, 178), (34, 30, 6), STRIPE)

    def sides(_at: Point, side: int) -> str:
        def x(distance: float) -> float:
            return MIDDLE + side * distance

        top = tapered((x(66), 50), (x(62), 100), (x(42), 152), (30, 25, 6), STRIPE)
        upper = tapered((x(300), 322), (x(256), 340), (x(218), 338), (30, 22, 6), STRIPE)
        lower = tapered((x(300), 392), (x(262), 404), (x(232), 394), (28, 20, 6), STRIPE)
        return top + upper + lower

    return forehead + pair(sides, 0, 0)


def _bib() -> str:
    """The white of the lower face, drawn up to a point between the eyes."""
    p = PALETTE
    d = symmetric(
        (320, 214),
        [
            ((332, 240), (344, 300), (366, 350)),
            ((396, 402), (520, 400), (556, 470)),
            ((540, 560), (440, 640), (320, 640)),
        ],
    )
    return path(d, p.muzzle_shade) + clipped(ellipse((286, 420), 232, 210, p.muzzle), path(d, "#000"))


def muzzle(fall: float) -> str:
    """The pads that the whiskers grow from, and the chin, that falls by `fall` when the mouth opens."""
    p = PALETTE
    low = 560 + fall
    d = symmetric(
        (320, 366),
        [
            ((366, 366), (384, 396), (414, 404)),
            ((462, 414), (482, 444), (478, 480)),
            ((474, 520), (440, low - 26), (404, low - 12)),
            ((384, low - 2), (352, low), (320, low)),
        ],
    )
    lit = group(path(d, p.muzzle), "translate(-9 -11)")
    body = path(d, p.muzzle_outline, p.muzzle_outline, 8) + path(d, p.muzzle_shade)
    dots = pair(
        lambda at, side: "".join(
            ellipse((at[0] + side * dx, at[1] + dy), 5, 5, WHISKER)
            for dx, dy in ((0, 0), (24, -12), (26, 14))
        ),
        104,
        444,
    )
    return body + clipped(lit, path(d, "#000")) + dots


def nose() -> str:
    """The nose: a rounded triangle."""
    p = PALETTE
    d = (
        "M320,418 C306,418 276,394 274,380 C272,366 288,362 320,362 "
        "C352,362 368,366 366,380 C364,394 334,418 320,418Z"
    )
    lit = group(path(d, p.nose), "translate(-3 -7)") + ellipse((303, 375), 18, 6, p.nose_light, turn=-6)
    return path(d, p.line, p.line, 9) + path(d, "#cf6674") + clipped(lit, path(d, "#000"))


def whiskers(rise: float, bow: float) -> str:
    """Three whiskers on each side, whose ends lie higher by `rise`, bent upwards by `bow`."""

    def one_side(_at: Point, side: int) -> str:
        drawn = ""
        for start, end in ((432, 402), (450, 448), (468, 494)):
            a = (MIDDLE + side * 122.0, float(start))
            b = (MIDDLE + side * 318.0, end - rise)
            bend = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - bow)
            drawn += tapered(a, bend, b, (9, 7, 4), WHISKER)
        return drawn

    return pair(one_side, 0, 0)


PAW_PATH = symmetric(
    (320, 98),
    [
        ((330, 58), (396, 54), (404, 112)),
        ((436, 98), (474, 134), (458, 190)),
        ((466, 240), (446, 292), (422, 330)),
        ((428, 352), (426, 374), (418, 388)),
        ((388, 402), (352, 404), (320, 404)),
    ],
)


def paw() -> str:
    """A paw over a hand, fingers up and pads to the front; the wrist lies in the middle of the canvas."""
    p = PALETTE
    cuff = path("M160,306 Q320,350 480,306 V420 H160Z", p.shade)
    cuff += path("M160,306 Q320,350 480,306 L396,420 H160Z", p.base)
    cuff += tapered((196, 352), (300, 384), (440, 356), (20, 18, 20), STRIPE)
    lit = group(path(PAW_PATH, p.muzzle), "translate(-16 -12)")
    folds = "M320,98 V122 M404,112 Q398,124 398,136 M236,112 Q242,124 242,136"
    drawn = path(PAW_PATH, p.outline, p.outline, 14) + path(PAW_PATH, p.muzzle_shade)
    drawn += clipped(lit + cuff, path(PAW_PATH, "#000")) + path(folds, stroke=p.outline, width=7)
    toes = ((-104, 178, -22), (-40, 134, -7), (40, 134, 7), (104, 178, 22))
    pads = "".join(_pad(MIDDLE + dx, y, 25, 31, turn) for dx, y, turn in toes)
    palm = symmetric(
        (320, 200),
        [
            ((352, 200), (362, 226), (384, 244)),
            ((404, 262), (394, 298), (362, 294)),
            ((346, 292), (336, 288), (320, 288)),
        ],
    )
    whole = drawn + pads + _rosy(palm, ellipse((300, 224), 18, 9, PAD_LIGHT, turn=-24))
    # As long as a hand from the wrist to the fingers' ends.
    return group(whole, "translate(320 396) scale(1.1 1.22) translate(-320 -396)")


def _pad(x: float, y: float, rx: float, ry: float, turn: float) -> str:
    """One toe's pad."""
    d = f"M{x - rx:g},{y:g} A{rx:g},{ry:g} 0 0 1 {x + rx:g},{y:g} A{rx:g},{ry:g} 0 0 1 {x - rx:g},{y:g}Z"
    return group(_rosy(d, ellipse((x - 7, y - 14), 8, 6, PAD_LIGHT)), f"rotate({turn:g} {x:g} {y:g})")


def _rosy(d: str, shine: str) -> str:
    """A pad of skin: shaded, lit, and shining."""
    lit = group(path(d, PAD), "translate(-4 -6)")
    return path(d, PAD_SHADE) + clipped(lit, path(d, "#000")) + shine


def character() -> Character:
    """The cat as layers, the furthest back first."""
    face = FACE_LAYOUT
    signs = face.signs()
    signs["anger"] += pair(lambda at, side: puff(at, side, 56, STEAM_LINE), 238, 462)
    layers = [
        Layer("ears/up", ears(21, (172, 162), 1.0), EARS, emotions=("pleasure", "upset", "neutrality")),
        Layer("ears/anger", ears(58, (178, 150), 0.84, RAGE, 0.4), EARS, emotions=("anger",)),
        Layer("ears/unrest", ears(70, (186, 178), 0.8, FEAR, 0.6), EARS, emotions=("unrest",)),
        Layer("ears/down", ears(88, (192, 196), 0.82), EARS, emotions=("wound", "sadness")),
        Layer("head", head(), HEAD),
        *by_emotion("skin", face.skins(), HEAD),
        *face.brows_and_eyes(FACE),
        *by_emotion("signs", signs, FACE),
        animated("sparkles", twinkle(STARS), FACE, 8, ("pleasure",)),
        animated("tears", tears(174, 340, (64, 56), 84, PALETTE), FACE, 8, ("sadness",)),
        Layer("muzzle/shut", muzzle(0), MUZZLE, "mouth_closed"),
        Layer("muzzle/open", muzzle(20), MUZZLE, "mouth_open"),
        Layer("whiskers/up", whiskers(34, 14), MUZZLE, emotions=("pleasure", "upset", "anger")),
        Layer("whiskers/level", whiskers(0, 12), MUZZLE, emotions=("neutrality", "unrest")),
        Layer("whiskers/down", whiskers(-52, 22), MUZZLE, emotions=("wound", "sadness")),
        *by_emotion("mouth", face.closed_mouths(), MUZZLE, "mouth_closed", "-closed"),
        *by_emotion("mouth", face.open_mouths(), MUZZLE, "mouth_open", "-open"),
        Layer("nose", nose(), MUZZLE),
        *(Layer("paw", paw(), PAWS, attach=hand) for hand in ("right_wrist", "left_wrist")),
    ]
    return Character("Cat", PALETTE, layers, margin=60)
