"""The page in a real Chromium: what it shows is what the compositor draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.characters.character import Character
from avatar_cam.overlay.serving import page_url, serve_overlay
from avatar_cam.rendering.compositor import overlay
from avatar_cam.settings import Settings
from avatar_cam.types import Composite, Frame, Placement, Texture
from tests.factories import face_of, landmarks, placed
from tests.overlay.browser import Browser, chromium
from tests.overlay.scenes import dotted, found_dots, free_port, premultiplied, shown, worn

pytestmark = pytest.mark.skipif(chromium() is None, reason="there is no Chromium here")

SIZE = (1920, 1080)
FACE = landmarks((1200, 500), 180, yaw=18, roll=8)
#: Screenshots at most until there is something on one.
TRIES = 10


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(SIZE) as opened:
        yield opened


@pytest.fixture
def dots(tmp_path: Path) -> Character:
    return dotted(tmp_path / "dots")


def page_with(browser: Browser, composite: Composite, query: str = "") -> NDArray[np.uint8]:
    """A screenshot of the page that shows this."""
    port = free_port()
    with serve_overlay(Settings(overlay_port=port)) as server, shown(server, composite):
        browser.go(page_url("127.0.0.1", port) + query)
        for _ in range(TRIES):
            browser.wait(f'document.documentElement?.dataset.frame === "{composite.frame.index}"')
            picture = browser.screenshot()
            if picture[..., 3].any():
                break  # else no news came for two seconds, and the page has taken the character off
        return picture


def test_the_character_stands_at_the_anchors_and_nowhere_else(browser: Browser, dots: Character) -> None:
    face = face_of(FACE)
    composite = worn(face, dots, SIZE, index=11)
    picture = page_with(browser, composite)
    assert picture.shape == (SIZE[1], SIZE[0], 4)
    width = face.box[2]
    for name, place in found_dots(picture).items():
        assert np.linalg.norm(place - face.anchor(name)) < 0.02 * width, name
    drawn = overlay(SIZE, composite.placements)
    nothing = drawn[..., 3] == 0
    assert (picture[..., 3][nothing] <= 2).all(), "the page is not transparent beside the character"
    assert nothing.mean() > 0.5
    apart = np.abs(premultiplied(picture) - drawn)
    assert apart.max() <= 16
    assert apart[~nothing].mean() < 0.5


def test_a_face_that_fades_does_so_as_a_whole(browser: Browser) -> None:
    bear = Character.load(Path(__file__).parents[2] / "assets" / "characters" / "bear")
    composite = worn(face_of(FACE), bear, SIZE, index=12, emotion="pleasure", opacity=0.5)
    assert len(composite.placements) > 1
    picture, drawn = page_with(browser, composite), overlay(SIZE, composite.placements)
    assert abs(int(picture[..., 3].max()) - 128) <= 2
    apart = np.abs(premultiplied(picture) - drawn)
    assert np.percentile(apart[drawn[..., 3] > 0], 99) <= 4


def test_a_small_source_is_sharp_on_a_large_page(browser: Browser, dots: Character) -> None:
    """Three times as large, and with the room above and below that its shape leaves."""
    small = (640, 320)
    composite = worn(face_of(landmarks((400, 150), 60)), dots, small, index=13)
    picture = page_with(browser, composite)
    for name, place in found_dots(picture).items():
        wanted = face_of(landmarks((400, 150), 60)).anchor(name) * 3 + np.array([0, 60])
        assert np.linalg.norm(place - wanted) < 8, name
    assert (picture[:60, :, 3] == 0).all()
    assert (picture[-60:, :, 3] == 0).all()
    # The grey face's edge is as thin as on a picture that was large from the start.
    row = picture[round(found_dots(picture)["right_eye"][1]), :, 3]
    assert 0 < ((row > 8) & (row < 247)).sum() <= 8


def test_a_character_takes_on_the_light(browser: Browser, dots: Character) -> None:
    composite = worn(face_of(FACE), dots, SIZE, index=16)
    lit = tuple(replace(placement, light=(0.5, 1.0, 0.25)) for placement in composite.placements)
    picture = premultiplied(page_with(browser, replace(composite, placements=lit)))
    plain = overlay(SIZE, composite.placements)
    wanted = plain * np.array([0.5, 1.0, 0.25, 1.0])
    assert np.abs(picture - wanted)[plain[..., 3] > 0].mean() < 1


def test_bright_light_makes_nothing_brighter_than_white(browser: Browser) -> None:
    """Neither by itself nor before another face; of what lies over the rest of its own face it may."""
    rgba = {name: np.full((100, 100, 4), value, np.uint8) for name, value in (("glass", 128), ("black", 0))}
    rgba["black"][..., 3] = 255
    lights = {"plain": (1.0, 1.0, 1.0), "lit": (1.3, 1.0, 0.5)}

    def sheet(x: int, what: str, how: str) -> Placement:
        shown = placed((Texture(rgba[what], (0, 0)), 1.0), box=(x, 200, x + 100, 300), art=(20, 20, 80, 80))
        return replace(shown, light=lights[how])

    shown = (
        *(sheet(100, "black", "plain"), sheet(100, "glass", "lit")),
        *(sheet(300, "black", "lit"), sheet(300, "glass", "lit"), sheet(500, "glass", "lit")),
    )
    composite = Composite(Frame(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), 17, 0.5), (), {}, {}, shown)
    drawn = overlay(SIZE, shown)[250, [150, 350, 550]]
    assert drawn[:, 0].tolist() == [128, 166, 128]
    page = premultiplied(page_with(browser, composite))[250, [150, 350, 550]]
    assert np.abs(page - drawn).max() <= 2


def test_the_page_can_be_mirrored(browser: Browser, dots: Character) -> None:
    face = face_of(FACE)
    picture = page_with(browser, worn(face, dots, SIZE, index=14), "?mirror")
    for name, place in found_dots(picture).items():
        wanted = face.anchor(name) * np.array([-1, 1]) + np.array([SIZE[0], 0])
        assert np.linalg.norm(place - wanted) < 0.02 * face.box[2], name


def test_the_character_goes_when_the_program_does(browser: Browser, dots: Character) -> None:
    page_with(browser, worn(face_of(FACE), dots, SIZE, index=15))
    browser.wait('document.title === "avatar-cam: waiting"')
    browser.wait('document.documentElement.dataset.frame === ""')
    assert (browser.screenshot()[..., 3] == 0).all()
