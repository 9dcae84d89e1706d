"""The window on SDL's dummy driver: what it shows, and what it tells of keys and mouse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pygame
import pytest

from avatar_cam.controls import ACTIONS, BUTTONS, DEFAULT_KEYS, KEY_NAMES, Wear, Wish
from avatar_cam.errors import SinkError
from avatar_cam.sinks.hud.pointer import COMES, GOES, REST, Pointer
from avatar_cam.sinks.screen import has_display
from avatar_cam.sinks.view import Figures, Notice, Thumbnail, View
from avatar_cam.sinks.window import Window
from avatar_cam.types import Composite, FaceTrack, Pixels, PoseTrack, SpriteChoice
from tests.factories import disc, face_of, frame, landmarks, premultiplied, reading

SIZE = (960, 540)
MIDDLE = (480, 270)


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strip_window(clock: Clock) -> Iterator[Window]:
    """One whose size no click changes."""
    keys = {action: names for action, names in DEFAULT_KEYS.items() if action != "fullscreen"}
    with Window("test", SIZE, keys=keys, clock=clock) as opened:
        opened.actions()
        yield opened


@pytest.fixture
def window(clock: Clock) -> Iterator[Window]:
    with Window("test", SIZE, clock=clock) as opened:
        opened.actions()
        yield opened


def grey(value: int = 90, size: tuple[int, int] = SIZE) -> Pixels:
    return np.full((size[1], size[0], 3), value, np.uint8)


def seen() -> Pixels:
    """What is on the screen, uint8 (H, W, 3) RGB."""
    return pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)


def shown(window: Window, view: View, pixels: Pixels | None = None) -> Pixels:
    window.show(grey() if pixels is None else pixels, view)
    return seen()


def changed(window: Window, view: View) -> pygame.Rect:
    """The part of the screen that differs from what an empty view shows, which is shown first."""
    plain = shown(window, View(mirror=view.mirror))
    y, x = np.nonzero((shown(window, view) != plain).any(axis=-1))
    assert len(x) > 0, "nothing is shown"
    left, top = x.min(), y.min()
    return pygame.Rect(int(left), int(top), int(x.max() - left + 1), int(y.max() - top + 1))


def press(window: Window, key: int, **more: Any) -> list[Wish]:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, {"key": key, "mod": 0, "scancode": 0} | more))
    return window.actions()


def point(window: Window, position: tuple[int, int]) -> None:
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=position, rel=(1, 1), buttons=(0, 0, 0)))
    window.actions()


def click(window: Window, position: tuple[int, int], button: int = pygame.BUTTON_LEFT) -> list[Wish]:
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=position, button=button))
    return window.actions()


def composite(*faces: FaceTrack, pose: PoseTrack | None = None) -> Composite:
    """In a picture of the window's size; each face was read and wears what was read."""
    readings = {face.id: replace(reading(0, pleasure=0.8), face_id=face.id) for face in faces}
    choices = {face.id: SpriteChoice(face.id, "bear", "pleasure", 0.0) for face in faces}
    return Composite(frame(size=SIZE), faces, readings, choices, (), pose)


def thumbnails(count: int) -> list[Thumbnail]:
    return [Thumbnail(f"pack-{n}", f"Pack {n}", premultiplied(disc(40))) for n in range(count)]


# Opening and closing


def test_the_dummy_driver_counts_as_a_window_when_it_is_asked_for_but_not_as_a_display() -> None:
    assert not has_display()
    with Window("test", (64, 36)) as window:
        window.show(None, View())
        window.close()


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a display here")
def test_without_a_display_there_is_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SinkError, match="no window can be opened: "):
        Window("test", (64, 36))


def test_a_display_that_is_not_there() -> None:
    with pytest.raises(SinkError, match="there is no display 7; there are 0 to 0"):
        Window("test", (64, 36), display=7)
    assert not pygame.display.get_init()


def test_a_window_is_no_larger_than_the_screen() -> None:
    with Window("test", (4000, 2000)):
        room = pygame.display.get_desktop_sizes()[0]
        width, height = pygame.display.get_surface().get_size()
    assert width <= room[0] and height <= room[1]
    assert width / height == pytest.approx(2, rel=0.01)


# Keys


def test_all_names_of_keys_are_known_to_pygame(window: Window) -> None:
    assert len({pygame.key.key_code(name) for name in KEY_NAMES}) == len(KEY_NAMES)


