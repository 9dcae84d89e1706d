"""A pack's faults are told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.characters.character import Character
from avatar_cam.characters.manifest import ManifestText
from avatar_cam.characters.pictures import MAX_SIDE, read_sprite
from avatar_cam.errors import PackError
from tests.factories import MANIFEST, disc, write_pack, write_png

LAYER = """
[[layers]]
image = "neutrality.png"
at = [32, 32]
"""


def _fault(folder: Path, manifest: str) -> str:
    """What is said of a pack with this manifest, after the file's name."""
    pack = write_pack(folder / "pack", manifest)
    with pytest.raises(PackError) as broken:
        Character.load(pack).warm()
    message = str(broken.value)
    assert "\n" not in message
    assert message.startswith(f"{pack / 'character.toml'}: ")
    return message.removeprefix(f"{pack / 'character.toml'}: ")


def test_the_smallest_manifest(tmp_path: Path) -> None:
    manifest = ManifestText.read(write_pack(tmp_path / "pack")).checked()
    assert (manifest.name, manifest.author, manifest.licence, manifest.covers) == ("Dot", "", "", "head")
    assert manifest.anchors["left_eye"] == (44, 24)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("colour = 1\n" + MANIFEST, "line 1: colour: is not a known key"),
        (MANIFEST + "sound = 1\n", "line 9: emotions: neutrality: sound: is not a known key"),
        (MANIFEST + "\n[emotions.joy]\nimage = 'a.png'\n", "line 10: emotions: joy"),
        (MANIFEST + LAYER + "deep = 1\n", "line 13: layers: 1: deep: is not a known key"),
        (MANIFEST + LAYER + LAYER + "when = 'sometimes'\n", "line 17: layers: 2: when: must be 'always'"),
        (MANIFEST + LAYER + "depth = 3\n", "line 13: layers: 1: depth: must be less than or equal to 2"),
        (
            MANIFEST + LAYER + "emotions = ['pleasure', 'joy']\n",
            "line 13: layers: 1: emotions: 2: must be 'pleasure'",
        ),
        (MANIFEST + "\n[[layers]]\nat = [1, 2]\n", "line 10: layers: 1: needs either an image or frames"),
        (MANIFEST + "\n[fallback]\nwound = 'joy'\n", "line 11: fallback: wound: must be 'pleasure'"),
        (MANIFEST.replace('"Dot"', "7"), "line 1: name: must be text, in quotes"),
        (MANIFEST.replace('name = "Dot"\n', ""), "name: is missing"),
        (MANIFEST.replace("left_eye = [44, 24]\n", ""), "line 3: anchors"),
        (MANIFEST.replace("left_eye", "third_eye"), "line 5: anchors: third_eye"),
        (MANIFEST.replace("[44, 24]", "[44]"), "line 5: anchors: left_eye: 2: is missing"),
        (MANIFEST.replace("[44, 24]", "[44, 1e9]"), "line 5: anchors: left_eye: 2: must be less than"),
        (MANIFEST.replace("[44, 24]", "[nan, 24]"), "line 5: anchors: left_eye: 1: must be"),
        (MANIFEST.replace("[44, 24]", "[20, 24]"), "anchors: all lie on one point"),
        (MANIFEST.partition("[emotions")[0], "has neither [emotions.…] nor [[layers]]"),
    ],
)
def test_a_key_that_makes_no_sense(tmp_path: Path, manifest: str, said: str) -> None:
    assert said in _fault(tmp_path, manifest)


@pytest.mark.parametrize(
    "name",
    [
        "../other/neutrality.png",
        "a/../../x.png",
        "/etc/passwd.png",
        "C:/x.png",
        "C:x.png",
        "..\\\\x.png",
        "\\\\\\\\server\\\\x.png",
        "a\\u0000.png",
    ],
)
def test_a_picture_outside_the_folder(tmp_path: Path, name: str) -> None:
    """Packs come from strangers."""
    said = _fault(tmp_path, MANIFEST.replace("neutrality.png", name))
    assert said.startswith("line 8: emotions: neutrality: image: ")
    assert "outside the pack's folder" in said


