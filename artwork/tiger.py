"""The tiger: a half mask from the crown to the upper lip, that leaves mouth and chin to their owner."""

from collections.abc import Callable
from dataclasses import replace

from expressions import EYES, FEAR, RAGE, Face
from motion import Star, steam, tears, twinkle
from parts import (
    MIDDLE,
    Palette,
    Point,
    clipped,
    ellipse,
    group,
    pair,
    path,
    symmetric,
    tapered,
)
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#f39a35",
    shade="#cf7420",
    light="#ffc677",
    outline="#70350f",
    line="#3a1f14",
    muzzle="#fff7e8",
    muzzle_shade="#ecd3b0",
    muzzle_outline="#a8682f",
    ear="#fff3e0",
    ear_shade="#e6c6a2",
    nose="#d8666a",
    nose_light="#f7a8a2",
    iris="#2a1510",
    iris_light="#a05a1e",
    blush="#f2564e",
)
STRIPE = "#4c2718"
FANG_SHADE = "#dccfc0"
LIFT = 6  # how far the muzzle is raised to leave the upper lip free

EARS, HEAD, FACE, MUZZLE = -0.25, 0.0, 0.0, 0.18  # the planes of depth

# From the crown round to three tufts at each cheek, and back under the nose above the person's mouth.
MASK_PATH = symmetric(
    (320, 59),
    [
        ((455, 59), (598, 170), (598, 338)),
        ((598, 368), (595, 390), (589, 408)),
        ((602, 426), (616, 437), (636, 443)),
        ((622, 456), (606, 461), (590, 461)),
        ((596, 480), (604, 496), (618, 508)),
        ((598, 515), (578, 514), (560, 508)),
        ((560, 524), (563, 540), (570, 554)),
        ((528, 552), (490, 534), (468, 500)),
        ((456, 476), (440, 450), (408, 438)),
        ((380, 430), (350, 426), (320, 426)),
    ],
)

FACE_LAYOUT = Face(
    PALETTE,
    eyes=(115, 296),
    brows=(117, 212),
    cheeks=(206, 406),
    silhouette=MASK_PATH,
    eye_shapes=EYES
    | {
        "pleasure": replace(EYES["pleasure"], rx=53, ry=60, lower=0.6),
        "wound": replace(EYES["wound"], rx=56, ry=61),
        "neutrality": replace(EYES["neutrality"], rx=42, ry=51),
    },
)

STARS: list[Star] = [(62, 96, 58), (128, 34, 30), (584, 132, 50)]


def ears(angle: float, distance: float, radius: float, tinted: str = "none", strength: float = 0.0) -> str:
    """Both ears, `angle` degrees from upright."""
    return "".join(
        group(_ear(330 - distance, radius, turn, tinted, strength), f"rotate({turn:g} {MIDDLE:g} 330)")
        for turn in (-angle, angle)
    )


def _ear(y: float, radius: float, turn: float, tinted: str, strength: float) -> str:
    """One upright round ear with its dark rim and white spot, that will be turned by `turn` degrees."""
    p = PALETTE
    at = (MIDDLE, y)
    to_light = f"rotate({-turn:g} {MIDDLE:g} {y:g})"
    lit = group(ellipse((MIDDLE - radius * 0.12, y - radius * 0.12), radius, radius, p.base), to_light)
    rim = ellipse(at, radius, radius, STRIPE)
    inner = ellipse((MIDDLE, y + radius * 0.26), radius * 0.98, radius * 0.98, "#000")
    spot = ellipse((MIDDLE, y + radius * 0.1), radius * 0.5, radius * 0.5, p.ear_shade)
    spot_lit = group(
        ellipse((MIDDLE + radius * 0.05, y + radius * 0.18), radius * 0.5, radius * 0.5, p.ear), to_light
    )
    fur = ellipse(at, radius, radius, p.shade) + clipped(lit, ellipse(at, radius, radius, "#000"))
    drawn = ellipse(at, radius + 7, radius + 7, p.outline) + rim
    drawn += clipped(clipped(fur, inner), ellipse(at, radius, radius, "#000"))
    drawn += spot + clipped(spot_lit, ellipse((MIDDLE, y + radius * 0.1), radius * 0.5, radius * 0.5, "#000"))
    return drawn + group(ellipse(at, radius, radius, tinted), opacity=strength)


