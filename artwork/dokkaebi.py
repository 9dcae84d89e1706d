"""The dokkaebi, the goblin of Korean folk tales: a mask over the whole head, and a club in its right hand."""

import math
from dataclasses import dataclass
from functools import partial

from expressions import FEAR, RED, RED_RIM, Drawings, Face
from motion import Star, tears, twinkle
from parts import (
    Eye,
    Palette,
    Point,
    Tongue,
    clipped,
    ellipse,
    group,
    mouth_line,
    open_mouth,
    pair,
    path,
    tapered,
    vein,
)
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#55c4ab",
    shade="#38998b",
    light="#b5f2d8",
    outline="#17544f",
    line="#1f2440",
    muzzle="#7fdcc2",
    muzzle_shade="#55c4ab",
    muzzle_outline="#2b8277",
    ear="#f2a48c",
    ear_shade="#cf7a68",
    nose="#f08a6e",
    nose_light="#ffd0b8",
    iris="#3b1420",
    iris_light="#c8561e",
    blush="#ff5d54",
)

BACK, HEAD, FRONT = -0.2, 0.0, 0.16  # the planes of depth
CLUB = 0.3
BEARD = 76.0  # how far the hair reaches below the chin
ROOM = 110  # how far hair, horns and topknot reach beyond the canvas

HAIR, HAIR_SHADE, HAIR_LIGHT, HAIR_LINE = "#443d66", "#302a4d", "#7a70a8", "#1d1833"
HORN, HORN_SHADE, HORN_LIGHT, HORN_LINE = "#ffe0a0", "#dfa95a", "#fff6d8", "#7d5122"
RIBBON, RIBBON_SHADE, RIBBON_LINE = "#e2483d", "#b22f33", "#6e1a22"
RED_SKIN, RED_SKIN_SHADE, RED_SKIN_LINE = "#ee6049", "#bf3d35", "#6b1a20"
BLUE, YELLOW = "#2f6fd0", "#ffc93c"  # with red the three colours of the samtaegeuk

HEAD_PATH = (
    "M320,60 C466,60 584,164 588,320 C590,372 582,430 552,482 C512,556 424,608 320,608 "
    "C216,608 128,556 88,482 C58,430 50,372 52,320 C56,164 174,60 320,60Z"
)
STARS: list[Star] = [(70, 92, 54), (136, 30, 26), (578, 120, 44)]
CENTRE: Point = (320, 330)

EYES: dict[str, Eye] = {
    "pleasure": Eye(53, 57, pupil=0.66, lower=0.62, shine=1.1),
    "upset": Eye(60, 63, pupil=0.34, shine=1.1),
    "anger": Eye(55, 52, lid=(-0.75, -0.25, 0.34), pupil=0.46, gaze=(0, 0.24), lid_width=20),
    "unrest": Eye(55, 59, lid=(-0.3, -0.7, -0.98), pupil=0.28, gaze=(-0.44, 0.1), lid_width=12),
    "wound": Eye(54, 57, pupil=0.76, gaze=(0, -0.06), shine=1.2),
    "sadness": Eye(52, 56, lid=(-0.02, -0.38, -0.74), pupil=0.64, gaze=(0, 0.2), lid_width=14),
    "neutrality": Eye(46, 50, pupil=0.62),
}

FACE_LAYOUT = Face(
    PALETTE, eyes=(113, 306), brows=(116, 226), cheeks=(206, 416), silhouette=HEAD_PATH, eye_shapes=EYES
)


# ---------------------------------------------------------------- hair, horns, ears


@dataclass(frozen=True)
class Hair:
    """A mane: how far its locks reach at the top and at the sides, and which way they lean."""

    top: float
    side: float
    lean: float  # degrees by which tips lean upwards; less than 0: they hang
    locks: int = 17
    ragged: float = 0.12