def test_every_key_asks_for_its_action(window: Window) -> None:
    for action in ACTIONS:
        for name in DEFAULT_KEYS[action]:
            wanted = [] if action == "fullscreen" else [action]
            assert press(window, pygame.key.key_code(name)) == wanted


def test_keys_may_be_others(clock: Clock) -> None:
    with Window("test", SIZE, keys={"mirror": ("f2",), "quit": ("q", "x")}) as window:
        assert press(window, pygame.K_F2) == ["mirror"]
        assert press(window, pygame.K_x) == ["quit"]
        assert press(window, pygame.K_m) == press(window, pygame.K_ESCAPE) == []


@pytest.mark.parametrize("modifier", [pygame.KMOD_LCTRL, pygame.KMOD_RALT, pygame.KMOD_LMETA])
def test_keys_with_a_modifier_are_for_others(window: Window, modifier: int) -> None:
    assert press(window, pygame.K_m, mod=modifier) == []
    assert press(window, pygame.K_m, mod=pygame.KMOD_LSHIFT | pygame.KMOD_NUM) == ["mirror"]


def test_letters_of_another_script_and_shifted_digits_count_by_where_they_are(window: Window) -> None:
    assert press(window, 0x44C, scancode=pygame.KSCAN_M) == ["mirror"]  # Russian
    assert press(window, pygame.K_AMPERSAND, scancode=pygame.KSCAN_1) == ["character-1"]  # French
    assert press(window, pygame.K_QUOTE, scancode=pygame.KSCAN_0) == ["overlay"]
    assert press(window, pygame.K_q, scancode=pygame.KSCAN_A) == []  # a French q is no a


def test_closing_the_window_is_quit(window: Window) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert window.actions() == ["quit"]
    assert window.actions() == []


def test_full_screen_and_back(window: Window) -> None:
    desktop = pygame.display.get_desktop_sizes()[0]
    assert press(window, pygame.K_F11) == []
    window.show(grey(), View())
    assert seen().shape[1::-1] == desktop
    press(window, pygame.K_F11)
    window.show(grey(), View())
    assert seen().shape[1::-1] == SIZE


# The picture


def test_the_picture_is_mirrored_on_request_and_not_changed(window: Window) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*SIZE[::-1], 3), dtype=np.uint8)
    before = pixels.copy()
    assert np.array_equal(shown(window, View(mirror=False), pixels), before)
    assert np.array_equal(shown(window, View(mirror=True), pixels), before[:, ::-1])
    assert np.array_equal(pixels, before)


def test_another_shape_lies_in_the_middle_on_black(window: Window) -> None:
    screen = shown(window, View(), grey(200, (400, 540)))
    assert (screen[:, 280:680] == 200).all()
    assert (screen[:, :280] == 0).all() and (screen[:, 680:] == 0).all()


def test_without_a_picture_it_is_dark_with_the_notices(window: Window) -> None:
    shown(window, View())
    window.show(None, View())
    dark = seen()
    assert len(np.unique(dark.reshape(-1, 3), axis=0)) == 1 and dark.max() < 40
    window.show(None, View(notices=(Notice("the camera has gone", "warning"),)))
    assert (seen() != dark).any()


def test_a_screen_of_few_colours_is_served_too(window: Window) -> None:
    few = pygame.Surface(SIZE, depth=16)
    window._screen = few
    window.show(grey(200), View())
    assert few.get_at(MIDDLE)[:3] == pytest.approx((200, 200, 200), abs=8)


# What is drawn over it

NOTICE = (Notice("H: keys"), Notice("it is too dark to see much", "warning"))
FIGURES = Figures(59.6, 30.0, 2, 14.3, 15.1, {"track": 3.1, "compose": 0.9})
FACE = face_of(landmarks((300, 200), eyes=60))


@pytest.mark.parametrize(
    ("view", "area"),
    [
        (View(figures=FIGURES), (0, 0, 240, 240)),
        (View(recording=72.0), (840, 0, 120, 60)),
        (View(recording=7200.0), (820, 0, 140, 60)),
        (View(notices=NOTICE), (280, 430, 400, 110)),
        (View(countdown=2.2), (400, 190, 160, 160)),
        (View(keys=True), (200, 120, 560, 300)),
        (View(composite=composite(FACE), bars=True), (380, 100, 580, 440)),
        (View(composite=composite(FACE), landmarks=True), (500, 80, 300, 260)),
    ],
    ids=["figures", "recording", "long recording", "notices", "countdown", "keys", "bars", "landmarks"],
)
def test_everything_changes_its_own_area_only(
    window: Window, view: View, area: tuple[int, int, int, int]
) -> None:
    assert pygame.Rect(area).contains(changed(window, view))


