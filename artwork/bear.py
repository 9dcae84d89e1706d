"""The bear: a mask over the whole head, in seven emotions."""

from expressions import FEAR, RAGE, Face
from motion import Star, steam, tears, twinkle
from parts import MIDDLE, Palette, clipped, ellipse, group, path
from rig import Character, Layer, animated, by_emotion

PALETTE = Palette(
    base="#c98a50",
    shade="#a56b39",
    light="#e3b07a",
    outline="#6a3d20",
    line="#46271a",
    muzzle="#f9e8cf",
    muzzle_shade="#e6c8a0",
    muzzle_outline="#a3703f",
    ear="#f0b394",
    ear_shade="#d48c6c",
    nose="#4a2a20",
    nose_light="#92685a",
    iris="#2a1712",
    iris_light="#8a5230",
    blush="#f0635a",
)

EARS, HEAD, FACE, MUZZLE, NOSE = -0.25, 0.0, 0.0, 0.18, 0.18  # the planes of depth

HEAD_PATH = (
    "M320,59 C455,59 598,170 598,352 C598,388 594,416 587,436 C594,452 602,463 612,472 "
    "C598,479 584,480 573,478 C577,492 583,503 592,513 C576,519 560,519 546,515 "
    "C486,580 406,607 320,607 C234,607 154,580 94,515 C80,519 64,519 48,513 "
    "C57,503 63,492 67,478 C56,480 42,479 28,472 C38,463 46,452 53,436 "
    "C46,416 42,388 42,352 C42,170 185,59 320,59Z"
)
TUFT_PATH = "M262,84 C268,52 288,34 318,26 C308,38 306,46 310,54 C322,40 342,34 364,36 C352,46 348,58 356,84Z"
SILHOUETTE = f"{HEAD_PATH} {TUFT_PATH}"

FACE_LAYOUT = Face(PALETTE, eyes=(117, 294), brows=(119, 212), cheeks=(205, 404), silhouette=SILHOUETTE)

STARS: list[Star] = [(70, 92, 56), (130, 36, 28), (578, 130, 46)]


def ears(angle: float, distance: float, radius: float, tinted: str = "none", strength: float = 0.0) -> str:
    """Both ears, `angle` degrees from upright."""
    return "".join(
        group(
            _ear(MIDDLE, 330 - distance, radius, turn, tinted, strength), f"rotate({turn:g} {MIDDLE:g} 330)"
        )
        for turn in (-angle, angle)
    )


def _ear(x: float, y: float, radius: float, turn: float, tinted: str, strength: float) -> str:
    """One upright ear that will be turned by `turn` degrees, lit for where it will then stand."""
    p = PALETTE
    ear, hollow = (x, y), (x, y + radius * 0.2)
    to_light = f"rotate({-turn:g} {x:g} {y:g})"
    lit = group(ellipse((x - radius * 0.1, y - radius * 0.12), radius, radius, p.base), to_light)
    inner = group(
        ellipse((x + radius * 0.02, y + radius * 0.34), radius * 0.62, radius * 0.6, p.ear), to_light
    )
    drawn = ellipse(ear, radius + 7, radius + 7, p.outline) + ellipse(ear, radius, radius, p.shade)
    drawn += clipped(lit, ellipse(ear, radius, radius, "#000"))
    drawn += ellipse(hollow, radius * 0.64, radius * 0.62, p.ear_shade)
    drawn += clipped(inner, ellipse(hollow, radius * 0.64, radius * 0.62, "#000"))
    return drawn + group(ellipse(ear, radius, radius, tinted), opacity=strength)


def head() -> str:
    """The head with its tuft: outline, shaded side, lit side."""
    p = PALETTE
    lit = ellipse((294, 312), 296, 274, p.base)
    lit += ellipse((196, 176), 196, 130, "url(#glow)", turn=-32)
    lit += ellipse((320, 470), 210, 130, "url(#hollow)")
    drawn = path(SILHOUETTE, p.outline, p.outline, 14) + path(SILHOUETTE, p.shade)
    return drawn + path(TUFT_PATH, p.base) + clipped(lit, path(HEAD_PATH, "#000"))


def muzzle(fall: float) -> str:
    """The muzzle; its chin falls by `fall` when the mouth opens."""
    p = PALETTE
    low = 562 + fall
    d = (
        f"M320,332 C396,332 476,394 476,470 C476,{low - 28:g} 408,{low:g} 320,{low:g} "
        f"C232,{low:g} 164,{low - 28:g} 164,470 C164,394 244,332 320,332Z"
    )
    lit = group(path(d, p.muzzle), "translate(-9 -13)") + ellipse((250, 410), 88, 62, "url(#pearl)", turn=-28)
    body = path(d, p.muzzle_outline, p.muzzle_outline, 8) + path(d, p.muzzle_shade)
    return body + clipped(lit, path(d, "#000"))


def nose() -> str:
    """The nose."""
    p = PALETTE
    d = (
        "M320,416 C286,416 256,388 258,362 C260,340 290,334 320,334 "
        "C350,334 380,340 382,362 C384,388 354,416 320,416Z"
    )
    lit = group(path(d, p.nose), "translate(-4 -8)") + ellipse((299, 355), 26, 10, p.nose_light, turn=-8)
    return path(d, p.iris) + clipped(lit, path(d, "#000"))


def character() -> Character:
    """The bear as layers, the furthest back first."""
    face = FACE_LAYOUT
    layers = [
        Layer("ears/up", ears(43, 286, 80), EARS, emotions=("pleasure", "upset", "neutrality")),
        Layer("ears/anger", ears(50, 282, 78, RAGE, 0.4), EARS, emotions=("anger",)),
        Layer("ears/unrest", ears(56, 276, 75, FEAR, 0.6), EARS, emotions=("unrest",)),
        Layer("ears/down", ears(57, 276, 75), EARS, emotions=("wound", "sadness")),
        Layer("head", head(), HEAD),
        *by_emotion("skin", face.skins(), HEAD),
        *face.brows_and_eyes(FACE),
        *by_emotion("signs", face.signs(), FACE),
        animated("sparkles", twinkle(STARS), FACE, 8, ("pleasure",)),
        animated("steam", steam(198, 446, 58), FACE, 8, ("anger",)),
        animated("tears", tears(167, 326, (62, 52), 80, PALETTE), FACE, 8, ("sadness",)),
        Layer("muzzle/shut", muzzle(0), MUZZLE, "mouth_closed"),
        Layer("muzzle/open", muzzle(18), MUZZLE, "mouth_open"),
        *by_emotion("mouth", face.closed_mouths(), MUZZLE, "mouth_closed", "-closed"),
        *by_emotion("mouth", face.open_mouths(), MUZZLE, "mouth_open", "-open"),
        Layer("nose", nose(), NOSE),
    ]
    return Character("Bear", PALETTE, layers)
