"""Signs in motion: each function gives the frames of an animation that runs over and over."""

import math

from expressions import GOLD, GOLD_LINE, STEAM_LINE
from parts import Palette, Point, drop, group, pair, puff, sparkle

Star = tuple[float, float, float]  # where its middle lies, and its size


def steam(spread: float, y: float, size: float, count: int = 4) -> list[str]:
    """Puffs blown out beside the face, that grow and thin out; a new one follows before the last is gone."""

    def blown(age: float) -> str:
        return pair(
            lambda at, side: group(
                puff((at[0] + side * 58 * age, at[1] - 14 * age), side, size * (0.5 + 0.5 * age), STEAM_LINE),
                opacity=round(min(1.0, 3.2 * (1 - age)), 3),
            ),
            spread,
            y,
        )

    # The older puff has come further and lies behind the newer one.
    return [
        "".join(blown(age) for age in sorted(_ages(step, count, 2), reverse=True)) for step in range(count)
    ]


def tears(
    spread: float, y: float, sizes: tuple[float, float], way: float, p: Palette, count: int = 4
) -> list[str]:
    """A tear under each eye that swells, runs down `way` pixels and is gone; one runs half a round later."""
    left, right = sizes

    def running(step: int) -> str:
        ages = (step / count, (step / count + 0.5) % 1)

        def tear(at: Point, side: int) -> str:
            age, size = (ages[0], left) if side < 0 else (ages[1], right)
            swollen = size * min(1.0, 0.75 + 0.8 * age)
            drawn = drop((at[0], at[1] + way * age * age), swollen, p, -5 * side)
            return group(drawn, opacity=round(min(1.0, 3 * (1 - age)), 3))

        return pair(tear, spread, y)

    return [running(step) for step in range(count)]


def twinkle(stars: list[Star], count: int = 4) -> list[str]:
    """Sparkles that swell and shrink, each in its own turn."""

    def shining(step: int) -> str:
        drawn = ""
        for number, (x, y, size) in enumerate(stars):
            phase = math.tau * (step / count - number / len(stars))
            drawn += sparkle((x, y), round(size * (0.76 + 0.24 * math.cos(phase)), 2), GOLD, GOLD_LINE)
        return drawn

    return [shining(step) for step in range(count)]


def _ages(step: int, count: int, several: int) -> list[float]:
    """How far each of `several` that follow one another has come, 0 to 1, in frame `step` of `count`.

    Over all frames each comes to where the one before it began, so that the round closes.
    """
    return [(step / count + number) / several for number in range(several)]
