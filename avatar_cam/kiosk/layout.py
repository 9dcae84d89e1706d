"""Where things lie on the booth's screen, which may lie or stand."""

from __future__ import annotations

from dataclasses import dataclass

#: (left, top, width, height), px.
Place = tuple[int, int, int, int]

#: The screens that all lengths are meant for.
_LYING, _STANDING = (1600, 900), (900, 1600)


@dataclass(frozen=True, slots=True)
class Layout:
    """Places on a screen of `size`, px; `unit` is how many pixels a unit of the design is."""

    size: tuple[int, int]
    unit: float
    #: The square of the character that performs, and the line below which words begin.
    performer: Place
    words_top: int
    #: The middle of the countdown.
    count: tuple[int, int]
    #: What holds the picture that was taken: alone, and beside its code.
    photo_alone: Place
    photo: Place
    #: The card with the code.
    card: Place
    #: The lowest line's bottom.
    bottom: int

    @property
    def stands(self) -> bool:
        """Whether the screen is higher than wide."""
        return self.size[1] > self.size[0]


def lay_out(size: tuple[int, int]) -> Layout:
    """The layout for a screen of that size."""
    width, height = size
    stands = height > width
    meant = _STANDING if stands else _LYING
    unit = min(width / meant[0], height / meant[1])

    def box(cx: float, top: float, w: float, h: float) -> Place:
        return round(cx - w / 2), round(top), round(w), round(h)

    middle, gap, foot = width / 2, 40 * unit, 96 * unit
    if stands:
        side = 620 * unit
        performer = box(middle, 0.16 * height, side, side)
        head = 210 * unit
        card = box(middle, height - foot - 460 * unit, width - 2 * gap, 420 * unit)
        count = middle
        photo = box(middle, head, width - 2 * gap, card[1] - head - gap)
    else:
        side = 460 * unit
        performer = box(middle, 0.06 * height, side, side)
        head = 130 * unit
        card_width = 440 * unit
        count = 220 * unit
        card = box(width - gap - card_width / 2, head, card_width, height - head - foot)
        photo_width = width - card_width - 3 * gap
        photo = box(gap + photo_width / 2, head, photo_width, height - head - foot)
    alone = box(middle, head, width - 2 * gap, height - head - foot - (230 if stands else 100) * unit)
    return Layout(
        size=size,
        unit=unit,
        performer=performer,
        words_top=performer[1] + performer[3] + round(30 * unit),
        # Low, since faces must stay free.
        count=(round(count), round(height - foot - 190 * unit)),
        photo_alone=alone,
        photo=photo,
        card=card,
        bottom=height - round(22 * unit),
    )


def inside(picture: tuple[int, int], place: Place) -> Place:
    """Where a picture (width, height) lies in a place: in the middle, as large as fits, its shape kept."""
    left, top, width, height = place
    scale = min(width / picture[0], height / picture[1])
    w, h = max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
    return left + (width - w) // 2, top + (height - h) // 2, w, h
