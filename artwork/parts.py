"""Drawn parts that every character shares: eyes, lids, brows, mouths and signs, as snippets of SVG.

A part is a function that returns a snippet for a 640 x 640 canvas. Colours come from a `Palette`, so that
another animal takes the same parts in its own fur. Light falls from the upper left in every part. `side` is
-1 for what lies left in the picture and +1 for what lies right; "inner" is towards the nose.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

CANVAS = 640
MIDDLE = CANVAS / 2

Point = tuple[float, float]


@dataclass(frozen=True)
class Palette:
    """The colours of one character."""

    base: str
    shade: str
    light: str
    outline: str
    line: str  # brows, lids and mouth lines
    muzzle: str
    muzzle_shade: str
    muzzle_outline: str
    ear: str
    ear_shade: str
    nose: str
    nose_light: str
    iris: str
    iris_light: str
    blush: str
    white: str = "#fffdf8"
    white_shade: str = "#d9dff0"
    mouth: str = "#8c2c37"
    mouth_deep: str = "#591824"
    tongue: str = "#f27f80"
    tongue_shade: str = "#d4585f"
    tear: str = "#54b6f2"
    tear_light: str = "#c9efff"
    tear_outline: str = "#2272b8"
    slit_iris: str = "#ffd75e"  # of eyes with upright pupils
    slit_iris_shade: str = "#d08a1c"

    def gradients(self) -> str:
        """The gradients that parts name in `fill="url(#…)"`."""
        return "".join(
            (
                _linear("iris", (self.iris, 0.45), (self.iris_light, 1.2)),
                _linear("slit_iris", (self.slit_iris_shade, 0.05), (self.slit_iris, 0.75)),
                _linear("sclera", (self.white_shade, 0.0), (self.white, 0.45)),
                _linear("cavity", (self.mouth_deep, 0.1), (self.mouth, 0.9)),
                _linear("tongue", (self.tongue_shade, 0.0), (self.tongue, 0.6)),
                _linear("tear", (self.tear_light, 0.0), (self.tear, 0.75)),
                _radial("blush", self.blush, 0.85),
                _radial("glow", self.light, 0.95),
                _radial("hollow", self.shade, 0.8),
                _radial("pearl", "#ffffff", 0.75),
                _radial("ember", self.iris_light, 0.95),
            )
        )


def _linear(name: str, *stops: tuple[str, float]) -> str:
    """A gradient from the top of a shape to its bottom."""
    body = "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for colour, at in stops)
    return f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1">{body}</linearGradient>'


def _radial(name: str, colour: str, opacity: float) -> str:
    """A soft spot that fades to nothing at the edge of its shape."""
    stops = ((0.0, 1.0), (0.45, 0.72), (0.75, 0.25), (1.0, 0.0))
    body = "".join(
        f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{opacity * part:.3f}"/>'
        for at, part in stops
    )
    return f'<radialGradient id="{name}">{body}</radialGradient>'


# ---------------------------------------------------------------- shapes


def path(d: str, fill: str = "none", stroke: str = "none", width: float = 0.0) -> str:
    """A path with round ends and corners."""
    line = f' stroke="{stroke}" stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{d}" fill="{fill}"{line if width else ""}/>'


def ellipse(
    centre: Point,
    rx: float,
    ry: float,
    fill: str,
    stroke: str = "none",
    width: float = 0.0,
    turn: float = 0.0,
) -> str:
    """An ellipse, turned clockwise by `turn` degrees."""
    x, y = centre
    line = f' stroke="{stroke}" stroke-width="{width:g}"' if width else ""
    turned = f' transform="rotate({turn:g} {x:g} {y:g})"' if turn else ""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"{line}{turned}/>'


def group(body: str, transform: str = "", opacity: float = 1.0) -> str:
    """A group that is moved or made fainter as one."""
    moved = f' transform="{transform}"' if transform else ""
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return f"<g{moved}{faint}>{body}</g>"


def lit_turned(d: str, fill: str, turn: float, by: Point) -> str:
    """The lit side of a shape that will be turned by `turn` degrees: moved by `by` as it will then stand."""
    return group(path(d, fill), f"rotate({-turn:g}) translate({by[0]:g} {by[1]:g}) rotate({turn:g})")


def clipped(body: str, shape: str) -> str:
    """Only what of `body` lies within `shape`."""
    name = "clip" + hashlib.sha256(shape.encode()).hexdigest()[:12]
    return f'<clipPath id="{name}">{shape}</clipPath><g clip-path="url(#{name})">{body}</g>'


def pair(draw: Callable[[Point, int], str], spread: float, y: float) -> str:
    """A part drawn for the left and for the right of the face, `spread` from its middle."""
    return draw((MIDDLE - spread, y), -1) + draw((MIDDLE + spread, y), 1)


def symmetric(top: Point, curves: list[tuple[Point, Point, Point]]) -> str:
    """An outline that is alike left and right, from the cubic curves of its right half, `top` to bottom."""
    right = " ".join(f"C{a[0]:g},{a[1]:g} {b[0]:g},{b[1]:g} {c[0]:g},{c[1]:g}" for a, b, c in curves)
    ends = [top, *(curve[2] for curve in curves)]
    left = " ".join(
        f"C{CANVAS - b[0]:g},{b[1]:g} {CANVAS - a[0]:g},{a[1]:g} {CANVAS - end[0]:g},{end[1]:g}"
        for (a, b, _), end in zip(reversed(curves), reversed(ends[:-1]), strict=True)
    )
    return f"M{top[0]:g},{top[1]:g} {right} {left}Z"


def tapered(start: Point, bend: Point, end: Point, widths: tuple[float, float, float], fill: str) -> str:
    """A brush stroke along a curve, of three widths: at its start, its middle and its end."""
    left: list[str] = []
    right: list[str] = []
    steps = 20
    for step in range(steps + 1):
        t = step / steps
        x, y = _along(start, bend, end, t)
        dx, dy = _heading(start, bend, end, t)
        half = _blend(widths, t) / 2
        left.append(f"{x - dy * half:.2f},{y + dx * half:.2f}")
        right.append(f"{x + dy * half:.2f},{y - dx * half:.2f}")
    first, last = widths[0] / 2, widths[2] / 2
    d = (
        f"M{' L'.join(left)} A{last:.2f},{last:.2f} 0 0 0 {right[-1]} L{' L'.join(reversed(right))} "
        f"A{first:.2f},{first:.2f} 0 0 0 {left[0]}Z"
    )
    return path(d, fill)


def _along(start: Point, bend: Point, end: Point, t: float) -> Point:
    """The point at `t` of a quadratic Bezier curve."""
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]


def _heading(start: Point, bend: Point, end: Point, t: float) -> Point:
    """The direction of a quadratic Bezier curve at `t`, of length 1."""
    dx = (1 - t) * (bend[0] - start[0]) + t * (end[0] - bend[0])
    dy = (1 - t) * (bend[1] - start[1]) + t * (end[1] - bend[1])
    length = math.hypot(dx, dy)
    return dx / length, dy / length


def _blend(widths: tuple[float, float, float], t: float) -> float:
    """A smooth width between three given ones."""
    start, middle, end = widths
    if t < 0.5:
        return start + (middle - start) * math.sin(math.pi * t)
    return end + (middle - end) * math.sin(math.pi * t)


# ---------------------------------------------------------------- eyes


@dataclass(frozen=True)
class Eye:
    """One open eye; heights are in parts of `ry` from its middle, downwards."""

    rx: float
    ry: float
    lid: tuple[float, float, float] | None = None  # upper lid: height outside, in the middle, inside
    lower: float | None = None  # height of a cheek that pushes up from below
    pupil: float = 0.0  # size of the pupil in parts of rx where white is seen; 0: dark all over
    gaze: Point = (0.0, 0.0)  # where the pupil looks, in parts of rx and ry, the same way for both eyes
    shine: float = 1.0  # size of the highlights
    glint: Point = (-0.3, -0.36)  # where the larger highlight lies, in parts of rx and ry
    lid_width: float = 12.0
    slit: float = 0.0  # width of an upright pupil upon a bright iris, in parts of rx; 0: no cat's eye


def open_eye(centre: Point, side: int, eye: Eye, p: Palette) -> str:
    """An open eye: dark and shining like a button, or white with a pupil, cut off by its lids."""
    body = _white_eye(centre, eye, p) if eye.pupil else _dark_ball(centre, eye.rx, eye.ry, eye, p)
    if eye.slit:
        body = _slit_eye(centre, eye, p)
    if eye.lid is None and eye.lower is None:
        return body
    upper = _lid_curve(centre, side, eye, eye.lid or (-3.0, -3.0, -3.0))
    lower = _lid_curve(centre, side, eye, _cheek(eye.lower))
    (ax, ay), (bx, by), (cx, cy) = upper
    (dx, dy), (ex, ey), (fx, fy) = lower
    gap = f"M{ax:g},{ay:g} Q{bx:g},{by:g} {cx:g},{cy:g} L{fx:g},{fy:g} Q{ex:g},{ey:g} {dx:g},{dy:g}Z"
    drawn = clipped(body, path(gap, "#000"))
    if eye.lid is not None:
        drawn += tapered(*upper, (eye.lid_width * 0.75, eye.lid_width, eye.lid_width * 0.75), p.line)
    if eye.lower is not None:
        drawn += tapered(*_shortened(lower, 0.7), (5, 8, 5), p.line)
    return drawn


def _cheek(lower: float | None) -> tuple[float, float, float]:
    """The curve of a lower lid that a cheek pushes up."""
    return (3.0, 3.0, 3.0) if lower is None else (lower + 0.35, lower - 0.1, lower + 0.35)


def _lid_curve(
    centre: Point, side: int, eye: Eye, heights: tuple[float, float, float]
) -> tuple[Point, Point, Point]:
    """A lid as a quadratic curve from the outer corner of an eye to the inner one."""
    x, y = centre
    outer, middle, inner = (y + eye.ry * height for height in heights)
    reach = eye.rx * 1.12
    bend = 2 * middle - (outer + inner) / 2
    return (x + side * reach, outer), (x, bend), (x - side * reach, inner)


def _shortened(curve: tuple[Point, Point, Point], part: float) -> tuple[Point, Point, Point]:
    """The middle part of a flat curve."""
    (ax, ay), (bx, by), (cx, cy) = curve
    return (
        (bx + (ax - bx) * part, by + (ay - by) * part),
        (bx, by + (1 - part) * ((ay + cy) / 2 - by) / 2),
        (bx + (cx - bx) * part, by + (cy - by) * part),
    )


def _dark_ball(centre: Point, rx: float, ry: float, eye: Eye, p: Palette) -> str:
    """A dark, shining ball: a whole button eye, or the pupil of a white one."""
    x, y = centre
    glint = (x + rx * eye.glint[0], y + ry * eye.glint[1])
    ball = ellipse(centre, rx, ry, "url(#iris)", p.iris, rx * 0.14)
    ball += ellipse((x, y + ry * 0.5), rx * 0.86, ry * 0.48, "url(#ember)")
    ball += ellipse(glint, rx * 0.33 * eye.shine, ry * 0.31 * eye.shine, p.white, turn=-24)
    small = rx * 0.15 * eye.shine
    return ball + ellipse((x + rx * 0.38, y + ry * 0.4), small, small, p.white)


def _white_eye(centre: Point, eye: Eye, p: Palette) -> str:
    """An eye wide enough to show its white."""
    x, y = centre
    size = eye.rx * eye.pupil
    pupil = (x + eye.gaze[0] * eye.rx, y + eye.gaze[1] * eye.ry)
    white = ellipse(centre, eye.rx, eye.ry, "url(#sclera)")
    inside = clipped(_dark_ball(pupil, size, size * 1.1, eye, p), ellipse(centre, eye.rx, eye.ry, "#000"))
    return white + inside + ellipse(centre, eye.rx, eye.ry, "none", p.line, 7)


def _slit_eye(centre: Point, eye: Eye, p: Palette) -> str:
    """A cat's eye: a bright iris all over with an upright pupil, the rounder the wider it is."""
    x, y = centre
    rx, ry = eye.rx, eye.ry
    px, py = x + eye.gaze[0] * rx, y + eye.gaze[1] * ry
    half, tall = rx * eye.slit, ry * min(0.86, 0.62 + 0.3 * eye.slit)
    if eye.slit < 0.45:  # pointed at both ends
        tip, wide, high = half * 0.12, half * 1.33, tall * 0.4
        d = (
            f"M{px - tip:g},{py - tall:g} Q{px:g},{py - tall - 4:g} {px + tip:g},{py - tall:g} "
            f"C{px + wide:g},{py - high:g} {px + wide:g},{py + high:g} {px + tip:g},{py + tall:g} "
            f"Q{px:g},{py + tall + 4:g} {px - tip:g},{py + tall:g} "
            f"C{px - wide:g},{py + high:g} {px - wide:g},{py - high:g} {px - tip:g},{py - tall:g}Z"
        )
        pupil = path(d, p.iris)
    else:
        pupil = ellipse((px, py), half, tall, "url(#iris)")
    ball = ellipse(centre, rx, ry, "url(#slit_iris)")
    rim = ellipse((x, y - ry * 0.92), rx * 1.1, ry * 0.62, p.slit_iris_shade)
    inside = clipped(group(rim, opacity=0.45) + pupil, ellipse(centre, rx, ry, "#000"))
    glint = (x + rx * eye.glint[0], y + ry * eye.glint[1])
    shine = ellipse(glint, rx * 0.3 * eye.shine, ry * 0.28 * eye.shine, p.white, turn=-24)
    small = rx * 0.14 * eye.shine
    shine += ellipse((x + rx * 0.36, y + ry * 0.42), small, small, p.white)
    return ball + inside + shine + ellipse(centre, rx, ry, "none", p.line, 9)


