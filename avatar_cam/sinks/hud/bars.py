"""What was read from each face: a panel of seven bars beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pygame

from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.sinks.hud.canvas import ACCENT, DIM, EMOTION_COLOURS, INK, Canvas
from avatar_cam.sinks.picture import Fit
from avatar_cam.types import Composite, EmotionReading, FaceTrack

_WIDTH, _LINE, _SIZE, _PADDING, _GAP = 188, 17, 15, 10, 8
#: The shown emotion, above the bars.
_HEADING, _HEADING_SIZE = 20, 18
_TRACK_FROM, _TRACK_WIDTH, _TRACK_HEIGHT = 86, 56, 6
_TRACK = (62, 68, 80)
_SIDES = ("right", "left", "lower right", "lower left", "above", "below")
#: A mask reaches beyond the face's landmarks by this share of their box, to the sides and up.
_MASK = 0.45
#: What it costs to cover other bars or a face, per px², and to change sides, per panel.
_ON_BARS, _ON_FACE, _CHANGE = 8.0, 2.0, 0.4


class BarsPanels:
    """A panel for each face with a reading, which stays on its side while that is not much worse."""

    def __init__(self) -> None:
        self._sides: dict[int, str] = {}

    def draw(
        self, canvas: Canvas, fit: Fit, composite: Composite, taken: Sequence[pygame.Rect], *, held: bool
    ) -> None:
        """`taken` is where something else is; `held`: the emotions that are shown are not the ones read."""
        heads = {face.id: _head(fit, face) for face in composite.faces}
        height = canvas.px(_HEADING) + canvas.px(_LINE) * len(EMOTIONS) + 2 * canvas.px(_PADDING)
        size = canvas.px(_WIDTH), height
        sides: dict[int, str] = {}
        panels = list(taken)
        for face in composite.faces:
            reading, choice = composite.readings.get(face.id), composite.choices.get(face.id)
            if reading is None or choice is None:
                continue
            sides[face.id], rect = _place(
                heads[face.id],
                size,
                canvas,
                [head for who, head in heads.items() if who != face.id],
                panels,
                self._sides.get(face.id),
            )
            panels.append(rect)
            _draw_panel(canvas, rect, reading, choice.emotion, held)
        self._sides = sides


def _head(fit: Fit, face: FaceTrack) -> pygame.Rect:
    """About what the mask covers, in the window."""
    x, y, width, height = face.box
    corners = np.array(
        [[x - _MASK * width, y - _MASK * height], [x + (1 + _MASK) * width, y + height]], np.float32
    )
    seen = fit.seen(corners)
    (left, top), (right, bottom) = seen.min(axis=0).tolist(), seen.max(axis=0).tolist()
    return pygame.Rect(round(left), round(top), round(right - left), round(bottom - top))


def _place(
    head: pygame.Rect,
    size: tuple[int, int],
    canvas: Canvas,
    other_heads: Sequence[pygame.Rect],
    taken: Sequence[pygame.Rect],
    last_side: str | None,
) -> tuple[str, pygame.Rect]:
    """The side of the head, and the place there, that covers least of what should be seen."""
    window = canvas.rect.inflate(-2 * canvas.px(_GAP), -2 * canvas.px(_GAP))

    def cost(candidate: tuple[str, pygame.Rect]) -> float:
        side, rect = candidate
        return (
            _ON_BARS * sum(_area(rect.clip(other)) for other in taken)
            + _ON_FACE * sum(_area(rect.clip(other)) for other in [head, *other_heads])
            + (0 if side == last_side else _CHANGE * size[0] * size[1])
        )

    return min(
        ((side, rect.clamp(window)) for side, rect in _candidates(head, size, canvas.px(_GAP))), key=cost
    )


def _candidates(head: pygame.Rect, size: tuple[int, int], gap: int) -> Iterator[tuple[str, pygame.Rect]]:
    rect = pygame.Rect((0, 0), size)
    for side in _SIDES:
        place = rect.copy()
        place.center = head.center
        if "lower" in side:
            place.top = head.centery
        if "right" in side:
            place.left = head.right + gap
        elif "left" in side:
            place.right = head.left - gap
        elif side == "above":
            place.bottom = head.top - gap
        else:
            place.top = head.bottom + gap
        yield side, place


def _area(rect: pygame.Rect) -> int:
    return rect.width * rect.height


def _draw_panel(
    canvas: Canvas, rect: pygame.Rect, reading: EmotionReading, shown: Emotion, held: bool
) -> None:
    canvas.panel(rect)
    padding = canvas.px(_PADDING)
    y = rect.y + padding
    heading = canvas.text(shown.capitalize(), _HEADING_SIZE, EMOTION_COLOURS[shown])
    canvas.surface.blit(heading, (rect.x + padding, y - canvas.px(1)))
    if held:
        word = canvas.text("held", _SIZE, ACCENT)
        canvas.surface.blit(word, (rect.right - padding - word.get_width(), y))
    y += canvas.px(_HEADING)
    for emotion, share in zip(EMOTIONS, reading.probabilities.tolist(), strict=True):
        _draw_row(canvas, rect, y, emotion, share, emphasis=emotion == shown)
        y += canvas.px(_LINE)


def _draw_row(
    canvas: Canvas, rect: pygame.Rect, y: int, emotion: Emotion, share: float, *, emphasis: bool
) -> None:
    ink, padding = INK if emphasis else DIM, canvas.px(_PADDING)
    name = canvas.text(emotion, _SIZE, ink)
    canvas.surface.blit(name, (rect.x + padding, y))
    thick = canvas.px(_TRACK_HEIGHT)
    track = pygame.Rect(
        rect.x + canvas.px(_TRACK_FROM), y + (name.get_height() - thick) // 2, canvas.px(_TRACK_WIDTH), thick
    )
    canvas.bar(track, _TRACK)
    if filled := round(track.width * share):
        canvas.bar(pygame.Rect(track.topleft, (max(filled, thick), thick)), EMOTION_COLOURS[emotion])
    value = canvas.text(f"{share:.0%}", _SIZE, ink)
    canvas.surface.blit(value, (rect.right - padding - value.get_width(), y))
