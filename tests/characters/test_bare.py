"""A folder of pictures named by emotion is a pack."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.characters.bare import guessed_anchors, is_bare_pack
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError
from avatar_cam.rendering.fitting import artwork_fit
from avatar_cam.types import Pixels, Variant
from tests.factories import disc, write_png


def _folder(folder: Path, *names: str) -> Path:
    """Pictures that can be told apart: the n-th has the red value n + 1."""
    for index, name in enumerate(names):
        write_png(folder / name, disc(100, (index + 1, 255, 255)))
    return folder


def _shown(pack: Character, emotion: Emotion, variant: Variant = "plain") -> int:
    """The number of the picture that is shown."""
    (plane,) = pack.planes(emotion, variant)
    height, width = plane.whole.rgba.shape[:2]
    return int(plane.whole.rgba[height // 2, width // 2, 0]) - 1


def test_seven_pictures_are_a_pack(tmp_path: Path) -> None:
    _folder(tmp_path / "packs" / "blob", *(f"{emotion}.png" for emotion in EMOTIONS))
    opened = Library.open(tmp_path / "packs")
    pack = opened.characters["blob"]
    assert opened.faults == {}
    assert pack.manifest.name == "blob"
    assert [_shown(pack, emotion) for emotion in EMOTIONS] == list(range(7))


def test_some_pictures_are_a_pack_too(tmp_path: Path) -> None:
    pack = Character.load(_folder(tmp_path / "a", "neutrality.png", "anger.png", "notes.png"))
    assert {emotion: _shown(pack, emotion) for emotion in EMOTIONS} == {
        emotion: int(emotion == "anger") for emotion in EMOTIONS
    }
    one = Character.load(_folder(tmp_path / "b", "sadness.png"))
    assert {_shown(one, emotion) for emotion in EMOTIONS} == {0}, "there is nothing else to fall back to"


def test_eyes_and_mouth_beside_them(tmp_path: Path) -> None:
    names = ("Anger.PNG", "anger-blink.png", "anger-talk.png", "anger-blink-talk.png")
    pack = Character.load(_folder(tmp_path, *names))
    variants: tuple[Variant, ...] = ("plain", "blink", "talk", "blink_talk")
    assert [_shown(pack, "anger", variant) for variant in variants] == [0, 1, 2, 3]


@pytest.mark.parametrize("names", [(), ("face.png",), ("anger.jpg",), ("anger-blink.png",)])
def test_other_folders_are_none(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).touch()
    assert not is_bare_pack(tmp_path)


@pytest.mark.parametrize("names", [(), ("anger-blink.png",)], ids=["empty", "half written"])
def test_a_folder_without_an_emotion_is_told_off(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(PackError, match=r"is no pack: it has no character\.toml, and no picture named by"):
        Character.load(tmp_path)


def test_a_folder_that_is_gone_is_told_off(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"gone: cannot be read: .+"):
        Character.load(tmp_path / "gone")


def test_the_title_is_the_folders_name_however_it_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_folder(tmp_path / "blob", "anger.png"))
    assert Character.load(Path()).manifest.name == "blob"


@pytest.mark.skipif(sys.platform != "linux", reason="names are valid Unicode elsewhere")
def test_a_folders_name_that_is_no_unicode(tmp_path: Path) -> None:
    folder = _folder(tmp_path / os.fsdecode(b"blob\xff"), "anger.png")
    assert Character.load(folder).manifest.name == r"blob\xff"


@pytest.mark.parametrize("box", [(0, 0, 400, 400), (30, 10, 330, 510), (0, 100, 640, 400)])
def test_the_artworks_box_covers_a_head(box: tuple[int, int, int, int]) -> None:
    """Whatever its proportions: a mask over a head reaches 1.75 eye distances sideways, 2.2 up, 2.15 down."""
    anchors = {name: np.array(at, np.float32) for name, at in guessed_anchors(box).items()}
    scale, offset = artwork_fit(anchors)
    reach = (np.array([[-1.75, -2.2], [1.75, 2.15]]) * scale + offset).round(1)
    x0, y0, x1, y1 = box
    assert x0 <= reach[0, 0] + 2 and reach[1, 0] <= x1 + 2
    assert y0 <= reach[0, 1] + 8 and reach[1, 1] <= y1 + 8
    assert anchors["left_eye"][0] > anchors["right_eye"][0]


def test_what_is_empty_around_the_artwork_does_not_count(tmp_path: Path) -> None:
    def pack(name: str, margin: int) -> Mapping[str, tuple[float, float]]:
        picture: Pixels = np.zeros((200 + 2 * margin, 200 + 2 * margin, 4), np.uint8)
        picture[margin : margin + 200, margin : margin + 200] = 255
        write_png(tmp_path / name / "neutrality.png", picture)
        return Character.load(tmp_path / name).manifest.anchors

    tight, loose = pack("tight", 0), pack("loose", 60)
    assert all(np.allclose(np.array(tight[name]) + 60, loose[name]) for name in tight)


def test_a_broken_picture_in_a_folder_without_manifest(tmp_path: Path) -> None:
    _folder(tmp_path, "neutrality.png", "anger.png")
    (tmp_path / "anger.png").write_bytes(b"GIF89a")
    with pytest.raises(PackError) as broken:
        Character.load(tmp_path)
    assert str(broken.value) == f"{tmp_path / 'anger.png'}: is not a PNG picture"