MANES: dict[str, Hair] = {
    "wild": Hair(92, 82, -15, 19),
    "flaming": Hair(116, 104, 15, 19, 0.2),
    "bristling": Hair(104, 96, 0, 33, 0.06),
    "hanging": Hair(40, 74, -24, 19),
}


def mane(hair: Hair) -> str:
    """Wild hair all round the head, which is the beard below."""
    step = 360.0 / hair.locks
    points: list[str] = []
    for number in range(hair.locks):
        middle = step * number - 180.0  # the first lock hangs from the chin
        start, stop = middle - step / 2, middle + step / 2
        upright = math.cos(math.radians(middle))
        reach = hair.side + ((hair.top if upright > 0 else BEARD) - hair.side) * abs(upright)
        reach *= 1 + hair.ragged * (-1 if abs(number - hair.locks / 2) % 2 < 1 else 1)
        towards = (
            -math.copysign(hair.lean * math.sin(math.radians(abs(middle))) ** 0.5, middle) if middle else 0.0
        )
        tip = _around(middle + towards, 268 + reach)
        full, hollow = 268 + reach * 0.74, 268 + reach * 0.3  # a lock bulges on the side it leans away from
        out = _around(start + towards * 0.5, full if towards > 0 else hollow)
        back = _around(stop + towards * 0.5, full if towards < 0 else hollow)
        valley = _around(stop, 264)
        points.append(f"Q{_at(out)} {_at(tip)} Q{_at(back)} {_at(valley)}")
    first = _around(-180.0 - step / 2, 264)
    d = f"M{_at(first)} {' '.join(points)}Z"
    lit = group(path(d, HAIR), "translate(-8 -10)")
    return path(d, HAIR_LINE, HAIR_LINE, 14) + path(d, HAIR_SHADE) + clipped(lit, path(d, "#000"))


def _at(point: Point) -> str:
    """A point as a path writes it."""
    return f"{point[0]:.1f},{point[1]:.1f}"


def _around(angle: float, radius: float) -> Point:
    """A point about the middle of the head, at an angle from upright."""
    turn = math.radians(angle)
    return CENTRE[0] + radius * math.sin(turn), CENTRE[1] - radius * math.cos(turn)


def horns() -> str:
    """Two stubby horns."""

    def horn(at: Point, side: int) -> str:
        x, y = at
        d = (
            f"M{x - side * 40:g},{y + 50:g} C{x - side * 36:g},{y - 10:g} {x - side * 14:g},{y - 64:g} "
            f"{x + side * 26:g},{y - 96:g} "
            f"C{x + side * 46:g},{y - 60:g} {x + side * 52:g},{y - 6:g} {x + side * 44:g},{y + 60:g}Z"
        )
        rings = "".join(
            path(
                f"M{x - side * 50:g},{y + dy:g} Q{x:g},{y + dy + 16:g} {x + side * 60:g},{y + dy - 10:g}",
                stroke=HORN_SHADE,
                width=7,
            )
            for dy in (-36, -8, 20)
        )
        body = path(d, HORN_LINE, HORN_LINE, 14) + path(d, HORN_SHADE)
        lit = group(path(d, HORN), "translate(-9 -4)") + rings
        return body + clipped(lit, path(d, "#000"))

    return pair(horn, 138, 58)


def topknot(turn: float) -> str:
    """The topknot with its band of three colours, turned by some degrees."""
    knot = "M284,80 C252,30 258,-52 320,-68 C382,-52 388,30 356,80Z"
    lit = group(path(knot, HAIR), "translate(-8 -8)")
    lit += "".join(
        tapered(a, b, c, (3, 8, 3), HAIR_LIGHT)
        for a, b, c in (
            ((288, -8), (284, -34), (310, -52)),
            ((312, -4), (306, -22), (322, -40)),
        )
    )
    tuft = path(
        "M300,-52 C296,-76 306,-88 322,-97 C322,-84 328,-76 346,-80 C338,-68 338,-60 340,-52Z",
        HAIR,
        HAIR_LINE,
        7,
    )
    body = (
        tuft
        + path(knot, HAIR_LINE, HAIR_LINE, 14)
        + path(knot, HAIR_SHADE)
        + clipped(lit, path(knot, "#000"))
    )
    band = "".join(
        path(f"M273,{36 - 17 * i:g} Q320,{50 - 17 * i:g} 367,{36 - 17 * i:g}", stroke=colour, width=17)
        for i, colour in ((0, BLUE), (1, YELLOW), (2, RIBBON))
    )
    edge = path("M273,36 Q320,50 367,36 M273,2 Q320,16 367,2", stroke=HAIR_LINE, width=30)
    return group(body + edge + band, f"rotate({turn:g} 320 90)")


