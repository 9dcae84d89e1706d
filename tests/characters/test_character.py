"""The sprite for an emotion and a state: fallbacks, layers, variants, flattening."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.characters.character import Character, Plane
from avatar_cam.characters.library import installed_folder
from avatar_cam.characters.pictures import read_sprite
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError
from avatar_cam.types import Pixels, Variant
from tests.factories import character, disc, write_png

VARIANTS: tuple[Variant, ...] = ("plain", "blink", "talk", "blink_talk")

HEAD = """\
name = "Test"

[anchors]
right_eye = [20, 24]
left_eye = [44, 24]
"""


def _dots(*names: str) -> dict[str, Pixels]:
    """Pictures that can be told apart: the n-th has the red value n + 1."""
    return {name: disc(64, (index + 1, 255, 255)) for index, name in enumerate(names)}


def _square(side: int) -> Pixels:
    return np.full((side, side, 4), 255, np.uint8)


def _filled(plane: Plane) -> tuple[int, int, int, int]:
    """Where a plane is not empty, in the artwork: x, y, width, height."""
    x, y, width, height = cv2.boundingRect(plane.whole.rgba[..., 3])
    return plane.whole.origin[0] + x, plane.whole.origin[1] + y, width, height


def _which(planes: Sequence[Plane], names: Sequence[str]) -> str | None:
    """The picture that is uppermost in the middle."""
    if not planes:
        return None
    whole = planes[-1].whole
    x, y = 32 - whole.origin[0], 32 - whole.origin[1]
    return names[int(whole.rgba[y, x, 0]) - 1]


def _full(pack: Path, emotions: Sequence[str], rest: str = "") -> Character:
    names = [f"{emotion}.png" for emotion in emotions]
    tables = "".join(f'\n[emotions.{emotion}]\nimage = "{emotion}.png"\n' for emotion in emotions)
    return character(pack, HEAD + tables + rest, _dots(*names))


def test_fallbacks_are_followed_then_neutrality(tmp_path: Path) -> None:
    names = ("neutrality", "sadness", "pleasure")
    pack = _full(tmp_path / "p", names, '\n[fallback]\nwound = "unrest"\nunrest = "sadness"\n')
    shown = {emotion: _which(pack.planes(emotion, "plain"), names) for emotion in EMOTIONS}
    assert shown == {
        "pleasure": "pleasure",
        "upset": "neutrality",
        "anger": "neutrality",
        "unrest": "sadness",
        "wound": "sadness",
        "sadness": "sadness",
        "neutrality": "neutrality",
    }


def test_fallbacks_in_a_circle_end(tmp_path: Path) -> None:
    pack = _full(tmp_path / "p", ("neutrality",), '\n[fallback]\nwound = "unrest"\nunrest = "wound"\n')
    assert _which(pack.planes("wound", "plain"), ("neutrality",)) == "neutrality"


def test_a_pack_without_neutrality_shows_nothing_for_it_and_no_fault(tmp_path: Path) -> None:
    pack = _full(tmp_path / "p", ("anger",))
    assert pack.planes("neutrality", "plain") == ()
    assert _which(pack.planes("anger", "plain"), ("anger",)) == "anger"


@pytest.mark.parametrize(
    ("pictures", "wanted"),
    [
        ({}, ("plain", "plain", "plain", "plain")),
        ({"blink"}, ("plain", "blink", "plain", "blink")),
        ({"talk"}, ("plain", "plain", "talk", "talk")),
        ({"blink", "talk"}, ("plain", "blink", "talk", "blink")),
        ({"blink", "talk", "blink_talk"}, ("plain", "blink", "talk", "blink_talk")),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else "",
)
def test_variants_of_a_full_picture(tmp_path: Path, pictures: set[str], wanted: tuple[str, ...]) -> None:
    """Without a picture for both, blink wins."""
    names = ("plain", "blink", "talk", "blink_talk")
    lines = "".join(f'{name} = "{name}.png"\n' for name in names if name in pictures)
    manifest = HEAD + '\n[emotions.neutrality]\nimage = "plain.png"\n' + lines
    pack = character(tmp_path / "p", manifest, _dots(*(f"{name}.png" for name in names)))
    assert tuple(_which(pack.planes("neutrality", variant), names) for variant in VARIANTS) == wanted


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ("always", VARIANTS),
        ("eyes_open", ("plain", "talk")),
        ("eyes_closed", ("blink", "blink_talk")),
        ("mouth_open", ("talk", "blink_talk")),
        ("mouth_closed", ("plain", "blink")),
    ],
)
def test_when_a_layer_is_shown(tmp_path: Path, when: str, shown: tuple[Variant, ...]) -> None:
    manifest = HEAD + f'\n[[layers]]\nimage = "a.png"\nat = [32, 32]\nwhen = "{when}"\n'
    pack = character(tmp_path / "p", manifest, _dots("a.png"))
    assert tuple(variant for variant in VARIANTS if pack.planes("anger", variant)) == shown


def test_a_layer_of_some_emotions(tmp_path: Path) -> None:
    manifest = HEAD + '\n[[layers]]\nimage = "a.png"\nat = [32, 32]\nemotions = ["anger", "wound"]\n'
    pack = character(tmp_path / "p", manifest, _dots("a.png"))
    assert [e for e in EMOTIONS if pack.planes(e, "plain")] == ["anger", "wound"]


def test_layers_behind_and_before_a_full_picture(tmp_path: Path) -> None:
    manifest = HEAD + (
        '\n[emotions.neutrality]\nimage = "full.png"\n'
        '\n[[layers]]\nimage = "ear.png"\nat = [32, 32]\ndepth = -0.3\n'
        '\n[[layers]]\nimage = "hat.png"\nat = [32, 32]\ndepth = 0.2\n'
    )
    pack = character(tmp_path / "p", manifest, _dots("ear.png", "full.png", "hat.png"))
    planes = pack.planes("neutrality", "plain")
    assert [plane.depth for plane in planes] == [-0.3, 0.0, 0.2]
    assert [int(plane.whole.rgba[32, 32, 0]) for plane in planes] == [1, 2, 3]


def test_layers_need_not_be_listed_from_back_to_front(tmp_path: Path) -> None:
    """A full picture lies between what is behind and what is before the face, however the file is ordered."""
    manifest = HEAD + (
        '\n[emotions.neutrality]\nimage = "full.png"\n'
        '\n[[layers]]\nimage = "hat.png"\nat = [32, 32]\ndepth = 0.2\n'
        '\n[[layers]]\nimage = "ear.png"\nat = [32, 32]\ndepth = -0.3\n'
    )
    pack = character(tmp_path / "p", manifest, _dots("ear.png", "full.png", "hat.png"))
    planes = pack.planes("neutrality", "plain")
    assert [plane.depth for plane in planes] == [-0.3, 0.0, 0.2]


def test_the_same_parts_are_the_same_planes(tmp_path: Path) -> None:
    """So that what two emotions share does not fade."""
    manifest = HEAD + (
        '\n[[layers]]\nimage = "head.png"\nat = [32, 32]\n'
        '\n[[layers]]\nimage = "brow.png"\nat = [32, 32]\ndepth = 0.1\nemotions = ["anger"]\n'
    )
    pack = character(tmp_path / "p", manifest, _dots("head.png", "brow.png"))
    assert pack.planes("anger", "plain")[0] is pack.planes("neutrality", "blink")[0]


def test_a_layer_lies_centred_where_it_says(tmp_path: Path) -> None:
    manifest = HEAD + '\n[[layers]]\nimage = "a.png"\nat = [100, 50]\n'
    (plane,) = character(tmp_path / "p", manifest, {"a.png": _square(64)}).planes("anger", "plain")
    assert _filled(plane) == (100 - 32, 50 - 32, 64, 64)


def test_what_is_empty_around_a_picture_is_cut_off(tmp_path: Path) -> None:
    sprite = np.zeros((64, 64, 4), np.uint8)
    sprite[10:20, 30:50] = 255
    manifest = HEAD + '\n[[layers]]\nimage = "a.png"\nat = [100, 50]\n'
    (plane,) = character(tmp_path / "p", manifest, {"a.png": sprite}).planes("anger", "plain")
    assert _filled(plane) == (68 + 30, 18 + 10, 20, 10)
    assert plane.whole.rgba.size < 2 * sprite[10:20, 30:50].size


def test_flattening_is_source_over_with_premultiplied_alpha(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    below, above = (rng.integers(0, 256, (32, 32, 4)).astype(np.uint8) for _ in range(2))
    manifest = HEAD + (
        '\n[[layers]]\nimage = "below.png"\nat = [16, 16]\n\n[[layers]]\nimage = "above.png"\nat = [16, 16]\n'
    )
    pack = character(tmp_path / "p", manifest, {"below.png": below, "above.png": above})
    (plane,) = pack.planes("anger", "plain")

    def exact(rgba: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        alpha = rgba[..., 3:] / 255
        return np.concatenate([rgba[..., :3] * alpha, rgba[..., 3:]], axis=-1)

    wanted = exact(above) + exact(below) * (1 - above[..., 3:] / 255)
    got = plane.whole.rgba[-plane.whole.origin[1] :, -plane.whole.origin[0] :][:32, :32]
    assert np.abs(got - wanted).max() <= 2, "but for rounding"
    assert (plane.whole.rgba[..., :3] <= plane.whole.rgba[..., 3:]).all(), "no colour without cover"


def test_what_is_transparent_has_no_colour(tmp_path: Path) -> None:
    """Else it would bleed into the edge when the sprite is made smaller."""
    sprite = np.full((8, 8, 4), 255, np.uint8)
    sprite[:4, :, 3] = 0
    assert not read_sprite(write_png(tmp_path / "a.png", sprite))[:4].any()


@pytest.mark.parametrize("kind", ["grey", "rgb", "rgba", "16 bit"])
def test_kinds_of_png(tmp_path: Path, kind: str) -> None:
    bgr = np.full((8, 8, 3), (10, 20, 30), np.uint8)
    picture = {
        "grey": bgr[..., 1],
        "rgb": bgr,
        "rgba": np.dstack([bgr, np.full((8, 8), 255, np.uint8)]),
        "16 bit": bgr.astype(np.uint16) * 257,
    }[kind]
    _, content = cv2.imencode(".png", picture)
    (tmp_path / "a.png").write_bytes(content.tobytes())
    wanted = [20, 20, 20, 255] if kind == "grey" else [30, 20, 10, 255]
    assert read_sprite(tmp_path / "a.png")[3, 3].tolist() == wanted


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_bear_has_a_face_for_every_emotion_and_state(emotion: Emotion) -> None:
    bear = Character.load(installed_folder() / "bear")
    shown = [
        b"".join(plane.whole.rgba.tobytes() for plane in bear.planes(emotion, variant))
        for variant in VARIANTS
    ]
    assert len(set(shown)) == len(VARIANTS), "eyes open and closed, mouth open and closed"
    others = [e for e in EMOTIONS if e != emotion]
    plain = [bear.planes(other, "plain") for other in others]
    assert bear.planes(emotion, "plain") not in plain


def test_a_link_must_not_lead_out_of_the_pack(tmp_path: Path) -> None:
    """Packs come from strangers, and a link is as good as a path with dots in it."""
    manifest = HEAD + '\n[emotions.neutrality]\nimage = "plain.png"\n'
    character(tmp_path / "p", manifest, _dots("plain.png"))
    outside = tmp_path / "outside.png"
    (tmp_path / "p" / "plain.png").rename(outside)
    (tmp_path / "p" / "plain.png").symlink_to(outside)
    with pytest.raises(PackError, match="leads out of the pack's folder"):
        Character.load(tmp_path / "p")


def test_an_extra_for_one_emotion_beside_full_images(tmp_path: Path) -> None:
    """A tear is laid over the fallback's image, and does not stand for it."""
    manifest = (
        HEAD
        + '\n[emotions.neutrality]\nimage = "neutrality.png"\n\n[fallback]\nsadness = "neutrality"\n'
        + '\n[[layers]]\nimage = "tear.png"\nemotions = ["sadness"]\nat = [10, 40]\ndepth = 0.1\n'
    )
    pack = character(tmp_path / "p", manifest, {"neutrality.png": _square(64), "tear.png": _square(8)})
    sizes = {
        emotion: [_filled(plane)[2] for plane in pack.planes(emotion, "plain")]
        for emotion in ("sadness", "neutrality")
    }
    assert sizes == {"sadness": [64, 8], "neutrality": [64]}


