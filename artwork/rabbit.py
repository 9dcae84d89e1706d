"""The rabbit: a mask over the whole head whose long ears tell the emotion too."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from expressions import FEAR, PHILTRUM, RAGE, Drawings, Face
from motion import Star, steam, tears, twinkle
from parts import MIDDLE, Palette, Point, Tongue, clipped, ellipse, group, mouth_line, open_mouth, path
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#fdf1e1",
    shade="#e4cbb4",
    light="#ffffff",
    outline="#8a5f4c",
    line="#54322b",
    muzzle="#ffffff",
    muzzle_shade="#ecdccd",
    muzzle_outline="#cba68d",
    ear="#fbb9b6",
    ear_shade="#e79495",
    nose="#f48a9b",
    nose_light="#ffc9cf",
    iris="#331726",
    iris_light="#a04a63",
    blush="#ff7d84",
)

EARS, HEAD, FACE, MUZZLE, NOSE = -0.25, 0.0, 0.0, 0.18, 0.18  # the planes of depth
PAWS = 0.3
STARS: list[Star] = [(58, 106, 54), (118, 50, 26), (590, 136, 44)]
ROOM = 230  # how far the ears reach beyond the canvas

HEAD_PATH = (
    "M320,58 C446,58 556,140 580,282 C588,318 600,352 612,384 C624,418 628,444 626,466 "
    "C614,464 604,462 596,458 C598,480 596,498 590,516 C578,510 568,504 560,496 "
    "C520,570 424,608 320,608 C216,608 120,570 80,496 C72,504 62,510 50,516 C44,498 42,480 44,458 "
    "C36,462 26,464 14,466 C12,444 16,418 28,384 C40,352 52,318 60,282 C84,140 194,58 320,58Z"
)
TUFT_PATH = (
    "M266,86 C262,62 268,42 284,26 C286,38 290,46 298,52 C302,36 314,24 332,16 "
    "C328,30 330,40 336,50 C344,42 354,38 366,38 C360,54 362,68 366,86Z"
)
SILHOUETTE = f"{HEAD_PATH} {TUFT_PATH}"

FACE_LAYOUT = Face(PALETTE, eyes=(122, 300), brows=(122, 212), cheeks=(212, 410), silhouette=SILHOUETTE)


Curve = tuple[Point, Point, Point, Point]  # a cubic Bezier curve


@dataclass(frozen=True)
class Ear:
    """One ear along a cubic curve from its root to its tip, or to where it folds and hangs to `flap`."""

    curve: Curve
    width: float = 104.0
    root: float = 0.0  # where a whole ear begins; -0.2: with a rounded root
    flap: tuple[Point, Point, Point] | None = None  # the curve of the part that hangs from the fold


def leaf(curve: Curve, width: float, start: float = 0.0, end: float = 1.0) -> str:
    """The outline of an ear along a curve; `start` and `end` say what part of a whole ear it is."""
    left: list[str] = []
    right: list[str] = []
    steps = 36
    for step in range(steps + 1):
        t = (1 - math.cos(math.pi * step / steps)) / 2  # close together at the ends, which are round
        (x, y), (dx, dy) = _along(curve, t), _heading(curve, t)
        whole = start + (end - start) * t
        half = width / 2 * math.sin(math.pi * (0.2 + 0.8 * whole)) ** 0.5
        left.append(f"{x - dy * half:.2f},{y + dx * half:.2f}")
        right.append(f"{x + dy * half:.2f},{y - dx * half:.2f}")
    return f"M{' L'.join(left)} L{' L'.join(reversed(right))}Z"


def _along(curve: Curve, t: float) -> Point:
    """The point at `t` of a cubic Bezier curve."""
    parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(part * x for part, (x, _) in zip(parts, curve, strict=True)),
        sum(part * y for part, (_, y) in zip(parts, curve, strict=True)),
    )


def _heading(curve: Curve, t: float) -> Point:
    """The direction of a cubic Bezier curve at `t`, of length 1."""
    parts = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(curve)]
    dx = sum(part * x for part, (x, _) in zip(parts, steps, strict=True))
    dy = sum(part * y for part, (_, y) in zip(parts, steps, strict=True))
    length = math.hypot(dx, dy)
    return dx / length, dy / length


def draw_ear(ear: Ear, tinted: str = "none", strength: float = 0.0) -> str:
    """An ear, with its hollow side seen up to the fold."""
    p = PALETTE
    end = 1.0 if ear.flap is None else 0.62
    d = leaf(ear.curve, ear.width, ear.root, end)
    drawn = _furry(d)
    hollow = leaf(_part(ear.curve, 0.1, 0.86 if ear.flap is None else 1.0), ear.width * 0.56, -0.2, end)
    drawn += clipped(
        path(hollow, p.ear_shade)
        + clipped(group(path(hollow, p.ear), "translate(6 7)"), path(hollow, "#000")),
        path(d, "#000"),
    )
    drawn += group(path(d, tinted), opacity=strength)
    if ear.flap is not None:
        flap = leaf((_along(ear.curve, 0.86), *ear.flap), ear.width * 0.98, start=-0.2)
        drawn += _furry(flap) + group(path(flap, tinted), opacity=strength)
    return drawn


def _part(curve: Curve, start: float, end: float) -> Curve:
    """A part of a cubic Bezier curve, as one too."""
    first, last = _along(curve, start), _along(curve, end)
    reach = (end - start) / 3

    def handle(t: float, sign: float) -> Point:
        near, far = _along(curve, t - 1e-3), _along(curve, t + 1e-3)
        x, y = _along(curve, t)
        return x + sign * reach * (far[0] - near[0]) / 2e-3, y + sign * reach * (far[1] - near[1]) / 2e-3

    return first, handle(start, 1), handle(end, -1), last


def _furry(d: str) -> str:
    """A shape of fur: outline, shaded side, lit side."""
    p = PALETTE
    lit = group(path(d, p.base), "translate(-9 -7)")
    return path(d, p.outline, p.outline, 14) + path(d, p.shade) + clipped(lit, path(d, "#000"))


def mirrored(ear: Ear) -> Ear:
    """The same ear at the other side."""
    a, b, c, d = ((2 * MIDDLE - x, y) for x, y in ear.curve)
    return replace(ear, curve=(a, b, c, d))


UP = Ear(((220, 130), (202, 20), (172, -70), (186, -176)), 116)
PERKED = Ear(((214, 130), (190, 30), (130, -60), (112, -160)), 116)
STIFF = Ear(((238, 130), (234, 10), (222, -90), (228, -196)), 100)
FOLDED = Ear(((404, 130), (414, 50), (420, -10), (462, -70)), 116, flap=((520, -150), (590, -60), (566, 40)))
BACK = Ear(((204, 150), (130, 50), (30, 0), (-96, 50)), 86)
SPLAYED = Ear(((204, 150), (140, -10), (-20, -40), (-76, 134)), 104)
LOP = Ear(((232, 116), (26, 40), (4, 300), (34, 508)), 108, -0.22)


def ears() -> Drawings:
    """Both ears in the pose of each emotion."""

    def both(ear: Ear, tinted: str = "none", strength: float = 0.0) -> str:
        return draw_ear(ear, tinted, strength) + draw_ear(mirrored(ear), tinted, strength)

    return {
        "pleasure": both(PERKED),
        "upset": draw_ear(STIFF) + draw_ear(FOLDED),
        "anger": both(BACK, RAGE, 0.4),
        "unrest": both(SPLAYED, FEAR, 0.5),
        "wound": draw_ear(UP),
        "neutrality": both(UP),
    }


def hanging_ears() -> Drawings:
    """The ears that hang before the head."""
    return {"wound": draw_ear(mirrored(LOP)), "sadness": draw_ear(LOP) + draw_ear(mirrored(LOP))}


def head() -> str:
    """The head with its tuft: outline, shaded side, lit side."""
    p = PALETTE
    lit = ellipse((296, 306), 300, 280, p.base)
    lit += ellipse((200, 176), 196, 130, "url(#glow)", turn=-32)
    lit += ellipse((320, 480), 220, 120, "url(#hollow)")
    drawn = path(SILHOUETTE, p.outline, p.outline, 14) + path(SILHOUETTE, p.shade)
    return drawn + path(TUFT_PATH, p.base) + clipped(lit, path(HEAD_PATH, "#000"))


def muzzle(fall: float) -> str:
    """The two pads of the muzzle; the chin below them falls by `fall` when the mouth opens."""
    p = PALETTE
    low = 566 + fall
    d = (
        f"M320,384 C352,362 420,366 456,404 C496,446 488,498 446,518 "
        f"C414,{low - 33:g} 376,{low:g} 320,{low:g} "
        f"C264,{low:g} 226,{low - 33:g} 194,518 C152,498 144,446 184,404 C220,366 288,362 320,384Z"
    )
    lit = group(path(d, p.muzzle), "translate(-8 -12)")
    dots = "".join(
        ellipse((MIDDLE + side * x, y), 5, 5, p.muzzle_outline)
        for side in (-1, 1)
        for x, y in ((112, 424), (136, 446), (106, 458))
    )
    body = path(d, p.muzzle_outline, p.muzzle_outline, 8) + path(d, p.muzzle_shade)
    return body + clipped(lit, path(d, "#000")) + dots


def nose() -> str:
    """The nose."""
    p = PALETTE
    d = (
        "M320,420 C302,420 272,392 274,374 C276,358 298,354 320,354 "
        "C342,354 364,358 366,374 C368,392 338,420 320,420Z"
    )
    lit = group(path(d, p.nose), "translate(-4 -7)") + ellipse((304, 370), 18, 7, p.nose_light, turn=-8)
    return path(d, p.outline, p.outline, 7) + path(d, "#d9657c") + clipped(lit, path(d, "#000"))


def teeth(top: float, length: float, width: float = 31.0) -> str:
    """The two front teeth, hanging from the upper lip."""
    p = PALETTE
    drawn = ""
    for side in (-1, 1):
        x = MIDDLE + side * width
        d = (
            f"M{MIDDLE:g},{top:g} H{x:g} L{x - side * 2:g},{top + length - 9:g} "
            f"Q{x - side * 3:g},{top + length:g} {x - side * 11:g},{top + length:g} "
            f"H{MIDDLE + side * 8:g} Q{MIDDLE:g},{top + length:g} {MIDDLE:g},{top + length - 8:g}Z"
        )
        drawn += path(d, p.white, p.line, 7)
    return drawn


def closed_mouths(face: Face) -> Drawings:
    """Mouths shut, the front teeth in sight."""
    hanging = {
        "pleasure": (480, 54),
        "anger": (463, 55),
        "unrest": (466, 62),
        "wound": (466, 36),
        "sadness": (466, 52),
        "neutrality": (464, 52),
    }
    shared = face.closed_mouths()
    drawn = {name: shared[name] + teeth(top, length) for name, (top, length) in hanging.items()}
    lips = ellipse((320, 490), 27, 25, "#000")
    surprised = mouth_line(PHILTRUM, PALETTE, 11) + ellipse((320, 490), 27, 25, "url(#cavity)")
    surprised += clipped(teeth(458, 34, 17), lips) + ellipse((320, 490), 27, 25, "none", PALETTE.line, 10)
    return {**drawn, "upset": surprised}


def open_mouths(face: Face) -> Drawings:
    """Mouths open, as in speaking, the front teeth in sight."""
    hanging = {
        "pleasure": (470, 44),
        "upset": (462, 30),
        "unrest": (474, 40),
        "wound": (468, 32),
        "sadness": (464, 36),
        "neutrality": (470, 32),
    }
    shared = face.open_mouths()
    drawn = {name: shared[name] + teeth(top, length) for name, (top, length) in hanging.items()}
    return {"anger": _shout() + teeth(468, 44), **drawn}


def _shout() -> str:
    """The mouth of a rabbit that shouts in anger."""
    p = PALETTE
    return mouth_line(PHILTRUM, p) + open_mouth(
        "M232,496 C246,456 394,456 408,496 C416,540 420,558 396,563 "
        "C356,570 284,570 244,563 C220,558 224,540 232,496Z",
        p,
        Tongue((320, 570), 58, 28),
    )


def paw() -> str:
    """A fluffy paw over the hand, its pads towards the viewer."""
    p = PALETTE
    d = (
        "M246,372 C222,320 196,270 190,204 C184,150 206,116 236,112 C240,74 284,62 320,62 "
        "C356,62 400,74 404,112 C434,116 456,150 450,204 C444,270 418,320 394,372 "
        "C384,362 376,360 366,362 C362,378 352,388 340,392 C332,382 326,378 320,378 "
        "C314,378 308,382 300,392 C288,388 278,378 274,362 C264,360 256,362 246,372Z"
    )
    toes = path(
        "M262,150 C258,132 254,120 236,114 M378,150 C382,132 386,120 404,114", stroke=p.outline, width=7
    )
    pads = "".join(
        _pad(
            f"M{x - rx:g},{y:g} A{rx:g},{ry:g} 0 0 1 {x + rx:g},{y:g} A{rx:g},{ry:g} 0 0 1 {x - rx:g},{y:g}Z"
        )
        for x, y, rx, ry in ((226, 172, 17, 23), (290, 124, 18, 25), (350, 124, 18, 25), (414, 172, 17, 23))
    )
    palm = (
        "M320,196 C350,196 366,218 384,240 C402,266 388,296 360,292 C344,288 334,284 320,284 "
        "C306,284 296,288 280,292 C252,296 238,266 256,240 C274,218 290,196 320,196Z"
    )
    return _furry(d) + clipped(toes, path(d, "#000")) + pads + _pad(palm)


def _pad(d: str) -> str:
    """A pink pad."""
    p = PALETTE
    return path(d, p.ear_shade) + clipped(group(path(d, p.ear), "translate(-4 -6)"), path(d, "#000"))


def character() -> Character:
    """The rabbit as layers, the furthest back first."""
    face = FACE_LAYOUT
    layers = [
        *by_emotion("ears", ears(), EARS),
        Layer("head", head(), HEAD),
        *by_emotion("skin", face.skins(), HEAD),
        *by_emotion("ears", hanging_ears(), FACE, suffix="-hanging"),
        *face.brows_and_eyes(FACE),
        *by_emotion("signs", face.signs(), FACE),
        animated("sparkles", twinkle(STARS), FACE, 8, ("pleasure",)),
        animated("steam", steam(206, 444, 56), FACE, 8, ("anger",)),
        animated("tears", tears(174, 336, (62, 54), 84, PALETTE), FACE, 8, ("sadness",)),
        Layer("muzzle/shut", muzzle(0), MUZZLE, "mouth_closed"),
        Layer("muzzle/open", muzzle(18), MUZZLE, "mouth_open"),
        *by_emotion("mouth", closed_mouths(face), MUZZLE, "mouth_closed", "-closed"),
        *by_emotion("mouth", open_mouths(face), MUZZLE, "mouth_open", "-open"),
        Layer("nose", nose(), NOSE),
        Layer("paws/right", paw(), PAWS, attach="right_wrist"),
        Layer("paws/left", paw(), PAWS, attach="left_wrist"),
    ]
    return Character("Rabbit", PALETTE, layers, margin=ROOM)