def ears(turn: float, tinted: str = "none", strength: float = 0.0) -> str:
    """Pointed ears with a ring, their tips raised by some degrees."""
    p = PALETTE

    def ear(at: Point, side: int) -> str:
        anchor = (at[0] - side * 40, at[1])
        x, y = side * 46, 0

        def across(points: str) -> str:
            numbers = [float(n) for n in points.split()]
            return " ".join(
                f"{x + side * a:g},{y + b:g}" for a, b in zip(numbers[::2], numbers[1::2], strict=True)
            )

        d = f"M{across('-50 -62')} C{across('0 -92 60 -96 104 -84')} C{across('92 -20 60 50 -30 74')}Z"
        inner = f"M{across('-30 -40')} C{across('10 -62 50 -70 78 -64')} C{across('66 -20 40 20 -20 44')}Z"
        drawn = path(d, p.outline, p.outline, 14) + path(d, p.shade)
        drawn += clipped(group(path(d, p.base), "translate(-7 -9)"), path(d, "#000"))
        drawn += path(inner, p.ear_shade) + clipped(
            group(path(inner, p.ear), "translate(6 8)"), path(inner, "#000")
        )
        drawn += group(path(d, tinted), opacity=strength)
        ring = ellipse((x + side * 24, y + 66), 19, 21, "none", HORN_LINE, 17)
        ring += ellipse((x + side * 24, y + 66), 19, 21, "none", YELLOW, 8)
        turned = group(drawn + ring, f"rotate({-side * turn:g})")
        return group(turned, f"translate({anchor[0]:g} {anchor[1]:g}) scale(0.84)")

    return pair(ear, 276, 344)


# ---------------------------------------------------------------- the head


def head() -> str:
    """The head: outline, shaded side, lit side, curls on the cheeks."""
    p = PALETTE
    lit = ellipse((296, 312), 290, 276, p.base)
    lit += ellipse((180, 236), 150, 120, "url(#glow)", turn=-32)
    lit += ellipse((320, 500), 230, 110, "url(#hollow)")
    drawn = path(HEAD_PATH, p.outline, p.outline, 14) + path(HEAD_PATH, p.shade)
    return drawn + clipped(lit + pair(_curl, 206, 420), path(HEAD_PATH, "#000"))


def _curl(at: Point, side: int, colour: str = PALETTE.shade) -> str:
    """A curl on the cheek, as tiles and folk paintings have them."""
    x, y = at
    d = (
        f"M{x + side * 34:g},{y + 44:g} "
        f"C{x - side * 30:g},{y + 54:g} {x - side * 48:g},{y - 10:g} {x - side * 6:g},{y - 26:g} "
        f"C{x + side * 26:g},{y - 36:g} {x + side * 40:g},{y + 4:g} {x + side * 14:g},{y + 14:g} "
        f"C{x - side * 4:g},{y + 20:g} {x - side * 14:g},{y + 4:g} {x - side * 2:g},{y - 4:g}"
    )
    return path(d, stroke=colour, width=9)