@pytest.mark.parametrize(
    "view",
    [View(figures=FIGURES), View(recording=72.0), View(notices=NOTICE), View(countdown=2.2), View(keys=True)],
    ids=["figures", "recording", "notices", "countdown", "keys"],
)
def test_text_is_not_mirrored(window: Window, view: View) -> None:
    assert np.array_equal(
        shown(window, replace(view, mirror=True)), shown(window, replace(view, mirror=False))
    )


def test_landmarks_lie_on_the_mirrored_face(window: Window) -> None:
    nose = FACE.landmarks[1, :2].round().astype(int)
    view = View(composite=composite(FACE), landmarks=True)
    for mirror, x in ((True, SIZE[0] - nose[0]), (False, nose[0])):
        screen = shown(window, replace(view, mirror=mirror))
        near = screen[nose[1] - 2 : nose[1] + 3, x - 2 : x + 3]
        assert (near != 90).any(), "no dot on the nose"


def test_landmarks_beyond_the_picture_are_left_out(window: Window) -> None:
    far = face_of(landmarks((5, -10), eyes=300))
    body = PoseTrack(np.full((33, 3), 100, np.float32), np.zeros(33, np.float32))
    shown(window, View(composite=composite(far), landmarks=True))
    view = View(composite=composite(pose=body), landmarks=True, mirror=False)
    assert np.array_equal(shown(window, view), grey()), "points of the body that are not seen"
    body.visibility[5] = 1
    assert changed(window, view).collidepoint(100, 100)


def test_bars_stay_in_the_window_and_off_the_faces_and_each_other(window: Window) -> None:
    people = [
        face_of(landmarks((x, 200), eyes=36), id=n) for n, x in enumerate((90.0, 420.0, 870.0), start=1)
    ]
    apart = [changed(window, View(composite=composite(face), bars=True)) for face in people]
    assert len({rect.size for rect in apart}) == 1, "a panel is cut off"
    for face, rect in zip(people, apart, strict=True):
        x, y, width, height = face.box
        assert not rect.colliderect((SIZE[0] - x - width, y, width, height))
    together = (shown(window, View(composite=composite(*people), bars=True)) != 90).any(axis=-1).sum()
    one = (shown(window, View(composite=composite(people[0]), bars=True)) != 90).any(axis=-1).sum()
    assert together > 2.9 * one, "panels lie upon each other"


def test_bars_wait_while_the_list_of_keys_is_read(window: Window) -> None:
    view = View(composite=composite(FACE), bars=True)
    assert (shown(window, view) != shown(window, replace(view, bars=False))).any()
    view = replace(view, keys=True)
    assert np.array_equal(shown(window, view).copy(), shown(window, replace(view, bars=False)))


def test_bars_show_the_reading_and_whether_the_emotion_is_held(window: Window) -> None:
    scene = composite(FACE)
    view = View(composite=scene, bars=True)
    before = shown(window, view)
    assert (shown(window, replace(view, held="anger")) != before).any()
    scene.readings[1] = reading(0, sadness=0.9)
    assert (shown(window, view) != before).any()
    unread = replace(scene, readings={})
    assert np.array_equal(shown(window, replace(view, composite=unread)), grey()), "nothing was read"


def test_bars_keep_their_side_until_another_is_much_better(window: Window) -> None:
    def on_the_right(eyes_at: float) -> bool:
        face = face_of(landmarks((eyes_at, 200), eyes=40))
        view = View(composite=composite(face), bars=True, mirror=False)
        return changed(window, view).centerx > eyes_at

    steps = range(660, 900, 8)
    there = [on_the_right(x) for x in steps]
    back = [on_the_right(x) for x in reversed(steps)]
    assert there[0] and not there[-1], "it goes where there is room"
    assert there == sorted(there, reverse=True) and back == sorted(back), "it goes to and fro"
    assert sum(there) > sum(back), "it changes at the same place both ways"


def test_figures_are_drawn_anew_when_they_change(window: Window) -> None:
    before = shown(window, View(figures=FIGURES))
    assert np.array_equal(shown(window, View(figures=replace(FIGURES))), before)
    assert (shown(window, View(figures=replace(FIGURES, fps=12.0))) != before).any()
    little = changed(window, View(figures=Figures(59.6)))
    assert little.height < changed(window, View(figures=FIGURES)).height / 3