def mask() -> str:
    """The mask: outline, shaded side, lit side, and the coat's pattern."""
    p = PALETTE
    lit = ellipse((292, 304), 298, 268, p.base) + group(path(MASK_PATH, p.base), "translate(-300 -10)")
    lit += ellipse((200, 172), 190, 118, "url(#glow)", turn=-32)
    drawn = path(MASK_PATH, p.outline, p.outline, 14) + path(MASK_PATH, p.shade)
    return drawn + clipped(lit + _white_fur() + _stripes() + _king(), path(MASK_PATH, "#000"))


def _white_fur() -> str:
    """The white around the eyes and of the cheeks."""
    p = PALETTE

    def patch(at: Point, side: int) -> str:
        x, y = at
        drawn = ellipse((x + 3, y + 4), 82, 100, p.muzzle_shade, turn=side * 14)
        return drawn + ellipse((x - 2, y - 2), 80, 98, p.muzzle, turn=side * 14)

    cheek = symmetric(
        (320, 400),
        [
            ((380, 400), (430, 420), (470, 400)),
            ((520, 374), (560, 402), (660, 400)),
            ((660, 500), (600, 640), (320, 640)),
        ],
    )
    lit = group(path(MASK_PATH, p.muzzle), "translate(-15 -13)")
    white = path(cheek, p.muzzle_shade) + clipped(lit, path(cheek, "#000"))
    return white + pair(patch, 113, 262)


def _mirrored(draw: Callable[[Callable[[float], float]], str]) -> str:
    """A drawing for each side; it is given what turns a distance from the middle into x."""
    return draw(lambda distance: MIDDLE - distance) + draw(lambda distance: MIDDLE + distance)


def _stripes() -> str:
    """Stripes from the crown and from the sides towards the eyes."""

    def one_side(x: Callable[[float], float]) -> str:
        drawn = tapered((x(128), 60), (x(126), 96), (x(96), 132), (36, 26, 5), STRIPE)
        drawn += tapered((x(232), 122), (x(210), 140), (x(180), 154), (34, 25, 5), STRIPE)
        drawn += tapered((x(292), 220), (x(262), 226), (x(220), 218), (36, 25, 5), STRIPE)
        drawn += tapered((x(300), 302), (x(264), 316), (x(218), 306), (34, 25, 5), STRIPE)
        return drawn + tapered((x(300), 372), (x(270), 384), (x(236), 372), (28, 20, 5), STRIPE)

    return _mirrored(one_side)


def _king() -> str:
    """The mark on the forehead: three strokes across and one down, as in the character for king."""
    strokes = (
        tapered((262, 86), (320, 76), (378, 86), (15, 22, 15), STRIPE),
        tapered((274, 124), (320, 115), (366, 124), (13, 20, 13), STRIPE),
        tapered((256, 164), (320, 152), (384, 164), (15, 23, 15), STRIPE),
        tapered((320, 82), (322, 120), (320, 158), (20, 17, 20), STRIPE),
    )
    return "".join(strokes)


def muzzle(rise: float = 0.0, pinch: float = 0.0) -> str:
    """Both pads beside the nose; their outer ends lie higher by `rise`, and are drawn in by `pinch`."""
    p = PALETTE
    outer = 462 - pinch
    d = symmetric(
        (320, 318),
        [
            ((364, 318), (386, 364), (414, 374 - rise * 0.6)),
            ((448, 380 - rise), (outer + 12, 404 - rise), (outer - 4, 428 - rise)),
            ((outer - 26, 460 - rise), (356, 470), (320, 428)),
        ],
    )
    lit = group(path(d, p.muzzle), "translate(-8 -11)") + ellipse((276, 400), 70, 42, "url(#pearl)", turn=-28)
    body = path(d, p.muzzle_outline, p.muzzle_outline, 10) + path(d, p.muzzle_shade)
    dots = pair(
        lambda at, side: "".join(
            ellipse((at[0] + side * dx, at[1] + dy - rise * 0.7), 5.5, 5.5, STRIPE)
            for dx, dy in ((0, 0), (27, -13), (28, 14))
        ),
        78 - pinch * 0.5,
        414,
    )
    seam = path("M320,400 V427", stroke=p.line, width=9)
    drawn = body + clipped(lit, path(d, "#000")) + dots + seam
    return group(drawn, f"translate(0 {-LIFT})")