def skins(face: Face) -> Drawings:
    """What lies on the skin; in anger the whole face reddens, since red fading into green would be brown."""
    lit = ellipse((296, 312), 290, 276, RED_SKIN)
    lit += group(ellipse((180, 236), 150, 120, "url(#pearl)", turn=-32), opacity=0.45)
    red = path(HEAD_PATH, RED_SKIN_LINE, RED_SKIN_LINE, 14) + path(HEAD_PATH, RED_SKIN_SHADE)
    lit += pair(partial(_curl, colour=RED_SKIN_SHADE), 206, 420)
    red += clipped(lit, path(HEAD_PATH, "#000"))
    return {**face.skins(), "anger": red}


def hair_and_band() -> str:
    """The hair over the forehead, and the band that holds it with a samtaegeuk in its middle."""
    top = "C48,150 168,50 320,50 C472,50 592,150 596,258"
    cap = f"M44,258 {top} Q440,122 320,122 Q200,122 44,258Z"
    band = "M47,214 Q206,106 320,106 Q434,106 593,214 L597,262 Q438,152 320,152 Q202,152 43,262Z"
    lit = group(path(cap, HAIR), "translate(-6 -8)")
    lit += "".join(
        tapered(a, b, c, (4, 11, 4), HAIR_LIGHT)
        for a, b, c in (((120, 148), (164, 98), (226, 76)), ((196, 112), (236, 88), (276, 76)))
    )
    hair = path(cap, HAIR_LINE, HAIR_LINE, 14) + path(cap, HAIR_SHADE) + clipped(lit, path(cap, "#000"))
    cloth = path(band, RIBBON_LINE, RIBBON_LINE, 14) + path(band, RIBBON_SHADE)
    cloth += clipped(group(path(band, RIBBON), "translate(-2 -11)"), path(band, "#000"))
    within = path(f"M36,275 V258 {top} L604,258 V275 Q440,165 320,165 Q200,165 36,275Z", "#000")
    return hair + clipped(cloth, within) + samtaegeuk((320, 132), 37)


def samtaegeuk(centre: Point, radius: float) -> str:
    """The disc of three commas, red, blue and yellow."""
    half = radius / 2
    comma = (
        f"M0,0 A{half:g},{half:g} 0 0 1 0,{-radius:g} "
        f"A{radius:g},{radius:g} 0 0 1 {radius * 0.866:.2f},{radius / 2:g} "
        f"A{half:g},{half:g} 0 0 0 0,0Z"
    )
    commas = "".join(
        group(path(comma, colour), f"rotate({turn})")
        for turn, colour in ((0, RIBBON), (120, YELLOW), (240, BLUE))
    )
    disc = ellipse((0, 0), radius + 9, radius + 9, RIBBON_LINE) + ellipse(
        (0, 0), radius + 3, radius + 3, "#fff4dc"
    )
    return group(disc + commas, f"translate({centre[0]:g} {centre[1]:g})")


def nose() -> str:
    """A broad nose with flaring wings."""
    p = PALETTE
    line = "#8a3a34"
    shade = "#cf6450"
    rounds = (((264, 402), 30, 26), ((376, 402), 30, 26), ((320, 388), 52, 46))
    edge = "".join(ellipse(at, rx + 7, ry + 7, line) for at, rx, ry in rounds)
    body = "".join(
        ellipse(at, rx, ry, shade)
        + clipped(ellipse((at[0] - 5, at[1] - 7), rx, ry, p.nose), ellipse(at, rx, ry, "#000"))
        for at, rx, ry in rounds
    )
    shine = ellipse((300, 366), 20, 11, p.nose_light, turn=-24)
    nostrils = pair(lambda at, side: ellipse(at, 9, 6, line, turn=side * 20), 44, 420)
    return edge + body + shine + nostrils


# ---------------------------------------------------------------- brows


@dataclass(frozen=True)
class BushyBrow:
    """A bushy brow; heights as in `parts.Brow`."""

    inner: float
    outer: float
    bow: float
    half: float = 54.0
    width: float = 32.0
    lift: float = 0.0


