"""The robot: a mask over the whole head with a screen for a face, visors for brows, an antenna and bolts."""

import math
from dataclasses import dataclass
from functools import partial

from expressions import GOLD, RAGE, RED, RED_RIM, STEAM_LINE, Drawings
from motion import Star, twinkle
from parts import (
    MIDDLE,
    Palette,
    Point,
    clipped,
    drop,
    ellipse,
    fading_down,
    group,
    hatching,
    pair,
    path,
    plaster,
    puff,
    vein,
)
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#86b9ee",
    shade="#5f92cf",
    light="#d4ecff",
    outline="#2b4a7d",
    line="#74f4ff",  # what glows on the screen
    muzzle="#1c2a4a",  # the screen
    muzzle_shade="#111b35",
    muzzle_outline="#2b4a7d",
    ear="#ffc64d",  # bolts and visors
    ear_shade="#e0962a",
    nose="#ff6b6b",  # the bulb
    nose_light="#ffd0c8",
    iris="#0f7fa8",
    iris_light="#d9fdff",
    blush="#ff6fae",
)

BACK, HEAD, FRONT = -0.2, 0.0, 0.14  # the planes of depth

METAL, METAL_SHADE, METAL_LIGHT, METAL_LINE = "#c9d3e2", "#97a5bd", "#f4f8ff", "#46546f"
GLOW, GLOW_DEEP = "#74f4ff", "#1b7fa0"
HOT, HOT_DEEP = "#ff5a3c", "#8f1f1c"
COLD = "#a9b8ff"
OIL, OIL_LIGHT, OIL_LINE = "#2a2140", "#8a6fd6", "#c3b2ff"


def box(left: float, top: float, right: float, bottom: float, corner: float, bulge: float = 0.0) -> str:
    """A box with rounded corners whose sides swell by `bulge`."""
    k = corner * 0.45
    return (
        f"M{left + corner:g},{top:g} Q{(left + right) / 2:g},{top - bulge:g} {right - corner:g},{top:g} "
        f"C{right - k:g},{top:g} {right:g},{top + k:g} {right:g},{top + corner:g} "
        f"Q{right + bulge:g},{(top + bottom) / 2:g} {right:g},{bottom - corner:g} "
        f"C{right:g},{bottom - k:g} {right - k:g},{bottom:g} {right - corner:g},{bottom:g} "
        f"Q{(left + right) / 2:g},{bottom + bulge:g} {left + corner:g},{bottom:g} "
        f"C{left + k:g},{bottom:g} {left:g},{bottom - k:g} {left:g},{bottom - corner:g} "
        f"Q{left - bulge:g},{(top + bottom) / 2:g} {left:g},{top + corner:g} "
        f"C{left:g},{top + k:g} {left + k:g},{top:g} {left + corner:g},{top:g}Z"
    )


HEAD_PATH = box(60, 66, 580, 598, 150, 18)
SCREEN_PATH = box(112, 196, 528, 556, 110, 10)
STARS: list[Star] = [(70, 92, 54), (136, 36, 26), (578, 118, 44)]
EYES: Point = (104, 324)  # distance from the middle, and height


# ---------------------------------------------------------------- the head


def head() -> str:
    """The casing with its rivets."""
    p = PALETTE
    lit = group(path(HEAD_PATH, p.base), "translate(-16 -20)")
    lit += ellipse((206, 130), 190, 92, "url(#glow)", turn=-18)
    seam = path("M150,150 Q320,128 490,150", stroke=p.shade, width=6)
    rivets = "".join(
        ellipse((x, y), 11, 11, p.shade) + ellipse((x - 2, y - 2), 8, 8, p.light)
        for x, y in ((112, 168), (528, 168), (112, 540), (528, 540))
    )
    casing = path(HEAD_PATH, p.outline, p.outline, 14) + path(HEAD_PATH, p.shade)
    casing += clipped(lit + seam, path(HEAD_PATH, "#000")) + rivets
    return casing


def skins() -> Drawings:
    """What heats or chills the casing."""
    return {"anger": fading_down(HEAD_PATH, RAGE, 0.8, 420)}


