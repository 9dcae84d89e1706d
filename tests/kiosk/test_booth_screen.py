"""The booth's screen on SDL's dummy driver, its layout, its letters and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import numpy as np
import pygame
import pytest
import segno

from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.kiosk.layout import inside, lay_out
from avatar_cam.kiosk.performers import MOOD, Performer, Performers
from avatar_cam.kiosk.screen import style
from avatar_cam.kiosk.screen.pad import KEYS, keys_on
from avatar_cam.kiosk.screen.parts import _code
from avatar_cam.kiosk.screen.photo import framed
from avatar_cam.kiosk.screen.scene import Scene
from avatar_cam.kiosk.screen.window import BoothWindow, Press
from avatar_cam.kiosk.texts import TEXTS, Language, privacy
from avatar_cam.types import Pixels
from tests.factories import character, disc, premultiplied, write_pack
from tests.waiting import eventually

SIZES = [(1920, 1080), (1280, 720), (1080, 1920), (720, 1280), (1024, 768), (640, 480)]
PICTURE = np.full((180, 320, 3), (30, 160, 60), np.uint8)
PHOTO = np.full((200, 320, 3), (200, 30, 30), np.uint8)
ADDRESS = "http://192.0.2.7:8370/abcdefghijklmnopqrstuv"


@pytest.fixture
def window() -> Iterator[BoothWindow]:
    texts = TEXTS["en"]
    with BoothWindow((640, 360), 0, texts, privacy(texts, photos=False, shared_minutes=None)) as opened:
        opened.presses()
        yield opened


def seen() -> Pixels:
    """What is on the screen, uint8 (H, W, 3) RGB."""
    return pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)


def press(window: BoothWindow, kind: int, **more: Any) -> list[Press]:
    pygame.event.post(pygame.event.Event(kind, more))
    return window.presses()


def key(window: BoothWindow, code: int, text: str = "", mod: int = 0) -> list[Press]:
    return press(window, pygame.KEYDOWN, key=code, unicode=text, mod=mod, scancode=0)


def performer() -> Performer:
    picture = premultiplied(disc(64, (200, 120, 40)))
    return Performer(
        "dot", "Dot", {(emotion, v): picture for emotion in EMOTIONS for v in ("plain", "blink")}
    )


@pytest.mark.parametrize("size", SIZES)
def test_all_places_lie_on_the_screen(size: tuple[int, int]) -> None:
    layout = lay_out(size)
    screen = pygame.Rect((0, 0), size)
    for place in (layout.performer, layout.photo, layout.photo_alone, layout.card):
        assert screen.contains(place), place
    assert not pygame.Rect(layout.photo).colliderect(layout.card)
    assert layout.words_top < layout.bottom <= size[1]
    assert screen.collidepoint(layout.count)
    assert layout.stands == (size[1] > size[0])


def test_a_picture_keeps_its_shape() -> None:
    assert inside((200, 100), (10, 10, 100, 100)) == (10, 35, 100, 50)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_font_has_every_letter_that_is_written(language: Language) -> None:
    fonts = pytest.importorskip("fontTools.ttLib")
    letters = fonts.TTFont(style.FONT).getBestCmap()
    written = set("".join(asdict(TEXTS[language]).values()) + "0123456789.:/-")
    assert [letter for letter in sorted(written) if ord(letter) not in letters] == []


def test_letters_that_the_font_lacks_are_left_out() -> None:
    assert style.words("a\u4e00b", 20).get_width() == style.words("ab", 20).get_width()


def test_both_languages_fill_in_the_same() -> None:
    english, korean = (asdict(TEXTS[language]) for language in ("en", "ko"))
    assert {name: text.count("{}") for name, text in english.items()} == {
        name: text.count("{}") for name, text in korean.items()
    }


def test_the_line_on_what_is_stored() -> None:
    texts = TEXTS["en"]
    assert "Nothing is stored" in privacy(texts, photos=False, shared_minutes=None)
    assert "stored" in privacy(texts, photos=True, shared_minutes=None)
    assert "10 minutes" in privacy(texts, photos=True, shared_minutes=10)


def test_the_live_picture_fills_the_screen(window: BoothWindow) -> None:
    pixels = PICTURE.copy()
    pixels[:, :160] = (200, 0, 0)
    window.show(Scene("live", pixels=pixels, part=(0, 0, 320, 180), mirror=True))
    height, width = seen().shape[:2]
    assert tuple(seen()[height // 2, 5]) == (30, 160, 60), "mirrored: the left of the picture is on the right"
    assert tuple(seen()[height // 2, width - 5]) == (200, 0, 0)
    window.show(Scene("live", pixels=pixels, part=(0, 0, 320, 180), mirror=False))
    assert tuple(seen()[height // 2, 5]) == (200, 0, 0)


def test_every_scene_differs_from_the_others(window: BoothWindow) -> None:
    live = Scene("live", pixels=PICTURE, part=(0, 0, 320, 180), now=2.0)
    photo = Scene("photo", photo=PHOTO, now=2.0, since=1.0)
    scenes = [
        Scene("attract", performer=performer(), now=2.0),
        live,
        replace(live, smiled=0.5),
        replace(live, phase="countdown", countdown=2.5),
        replace(live, phase="countdown", countdown=1.5),
        photo,
        replace(photo, keeping="kept"),
        replace(photo, keeping="lost"),
        replace(photo, keeping="kept", address=ADDRESS, minutes=10),
        replace(photo, keeping="saving", minutes=10),
        Scene("farewell", performer=performer(), now=2.0, since=1.0),
        Scene("failsafe", performer=performer(), now=2.0, since=1.0),
        Scene("failsafe", performer=performer(), now=2.0, since=1.0, note="camera 0 was unplugged"),
        Scene("attract", performer=performer(), now=2.0, pin=2),
        Scene("attract", performer=performer(), now=2.0, pin=3),
        Scene("attract", now=2.0),
    ]
    pictures = []
    for scene in scenes:
        window.show(scene)
        pictures.append(seen().tobytes())
    assert len(set(pictures)) == len(scenes)


def test_a_scene_whose_picture_is_missing_is_shown_anyway(window: BoothWindow) -> None:
    window.show(Scene("live"))
    window.show(Scene("photo"))
    assert seen().any()


def test_what_is_pressed(window: BoothWindow) -> None:
    anything, left = [Press("anything")], pygame.BUTTON_LEFT
    assert key(window, pygame.K_SPACE, " ") == anything
    assert press(window, pygame.MOUSEBUTTONDOWN, pos=(300, 200), button=left) == anything
    assert press(window, pygame.JOYBUTTONDOWN, instance_id=0, button=1) == anything
    assert press(window, pygame.MOUSEBUTTONDOWN, pos=(3, 3), button=left) == [Press("corner")]


def test_visitors_cannot_end_it(window: BoothWindow) -> None:
    assert key(window, pygame.K_ESCAPE) == []
    assert press(window, pygame.QUIT) == []
    assert key(window, pygame.K_q, "q") == [Press("anything")]
    assert key(window, pygame.K_q, "q", pygame.KMOD_LCTRL) == [Press("anything")]
    assert key(window, pygame.K_q, "q", pygame.KMOD_LCTRL | pygame.KMOD_LALT) == [Press("chord")]
    assert key(window, pygame.K_LCTRL) == []


def test_the_pad(window: BoothWindow) -> None:
    window.show(Scene("attract", pin=0))
    rects = keys_on(window.size, lay_out(window.size).unit)
    assert set(rects) == {name for row in KEYS for name in row}
    for name, rect in rects.items():
        pressed = press(window, pygame.MOUSEBUTTONDOWN, pos=rect.center, button=pygame.BUTTON_LEFT)
        assert pressed == [Press("pad", name)]
    assert key(window, pygame.K_7, "7") == [Press("pad", "7")]
    assert key(window, pygame.K_BACKSPACE, "\b") == [Press("pad", "back")]
    assert key(window, pygame.K_a, "a") == []
    window.show(Scene("attract"))
    assert key(window, pygame.K_7, "7") == [Press("anything")]


def test_the_pointer_is_hidden(window: BoothWindow) -> None:
    assert not pygame.mouse.get_visible()


def test_a_code_is_what_readers_expect() -> None:
    surface = _code(ADDRESS, 300)
    side = surface.get_width()
    pixels = pygame.surfarray.array3d(surface)[..., 0]
    assert side <= 300 and set(np.unique(pixels)) == {0, 255}
    modules = segno.make(ADDRESS, error="m", micro=False).symbol_size(border=4)[0]
    quiet = 4 * side // modules
    assert side % modules == 0
    dark = np.argwhere(pixels == 0)
    assert (dark.min(axis=0) == quiet).all() and (dark.max(axis=0) == side - 1 - quiet).all()
    cv2 = pytest.importorskip("cv2")
    found, *_ = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(np.stack([pixels.T] * 3, axis=-1)))
    assert found == ADDRESS


def test_a_framed_picture_holds_the_picture_and_the_character() -> None:
    plain = framed(PICTURE, None, date(2026, 11, 21))
    assert plain.shape[0] > 180 and plain.shape[1] > 320
    assert plain.dtype == np.uint8 and plain.flags.c_contiguous
    border = (plain.shape[1] - 320) // 2
    assert (plain[border : border + 180, border : border + 320] == PICTURE).all()
    with_character = framed(PICTURE, premultiplied(disc(64, (200, 120, 40))), date(2026, 11, 21))
    assert (with_character != plain).any()
    assert (framed(PICTURE, None, date(2026, 11, 22)) != plain).any(), "the date is on it"


def test_performers_take_turns_and_broken_ones_are_passed_over(tmp_path: Any) -> None:
    packs = {name: character(tmp_path / name) for name in ("a", "b", "c")}
    (tmp_path / "b" / "neutrality.png").write_bytes(b"no picture")
    with Performers(lambda: packs, 32) as performers:
        names = []
        for turn in range(4):
            now = turn * 100.0
            eventually(performers._next.done)
            came = performers.present(now)
            assert came is not None
            names.append(came.name)
        performers.ask("c")
        eventually(lambda: performers.portrait_of("c") is not None)
        assert performers.portrait_of("a") is None
    assert names == ["a", "c", "a", "c"]


def test_a_lone_performer_stays() -> None:
    one = performer()
    assert one.at(0.5) is one.pictures["pleasure", "plain"]
    assert one.at(MOOD + 0.5) is one.pictures["upset", "plain"]
    assert one.of("anger", 0.05) is one.pictures["anger", "blink"]


def test_without_characters_nobody_performs(tmp_path: Any) -> None:
    write_pack(tmp_path / "one")
    with Performers(dict, 32) as performers:
        eventually(performers._next.done)
        assert performers.present(0.0) is None