BROWS: dict[str, BushyBrow] = {
    "pleasure": BushyBrow(2, 6, 15, lift=12),
    "upset": BushyBrow(2, 10, 18, 48, 26, lift=24),
    "anger": BushyBrow(44, -28, -8, 70, 42, lift=-16),
    "unrest": BushyBrow(-24, 22, -3, 54, 27, lift=0),
    "wound": BushyBrow(-22, 14, 8, 48, 28, lift=-2),
    "sadness": BushyBrow(-26, 28, 4, 56, 34, lift=-8),
    "neutrality": BushyBrow(2, 0, 8),
}


def bushy_brow(centre: Point, side: int, brow: BushyBrow) -> str:
    """A brow of tufts that sweep outwards, the last of them curled up."""
    x, y = centre[0], centre[1] - brow.lift
    start = (x - side * brow.half, y + brow.inner)
    end = (x + side * brow.half, y + brow.outer)
    bend = (x, y + (brow.inner + brow.outer) / 2 - 2 * brow.bow)
    drawn = tapered(start, bend, end, (brow.width * 0.9, brow.width, brow.width * 0.62), PALETTE.line)
    return drawn + "".join(_tuft((start, bend, end), t, side, brow.width, reach) for t, reach in TUFTS)


TUFTS = ((0.2, 0.8), (0.5, 0.95), (0.8, 1.05))  # where along a brow, and how long in parts of its width


def _tuft(curve: tuple[Point, Point, Point], t: float, side: int, width: float, reach: float) -> str:
    """A tuft of hair that grows out of a brow's upper edge at `t` and sweeps outwards."""
    start, bend, end = curve
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    x, y = a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]
    dx = (1 - t) * (bend[0] - start[0]) + t * (end[0] - bend[0])
    dy = (1 - t) * (bend[1] - start[1]) + t * (end[1] - bend[1])
    size = width * reach / math.hypot(dx, dy)

    def at(along: float, above: float) -> Point:
        return x + size * (dx * along + side * dy * above), y + size * (dy * along - side * dx * above)

    return tapered((x, y), at(0.75, 0.3), at(1.3, 0.85), (width * 0.85, width * 0.6, 3), PALETTE.line)


def brow_pairs() -> Drawings:
    """The brows of each emotion."""
    return {name: pair(partial(bushy_brow, brow=brow), *FACE_LAYOUT.brows) for name, brow in BROWS.items()}


# ---------------------------------------------------------------- mouths

Curve = tuple[Point, Point, Point, Point]  # a cubic Bezier curve


def _on(curve: Curve, t: float) -> Point:
    """The point at `t` of a cubic Bezier curve."""
    parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(part * x for part, (x, _) in zip(parts, curve, strict=True)),
        sum(part * y for part, (_, y) in zip(parts, curve, strict=True)),
    )


def fang(at: Point, height: float, width: float, lean: float = 0.0) -> str:
    """A fang that stands on the lower lip at `at`; its tip leans to the right by `lean`."""
    x, y = at
    d = (
        f"M{x - width / 2:g},{y + 14:g} "
        f"C{x - width / 2:g},{y - height * 0.4:g} {x + lean - 5:g},{y - height * 0.8:g} "
        f"{x + lean:g},{y - height:g} "
        f"C{x + lean + 5:g},{y - height * 0.8:g} "
        f"{x + width / 2:g},{y - height * 0.4:g} {x + width / 2:g},{y + 14:g}Z"
    )
    p = PALETTE
    lit = group(path(d, p.white), "translate(-5 0)")
    return path(d, p.line, p.line, 11) + path(d, p.white_shade) + clipped(lit, path(d, "#000"))