@dataclass(frozen=True)
class ShutEye:
    """One shut eye: a curved line."""

    half: float  # half its length
    bow: float  # how far it hangs through; less than 0: an arch, as in laughing
    slant: float = 0.0  # how much lower its outer end lies
    fall: float = 10.0  # how far below the middle of the open eye it lies
    width: float = 14.0


def shut_eye(centre: Point, side: int, eye: ShutEye, p: Palette) -> str:
    """A shut eye."""
    x, y = centre[0], centre[1] + eye.fall
    outer = (x + side * eye.half, y + eye.slant / 2)
    inner = (x - side * eye.half, y - eye.slant / 2)
    thin = eye.width * 0.62
    return tapered(outer, (x, y + 2 * eye.bow), inner, (thin, eye.width, thin), p.line)


def squeezed_eye(centre: Point, side: int, half: float, height: float, p: Palette) -> str:
    """An eye pressed shut: an arrow head that points at the nose."""
    x, y = centre
    tip, back = x - side * half, x + side * half
    d = f"M{back:g},{y - height:g} L{tip:g},{y:g} L{back:g},{y + height:g}"
    return path(d, stroke=p.line, width=15)


@dataclass(frozen=True)
class Brow:
    """One brow."""

    inner: float  # how far its inner end lies below its middle
    outer: float  # the same of its outer end
    bow: float  # how far it is arched upwards
    half: float = 42.0  # half its length
    width: float = 22.0
    lift: float = 0.0  # how far above its usual height it is raised


