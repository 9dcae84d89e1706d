"""Packs made to harm are refused with one line; benchmarks/hostile_packs.py measures how soon, and memory."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from avatar_cam.characters.library import Library
from avatar_cam.errors import AvatarCamError, PackError
from benchmarks import hostile_packs
from tests.factories import MANIFEST, png_of, write_pack

#: It takes long to make these.
SLOW = {hostile_packs.huge_picture, hostile_packs.bare_huge, hostile_packs.bomb, hostile_packs.colour_bomb}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="links, pipes and devices are Linux's here")


@pytest.mark.parametrize(
    "make", [make for make in hostile_packs.PACKS if make not in SLOW], ids=lambda make: make.__name__
)
def test_hostile_packs_are_refused_with_one_line(
    tmp_path: Path, make: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / make.__name__
    pack.mkdir()
    make(pack)
    with pytest.raises(AvatarCamError) as refused:
        Library({}, {}, (pack,)).renewed().get(pack.name).warm()
    assert "\n" not in str(refused.value)
    assert make.__name__ in str(refused.value)
    assert capfd.readouterr().err == ""


def test_a_picture_that_unpacks_to_more_than_it_says(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "neutrality.png").write_bytes(png_of(8, 8, zlib.compress(bytes(2**22))))
    with pytest.raises(PackError, match="is a broken PNG picture"):
        Library({}, {}, (pack,)).renewed().get("pack").warm()


def test_what_lies_beside_the_pixels_is_not_unpacked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A colour profile of many megabytes, or of nonsense, does no harm, and is not told off."""
    pack = write_pack(tmp_path / "pack", MANIFEST)
    pixels = zlib.compress((b"\0" + b"\xff" * 32) * 8)
    for profile in (zlib.compress(bytes(2**24)), b"nonsense"):
        content = png_of(8, 8, pixels, (b"iCCP", b"x\0\0" + profile), (b"zTXt", b"x\0\0" + profile))
        (pack / "neutrality.png").write_bytes(content)
        (plane,) = Library({}, {}, (pack,)).renewed().get("pack").planes("neutrality", "plain")
        assert plane.whole.rgba.max() == 255
    assert capfd.readouterr().err == ""