def shut_mouth(curve: Curve, fangs: tuple[float, ...], height: float, width: float = 13.0) -> str:
    """A shut mouth along a curve with fangs at some parts of it."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve
    lips = f"M{ax:g},{ay:g} C{bx:g},{by:g} {cx:g},{cy:g} {dx:g},{dy:g}"
    drawn = "".join(fang(_on(curve, t), height, 36, (t - 0.5) * -16) for t in fangs)
    above = path(f"{lips} V{cy - 200:g} H{ax:g}Z", "#000")
    return clipped(drawn, above) + mouth_line(lips, PALETTE, width)


def closed_mouths() -> Drawings:
    """Mouths shut, with fangs that the lower lip does not hide."""
    p = PALETTE
    wave = "M206,488 q19,-34 38,0 t38,0 t38,0 t38,0 t38,0 t38,0"
    return {
        "pleasure": shut_mouth(((190, 448), (232, 548), (408, 548), (450, 448)), (0.25, 0.75), 42)
        + mouth_line("M176,456 Q188,442 204,444 M464,456 Q452,442 436,444", p, 9),
        "upset": ellipse((320, 500), 30, 26, "url(#cavity)", p.line, 11)
        + clipped(fang((307, 516), 20, 15) + fang((333, 516), 20, 15), ellipse((320, 500), 30, 26, "#000"))
        + ellipse((320, 500), 30, 26, "none", p.line, 11),
        "anger": shut_mouth(((196, 528), (240, 444), (400, 444), (444, 528)), (0.22, 0.78), 62, 15),
        "unrest": clipped(
            fang((244, 486), 40, 30) + fang((396, 486), 40, 30), path("M180,488 H460 V400 H180Z", "#000")
        )
        + mouth_line(wave, p, 12),
        "wound": shut_mouth(((252, 522), (278, 462), (362, 462), (388, 522)), (0.24,), 36)
        + mouth_line(
            "M226,500 Q216,514 224,532 M414,500 Q424,514 416,532 M296,546 Q308,534 320,542 T346,538", p, 7
        ),
        "sadness": shut_mouth(((220, 532), (256, 452), (384, 452), (420, 532)), (0.22, 0.78), 34),
        "neutrality": shut_mouth(((206, 472), (256, 518), (384, 518), (434, 472)), (0.24, 0.76), 42),
    }


def open_mouths() -> Drawings:
    """Mouths open, as in speaking."""
    p = PALETTE

    def low(d: str, tongue: Tongue | None, teeth: str, fangs: str) -> str:
        """A mouth with its fangs on the lower lip, cut off by the mouth's own edge."""
        mouth = open_mouth(d, p, tongue, teeth)
        return mouth + clipped(fangs, path(d, "#000", "#000", 9)) + path(d, stroke=p.line, width=10)

    return {
        "pleasure": low(
            "M184,442 Q320,476 456,442 C464,540 396,580 320,580 C244,580 176,540 184,442Z",
            Tongue((320, 580), 84, 44),
            "M212,430 H428 V470 Q428,484 406,488 Q320,500 234,488 Q212,484 212,470Z",
            fang((226, 562), 46, 36, 4) + fang((414, 562), 46, 36, -4),
        ),
        "upset": low(
            "M320,458 C362,458 378,488 378,518 C378,552 354,574 320,574 C286,574 262,552 262,518 "
            "C262,488 278,458 320,458Z",
            Tongue((320, 578), 44, 26),
            "",
            fang((288, 566), 30, 24) + fang((352, 566), 30, 24),
        ),
        "anger": low(
            "M216,496 C226,444 414,444 424,496 C438,546 448,570 414,576 C360,584 280,584 226,576 "
            "C192,570 202,546 216,496Z",
            Tongue((320, 586), 70, 30),
            "M224,440 H416 V486 H400 L384,514 L366,484 Q320,478 274,484 L256,514 L240,486 H224Z",
            fang((234, 582), 66, 40, 6) + fang((406, 582), 66, 40, -6),
        ),
        "unrest": low(
            "M214,506 Q222,466 254,472 T320,470 T386,472 Q418,466 426,506 Q428,548 388,544 T320,548 "
            "T252,544 Q212,548 214,506Z",
            None,
            "".join(f"M{x},454 h41 V500 h-41Z M{x},516 h41 V560 h-41Z" for x in range(197, 440, 41)),
            "",
        ),
        "wound": low(
            "M320,468 C362,468 384,500 390,532 C392,552 364,546 348,552 Q320,564 292,552 "
            "C276,546 248,552 250,532 C256,500 278,468 320,468Z",
            Tongue((322, 560), 40, 24),
            "",
            fang((276, 556), 32, 26),
        ),
        "sadness": low(
            "M320,462 C384,462 418,506 424,546 C428,572 394,562 364,562 Q320,556 276,562 "
            "C246,562 212,572 216,546 C222,506 256,462 320,462Z",
            Tongue((320, 570), 58, 28),
            "",
            fang((252, 572), 40, 32) + fang((388, 572), 40, 32),
        ),
        "neutrality": low(
            "M238,466 Q320,484 402,466 C408,530 368,556 320,556 C272,556 232,530 238,466Z",
            Tongue((320, 558), 54, 30),
            "",
            fang((270, 550), 38, 30) + fang((370, 550), 38, 30),
        ),
    }


