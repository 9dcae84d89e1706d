"""The seven expressions that every character shares, drawn in a character's palette and layout.

Each method of `Face` gives one drawing for each emotion that has one; a character places them in its layers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from parts import (
    Brow,
    Eye,
    Palette,
    Point,
    ShutEye,
    Tongue,
    blush,
    clipped,
    draw_brow,
    drop,
    ellipse,
    fading_down,
    group,
    hatching,
    mouth_line,
    open_eye,
    open_mouth,
    pair,
    path,
    plaster,
    shut_eye,
    squeezed_eye,
    tapered,
    vein,
    wet_rim,
)
from rig import Layer, by_emotion

Drawings = dict[str, str]  # emotion to SVG

EYES: dict[str, Eye] = {
    "pleasure": Eye(49, 56, lower=0.76, shine=1.2),
    "upset": Eye(56, 61, pupil=0.42, shine=1.1),
    "anger": Eye(52, 50, lid=(-0.75, -0.25, 0.34), pupil=0.46, gaze=(0, 0.24), lid_width=20),
    "unrest": Eye(52, 57, lid=(-0.3, -0.7, -0.98), pupil=0.32, gaze=(-0.4, 0.1), lid_width=12),
    "wound": Eye(53, 57, shine=1.2),
    "sadness": Eye(50, 55, lid=(-0.02, -0.38, -0.74), glint=(-0.24, 0.12), lid_width=14),
    "neutrality": Eye(39, 47),
}

SHUT_EYES: dict[str, ShutEye] = {
    "pleasure": ShutEye(52, -36, fall=14),
    "anger": ShutEye(54, 6, slant=-40, fall=6),
    "unrest": ShutEye(48, 14, slant=26, fall=6),
    "wound": ShutEye(50, 18, slant=18),
    "sadness": ShutEye(50, 26, slant=20),
    "neutrality": ShutEye(46, 24),
}

BROWS: dict[str, Brow] = {
    "pleasure": Brow(2, 8, 16, half=34, lift=18),
    "upset": Brow(4, 12, 18, half=34, width=18, lift=30),
    "anger": Brow(40, -26, -8, half=62, width=32, lift=-12),
    "unrest": Brow(-22, 20, -4, half=44, width=18, lift=4),
    "wound": Brow(-22, 12, 6, half=38, width=20, lift=-3),
    "sadness": Brow(-26, 26, 2, half=46, width=24, lift=-8),
    "neutrality": Brow(2, 6, 8, half=30),
}

PHILTRUM = "M320,412 V459"  # from the nose to the mouth

GOLD, GOLD_LINE = "#ffd54a", "#b9780f"
RED, RED_RIM = "#e3202b", "#fff0e2"
STEAM_LINE = "#8f9bb5"
HATCH = "#c73a38"
ANGER_VEIN = vein((466, 132), 50, RED, RED_RIM)
GLOOM_LINE = "#3d4f8c"
RAGE, FEAR = "#e2301f", "#5a78c8"  # what the skin is tinted with


@dataclass(frozen=True)
class Face:
    """How the face of one character is laid out. Pairs are given as distance from the middle, and height."""

    palette: Palette
    eyes: Point
    brows: Point
    cheeks: Point
    silhouette: str  # path of all that a tint of the skin covers
    mouth_shift: float = 0.0  # how far below the bear's the mouth lies
    eye_shapes: dict[str, Eye] = field(default_factory=lambda: EYES)  # open eyes, where they differ

    def brow_pairs(self) -> Drawings:
        """The brows."""
        return {name: self._pair(draw_brow, self.brows, brow=brow) for name, brow in BROWS.items()}

    def open_eyes(self) -> Drawings:
        """Eyes open; those of a wounded one swim in tears."""
        drawn = {name: self._pair(open_eye, self.eyes, eye=eye) for name, eye in self.eye_shapes.items()}
        drawn["wound"] += pair(
            lambda at, _side: wet_rim(at, self.eye_shapes["wound"], self.palette), *self.eyes
        )
        return drawn

    def closed_eyes(self) -> Drawings:
        """Eyes shut, each in its own way."""
        drawn = {name: self._pair(shut_eye, self.eyes, eye=eye) for name, eye in SHUT_EYES.items()}
        drawn["upset"] = self._pair(squeezed_eye, self.eyes, half=38, height=32)
        spread, y = self.eyes
        drawn["wound"] += pair(lambda at, side: drop(at, 30, self.palette, -14 * side), spread + 53, y + 12)
        return drawn

    def _pair(self, draw: Callable[..., str], at: Point, **how: object) -> str:
        """A part of the face at both sides."""
        return pair(partial(draw, p=self.palette, **how), *at)

    def closed_mouths(self) -> Drawings:
        """Mouths shut."""
        p = self.palette
        return self._shifted(
            {
                "pleasure": mouth_line(
                    f"{PHILTRUM} M217,451 C238,507 291,511 320,483 C349,511 402,507 423,451", p, 11
                ),
                "upset": mouth_line(PHILTRUM, p, 11)
                + ellipse((320, 486), 21, 17, "url(#cavity)", p.line, 10),
                "anger": mouth_line("M320,412 V453 M231,507 C258,455 382,455 409,507", p, 13),
                "unrest": mouth_line(
                    "M320,412 V459 M224,494 q16,-30 32,0 t32,0 t32,0 t32,0 t32,0 t32,0", p, 11
                ),
                "wound": mouth_line(
                    "M320,412 V462 M268,504 C284,464 356,464 372,504 M294,528 Q307,515 320,524 T346,520", p
                )
                + mouth_line("M244,484 Q234,498 242,514 M396,484 Q406,498 398,514", p, 6),
                "sadness": mouth_line(f"{PHILTRUM} M243,513 C262,459 378,459 397,513", p, 11),
                "neutrality": mouth_line(
                    f"{PHILTRUM} M250,464 C262,496 306,494 320,461 C334,494 378,496 390,464", p
                ),
            }
        )

    def open_mouths(self) -> Drawings:
        """Mouths open, as in speaking."""
        p = self.palette
        return self._shifted(
            {
                "pleasure": mouth_line(PHILTRUM, p)
                + open_mouth(
                    "M222,457 Q320,479 418,457 C421,533 373,565 320,565 C267,565 219,533 222,457Z",
                    p,
                    Tongue((320, 561), 62, 39),
                    "M243,446 H397 V470 Q397,483 380,485 Q320,492 260,485 Q243,483 243,470Z",
                ),
                "upset": mouth_line(PHILTRUM, p)
                + open_mouth(
                    "M320,459 C354,459 366,485 366,511 C366,539 346,559 320,559 "
                    "C294,559 274,539 274,511 C274,485 286,459 320,459Z",
                    p,
                    Tongue((320, 559), 34, 26),
                ),
                "anger": mouth_line(PHILTRUM, p)
                + open_mouth(
                    "M236,492 C243,457 397,457 404,492 C414,537 421,554 397,561 "
                    "C356,569 284,569 243,561 C219,554 226,537 236,492Z",
                    p,
                    Tongue((320, 567), 55, 26),
                    "M243,446 H397 V483 H385 L370,511 L354,481 Q320,476 286,481 L270,511 L255,483 H243Z "
                    "M250,576 L262,541 L282,576Z M390,576 L378,541 L358,576Z",
                ),
                "unrest": mouth_line("M320,412 V470", p)
                + open_mouth(
                    "M231,505 Q238,470 267,474 T320,472 T373,474 Q404,470 409,505 "
                    "Q411,541 375,539 T320,543 T265,539 Q226,543 231,505Z",
                    p,
                    teeth=_teeth(457, 494) + _teeth(524, 554),
                ),
                "wound": mouth_line(PHILTRUM, p)
                + open_mouth(
                    "M320,466 C356,466 375,494 380,520 C382,539 358,533 344,539 "
                    "Q320,550 296,539 C282,533 258,539 260,520 C265,494 284,466 320,466Z",
                    p,
                    Tongue((320, 543), 36, 24),
                ),
                "sadness": mouth_line(PHILTRUM, p)
                + open_mouth(
                    "M320,461 C373,461 402,498 406,533 C409,556 382,548 358,548 "
                    "Q320,543 282,548 C258,548 231,556 234,533 C238,498 267,461 320,461Z",
                    p,
                    Tongue((320, 554), 48, 26),
                ),
                "neutrality": mouth_line(PHILTRUM, p)
                + open_mouth(
                    "M262,468 Q291,479 320,468 Q349,479 378,468 "
                    "C382,511 354,533 320,533 C286,533 258,511 262,468Z",
                    p,
                    Tongue((320, 533), 41, 26),
                ),
            }
        )

    def _shifted(self, mouths: Drawings) -> Drawings:
        """The mouths at the height where this character has its own."""
        if not self.mouth_shift:
            return mouths
        return {name: group(svg, f"translate(0 {self.mouth_shift:g})") for name, svg in mouths.items()}

    def skins(self) -> Drawings:
        """What lies on the fur itself: rosy cheeks, and the flush of anger and the pallor of fear."""
        spread, y = self.cheeks
        rosy = clipped(blush(spread, y, 72, 54), path(self.silhouette, "#000"))
        hatched = pair(lambda at, _side: hatching(at, 3, 27, 48, HATCH), spread + 9, y)
        return {
            "pleasure": rosy,
            "upset": rosy + hatched,
            "anger": fading_down(self.silhouette, RAGE, 0.62, 350),
            "unrest": fading_down(self.silhouette, FEAR, 0.75, 330) + _gloom(),
        }

    def signs(self) -> Drawings:
        """The sign of its own that an emotion carries, where it does not move (see `motion`)."""
        p = self.palette
        return {
            "upset": drop((516, 112), 74, p, -20),
            "anger": ANGER_VEIN,
            "unrest": drop((104, 204), 46, p, 12),
            "wound": plaster((184, 110), 142, 55, -46) + plaster((184, 110), 142, 55, 38),
        }

    def brows_and_eyes(self, depth: float) -> list[Layer]:
        """The layers of what tells most of an expression."""
        return [
            *by_emotion("brows", self.brow_pairs(), depth),
            *by_emotion("eyes", self.open_eyes(), depth, "eyes_open", "-open"),
            *by_emotion("eyes", self.closed_eyes(), depth, "eyes_closed", "-closed"),
        ]


def _gloom() -> str:
    """The lines that hang over the forehead of a frightened one."""
    lines = ((408, 88, 62), (438, 100, 84), (468, 116, 60), (498, 138, 88), (528, 166, 54))
    return "".join(
        tapered((x, y), (x, y + length / 2), (x, y + length), (9, 8, 4), GLOOM_LINE) for x, y, length in lines
    )


def _teeth(top: float, bottom: float) -> str:
    """A row of five square teeth across the mouth."""
    return "".join(f"M{x},{top:g} h38 V{bottom:g} h-38Z" for x in range(225, 415, 38))
