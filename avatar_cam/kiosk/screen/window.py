"""The booth's screen: a scene drawn, and what visitors and staff pressed."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Literal

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# A gamepad works though no window has the focus, as after a fault of the window manager.
os.environ.setdefault("SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS", "1")
# A signal is for Python; SDL would make of it what a visitor's click on a close button is: nothing.
os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")

import pygame

from avatar_cam.kiosk.layout import Layout, lay_out
from avatar_cam.kiosk.screen import style
from avatar_cam.kiosk.screen.pad import draw_pad, keys_on
from avatar_cam.kiosk.screen.parts import (
    CodePart,
    PhotoPart,
    blit_premultiplied,
    draw_arrow,
    draw_background,
    draw_card,
    draw_count,
    draw_foot,
    draw_pill,
    draw_title,
)
from avatar_cam.kiosk.screen.scene import Scene
from avatar_cam.kiosk.staff import in_corner
from avatar_cam.kiosk.texts import Texts
from avatar_cam.sinks.hud.canvas import Canvas
from avatar_cam.sinks.hud.marks import draw_flash
from avatar_cam.sinks.picture import Fit, PictureWriter
from avatar_cam.sinks.screen import Screen, is_blue_first, memory_of
from avatar_cam.types import Pixels

#: Seconds in which the flash of a picture goes out.
_FLASH = 0.35
#: Held together, these keys and Q are the staff's.
_CHORD = pygame.KMOD_CTRL, pygame.KMOD_ALT
#: Pressed alone, these are only about to be a chord.
_HALF_CHORDS = frozenset(
    (pygame.K_LCTRL, pygame.K_RCTRL, pygame.K_LALT, pygame.K_RALT, pygame.K_LSHIFT, pygame.K_RSHIFT)
    + (pygame.K_LSUPER, pygame.K_RSUPER, pygame.K_ESCAPE, pygame.K_CAPSLOCK, pygame.K_NUMLOCKCLEAR)
)


@dataclass(frozen=True, slots=True)
class Press:
    """Something that was pressed: anything, the hidden corner, the staff's chord, or a key of the pad."""

    what: Literal["anything", "corner", "chord", "pad"]
    key: str = ""