def test_a_pack_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = _full(tmp_path / "p", EMOTIONS)
    pack.warm()
    monkeypatch.setattr("avatar_cam.characters.character.MAX_MEMORY", 64 * 64 * 4 * 5)
    with pytest.raises(PackError, match="of memory"):
        Character.load(pack.folder)


ANIMATED = '\n[[layers]]\nframes = ["a.png", "b.png", "c.png"]\nfps = 4\nat = [32, 32]\n'


def test_an_animation_goes_by_seconds(tmp_path: Path) -> None:
    """Whatever the frame rate: each picture stands a quarter of a second; after the last comes the first."""
    names = ("a", "b", "c")
    pack = character(tmp_path / "p", HEAD + ANIMATED, _dots(*(f"{name}.png" for name in names)))
    shown = [
        _which(pack.planes("anger", "plain", age), names) for age in (0, 0.24, 0.26, 0.5, 0.74, 0.76, 7.51)
    ]
    assert shown == ["a", "a", "b", "c", "c", "a", "a"]
    assert pack.planes("anger", "plain", 0.1)[0] is pack.planes("wound", "blink", 0.8)[0]


def test_what_moves_is_a_plane_of_its_own_in_the_order_of_depth(tmp_path: Path) -> None:
    still = '\n[[layers]]\nimage = "a.png"\nat = [32, 32]\n'
    pack = character(
        tmp_path / "p", HEAD + still + ANIMATED + still + still, _dots("a.png", "b.png", "c.png")
    )
    planes = pack.planes("anger", "plain", 0.3)
    assert [int(plane.whole.rgba[20, 20, 0]) for plane in planes] == [1, 2, 1], "below, moving, two above"