def fangs() -> str:
    """Two fangs that show under the pads of an angry one."""
    p = PALETTE

    def fang(at: Point, side: int) -> str:
        x, y = at
        d = (
            f"M{x + side * 20:g},{y:g} Q{x + side * 20:g},{y + 30:g} {x - side * 4:g},{y + 52:g} "
            f"Q{x - side * 18:g},{y + 28:g} {x - side * 20:g},{y:g}Z"
        )
        lit = group(path(d, p.white), "translate(-6 0)")
        return path(d, p.outline, p.outline, 12) + path(d, FANG_SHADE) + clipped(lit, path(d, "#000"))

    return pair(fang, 80, 432)


def wrinkles() -> str:
    """The folds beside the nose of one that bares its teeth."""
    p = PALETTE

    def folds(x: Callable[[float], float]) -> str:
        upper = tapered((x(70), 338), (x(92), 340), (x(106), 358), (4, 10, 4), p.line)
        return upper + tapered((x(72), 362), (x(90), 364), (x(100), 378), (4, 9, 4), p.line)

    return _mirrored(folds)


def nose() -> str:
    """The nose."""
    p = PALETTE
    d = (
        "M320,404 C292,404 262,378 262,354 C262,334 292,330 320,330 "
        "C348,330 378,334 378,354 C378,378 348,404 320,404Z"
    )
    lit = group(path(d, p.nose), "translate(-4 -8)") + ellipse((299, 350), 26, 9, p.nose_light, turn=-8)
    drawn = path(d, p.line, p.line, 10) + path(d, "#b34a52") + clipped(lit, path(d, "#000"))
    return group(drawn, f"translate(0 {-LIFT})")


def trembling() -> str:
    """Short strokes beside the pads of one that trembles."""
    p = PALETTE
    return _mirrored(
        lambda x: (
            tapered((x(166), 396), (x(182), 414), (x(166), 434), (4, 9, 4), p.line)
            + tapered((x(186), 386), (x(208), 412), (x(186), 440), (4, 9, 4), p.line)
        )
    )


def character() -> Character:
    """The tiger as layers, the furthest back first."""
    face = FACE_LAYOUT
    layers = [
        Layer("ears/up", ears(41, 288, 84), EARS, emotions=("pleasure", "upset", "neutrality")),
        Layer("ears/anger", ears(54, 276, 80, RAGE, 0.4), EARS, emotions=("anger",)),
        Layer("ears/unrest", ears(60, 270, 76, FEAR, 0.6), EARS, emotions=("unrest",)),
        Layer("ears/down", ears(64, 266, 76), EARS, emotions=("wound", "sadness")),
        Layer("mask", mask(), HEAD),
        *by_emotion("skin", face.skins(), HEAD),
        *face.brows_and_eyes(FACE),
        *by_emotion("signs", face.signs(), FACE),
        animated("sparkles", twinkle(STARS), FACE, 8, ("pleasure",)),
        animated("steam", steam(206, 452, 60), FACE, 8, ("anger",)),
        animated("tears", tears(180, 336, (62, 54), 84, PALETTE), FACE, 8, ("sadness",)),
        Layer("muzzle/level", muzzle(), MUZZLE, emotions=("neutrality",)),
        Layer("muzzle/up", muzzle(18), MUZZLE, emotions=("pleasure",)),
        Layer("muzzle/small", muzzle(4, 26), MUZZLE, emotions=("upset",)),
        Layer("muzzle/bared", fangs() + muzzle(12) + wrinkles(), MUZZLE, emotions=("anger",)),
        Layer("muzzle/trembling", muzzle(-6, 10) + trembling(), MUZZLE, emotions=("unrest",)),
        Layer("muzzle/down", muzzle(-26), MUZZLE, emotions=("wound", "sadness")),
        Layer("nose", nose(), MUZZLE),
    ]
    return Character("Tiger", PALETTE, layers, covers="half", margin=40)
