"""A window on the screen, by pygame."""

from __future__ import annotations

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.quiet import quiet
from avatar_cam.types import Composite, Pixels

#: SDL falls back to these without an error where there is no display.
_NO_DISPLAY = ("dummy", "offscreen", "evdev")


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
    """Shows composites mirrored, as a mirror would, in a window that can be resized.

    `open` turns False when the user closes it or presses Escape; M turns mirroring off and on.
    """

    def __init__(self, size: tuple[int, int], title: str) -> None:
        self.open = True
        self.mirror = True
        try:
            pygame.display.init()
            room = pygame.display.get_desktop_sizes()[0]
            fit = min(1.0, room[0] / size[0], room[1] / size[1])
            wanted = round(size[0] * fit), round(size[1] * fit)
            self._surface = pygame.display.set_mode(wanted, pygame.RESIZABLE)
        except pygame.error as error:
            pygame.display.quit()
            raise SinkError(f"no window can be opened: {error}") from error
        pygame.display.set_caption(title)

    def write(self, composite: Composite) -> None:
        """Show the composite now, and see to what the user did."""
        self._show(composite.frame.pixels)
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.open = False
            elif event.type == pygame.KEYDOWN:
                self._press(event.key)

    def close(self) -> None:
        """Close the window; may be called twice."""
        self.open = False
        pygame.display.quit()

    def _press(self, key: int) -> None:
        if key == pygame.K_ESCAPE:
            self.open = False
        elif key == pygame.K_m:
            self.mirror = not self.mirror

    def _show(self, pixels: Pixels) -> None:
        height, width = pixels.shape[:2]
        # Shares the frame's memory: flipping is the one copy.
        picture = pygame.image.frombuffer(pixels.data, (width, height), "RGB")
        if self.mirror:
            picture = pygame.transform.flip(picture, True, False)
        target = self._surface.get_rect()
        scale = min(target.width / width, target.height / height)
        if scale != 1:
            fit = max(1, round(width * scale)), max(1, round(height * scale))
            picture = pygame.transform.smoothscale(picture, fit)
            self._surface.fill((0, 0, 0))
        self._surface.blit(picture, picture.get_rect(center=target.center))
        pygame.display.flip()