@pytest.mark.parametrize("name", ["neutrality.jpg", "neutrality", "neutrality.png.exe"])
def test_a_picture_that_is_no_png_by_name(tmp_path: Path, name: str) -> None:
    said = _fault(tmp_path, MANIFEST.replace("neutrality.png", name))
    assert said == f"line 8: emotions: neutrality: image: {name!r} is not a .png"


def test_a_picture_that_is_missing(tmp_path: Path) -> None:
    said = _fault(tmp_path, MANIFEST.replace("neutrality.png", "sub/nothing.png"))
    assert "sub/nothing.png is named, but is not in the folder" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = \n", "line 1: is no value"),
        (MANIFEST + "name = 'x\n", "line 9: the text that begins here has no end quote"),
        (MANIFEST + "image = 'twice.png'\n", "line 9: this key stands here for the second time"),
        ("a = " + "[" * 5000, "is nested too deeply"),
        ("a" + ".a" * 5000 + " = 1", ""),
    ],
    ids=["no value", "open string", "twice", "deep arrays", "deep keys"],
)
def test_broken_toml(tmp_path: Path, text: str, said: str) -> None:
    assert said in _fault(tmp_path, text)


def test_a_manifest_that_is_no_text(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "character.toml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(PackError, match="save it as UTF-8"):
        Character.load(pack)


def test_a_manifest_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pack" / "character.toml").mkdir(parents=True)
    with pytest.raises(PackError, match="cannot be read"):
        Character.load(tmp_path / "pack")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a PNG picture"),
        (b"GIF89a" + bytes(100), "is not a PNG picture"),
        (b"\x89PNG\r\n\x1a\n", "is not a PNG picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is not a PNG picture"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0]) + bytes(40),
            "is a broken PNG picture; save it anew",
        ),
    ],
)
def test_a_picture_that_is_no_png(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(PackError) as broken:
        read_sprite(path)
    assert str(broken.value) == f"{path}: {said}"


def test_a_picture_that_was_cut_off(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_png(tmp_path / "a.png", disc(64))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(PackError, match="is a broken PNG picture"):
        read_sprite(path)
    assert capfd.readouterr().err == "", "the decoder's own complaint is not the user's business"


def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A header may promise more than memory holds."""
    path = write_png(tmp_path / "a.png", disc(64))
    content = bytearray(path.read_bytes())
    content[16:20] = (MAX_SIDE + 1).to_bytes(4, "big")
    path.write_bytes(bytes(content))
    with pytest.raises(PackError, match=f"is {MAX_SIDE + 1}x64; the largest side allowed is {MAX_SIDE}"):
        read_sprite(path)


def test_a_pack_with_such_a_picture_is_found_out_when_it_is_loaded(tmp_path: Path) -> None:
    """Not when the emotion is shown for the first time, in the middle of a show."""
    pack = write_pack(tmp_path / "pack")
    (pack / "neutrality.png").write_bytes(b"GIF89a" + bytes(100))
    with pytest.raises(PackError, match="is not a PNG picture"):
        Character.load(pack)


def test_layers_that_reach_too_far(tmp_path: Path) -> None:
    far = LAYER.replace("[32, 32]", "[9000, 32]")
    pack = write_pack(tmp_path / "pack", MANIFEST + far)
    with pytest.raises(PackError, match="reach over more than"):
        Character.load(pack).warm()


@pytest.mark.parametrize(
    "anchors",
    [
        "left_eye = [100, 100]\nright_eye = [200, 100]\nmouth = [150, 180]",
        "left_eye = [150, 200]\nright_eye = [150, 100]",
        "left_eye = [200, 300]\nright_eye = [100, 300]\nchin = [150, 100]",
    ],
    ids=["swapped", "above each other", "upside down"],
)
def test_anchors_that_do_not_lie_as_in_a_face(tmp_path: Path, anchors: str) -> None:
    (tmp_path / "character.toml").write_text(
        f'name = "Odd"\n\n[anchors]\n{anchors}\n\n[emotions.neutrality]\nimage = "x.png"\n', encoding="utf-8"
    )
    with pytest.raises(PackError, match="do not lie as in a face"):
        ManifestText.read(tmp_path).checked()