def draw_brow(centre: Point, side: int, brow: Brow, p: Palette) -> str:
    """A brow, thinner towards its outer end."""
    x, y = centre[0], centre[1] - brow.lift
    start = (x - side * brow.half, y + brow.inner)
    end = (x + side * brow.half, y + brow.outer)
    bend = (x, y + (brow.inner + brow.outer) / 2 - 2 * brow.bow)
    return tapered(start, bend, end, (brow.width, brow.width * 1.05, brow.width * 0.6), p.line)


def wet_rim(centre: Point, eye: Eye, p: Palette) -> str:
    """Tears that stand along the lower edge of a dark eye and have not fallen yet."""
    x, y = centre
    pool = path(
        f"M{x - eye.rx * 1.1:g},{y + eye.ry * 0.52:g} Q{x - eye.rx * 0.4:g},{y + eye.ry * 0.78:g} {x:g},"
        f"{y + eye.ry * 0.6:g} Q{x + eye.rx * 0.45:g},{y + eye.ry * 0.42:g} {x + eye.rx * 1.1:g},"
        f"{y + eye.ry * 0.56:g} L{x + eye.rx:g},{y + eye.ry * 1.3:g} L{x - eye.rx:g},{y + eye.ry * 1.3:g}Z",
        p.tear_light,
    )
    return clipped(group(pool, opacity=0.92), ellipse(centre, eye.rx * 0.94, eye.ry * 0.95, "#000"))