def screen() -> str:
    """The dark glass with its frame and the light that falls on it."""
    p = PALETTE
    frame = box(98, 182, 542, 570, 122, 11)
    drawn = path(frame, p.shade) + clipped(
        group(path(frame, p.light), "translate(10 12)"), path(frame, "#000")
    )
    drawn += path(SCREEN_PATH, p.muzzle_outline, p.muzzle_outline, 14) + path(SCREEN_PATH, p.muzzle_shade)
    glass = ellipse((290, 330), 250, 190, p.muzzle)
    glare = path("M120,330 C120,230 170,200 260,200 C200,226 168,262 152,350 Z", "#ffffff")
    return drawn + clipped(glass + group(glare, opacity=0.14), path(SCREEN_PATH, "#000"))


def bolts(tinted: str = "none", strength: float = 0.0) -> str:
    """The bolts at both sides that stand for ears."""
    p = PALETTE

    def bolt(at: Point, side: int) -> str:
        x, y = at
        stem = box(min(x, x - side * 60), y - 52, max(x, x - side * 60), y + 52, 20)
        knob = box(x - 30 + side * 4, y - 76, x + 30 + side * 4, y + 76, 26, 3)
        drawn = path(stem, METAL_LINE, METAL_LINE, 14) + path(stem, METAL_SHADE)
        drawn += path(knob, "#8a5413", "#8a5413", 14) + path(knob, p.ear_shade)
        drawn += clipped(group(path(knob, p.ear), "translate(-8 -10)"), path(knob, "#000"))
        drawn += path(f"M{x - 10 + side * 4:g},{y - 50:g} v44", stroke="#ffe6a8", width=9)
        return drawn + group(path(knob, tinted), opacity=strength)

    return pair(bolt, 288, 336)


# ---------------------------------------------------------------- the antenna


def wire(d: str) -> str:
    """The antenna's wire along a path from its socket on top of the head."""
    foot = box(272, 38, 368, 92, 22)
    drawn = path(d, stroke=METAL_LINE, width=28) + path(d, stroke=METAL, width=14)
    drawn += group(path(d, stroke=METAL_LIGHT, width=5), "translate(-3 -2)")
    drawn += path(foot, METAL_LINE, METAL_LINE, 14) + path(foot, METAL_SHADE)
    return drawn + clipped(group(path(foot, METAL), "translate(-8 -6)"), path(foot, "#000"))


@dataclass(frozen=True)
class Bulb:
    """The bulb at the antenna's end; `pulse` is how bright it is in each frame, 0 to 1."""

    at: Point
    colour: str
    pulse: tuple[float, ...]


def bulb(glim: Bulb, lit: float) -> str:
    """The bulb as bright as `lit`."""
    x, y = glim.at
    halo = (
        group(ellipse(glim.at, 37 + 17 * lit, 37 + 17 * lit, glim.colour), opacity=0.4 * lit)
        if lit > 0.4
        else ""
    )
    ball = ellipse(glim.at, 37, 37, "#8c2436") + ellipse(glim.at, 30, 30, glim.colour)
    ball += group(ellipse(glim.at, 30, 30, "#5b1b33"), opacity=0.5 * (1 - lit))
    return halo + ball + ellipse((x - 10, y - 11), 10, 7, "#ffffff", turn=-30)


SLOW = (0.2, 0.5, 0.9, 1.0, 0.9, 0.5)
ANTENNAS: dict[str, tuple[str, Bulb]] = {
    "pleasure": ("M320,60 C318,20 330,-10 352,-40", Bulb((360, -58), GOLD, (0.6, 0.8, 1.0, 0.8))),
    "upset": ("M320,60 V20 L288,0 L352,-22 L316,-46", Bulb((312, -74), PALETTE.nose, (1.0,))),
    "anger": ("M320,60 V-50", Bulb((320, -70), "#ff3b2f", (1.0, 1.0, 0.1, 0.1))),
    "unrest": (
        "M320,60 C296,40 352,24 320,4 C284,-18 356,-32 326,-56",
        Bulb((318, -82), "#b9a2ff", (0.9, 0.2, 0.7, 0.1, 0.5, 0.2)),
    ),
    "wound": (
        "M320,60 L312,20 l44,14 l-20,-38 l46,22 l-14,-38 l44,28 l-4,-38 l36,40",
        Bulb((440, 44), PALETTE.nose, (0.0,)),
    ),
    "sadness": ("M320,60 C320,-40 440,-60 452,14", Bulb((454, 36), PALETTE.nose, (0.2,))),
    "neutrality": ("M320,60 V-40", Bulb((320, -60), PALETTE.nose, SLOW)),
}