def test_a_long_notice_is_wrapped_and_notices_are_stacked(window: Window) -> None:
    one = changed(window, View(notices=(Notice("short"),)))
    for words in ("word " * 55, "/a/folder/with/a/very/long/name" * 9):
        long = changed(window, View(notices=(Notice(words),)))
        assert 0.8 * SIZE[0] < long.width < SIZE[0] and long.height > 1.4 * one.height
    assert changed(window, View(notices=(Notice("short"), Notice("short")))).height > 2 * one.height


@pytest.mark.parametrize("words", ["", "  ", "NUL \0", "half \udcff", "two\nlines", "한글", "x" * 5000])
def test_no_text_is_too_odd(window: Window, clock: Clock, words: str) -> None:
    point(window, MIDDLE)
    clock.time += COMES
    thumbnail = Thumbnail("pack", words, premultiplied(disc(40)))
    shown(window, View(notices=(Notice(words), Notice("said")), thumbnails=[thumbnail], worn="pack"))


def test_a_window_may_have_no_actions_at_all(clock: Clock) -> None:
    with Window("test", SIZE, keys={}, clock=clock) as window:
        point(window, MIDDLE)
        shown(window, View(keys=True))


def test_the_flash_brightens_everything(window: Window) -> None:
    assert (shown(window, View(flash=1.0)) == 255).all()
    assert (shown(window, View(flash=0.2)) == 90 + 51).all()


# The mouse strip


def test_the_strip_comes_with_the_pointer_and_goes_when_it_rests(window: Window, clock: Clock) -> None:
    view = View(thumbnails=thumbnails(3), worn="pack-1")
    bare = shown(window, view)
    point(window, MIDDLE)
    clock.time += COMES
    whole = shown(window, view)
    assert (whole != bare).any()
    clock.time += REST - COMES
    assert np.array_equal(shown(window, view), whole)
    clock.time += GOES / 2
    assert (shown(window, view) != whole).any()
    clock.time += GOES / 2 + 0.01
    assert np.array_equal(shown(window, view), bare)


def test_what_belongs_to_the_pointer_fades_in_each_time_it_moves_again() -> None:
    pointer = Pointer()
    assert pointer.presence(0) == 0
    for start in (10.0, 20.0):
        pointer.move((1, 1), start)
        assert 0 < pointer.presence(start) < 0.1
        pointer.move((2, 1), start + COMES / 2)
        assert pointer.presence(start + COMES / 2) == pytest.approx(0.5)
        assert pointer.presence(start + REST) == 1
        assert pointer.presence(start + COMES / 2 + REST + GOES) == pytest.approx(0)


def test_the_strip_goes_when_the_pointer_leaves(window: Window, clock: Clock) -> None:
    point(window, MIDDLE)
    pygame.event.post(pygame.event.Event(pygame.WINDOWLEAVE))
    window.actions()
    clock.time += GOES + 0.01
    assert np.array_equal(shown(window, View()), grey())


def strip(window: Window, clock: Clock, view: View) -> dict[Wish, tuple[int, int]]:
    """With the strip shown: what a click asks for, and where."""
    point(window, (MIDDLE[0], 5))
    clock.time += COMES
    shown(window, view)
    found: dict[Wish, tuple[int, int]] = {}
    for y in range(SIZE[1] - 160, SIZE[1], 6):
        for x in range(48, SIZE[0] - 48, 6):  # not on the arrows
            for wish in click(window, (x, y)):
                found.setdefault(wish, (x + 6, y + 6))
    return found


def test_a_click_on_a_thumbnail_wears_it_and_on_a_button_does_what_the_key_does(
    strip_window: Window, clock: Clock
) -> None:
    found = strip(strip_window, clock, View(thumbnails=thumbnails(3), worn="pack-1"))
    assert {Wear(f"pack-{n}") for n in range(3)} < set(found)
    assert {"mirror", "snapshot", "record", "overlay", "keys", "quit"} < set(found)
    x, y = found[Wear("pack-2")]
    assert x > found[Wear("pack-0")][0], "the characters are in their order"
    assert click(strip_window, (x, y)) == [Wear("pack-2")]
    assert click(strip_window, (x, y), pygame.BUTTON_RIGHT) == []
    assert click(strip_window, (x, 20)) == []


def test_a_strip_that_is_not_shown_takes_no_clicks(strip_window: Window, clock: Clock) -> None:
    view = View(thumbnails=thumbnails(3))
    place = strip(strip_window, clock, view)[Wear("pack-0")]
    clock.time += REST + GOES + 1
    shown(strip_window, view)
    assert click(strip_window, place) == []