# ---------------------------------------------------------------- mouths


def mouth_line(d: str, p: Palette, width: float = 10.0) -> str:
    """A shut mouth."""
    return path(d, stroke=p.line, width=width)


@dataclass(frozen=True)
class Tongue:
    """A tongue that fills the lower part of an open mouth."""

    centre: Point
    rx: float
    ry: float


def open_mouth(d: str, p: Palette, tongue: Tongue | None = None, teeth: str = "") -> str:
    """An open mouth of outline `d`, with a tongue, and teeth as the paths in `teeth`."""
    inside = path(d, "url(#cavity)")
    if tongue is not None:
        (x, y), rx, ry = tongue.centre, tongue.rx, tongue.ry
        inside += ellipse(tongue.centre, rx, ry, "url(#tongue)")
        inside += path(f"M{x:g},{y - ry * 0.72:g} V{y - ry * 0.2:g}", stroke=p.tongue_shade, width=5)
    if teeth:
        inside += path(teeth, p.white, p.white_shade, 2)
    return clipped(inside, path(d, "#000")) + path(d, stroke=p.line, width=9)


# ---------------------------------------------------------------- signs


def drop(tip: Point, size: float, p: Palette, turn: float = 0.0) -> str:
    """A drop of water that hangs from `tip`; `size` is its width."""
    half = size / 2
    d = (
        f"M0,0 C{half * 0.35:g},{half * 0.9:g} {half:g},{half * 1.35:g} {half:g},{half * 2:g} "
        f"A{half:g},{half:g} 0 0 1 {-half:g},{half * 2:g} "
        f"C{-half:g},{half * 1.35:g} {-half * 0.35:g},{half * 0.9:g} 0,0Z"
    )
    body = path(d, "url(#tear)", p.tear_outline, 5)
    body += ellipse((-half * 0.38, half * 1.75), half * 0.2, half * 0.42, "#ffffff", turn=14)
    return group(body, f"translate({tip[0]:g} {tip[1]:g}) rotate({turn:g})")


