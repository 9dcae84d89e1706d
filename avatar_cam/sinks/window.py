"""A window on the screen, by pygame."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

# SDL reads these when it starts.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# Real pixels on a scaled Windows desktop, not enlarged ones.
os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")
# What a dock groups windows by; else it would be the name of the script that was started.
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "avatar-cam")
# Full screen on one display stays there while somebody works on another.
os.environ.setdefault("SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS", "0")

import numpy as np
import pygame
from numpy.typing import NDArray

from avatar_cam.closing import Closing
from avatar_cam.controls import DEFAULT_KEYS, Action, Keys, Wish
from avatar_cam.errors import SinkError
from avatar_cam.quiet import quiet
from avatar_cam.sinks.hud.canvas import Canvas
from avatar_cam.sinks.hud.hud import Hud
from avatar_cam.sinks.hud.landmarks import draw_landmarks
from avatar_cam.sinks.hud.pointer import Pointer
from avatar_cam.sinks.picture import Fit, PictureWriter
from avatar_cam.sinks.view import View
from avatar_cam.types import Pixels

#: SDL falls back to these without an error where there is no display.
_NO_DISPLAY = ("dummy", "offscreen", "evdev")
#: Around nothing, where there is no picture.
_DARK = (18, 20, 26)
#: Masks of red, green and blue in a 32-bit pixel, as they lie in memory on all processors we run on.
_BLUE_FIRST, _RED_FIRST = (0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000)
#: How much of the screen's height a window takes at first, at most: its title bar needs room, too.
_ROOM = 0.9
#: Seconds that a window takes to fill the screen, or to leave it.
_SETTLING = 0.5
#: Held down with these, a key is meant for the system or the window manager.
_MODIFIERS = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META


def has_display() -> bool:
    """Whether a window can be seen here."""
    try:
        with quiet():  # SDL has words of its own about a missing display
            pygame.display.init()
    except pygame.error:
        return False
    try:
        return pygame.display.get_driver() not in _NO_DISPLAY
    finally:
        pygame.display.quit()


class Window(Closing):
    """Shows pictures and what a view says beside them, and tells what the user asks for.

    It can be resized; `size` is how large the window is at first, but for what the screen has no room for.
    All of it belongs to the main thread. Raises SinkError where no window can be opened; SDL's driver `dummy`
    counts as a screen when it is asked for.
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
        try:
            with quiet():  # SDL has words of its own about a missing display
                pygame.display.init()
            self._open(title, size, display, fullscreen)
        except pygame.error as error:
            pygame.display.quit()
            raise SinkError(f"no window can be opened: {error}") from error
        except SinkError:
            pygame.display.quit()
            raise
        self._actions = {pygame.key.key_code(name): action for action in keys for name in keys[action]}
        self._clock = clock
        self._picture = PictureWriter()
        self._pointer = Pointer()
        self._pointer_shown = True
        #: Until then the pointer moves only because the window did.
        self._settled = 0.0
        self._hud = Hud(keys)

    def _open(self, title: str, size: tuple[int, int], display: int, fullscreen: bool) -> None:
        if pygame.display.get_driver() in _NO_DISPLAY and "SDL_VIDEODRIVER" not in os.environ:
            raise SinkError("no window can be opened: there is no display here")
        desktops = pygame.display.get_desktop_sizes()
        if not 0 <= display < len(desktops):
            raise SinkError(f"there is no display {display}; there are 0 to {len(desktops) - 1}")
        if pygame.display.get_driver() == "x11":
            # Shared memory, which takes a tenth of what OpenGL takes without a graphics card.
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
        self._display, self._desktop = display, desktops[display]
        # Where it would fill the screen, its title bar and the system's bars need room as well.
        fit = min(1.0, self._desktop[0] / size[0], _ROOM * self._desktop[1] / size[1])
        self._windowed = max(1, round(size[0] * fit)), max(1, round(size[1] * fit))
        pygame.display.set_caption(title)
        self._set_mode(fullscreen=fullscreen)
        # Keys are commands here: an input method must not wait for the rest of a syllable.
        pygame.key.stop_text_input()

    def _set_mode(self, *, fullscreen: bool) -> None:
        self._fullscreen = fullscreen
        size, flags = (self._desktop, pygame.FULLSCREEN) if fullscreen else (self._windowed, pygame.RESIZABLE)
        with warnings.catch_warnings():
            # Whatever size the window manager has for us is right; pygame would warn on standard error.
            warnings.simplefilter("ignore", RuntimeWarning)
            self._screen = pygame.display.set_mode(size, flags, display=self._display)
            if self._screen.get_size() != size:
                # On X11 a window that just was full screen takes its new size only once it is none.
                self._screen = pygame.display.set_mode(size, flags, display=self._display)

    def toggle_fullscreen(self) -> None:
        """Fill the display, or go back to the window's size."""
        if not self._fullscreen:
            self._windowed = self._screen.get_size()
        self._set_mode(fullscreen=not self._fullscreen)
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
        self._show_pointer(presence > 0 or not self._fullscreen)
        surface = self._surface()
        fit = None
        if pixels is None:
            surface.fill(_DARK)
        else:
            fit = self._draw_picture(surface, pixels, view)
        canvas = Canvas.of(surface)
        self._hud.draw(canvas, view, fit, self._pointer.position, presence, fullscreen=self._fullscreen)
        if surface is not self._screen:
            self._screen.blit(surface, (0, 0))
        pygame.display.flip()

    def _surface(self) -> pygame.Surface:
        """The screen's own memory where it has a layout that we can write, else some beside it."""
        screen = self._screen
        if screen.get_bitsize() == 32 and screen.get_masks()[:3] in (_BLUE_FIRST, _RED_FIRST):
            return screen
        return pygame.Surface(screen.get_size(), 0, 32, (*_BLUE_FIRST, 0))

    def _draw_picture(self, surface: pygame.Surface, pixels: Pixels, view: View) -> Fit:
        """The picture and the landmarks, which go straight into the surface's memory."""
        blue_first = surface.get_masks()[:3] == _BLUE_FIRST
        memory = _memory(surface)
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

    def close(self) -> None:
        """Close the window; may be called twice."""
        with suppress(pygame.error):
            pygame.mouse.set_visible(True)
        pygame.display.quit()


def _memory(surface: pygame.Surface) -> NDArray[np.uint8]:
    """The surface's pixels, uint8 (H, W, 4), shared; the surface is locked as long as anybody holds it."""
    width, height = surface.get_size()
    numbers: NDArray[np.uint32] = np.asarray(surface.get_view("2")).T
    return numbers.view(np.uint8).reshape(height, width, 4)


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
