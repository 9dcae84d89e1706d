"""What a broken pack does to the commands that would show it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_cam.sinks.photo import write_photo
from tests.commands import run
from tests.factories import MANIFEST, write_pack


def test_a_pack_with_a_broken_picture_is_left_out(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its beginning is that of a PNG; what is wrong is found before the first frame."""
    pack = write_pack(here / "packs" / "amiss", MANIFEST)
    picture = next(pack.glob("*.png"))
    picture.write_bytes(picture.read_bytes()[:40] + b"\0" * 200 + b"IEND")
    write_photo(here / "wall.png", np.full((60, 80, 3), 90, np.uint8))
    done = run(capfd, "render", "wall.png", "-o", "out.png", "--character-dir", "packs")
    assert done.status == 0
    assert done.err.count("left out:") == 1, done.err
    assert "amiss" in done.err
    done = run(
        capfd, "render", "wall.png", "-o", "again.png", "--character-dir", "packs", "--character", "amiss"
    )
    assert done.status == 1
    assert not (here / "again.png").exists()


def test_a_folder_with_no_character_in_it_is_said(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "packs" / "holiday").mkdir(parents=True)
    write_photo(here / "wall.png", np.full((60, 80, 3), 90, np.uint8))
    rendering = "render", "wall.png", "-o", "out.png"
    for command in (("characters", "list"), rendering, (*rendering, "--character", "bear")):
        done = run(capfd, *command, "--character-dir", "packs")
        assert done.status == 0
        assert done.said[0].startswith("avatar-cam: packs: there is no character in it"), done.err
    write_pack(here / "packs" / "dot", MANIFEST)
    assert run(capfd, "characters", "list", "--character-dir", "packs").said == []
    assert run(capfd, "characters", "list", "--character-dir", "packs/dot").said == []