def sparkle(centre: Point, size: float, fill: str, outline: str) -> str:
    """A star of four points."""
    x, y = centre
    s, k = size, size * 0.16
    d = (
        f"M{x:g},{y - s:g} Q{x + k:g},{y - k:g} {x + s:g},{y:g} Q{x + k:g},{y + k:g} {x:g},{y + s:g} "
        f"Q{x - k:g},{y + k:g} {x - s:g},{y:g} Q{x - k:g},{y - k:g} {x:g},{y - s:g}Z"
    )
    return (
        path(d, outline, outline, 12) + path(d, fill, fill, 2) + ellipse(centre, k * 1.5, k * 1.5, "#fffbe0")
    )


def vein(centre: Point, size: float, fill: str, outline: str) -> str:
    """The swollen vein of anger: four bent strokes that turn their backs on one another."""
    near, far = size * 0.2, size
    bent = f"M{near:g},{far:g} C{near * 1.3:g},{far * 0.42:g} {far * 0.42:g},{near * 1.3:g} {far:g},{near:g}"
    strokes = "".join(
        group(path(bent, stroke=colour, width=width), f"rotate({turn})")
        for colour, width in ((outline, size * 0.56), (fill, size * 0.3))
        for turn in (0, 90, 180, 270)
    )
    return group(strokes, f"translate({centre[0]:g} {centre[1]:g}) rotate(10)")