def bulbs() -> list[Layer]:
    """The bulb of each emotion, blinking in its own way."""
    layers: list[Layer] = []
    for name, (_, glim) in ANTENNAS.items():
        frames = [bulb(glim, lit) for lit in glim.pulse]
        if len(frames) == 1:
            layers.append(Layer(f"bulb/{name}", frames[0], BACK, emotions=(name,)))
        else:
            layers.append(animated(f"bulb/{name}", frames, BACK, 8, (name,)))
    return layers


# ---------------------------------------------------------------- brows


@dataclass(frozen=True)
class Visor:
    """A metal plate over one eye."""

    turn: float  # degrees by which its inner end lies lower
    lift: float = 0.0
    half: float = 62.0
    width: float = 36.0
    bow: float = 0.0


VISORS: dict[str, Visor] = {
    "pleasure": Visor(-8, 20, 56, bow=16),
    "upset": Visor(-6, 34, 52, 32, bow=20),
    "anger": Visor(25, -30, 80, 46),
    "unrest": Visor(-20, 8, 58, 32),
    "wound": Visor(-16, -4, 56, 34, bow=8),
    "sadness": Visor(-24, -20, 64, 38),
    "neutrality": Visor(0, 0, 56, bow=5),
}


def visor(centre: Point, side: int, plate: Visor) -> str:
    """A brow of metal with a rivet at each end."""
    p = PALETTE
    h, w = plate.half, plate.width / 2
    d = (
        f"M{-h:g},{w:g} Q0,{w - plate.bow * 2:g} {h:g},{w:g} A{w:g},{w:g} 0 0 0 {h:g},{-w:g} "
        f"Q0,{-w - plate.bow * 2:g} {-h:g},{-w:g} A{w:g},{w:g} 0 0 0 {-h:g},{w:g}Z"
    )
    body = path(d, "#8a5413", "#8a5413", 14) + path(d, p.ear_shade)
    body += clipped(group(path(d, p.ear), "translate(-2 -9)"), path(d, "#000"))
    body += "".join(
        ellipse((x, plate.bow * 0), 7, 7, "#a8691c") + ellipse((x - 1.5, -1.5), 4, 4, "#ffe6a8")
        for x in (-h + 2, h - 2)
    )
    x, y = centre[0], centre[1] - plate.lift
    return group(body, f"translate({x:g} {y:g}) rotate({-side * plate.turn:g})")


def visors() -> Drawings:
    """The brows of each emotion."""
    return {name: pair(partial(visor, plate=plate), 110, 216) for name, plate in VISORS.items()}


# ---------------------------------------------------------------- what the screen shows


def glowing(d: str, width: float = 17.0, colour: str = GLOW) -> str:
    """A line of light."""
    halo = group(path(d, stroke=colour, width=width + 16), opacity=0.22)
    return (
        halo
        + path(d, stroke=colour, width=width)
        + group(path(d, stroke="#ffffff", width=width * 0.34), opacity=0.7)
    )


def _enlarged(body: str, by: float, y: float) -> str:
    """A part of the screen's picture made larger about its middle at the height `y`."""
    return group(body, f"translate({MIDDLE * (1 - by):g} {y * (1 - by):g}) scale({by:g})")


def lamp(d: str, colour: str = GLOW) -> str:
    """A shape of light."""
    halo = group(path(d, colour, colour, 20), opacity=0.22)
    return halo + path(d, colour, colour, 3)


def _oval(centre: Point, rx: float, ry: float) -> str:
    """An ellipse as the outline of a path."""
    x, y = centre
    return f"M{x - rx:g},{y:g} A{rx:g},{ry:g} 0 1 1 {x + rx:g},{y:g} A{rx:g},{ry:g} 0 1 1 {x - rx:g},{y:g}Z"


def _lit_eye(d: str, centre: Point, colour: str = GLOW, deep: str = GLOW_DEEP, size: float = 1.0) -> str:
    """An eye of light with a darker lower part and highlights, as eyes of flesh have."""
    x, y = centre
    inside = ellipse((x + 6, y + 34 * size), 46 * size, 40 * size, deep)
    inside = group(inside, opacity=0.4)
    inside += ellipse((x - 15 * size, y - 18 * size), 15 * size, 17 * size, "#ffffff", turn=-20)
    inside += ellipse((x + 17 * size, y + 18 * size), 7 * size, 7 * size, "#ffffff")
    return lamp(d, colour) + clipped(inside, path(d, "#000"))


