"""All that is drawn over the picture, in its order."""

from __future__ import annotations

import pygame

from avatar_cam.controls import Keys
from avatar_cam.sinks.hud.bars import BarsPanels
from avatar_cam.sinks.hud.canvas import Canvas
from avatar_cam.sinks.hud.figures import FiguresPanel
from avatar_cam.sinks.hud.key_list import KeyList
from avatar_cam.sinks.hud.marks import draw_countdown, draw_flash, draw_recording
from avatar_cam.sinks.hud.notices import draw_notices
from avatar_cam.sinks.hud.strip import Strip
from avatar_cam.sinks.picture import Fit
from avatar_cam.sinks.view import View

_MARGIN = 16


class Hud:
    """Draws what a view asks for. What it does not ask for takes no time."""

    def __init__(self, keys: Keys) -> None:
        self.strip = Strip(keys)
        self._figures = FiguresPanel()
        self._bars = BarsPanels()
        self._keys = KeyList(keys)

    def draw(
        self,
        canvas: Canvas,
        view: View,
        fit: Fit | None,
        pointer: tuple[int, int] | None,
        presence: float,
        *,
        fullscreen: bool,
    ) -> None:
        """`fit` is where the picture lies, None without one; `presence` is how much of the strip is seen."""
        if view.flash > 0:
            draw_flash(canvas, view.flash)
        taken: list[pygame.Rect] = []
        if view.figures is not None:
            taken.append(self._figures.draw(canvas, view.figures))
        if view.recording is not None:
            taken.append(draw_recording(canvas, view.recording))
        # The list of keys is read and put away again: what it would lie upon can wait.
        if view.bars and not view.keys and view.composite is not None and fit is not None:
            self._bars.draw(canvas, fit, view.composite, taken, held=view.held is not None)
        if view.countdown is not None:
            draw_countdown(canvas, view.countdown)
        if presence > 0:
            self.strip.draw(canvas, view, pointer, presence, fullscreen=fullscreen)
        else:
            self.strip.hide()
        bottom = self.strip.top or canvas.rect.height
        draw_notices(canvas, view.notices, bottom - canvas.px(_MARGIN))
        if view.keys:
            self._keys.draw(canvas)