def puff(centre: Point, side: int, size: float, outline: str) -> str:
    """A puff of steam, blown outwards from the nose."""
    balls = ((0.0, 0.0, 0.62), (0.62, -0.3, 0.5), (0.66, 0.34, 0.46), (1.12, -0.02, 0.5), (-0.6, 0.06, 0.34))
    x, y = centre
    rounds = [((x + side * size * dx, y + size * dy), size * r) for dx, dy, r in balls]
    edge = "".join(ellipse(at, r + 6, r + 6, outline) for at, r in rounds)
    shade = "".join(ellipse(at, r, r, "#d5dbe8") for at, r in rounds)
    light = "".join(
        ellipse((at[0] - r * 0.1, at[1] - r * 0.2), r * 0.84, r * 0.8, "#ffffff") for at, r in rounds
    )
    return edge + shade + light


def plaster(centre: Point, length: float, height: float, turn: float) -> str:
    """A sticking plaster with its pad and holes."""
    x, y = -length / 2, -height / 2
    strip = f'<rect x="{x:g}" y="{y:g}" width="{length:g}" height="{height:g}" rx="{height * 0.46:g}"'
    pad = path(f"M{-height * 0.56:g},{y:g} h{height * 1.12:g} v{height:g} h{-height * 1.12:g}Z", "#fff4e4")
    shade = path(f"M{x + height * 0.4:g},{-y - 4:g} H{-x - height * 0.4:g}", stroke="#dfa97c", width=7)
    holes = "".join(
        ellipse((sx * length * at, sy * height * 0.2), 3.6, 3.6, "#c98e62")
        for sx in (-1, 1)
        for sy in (-1, 1)
        for at in (0.3, 0.39)
    )
    body = f'{strip} fill="#f9d5b0" stroke="#8d5a38" stroke-width="12"/>{strip} fill="#f9d5b0"/>'
    return group(
        body + clipped(shade + pad, f"{strip}/>") + holes,
        f"translate({centre[0]:g} {centre[1]:g}) rotate({turn:g})",
    )


def blush(spread: float, y: float, rx: float, ry: float) -> str:
    """Rosy cheeks."""
    return pair(lambda at, _side: ellipse(at, rx, ry, "url(#blush)"), spread, y)


def hatching(centre: Point, count: int, gap: float, height: float, colour: str) -> str:
    """Slanting strokes side by side, as blushing is drawn in comics."""
    x, y = centre[0] - gap * (count - 1) / 2, centre[1]
    return "".join(
        tapered(
            (x + gap * i + height * 0.3, y - height / 2),
            (x + gap * i, y),
            (x + gap * i - height * 0.3, y + height / 2),
            (5, 9, 5),
            colour,
        )
        for i in range(count)
    )


def fading_down(d: str, colour: str, strength: float, end: float) -> str:
    """A shape in a colour that is strongest at the top of the head and gone at the height `end`."""
    stops = "".join(
        f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{strength * part:g}"/>'
        for at, part in ((0.0, 1.0), (0.4, 0.7), (1.0, 0.0))
    )
    gradient = (
        f'<linearGradient id="fading" gradientUnits="userSpaceOnUse" x1="0" y1="40" x2="0" y2="{end:g}">'
        f"{stops}</linearGradient>"
    )
    return gradient + path(d, "url(#fading)")