def _half(centre: Point, side: int, top_outer: float, top_inner: float, rx: float, ry: float) -> str:
    """The part of an oval eye below a straight lid, whose ends lie at parts of `ry` from its middle."""
    x, y = centre
    points: list[str] = []
    for step in range(72):
        angle = 2 * math.pi * step / 72
        dx, dy = math.cos(angle), math.sin(angle)
        part = (side * dx + 1) / 2  # 0 inside, 1 outside
        points.append(f"{x + rx * dx:.2f},{y + ry * max(dy, top_inner + (top_outer - top_inner) * part):.2f}")
    return f"M{' L'.join(points)}Z"


def open_eyes() -> Drawings:
    """Eyes open: lamps of seven shapes."""

    def happy(at: Point, _side: int) -> str:
        x, y = at
        d = (
            f"M{x - 54:g},{y + 30:g} C{x - 58:g},{y - 82:g} {x + 58:g},{y - 82:g} {x + 54:g},{y + 30:g} "
            f"C{x + 50:g},{y + 44:g} {x + 38:g},{y + 36:g} {x + 30:g},{y + 30:g} "
            f"Q{x:g},{y + 10:g} {x - 30:g},{y + 30:g} "
            f"C{x - 38:g},{y + 36:g} {x - 50:g},{y + 44:g} {x - 54:g},{y + 30:g}Z"
        )
        return _lit_eye(d, (x, y - 8))

    def startled(at: Point, _side: int) -> str:
        return glowing(_oval(at, 48, 54), 16) + lamp(_oval(at, 17, 20))

    def glaring(at: Point, side: int) -> str:
        d = _half(at, side, -0.62, 0.3, 52, 50)
        return lamp(d, HOT) + ellipse((at[0] - side * 2, at[1] + 22), 15, 17, "#fff1d8")

    def fearful(at: Point, side: int) -> str:
        x, y = at
        d = _half(at, side, -0.1, -0.95, 50, 54)
        return glowing(d, 14) + lamp(_oval((x - 18, y + 8), 11, 13))

    def hurt(at: Point, side: int) -> str:
        x, y = at
        if side > 0:
            return glowing(
                f"M{x - 34:g},{y - 34:g} L{x + 34:g},{y + 34:g} M{x + 34:g},{y - 34:g} "
                f"L{x - 34:g},{y + 34:g}",
                20,
            )
        return _lit_eye(_oval(at, 46, 50), at)

    def drooping(at: Point, side: int) -> str:
        return _lit_eye(_half(at, side, 0.05, -0.62, 50, 52), (at[0], at[1] + 12), size=0.9)

    def calm(at: Point, _side: int) -> str:
        return _lit_eye(_oval(at, 42, 50), at)

    shapes = {
        "pleasure": happy,
        "upset": startled,
        "anger": glaring,
        "unrest": fearful,
        "wound": hurt,
        "sadness": drooping,
        "neutrality": calm,
    }
    return {name: _enlarged(pair(draw, *EYES), 1.14, EYES[1]) for name, draw in shapes.items()}


def closed_eyes() -> Drawings:
    """Eyes shut: lines of light."""
    lines = {
        "pleasure": "M-50,26 Q0,-62 50,26",
        "upset": "M34,-32 L-34,0 L34,32",
        "anger": "M-46,30 L46,-14",
        "unrest": "M-46,-6 Q-22,-26 0,2 T46,14",
        "wound": "M-40,8 H40",
        "sadness": "M-46,-8 Q-4,40 46,20",
        "neutrality": "M-42,4 Q0,34 42,4",
    }
    drawn: Drawings = {}
    for name, d in lines.items():
        colour = HOT if name == "anger" else GLOW

        def shut(at: Point, side: int, d: str = d, name: str = name, colour: str = colour) -> str:
            x, y = at
            if name == "wound" and side > 0:
                d = "M-34,-34 L34,34 M34,-34 L-34,34"
            return group(glowing(d, 19, colour), f"translate({x:g} {y:g}) scale({side} 1)")

        drawn[name] = _enlarged(pair(shut, *EYES), 1.14, EYES[1])
    return drawn