# ---------------------------------------------------------------- signs


def wisps(step: float) -> str:
    """The goblin's blue fires at both sides of the head, at `step` (0 to 1) of their flickering."""

    def wisp(at: Point, side: int) -> str:
        turn = math.tau * (step + (0.5 if side > 0 else 0.0))
        edge = _flame(math.sin(turn), 1 + 0.09 * math.cos(turn))
        return "".join(
            group(path(edge, fill, line, width), f"translate({at[0]:g} {at[1]:g}) scale({size:g})")
            for size, fill, line, width in (
                (1.0, "#3aa0f0", "#1c4fa3", 8.0),
                (0.66, "#7fdcff", "none", 0.0),
                (0.36, "#f2fdff", "none", 0.0),
            )
        )

    return pair(wisp, 302, 150)


def _flame(sway: float, swell: float) -> str:
    """A flame of two tongues that lean to the right by `sway`, the taller one drawn out by `swell`."""
    return (
        f"M-46,18 C-50,-22 {-22 + 6 * sway:.2f},-34 {-16 + 16 * sway:.2f},{-92 * swell:.2f} "
        f"C{8 + 8 * sway:.2f},-70 14,-54 16,-36 "
        f"C{26 + 4 * sway:.2f},-44 {30 + 8 * sway:.2f},-54 {32 + 10 * sway:.2f},-64 "
        f"C48,-36 52,-6 46,18 C40,58 -40,58 -46,18Z"
    )


def signs(face: Face) -> Drawings:
    """The sign of its own that an emotion carries, where it does not move."""
    return face.signs() | {"anger": vein((470, 104), 46, RED, RED_RIM)}


# ---------------------------------------------------------------- the club


PALM = "M262,200 C196,204 190,372 262,372 H366 C412,372 424,216 372,216Z"


def club() -> str:
    """The magic club with its knobs, and the fist that holds it where the wearer's own is."""
    wood, wood_shade, wood_light, line = "#c98a4e", "#9c6232", "#f0c084", "#5c3519"
    d = (
        "M296,352 L292,140 C246,90 216,0 238,-70 C256,-122 384,-122 402,-70 "
        "C424,0 394,90 348,140 L344,352 C344,374 296,374 296,352Z"
    )
    knobs = ((226, -30), (414, -30), (232, 44), (408, 44), (284, -106), (356, -106))
    body = "".join(ellipse(at, 27, 27, line) + ellipse(at, 20, 20, wood_shade) for at in knobs)
    body += "".join(ellipse((x - 3, y - 4), 15, 14, wood_light) for x, y in knobs)
    lit = group(path(d, wood), "translate(-14 -6)")
    lit += path("M262,-60 C246,-10 254,40 276,84", stroke=wood_light, width=13)
    for x, y in ((296, -44), (352, -12), (304, 34), (346, 74)):
        lit += ellipse((x + 2, y + 4), 20, 19, wood_shade) + ellipse((x, y), 17, 16, wood_light)
    for y, colour in ((146, RIBBON), (170, YELLOW), (194, BLUE)):
        lit += path(f"M280,{y} Q320,{y + 16} 360,{y}", stroke=colour, width=24)
    body += path(d, line, line, 14) + path(d, wood_shade) + clipped(lit, path(d, "#000"))
    return group(_palm() + body + _fingers(), "rotate(-32 320 250)")


