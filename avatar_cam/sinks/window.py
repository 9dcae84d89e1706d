"""A window on the screen, by pygame."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from avatar_cam.controls import DEFAULT_KEYS, Action, Keys, Wish
from avatar_cam.sinks.hud.canvas import Canvas
from avatar_cam.sinks.hud.hud import Hud
from avatar_cam.sinks.hud.landmarks import draw_landmarks
from avatar_cam.sinks.hud.pointer import Pointer
from avatar_cam.sinks.picture import Fit, PictureWriter
from avatar_cam.sinks.screen import Screen, is_blue_first, memory_of
from avatar_cam.sinks.view import View
from avatar_cam.types import Pixels

#: Around nothing, where there is no picture.
_DARK = (18, 20, 26)
#: Seconds that a window takes to fill the screen, or to leave it.
_SETTLING = 0.5
#: Held down with these, a key is meant for the system or the window manager.
_MODIFIERS = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META


class Window(Screen):
    """Shows pictures and what a view says beside them, and tells what the user asks for.

    Size, display and errors are those of `Screen`.
    """

    def __init__(
        self,
        title: str,
        size: tuple[int, int],
        *,
        keys: Keys = DEFAULT_KEYS,
        display: int = 0,
        fullscreen: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(title, size, display, fullscreen=fullscreen)
        # Keys are commands here: an input method must not wait for the rest of a syllable.
        pygame.key.stop_text_input()
        self._actions = {pygame.key.key_code(name): action for action in keys for name in keys[action]}
        self._clock = clock
        self._picture = PictureWriter()
        self._pointer = Pointer()
        self._pointer_shown = True
        #: Until then the pointer moves only because the window did.
        self._settled = 0.0
        self._hud = Hud(keys)

    @property
    def driver(self) -> str:
        """What SDL shows it by, such as x11, wayland, windows or cocoa."""
        return pygame.display.get_driver()

    @property
    def displays(self) -> tuple[tuple[int, int], ...]:
        """The size (width, height) px of each display."""
        return tuple(pygame.display.get_desktop_sizes())

    def toggle_fullscreen(self) -> None:
        super().toggle_fullscreen()
        self._settled = self._clock() + _SETTLING

    def actions(self) -> list[Wish]:
        """What the user asked for since the last call; closing the window is "quit".

        Full screen, resizing and the pointer are seen to here.
        """
        wishes: list[Wish] = []
        for event in pygame.event.get():
            wish = self._wish(event)
            if wish == "fullscreen":
                self.toggle_fullscreen()
            elif wish is not None:
                wishes.append(wish)
        return wishes

    def _wish(self, event: pygame.event.Event) -> Wish | None:
        match event.type:
            case pygame.QUIT:
                return "quit"
            case pygame.KEYDOWN:
                return self._pressed(event)
            case pygame.MOUSEBUTTONDOWN if event.button == pygame.BUTTON_LEFT:
                wish = self._hud.strip.click(event.pos)
                self._pointer.move(event.pos, self._clock())
                return wish
            case pygame.MOUSEMOTION if self._clock() >= self._settled:
                self._pointer.move(event.pos, self._clock())
            case pygame.MOUSEWHEEL:
                self._hud.strip.scroll(-event.y or event.x)
            case pygame.WINDOWLEAVE:
                self._pointer.leave(self._clock())
        return None

    def _pressed(self, event: pygame.event.Event) -> Action | None:
        if event.mod & _MODIFIERS:
            return None
        return self._actions.get(event.key) or self._actions.get(_by_position(event))

    def show(self, pixels: Pixels | None, view: View) -> None:
        """Show `pixels`, uint8 (H, W, 3) RGB, which stay as they are, and over them what `view` says.

        None is no picture: dark, with everything that does not need one. Landmarks and faces of
        `view.composite` are in the pixels of its frame.
        """
        if not pygame.display.get_active():
            return
        if (place := self._pointer.position) is not None and self._hud.strip.holds(place):
            self._pointer.move(place, self._clock())  # who rests there is about to click
        presence = self._pointer.presence(self._clock())
        self._show_pointer(presence > 0 or not self.fullscreen)
        surface = self.surface()
        fit = None
        if pixels is None:
            surface.fill(_DARK)
        else:
            fit = self._draw_picture(surface, pixels, view)
        canvas = Canvas.of(surface)
        self._hud.draw(canvas, view, fit, self._pointer.position, presence, fullscreen=self.fullscreen)
        self.flip(surface)

    def _draw_picture(self, surface: pygame.Surface, pixels: Pixels, view: View) -> Fit:
        """The picture and the landmarks, which go straight into the surface's memory."""
        blue_first = is_blue_first(surface)
        memory = memory_of(surface)
        size = pixels.shape[1], pixels.shape[0]
        fit = Fit.inside(size, surface.get_size(), mirror=view.mirror)
        self._picture.write(pixels, memory, fit, blue_first=blue_first)
        if view.composite is None:
            return fit
        fit = Fit(view.composite.frame.size, fit.x, fit.y, fit.width, fit.height, fit.mirror)
        if view.landmarks:
            unit = Canvas.of(surface).unit
            draw_landmarks(memory, fit, view.composite, unit, blue_first=blue_first)
        return fit

    def _show_pointer(self, shown: bool) -> None:
        if shown != self._pointer_shown:
            self._pointer_shown = shown
            pygame.mouse.set_visible(shown)


def _by_position(event: pygame.event.Event) -> int:
    """The key of the American keyboard that lies where the pressed one does.

    Only for what has no name among our keys: letters of other scripts, and digits that need shift.
    """
    scancode = getattr(event, "scancode", 0)
    if pygame.KSCAN_1 <= scancode <= pygame.KSCAN_9:
        return pygame.K_1 + scancode - pygame.KSCAN_1
    if scancode == pygame.KSCAN_0:
        return pygame.K_0
    if pygame.KSCAN_A <= scancode <= pygame.KSCAN_Z and event.key > 127:
        return pygame.K_a + scancode - pygame.KSCAN_A
    return 0