def closed_mouths() -> Drawings:
    """Mouths shut: a line on the screen."""
    drawn = {
        "pleasure": glowing("M222,446 C244,520 396,520 418,446", 19),
        "upset": glowing(_oval((320, 474), 24, 20), 16),
        "anger": _grid(226, 446, 414, 506, HOT, HOT_DEEP),
        "unrest": glowing("M212,474 h24 l18,-34 l26,66 l26,-60 l26,54 l26,-50 l20,34 l10,-10 h20", 15),
        "wound": glowing("M256,496 Q280,448 306,470 T352,474 T386,498", 17),
        "sadness": glowing("M238,504 C262,438 378,438 402,504", 19),
        "neutrality": glowing("M256,462 Q320,506 384,462", 18),
    }
    return {name: _enlarged(mouth, 1.14, 492) for name, mouth in drawn.items()}


def _grid(left: float, top: float, right: float, bottom: float, colour: str, deep: str) -> str:
    """Teeth as a grid of light."""
    d = box(left, top, right, bottom, 22)
    middle = (top + bottom) / 2
    lines = f"M{left:g},{middle:g} H{right:g}"
    lines += "".join(f" M{left + (right - left) * i / 5:g},{top:g} V{bottom:g}" for i in range(1, 5))
    return lamp(d, colour) + clipped(path(lines, stroke=deep, width=9), path(d, "#000"))


def open_mouths() -> Drawings:
    """Mouths open, as in speaking: shapes of light."""
    drawn = {
        "pleasure": _cavity(
            "M216,436 Q320,452 424,436 C426,506 372,538 320,538 C268,538 214,506 216,436Z", (320, 536)
        ),
        "upset": _cavity(_oval((320, 482), 42, 50), (320, 530)),
        "anger": _grid(218, 430, 422, 534, HOT, HOT_DEEP)
        + path("M236,482 Q320,470 404,482 Q320,494 236,482Z", HOT_DEEP, HOT_DEEP, 16),
        "unrest": _cavity(
            "M214,478 L240,440 L280,462 L320,440 L360,462 L400,440 L426,478 L400,524 L360,502 "
            "L320,524 L280,502 L240,524Z"
        ),
        "wound": _cavity("M262,512 Q262,452 306,462 T384,500 Q388,528 350,520 T290,530 Q264,534 262,512Z"),
        "sadness": _cavity(
            "M234,522 C236,426 404,426 406,522 C408,544 372,534 320,530 C268,534 232,544 234,522Z", (320, 544)
        ),
        "neutrality": _cavity("M252,456 H388 C392,508 356,528 320,528 C284,528 248,508 252,456Z", (320, 530)),
    }
    return {name: _enlarged(mouth, 1.1, 492) for name, mouth in drawn.items()}


def _cavity(d: str, tongue: Point | None = None) -> str:
    """An open mouth: an edge of light round a dim depth."""
    inside = path(d, "#0f5673")
    if tongue is not None:
        inside += ellipse(tongue, 54, 34, "#ff8fb8")
    return clipped(inside, path(d, "#000")) + glowing(d, 14)


def marks() -> Drawings:
    """What else the screen shows: cheeks, embers and interference."""
    spread, y = 168, 424

    def pixels(at: Point, _side: int) -> str:
        x, y = at
        return "".join(
            f'<rect x="{x + dx:g}" y="{y + dy:g}" width="20" height="16" rx="5" fill="#ff7fb4"/>'
            for dx, dy in ((-36, 0), (-11, 0), (14, 0), (-24, 21), (1, 21))
        )

    glow = clipped(ellipse((320, 200), 320, 190, "url(#blush)"), path(SCREEN_PATH, "#000"))
    crack = (
        "M534,396 L494,410 L478,390 L452,420 L458,452 L428,466 M494,410 L502,446 L486,474 L498,504 "
        "M452,420 L424,414 M502,446 L530,458"
    )
    return {
        "pleasure": pair(pixels, spread, y - 8),
        "upset": pair(lambda at, _s: hatching(at, 3, 24, 40, "#ff7fb4"), spread, y),
        "anger": glow,
        "wound": path(crack, stroke="#070c1c", width=13) + path(crack, stroke="#cfe6ff", width=6),
    }