def _palm() -> str:
    """The part of the fist behind the handle."""
    return _skin(PALM)


def _fingers() -> str:
    """Four fingers and a thumb round the handle."""
    fingers = "".join(
        _skin(f"M286,{y:g} H{right:g} a19,19 0 0 1 0,38 H286 a19,19 0 0 1 0,-38Z")
        for y, right in ((324, 362), (288, 376), (252, 382), (216, 376))
    )
    thumb = _skin(
        "M226,246 C228,200 250,186 286,186 H334 C362,186 362,226 334,226 H286 C264,228 258,250 254,276Z"
    )
    root = clipped(ellipse((236, 272), 34, 36, PALETTE.base), path(PALM, "#000"))  # it grows out of the palm
    return fingers + thumb + root


def _skin(d: str) -> str:
    """A shape of skin: outline, shaded side, lit side."""
    p = PALETTE
    lit = group(path(d, p.base), "translate(-5 -8)")
    return path(d, p.outline, p.outline, 14) + path(d, p.shade) + clipped(lit, path(d, "#000"))


def character() -> Character:
    """The dokkaebi as layers, the furthest back first."""
    face = FACE_LAYOUT
    layers = [
        Layer("mane/wild", mane(MANES["wild"]), BACK, emotions=("pleasure", "upset", "neutrality")),
        Layer("mane/flaming", mane(MANES["flaming"]), BACK, emotions=("anger",)),
        Layer("mane/bristling", mane(MANES["bristling"]), BACK, emotions=("unrest",)),
        Layer("mane/hanging", mane(MANES["hanging"]), BACK, emotions=("wound", "sadness")),
        Layer("horns", horns(), BACK),
        Layer("topknot/up", topknot(0), BACK, emotions=("pleasure", "anger", "neutrality")),
        Layer("topknot/tilted", topknot(-16), BACK, emotions=("upset", "unrest")),
        Layer("topknot/hanging", topknot(26), BACK, emotions=("wound", "sadness")),
        Layer("ears/up", ears(8), BACK, emotions=("pleasure", "upset", "neutrality")),
        Layer("ears/anger", ears(20, RED_SKIN, 0.85), BACK, emotions=("anger",)),
        Layer("ears/unrest", ears(-24, FEAR, 0.4), BACK, emotions=("unrest",)),
        Layer("ears/down", ears(-42), BACK, emotions=("wound", "sadness")),
        Layer("head", head(), HEAD),
        *by_emotion("skin", skins(face), HEAD),
        Layer("band", hair_and_band(), HEAD),
        *by_emotion("brows", brow_pairs(), HEAD),
        *by_emotion("eyes", face.open_eyes(), HEAD, "eyes_open", "-open"),
        *by_emotion("eyes", face.closed_eyes(), HEAD, "eyes_closed", "-closed"),
        *by_emotion("signs", signs(face), HEAD),
        animated("sparkles", twinkle(STARS), HEAD, 8, ("pleasure",)),
        animated("wisps", [wisps(step / 6) for step in range(6)], HEAD, 10, ("anger",)),
        animated("tears", tears(168, 340, (62, 54), 84, PALETTE), HEAD, 8, ("sadness",)),
        *by_emotion("mouth", closed_mouths(), FRONT, "mouth_closed", "-closed"),
        *by_emotion("mouth", open_mouths(), FRONT, "mouth_open", "-open"),
        Layer("nose", nose(), FRONT),
        Layer("club", club(), CLUB, attach="right_wrist"),
    ]
    return Character("Dokkaebi", PALETTE, layers, margin=ROOM)
