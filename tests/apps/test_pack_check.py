"""`characters check`: all faults of a pack, each with its line, and what might be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_cam.apps.pack_check import Report, examine
from avatar_cam.characters.library import installed_folder
from avatar_cam.types import Pixels
from tests.commands import run
from tests.factories import MANIFEST, disc, hollow_png, write_pack, write_png

#: As large as it takes to cover the head that the anchors of `MANIFEST` belong to.
FULL: Pixels = np.full((120, 64, 4), 255, np.uint8)
#: With everything in it that is looked for.
WHOLE = MANIFEST.replace('"Dot"', '"Dot"\nauthor = "a"\nlicence = "CC0-1.0"').replace("24]", "60]") + (
    'blink = "blink.png"\ntalk = "talk.png"\n'
)
REST = "".join(
    f'\n[emotions.{emotion}]\nimage = "neutrality.png"\n'
    for emotion in ("pleasure", "upset", "anger", "unrest", "wound", "sadness")
)


def _pack(folder: Path, manifest: str = WHOLE + REST, **pictures: Pixels) -> Report:
    faces = dict.fromkeys(("neutrality", "blink", "talk"), FULL) | pictures
    write_pack(folder / "dot", manifest, {f"{name}.png": picture for name, picture in faces.items()})
    return examine(folder / "dot")


def test_nothing_is_said_of_a_pack_that_is_in_order(tmp_path: Path) -> None:
    assert _pack(tmp_path) == Report()


@pytest.mark.parametrize("name", ["bear"])
def test_the_packs_that_ship_are_in_order(name: str) -> None:
    assert examine(installed_folder() / name) == Report()


def test_all_faults_of_a_manifest_are_told_with_their_lines(tmp_path: Path) -> None:
    manifest = (
        MANIFEST.replace("[44, 24]", "[44]") + "sound = 1\n\n[[layers]]\nimage = '../x.png'\ndepth = 7\n"
    )
    faults = [fault.partition(": ")[2] for fault in _pack(tmp_path, manifest).faults]
    assert [fault.partition(": ")[0] for fault in faults] == [
        "line 5",
        "line 9",
        "line 12",
        "line 11",
        "line 13",
    ]
    assert "outside the pack's folder" in faults[2]


def test_all_faults_of_pictures_are_told_with_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "dot"
    manifest = WHOLE + '\n[emotions.anger]\nimage = "nowhere.png"\nblink = "big.png"\ntalk = "hollow.png"\n'
    write_png(folder / "big.png", np.zeros((2, 3000, 4), np.uint8))
    (folder / "hollow.png").write_bytes(hollow_png(64, 64))
    faults = [
        fault.removeprefix(f"{folder / 'character.toml'}: ") for fault in _pack(tmp_path, manifest).faults
    ]
    assert faults == [
        "line 15: emotions: anger: image: nowhere.png is named, but is not in the folder",
        "line 16: emotions: anger: blink: big.png is 3000x2; the largest side allowed is 2048",
        "line 17: emotions: anger: talk: hollow.png is a broken PNG picture; save it anew",
    ]


@pytest.mark.parametrize(
    ("manifest", "pictures", "said"),
    [
        (WHOLE.replace('author = "a"\n', "") + REST, {}, "author is missing"),
        (WHOLE, {}, "anger: has nothing of its own; neutrality is shown instead"),
        (WHOLE + REST, {"extra": FULL}, "extra.png: is named in no emotion or layer, so it is never shown"),
        (WHOLE.replace('blink = "blink.png"\n', "") + REST, {}, "the eyes never close"),
        (WHOLE.replace('talk = "talk.png"\n', "") + REST, {}, "the mouth never opens"),
        (WHOLE + REST, {"blink": np.full((1200, 64, 4), 255, np.uint8)}, "blink.png: is 64x1200; no camera"),
        (
            WHOLE + REST + '\n[fallback]\nupset = "wound"\nwound = "upset"\n',
            {},
            "fallback: upset: goes in a circle",
        ),
        (
            WHOLE
            + REST
            + "".join(
                f'\n[[layers]]\nimage = "talk.png"\nat = [32, 60]\ndepth = {n / 10}\n' for n in range(-9, 9)
            ),
            {},
            "has up to 18 planes",
        ),
    ],
)
def test_what_might_be_wrong(tmp_path: Path, manifest: str, pictures: dict[str, Pixels], said: str) -> None:
    report = _pack(tmp_path, manifest, **pictures)
    assert report.faults == []
    assert any(said in warning for warning in report.warnings), report.warnings


def test_an_anchor_outside_of_the_artwork(tmp_path: Path) -> None:
    far = WHOLE.replace("left_eye = [44, 60]", "left_eye = [99, 60]") + REST
    assert any("line 7: anchors: left_eye: lies" in warning for warning in _pack(tmp_path, far).warnings)


def _covering(what: str) -> str:
    return WHOLE.replace("[anchors]", f'covers = "{what}"\n\n[anchors]') + REST


def test_a_face_that_is_said_to_be_hidden_and_is_not_is_a_fault(tmp_path: Path) -> None:
    upper, ring = FULL.copy(), FULL.copy()
    upper[85:] = 0
    ring[55:65, 10:54] = 0  # the eyes look out
    hollow = {
        (name, what): [
            fault.partition(": ")[2] for fault in _pack(tmp_path, _covering(what), neutrality=picture).faults
        ]
        for name, picture in (("upper", upper), ("ring", ring))
        for what in ("head", "half", "accessories")
    }
    bare = {key: faults for key, faults in hollow.items() if faults}
    assert set(bare) == {("upper", "head"), ("ring", "head"), ("ring", "half")}
    assert all(fault.startswith("line 5: covers: is '") for [fault] in bare.values()), bare
    [by_default] = _pack(tmp_path, neutrality=upper).faults
    assert "covers: is 'head', but " in by_default


def test_a_folder_of_pictures_is_checked_too(tmp_path: Path) -> None:
    ring = disc(100)
    ring[30:70, 20:80] = 0
    for name in ("neutrality.png", "neutralty-blink.png"):
        write_png(tmp_path / name, ring)
    report = examine(tmp_path)
    assert report.faults == []
    assert any("where the face lies is guessed" in warning for warning in report.warnings)
    assert any("can still be seen" in warning for warning in report.warnings), "it has promised nothing"
    assert any("neutralty-blink.png: is not called as an emotion" in warning for warning in report.warnings)


def test_from_the_command_line(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    small = MANIFEST.replace("[anchors]", 'covers = "accessories"\n\n[anchors]')
    write_pack(here / "packs" / "dot", small)
    write_pack(here / "packs" / "bad", MANIFEST + "sound = 1\ncolour = 2\n")
    done = run(capfd, "characters", "check", "dot", "--character-dir", "packs")
    assert done.status == 0
    assert done.out.splitlines()[-1].startswith("dot: no faults, ")
    for pack in ("packs/bad", "bad"):
        done = run(capfd, "characters", "check", pack, "--character-dir", "packs")
        assert done.status == 1
        assert [line.split(": ")[2] for line in done.out.splitlines()[:-1]] == ["line 9", "line 10"]
        assert done.out.splitlines()[-1] == "bad: 2 faults, no warnings"
    done = run(capfd, "characters", "check", "nobody", "--character-dir", "packs")
    assert done.status == 2
    assert done.error.startswith("there is no pack 'nobody'; give its folder, or one of: bad, ")
    done = run(capfd, "characters", "check", "packs")
    assert (done.status, done.error[:20]) == (2, "packs: is no pack: i")