def test_the_button_for_full_screen_fills_the_screen(clock: Clock) -> None:
    with Window("test", SIZE, keys={"fullscreen": ()}, clock=clock) as window:
        desktop = pygame.display.get_desktop_sizes()[0]
        point(window, MIDDLE)
        shown(window, View())
        assert click(window, (MIDDLE[0], SIZE[1] - 26)) == []
        assert pygame.display.get_surface().get_size() == desktop


def test_all_buttons_are_within_a_narrow_window(clock: Clock) -> None:
    keys = {action: () for action in BUTTONS if action != "fullscreen"}
    with Window("test", (400, SIZE[1]), keys=keys, clock=clock) as window:
        point(window, (200, 5))
        clock.time += COMES
        shown(window, View())
        places = [(x, y) for y in range(300, SIZE[1], 6) for x in range(2, 400, 6)]
        assert {wish for place in places for wish in click(window, place)} == set(keys)


def test_the_pointer_hides_where_it_rests_in_full_screen(window: Window, clock: Clock) -> None:
    point(window, MIDDLE)
    for fullscreen in (False, True):
        clock.time += REST + GOES + 1
        shown(window, View())
        assert pygame.mouse.get_visible() != fullscreen
        point(window, MIDDLE)
        shown(window, View())
        assert pygame.mouse.get_visible()
        window.toggle_fullscreen()


def test_the_strip_shows_what_is_hovered_worn_and_on(strip_window: Window, clock: Clock) -> None:
    view = View(thumbnails=thumbnails(3), worn="pack-1")
    found = strip(strip_window, clock, view)
    plain = shown(strip_window, view)
    for other in (
        replace(view, worn="pack-2"),
        replace(view, overlay=False),
        replace(view, mirror=False),
        replace(view, thumbnails=thumbnails(4)),
    ):
        assert (shown(strip_window, other) != plain)[SIZE[1] - 160 :].any()
    point(strip_window, found[Wear("pack-0")])
    assert (shown(strip_window, view) != plain).any()


def test_many_characters_are_scrolled_and_the_worn_one_is_in_sight(
    strip_window: Window, clock: Clock
) -> None:
    view = View(thumbnails=thumbnails(40), worn="pack-20")
    found = strip(strip_window, clock, view)
    assert Wear("pack-20") in found and Wear("pack-0") not in found
    pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=40))
    strip_window.actions()
    assert Wear("pack-0") in strip(strip_window, clock, view)
    pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=-99))
    strip_window.actions()
    assert Wear("pack-39") in strip(strip_window, clock, view)


def test_the_arrows_scroll(strip_window: Window, clock: Clock) -> None:
    view = View(thumbnails=thumbnails(40), worn="pack-0")
    place = strip(strip_window, clock, view)[Wear("pack-0")]
    assert click(strip_window, (SIZE[0] - 22, place[1])) == []
    shown(strip_window, view)
    [wish] = click(strip_window, place)
    assert isinstance(wish, Wear) and wish.character not in ("pack-0", "pack-1")


def test_notices_make_room_for_the_strip(window: Window, clock: Clock) -> None:
    without = changed(window, View(notices=NOTICE))
    bare = shown(window, View())
    point(window, MIDDLE)
    clock.time += COMES
    strip_top = np.nonzero((shown(window, View()) != bare).any(axis=(1, 2)))[0].min()
    shown(window, View(notices=NOTICE))
    place = pygame.Rect(without.left, 0, without.width, int(strip_top))
    lit = np.nonzero((seen() != bare)[place.top : place.bottom, place.left : place.right].any(axis=(1, 2)))[0]
    assert lit.max() - lit.min() + 1 == without.height, "the strip lies on a notice"


@pytest.mark.parametrize("size", [(60, 40), (200, 900), (900, 100)])
def test_no_window_is_too_small_for_everything(size: tuple[int, int], clock: Clock) -> None:
    view = View(
        composite=composite(FACE),
        figures=FIGURES,
        bars=True,
        landmarks=True,
        keys=True,
        notices=NOTICE,
        countdown=1.0,
        recording=1.0,
        thumbnails=thumbnails(12),
        worn="pack-3",
    )
    with Window("test", size, clock=clock) as window:
        point(window, (size[0] // 2, 5))
        clock.time += COMES
        window.show(grey(), view)
        assert (seen() != 0).any()