def interference(count: int = 4) -> list[str]:
    """Stripes that jump about the screen."""
    lines = (
        (
            (146, 236, 76),
            (424, 262, 70),
            (132, 404, 56),
            (440, 424, 72),
            (290, 226, 50),
            (160, 520, 66),
            (428, 528, 60),
        ),
        (
            (160, 252, 60),
            (440, 232, 60),
            (140, 422, 76),
            (452, 404, 50),
            (306, 238, 66),
            (182, 530, 50),
            (410, 514, 84),
        ),
    )

    def stripes(step: int) -> str:
        shift = 18 * (step // 2) - 9
        return "".join(
            group(path(f"M{x + shift:g},{y + 5:g} h{w:g}", stroke=COLD, width=10), opacity=0.75)
            for x, y, w in lines[step % 2]
        )

    return [stripes(step) for step in range(count)]


def steam(count: int = 4) -> list[str]:
    """Steam that rises from the bolts; a new puff follows before the last is gone."""

    def puffs(age: float) -> str:
        def blown(at: Point, side: int) -> str:
            risen = (at[0] + side * 26 * age, at[1] - 96 * age)
            drawn = puff(risen, side, 50 * (0.5 + 0.5 * age), STEAM_LINE)
            return group(drawn, opacity=round(min(1.0, 2.6 * (1 - age)), 3))

        return pair(blown, 288, 256)

    # The older puff has come further and lies behind the newer one; the frames end where it stood at first.
    ages = [step / (2 * count) for step in range(count)]
    return [puffs(age + 0.5) + puffs(age) for age in ages]


def leak(count: int = 6) -> list[str]:
    """Oil that runs down both sides of the screen; one drop runs half a round later."""

    def drops(step: int) -> str:
        def running(at: Point, side: int) -> str:
            age = (step / count + (0.5 if side > 0 else 0.0)) % 1
            size = (84 if side < 0 else 70) * min(1.0, 0.75 + 0.8 * age)
            drawn = oil((at[0], at[1] + 84 * age * age), size)
            return group(drawn, opacity=round(min(1.0, 3 * (1 - age)), 3))

        return pair(running, 174, 348)

    return [drops(step) for step in range(count)]


def signs() -> Drawings:
    """The sign of its own that an emotion carries."""
    p = PALETTE
    return {
        "upset": drop((530, 86), 76, p, -20),
        "anger": vein((482, 118), 46, RED, RED_RIM),
        "unrest": drop((92, 176), 48, p, 12),
        "wound": plaster((150, 118), 142, 55, -46) + plaster((150, 118), 142, 55, 38),
    }


def oil(tip: Point, size: float) -> str:
    """A drop of oil that hangs from `tip`, with a bright rim that parts it from the dark screen."""
    half = size / 2
    d = (
        f"M0,0 C{half * 0.35:g},{half * 0.9:g} {half:g},{half * 1.35:g} {half:g},{half * 2:g} "
        f"A{half:g},{half:g} 0 0 1 {-half:g},{half * 2:g} "
        f"C{-half:g},{half * 1.35:g} {-half * 0.35:g},{half * 0.9:g} 0,0Z"
    )
    body = path(d, OIL_LINE, OIL_LINE, 12) + path(d, OIL)
    body += clipped(ellipse((half * 0.35, half * 2.4), half * 0.9, half * 0.7, OIL_LIGHT), path(d, "#000"))
    body += clipped(ellipse((half * 0.1, half * 2.05), half * 0.86, half * 0.7, OIL), path(d, "#000"))
    body += ellipse((-half * 0.36, half * 1.75), half * 0.2, half * 0.44, "#ffffff", turn=14)
    return group(body, f"translate({tip[0]:g} {tip[1]:g})")


def character() -> Character:
    """The robot as layers, the furthest back first."""
    layers = [
        *by_emotion("antenna", {name: wire(d) for name, (d, _) in ANTENNAS.items()}, BACK),
        *bulbs(),
        animated("steam", steam(), BACK, 8, ("anger",)),
        Layer("bolts", bolts(), BACK),
        Layer("head", head(), HEAD),
        *by_emotion("skin", skins(), HEAD),
        Layer("screen", screen(), HEAD),
        *by_emotion("marks", marks(), HEAD),
        *by_emotion("eyes", open_eyes(), HEAD, "eyes_open", "-open"),
        *by_emotion("eyes", closed_eyes(), HEAD, "eyes_closed", "-closed"),
        *by_emotion("mouth", closed_mouths(), HEAD, "mouth_closed", "-closed"),
        *by_emotion("mouth", open_mouths(), HEAD, "mouth_open", "-open"),
        animated("interference", interference(), HEAD, 8, ("unrest",)),
        *by_emotion("signs", signs(), HEAD),
        animated("sparkles", twinkle(STARS), HEAD, 8, ("pleasure",)),
        animated("oil", leak(), HEAD, 8, ("sadness",)),
        *by_emotion("visors", visors(), FRONT),
    ]
    return Character("Robot", PALETTE, layers, margin=130)