def test_an_emotions_animation_lies_over_its_picture(tmp_path: Path) -> None:
    manifest = HEAD + (
        '\n[emotions.neutrality]\nimage = "a.png"\n'
        '\n[emotions.anger]\nimage = "b.png"\nframes = ["c.png", "d.png"]\nfps = 10\n'
        '\n[fallback]\nwound = "anger"\n'
    )
    names = ("a", "b", "c", "d")
    pack = character(tmp_path / "p", manifest, _dots(*(f"{name}.png" for name in names)))
    assert len(pack.planes("neutrality", "plain")) == 1
    for emotion in ("anger", "wound"):
        assert [_which([plane], names) for plane in pack.planes(emotion, "blink", 0.15)] == ["b", "d"]


def test_an_animation_in_a_pack_of_layers(tmp_path: Path) -> None:
    """The emotion needs no picture of its own, and its animation does not make the layers extras."""
    manifest = HEAD + (
        '\n[emotions.anger]\nframes = ["c.png", "d.png"]\nfps = 10\n'
        '\n[[layers]]\nimage = "a.png"\nat = [32, 32]\nemotions = ["neutrality"]\n'
        '\n[[layers]]\nimage = "b.png"\nat = [32, 32]\nemotions = ["anger"]\n'
    )
    names = ("a", "b", "c", "d")
    pack = character(tmp_path / "p", manifest, _dots(*(f"{name}.png" for name in names)))
    shown = {
        e: [_which([p], names) for p in pack.planes(e, "plain")] for e in ("anger", "neutrality", "wound")
    }
    assert shown == {"anger": ["c", "b"], "neutrality": ["a"], "wound": ["a"]}


def test_a_layer_of_the_body_is_placed_from_what_it_hangs_on(tmp_path: Path) -> None:
    manifest = HEAD + (
        '\n[[layers]]\nimage = "a.png"\nat = [32, 32]\n'
        '\n[[layers]]\nimage = "b.png"\nattach = "left_wrist"\nat = [-10, 20]\n'
    )
    pack = character(tmp_path / "p", manifest, {"a.png": _square(64), "b.png": _square(8)})
    head, paw = pack.planes("anger", "plain")
    assert (head.attach, paw.attach) == ("head", "left_wrist")
    assert _filled(paw) == (-10 - 4, 20 - 4, 8, 8)


def test_nothing_is_decoded_before_it_is_worn_and_all_is_forgotten_after(tmp_path: Path) -> None:
    pack = _full(tmp_path / "p", EMOTIONS)
    assert not pack.is_warm and not pack._slots and not pack._pictures
    pack.warm()
    planes = pack.planes("anger", "plain")
    assert pack.is_warm and len(pack._slots) == len(EMOTIONS)
    pack.cool()
    assert not pack.is_warm and not pack._slots and not pack._sprites
    assert pack.planes("anger", "plain")[0].whole.rgba.tobytes() == planes[0].whole.rgba.tobytes()
