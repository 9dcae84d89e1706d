"""A display, or a window on it, as memory to draw into, by pygame."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress

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
from avatar_cam.errors import SinkError
from avatar_cam.quiet import quiet

#: SDL falls back to these without an error where there is no display.
_NO_DISPLAY = ("dummy", "offscreen", "evdev")
#: Masks of red, green and blue in a 32-bit pixel, as they lie in memory on all processors we run on.
BLUE_FIRST, _RED_FIRST = (0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000)
#: How much of the screen's height a window takes at first, at most: its title bar needs room, too.
_ROOM = 0.9


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


class Screen(Closing):
    """A window, or a whole display with `fullscreen`, and the memory of what it shows.

    A window can be resized; `size` is how large it is at first, but for what the display has no room for.
    All of it belongs to the main thread. Raises SinkError where no window can be opened; SDL's driver `dummy`
    counts as a display when it is asked for.
    """

    def __init__(
        self, title: str, size: tuple[int, int], display: int = 0, *, fullscreen: bool = False
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

    @property
    def fullscreen(self) -> bool:
        """Whether it fills the display."""
        return self._fullscreen

    def toggle_fullscreen(self) -> None:
        """Fill the display, or go back to the window's size."""
        if not self._fullscreen:
            self._windowed = self._screen.get_size()
        self._set_mode(fullscreen=not self._fullscreen)

    def surface(self) -> pygame.Surface:
        """What to draw into: the screen's own memory where it has a layout that we can write, else other."""
        screen = self._screen
        if screen.get_bitsize() == 32 and screen.get_masks()[:3] in (BLUE_FIRST, _RED_FIRST):
            return screen
        return pygame.Surface(screen.get_size(), 0, 32, (*BLUE_FIRST, 0))

    def flip(self, surface: pygame.Surface) -> None:
        """Show what was drawn into `surface`."""
        if surface is not self._screen:
            self._screen.blit(surface, (0, 0))
        pygame.display.flip()

    def close(self) -> None:
        """Close the window; may be called twice."""
        with suppress(pygame.error):
            pygame.mouse.set_visible(True)
        pygame.display.quit()


def memory_of(surface: pygame.Surface) -> NDArray[np.uint8]:
    """The surface's pixels, uint8 (H, W, 4), shared; the surface is locked as long as anybody holds it."""
    width, height = surface.get_size()
    numbers: NDArray[np.uint32] = np.asarray(surface.get_view("2")).T
    return numbers.view(np.uint8).reshape(height, width, 4)


def is_blue_first(surface: pygame.Surface) -> bool:
    """The order of colours in its memory."""
    return surface.get_masks()[:3] == BLUE_FIRST
