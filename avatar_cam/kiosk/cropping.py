"""Which part of the camera's picture fills the screen: around the people, and calmly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from avatar_cam.characters.flattening import around
from avatar_cam.types import Box

#: Seconds in which the part follows the people most of the way, and how far they may be from its middle
#: before it begins to, as a share of its width.
_FOLLOWS, _IDLE = 0.8, 0.06
#: Where eyes are best, as a share of the height.
_EYES = 0.42


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the middle of the crop is, px of the picture; None before the first."""

    x: float
    y: float
    time: float


def whole_part(picture: tuple[int, int], screen: tuple[int, int]) -> tuple[int, int]:
    """The largest part (width, height) of a picture that has the screen's shape, whole px."""
    width, height = picture
    shape = screen[0] / screen[1]
    if width / height > shape:
        return max(1, min(width, round(height * shape))), height
    return width, max(1, min(height, round(width / shape)))


def follow(
    aim: Aim | None,
    people: Sequence[tuple[float, float]],
    picture: tuple[int, int],
    part_width: int,
    time: float,
) -> Aim:
    """The next aim: on its way to the middle between `people`, points px; it rests while nobody is there."""
    width, height = picture
    if aim is None:
        aim = Aim(width / 2, height * _EYES, time)
    if not people:
        return Aim(aim.x, aim.y, time)
    xs, ys = zip(*people, strict=True)
    goal = (min(xs) + max(xs)) / 2, sum(ys) / len(ys)
    share = 1 - math.exp(-max(0.0, time - aim.time) / _FOLLOWS)
    idle = _IDLE * part_width
    moved = [at + share * _beyond(to - at, idle) for at, to in zip((aim.x, aim.y), goal, strict=True)]
    return Aim(moved[0], moved[1], time)


def part_at(aim: Aim, picture: tuple[int, int], part: tuple[int, int]) -> Box:
    """The part (x0, y0, x1, y1) of the picture around the aim, inside the picture, px."""
    x = round(min(max(aim.x - part[0] / 2, 0), picture[0] - part[0]))
    y = round(min(max(aim.y - part[1] * _EYES, 0), picture[1] - part[1]))
    return x, y, x + part[0], y + part[1]


def with_all_of(part: Box, boxes: Iterable[Box], picture: tuple[int, int]) -> Box:
    """The part of the picture made larger, as far as that goes, so that all of `boxes` is in it, px."""
    left, top, right, bottom = around([part, *boxes])
    return max(left, 0), max(top, 0), min(right, picture[0]), min(bottom, picture[1])


def _beyond(distance: float, idle: float) -> float:
    """How much of a distance is more than `idle`."""
    return math.copysign(max(0.0, abs(distance) - idle), distance)