class BoothWindow(Screen):
    """Fills the display, without a pointer; `texts` are its words, `privacy` the lowest line.

    With `fullscreen` False it is a window of `size`, for trials. Nothing that a visitor does closes it.
    """

    def __init__(
        self, size: tuple[int, int], display: int, texts: Texts, privacy: str, *, fullscreen: bool = True
    ) -> None:
        super().__init__("avatar-cam", size, display, fullscreen=fullscreen)
        pygame.key.stop_text_input()
        pygame.mouse.set_visible(False)
        pygame.joystick.init()
        self._gamepads: dict[int, pygame.joystick.JoystickType] = {}
        self._texts, self._privacy = texts, privacy
        self._picture = PictureWriter()
        self._photo, self._code = PhotoPart(), CodePart()
        self._performer: tuple[Pixels, int, pygame.Surface] | None = None
        self._pad_shown = False

    @property
    def size(self) -> tuple[int, int]:
        """Its pixels, (width, height)."""
        return self._screen.get_size()

    def presses(self) -> list[Press]:
        """What was pressed since the last call, on keyboard, mouse, touch screen or gamepad."""
        found = (self._pressed(event) for event in pygame.event.get())
        return [press for press in found if press is not None]

    def show(self, scene: Scene) -> None:
        """Show this scene."""
        if not pygame.display.get_active():
            return
        surface = self.surface()
        layout = lay_out(surface.get_size())
        canvas = Canvas(surface, layout.unit)
        match scene.phase:
            case "live" | "countdown" if scene.pixels is not None:
                self._draw_live(surface, canvas, layout, scene)
            case "photo" if scene.photo is not None:
                self._draw_photo(canvas, layout, scene, scene.photo)
            case "farewell":
                self._draw_performance(canvas, layout, scene, self._texts.bye, self._texts.bye_more)
            case "failsafe":
                self._draw_performance(canvas, layout, scene, self._texts.pause, self._texts.pause_more)
            case _:
                self._draw_performance(canvas, layout, scene, self._texts.invite, self._texts.invite_more)
        draw_foot(canvas, layout, self._privacy, scene.note)
        self._pad_shown = scene.pin is not None
        if scene.pin is not None:
            draw_pad(canvas, self._texts.pin, scene.pin)
        self.flip(surface)

    def close(self) -> None:
        self._gamepads.clear()
        pygame.joystick.quit()
        super().close()

    def _pressed(self, event: pygame.event.Event) -> Press | None:
        match event.type:
            case pygame.KEYDOWN:
                return self._key(event)
            case pygame.MOUSEBUTTONDOWN:  # SDL makes one of every touch too
                return self._point(event.pos)
            case pygame.JOYBUTTONDOWN:
                return Press("anything")
            case pygame.JOYDEVICEADDED:
                gamepad = pygame.joystick.Joystick(event.device_index)
                self._gamepads[gamepad.get_instance_id()] = gamepad
            case pygame.JOYDEVICEREMOVED:
                self._gamepads.pop(event.instance_id, None)
            case pygame.WINDOWFOCUSGAINED | pygame.WINDOWENTER:
                pygame.mouse.set_visible(False)
        return None

    def _key(self, event: pygame.event.Event) -> Press | None:
        if event.key == pygame.K_q and all(event.mod & held for held in _CHORD):
            return Press("chord")
        if self._pad_shown:
            digit = event.unicode if event.unicode.isascii() and event.unicode.isdecimal() else ""
            named = {pygame.K_BACKSPACE: "back", pygame.K_ESCAPE: "close"}.get(event.key, digit)
            return Press("pad", named) if named else None
        return None if event.key in _HALF_CHORDS else Press("anything")

    def _point(self, position: tuple[int, int]) -> Press | None:
        if self._pad_shown:
            keys = keys_on(self.size, lay_out(self.size).unit)
            hit = next((name for name, rect in keys.items() if rect.collidepoint(position)), None)
            return Press("pad", hit) if hit else None
        return Press("corner" if in_corner(position, self.size) else "anything")

    def _draw_live(self, surface: pygame.Surface, canvas: Canvas, layout: Layout, scene: Scene) -> None:
        assert scene.pixels is not None
        pixels = scene.pixels
        if scene.part is not None:
            left, top, right, bottom = scene.part
            pixels = pixels[top:bottom, left:right]
        fit = Fit.inside((pixels.shape[1], pixels.shape[0]), layout.size, mirror=scene.mirror)
        self._picture.write(pixels, memory_of(surface), fit, blue_first=is_blue_first(surface))
        middle = layout.size[0] // 2
        if scene.phase == "countdown":
            draw_arrow(canvas, (middle, canvas.px(84)), scene.now)
            draw_pill(canvas, self._texts.ready, 52, (middle, canvas.px(150)))
            draw_count(canvas, layout, scene.countdown)
            return
        text = self._texts.smile_or_press if scene.smiles else self._texts.press
        text = self._texts.hold if scene.smiled > 0 else text
        draw_pill(canvas, text, 50, (middle, layout.size[1] - canvas.px(160)), scene.smiled)

    def _draw_photo(self, canvas: Canvas, layout: Layout, scene: Scene, photo: Pixels) -> None:
        draw_background(canvas, style.DAY, scene.now)
        texts, middle = self._texts, layout.size[0] // 2
        title = style.fitted_words(texts.nice, canvas.px(84), layout.size[0] - 2 * canvas.px(40))
        head = layout.photo_alone[1]
        canvas.surface.blit(title, title.get_rect(center=(middle, head // 2)))
        if scene.address is not None:
            self._photo.draw(canvas, photo, layout.photo)
            more = texts.scan_more.format(scene.minutes)
            self._code.draw(canvas, scene.address, layout.card, texts.scan, more)
        elif scene.minutes and scene.keeping == "saving":
            self._photo.draw(canvas, photo, layout.photo)
            draw_card(canvas, layout.card, texts.saving)
        else:
            said = {"kept": texts.kept, "lost": texts.unsaved, "not kept": texts.not_kept}
            rect = self._photo.draw(canvas, photo, layout.photo_alone)
            text = said.get(scene.keeping, texts.saving)
            draw_pill(canvas, text, 34, (middle, rect.bottom + canvas.px(66)))
        if (since := scene.now - scene.since) < _FLASH:
            draw_flash(canvas, 1 - since / _FLASH)

    def _draw_performance(self, canvas: Canvas, layout: Layout, scene: Scene, title: str, more: str) -> None:
        """A character, and words below it."""
        failing = scene.phase == "failsafe"
        draw_background(canvas, style.NIGHT if failing else style.DAY, scene.now)
        time = scene.now - (scene.performing if scene.phase == "attract" else scene.since)
        side = layout.performer[2]
        place = pygame.Rect(layout.performer)
        light = style.glow(side * 3 // 4, style.WHITE if failing else style.SUN, 120)
        blit_premultiplied(canvas, light, light.get_rect(center=place.center))
        if scene.performer is not None:
            match scene.phase:
                case "farewell":
                    pixels, hop = scene.performer.of("pleasure", time), abs(math.sin(time * 5)) * 40
                case "failsafe":
                    pixels, hop = scene.performer.of("sadness", time), math.sin(time * 1.2) * 8
                case _:
                    pixels, hop = scene.performer.at(time), abs(math.sin(time * 2.4)) * 26
            sway = math.sin(time * 1.2) * (0 if failing else 18)
            drawn = self._scaled(pixels, side)
            blit_premultiplied(canvas, drawn, place.move(canvas.px(1) * sway, -canvas.unit * hop))
        bottom = draw_title(canvas, layout, layout.words_top, title, more)
        if failing:
            self._draw_dots(canvas, (layout.size[0] // 2, bottom + canvas.px(34)), scene.now)

    def _draw_dots(self, canvas: Canvas, middle: tuple[int, int], now: float) -> None:
        for number in range(3):
            rise = max(0.0, math.sin(now * 4 - number * 0.8)) * canvas.px(14)
            dot = pygame.Rect(0, 0, canvas.px(22), canvas.px(22))
            dot.center = middle[0] + (number - 1) * canvas.px(44), round(middle[1] - rise)
            canvas.bar(dot, style.SUN)

    def _scaled(self, pixels: Pixels, side: int) -> pygame.Surface:
        """The character's picture on the screen; kept while it is the same."""
        if self._performer is None or self._performer[0] is not pixels or self._performer[1] != side:
            picture = pixels if pixels.shape[0] == side else style.resized(pixels, (side, side))
            self._performer = pixels, side, style.from_premultiplied(picture)
        return self._performer[2]
