"""Characters are decoded when they are worn, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.characters.character import Character
from avatar_cam.characters.readiness import Aside, AtOnce
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.errors import PackError
from tests.factories import character, face_of, hollow_png
from tests.waiting import eventually


def _characters(folder: Path, *names: str) -> dict[str, Character]:
    return {name: character(folder / name) for name in names}


def _break(pack: Character) -> None:
    (pack.folder / "neutrality.png").write_bytes(hollow_png(64, 64))


def test_at_once(tmp_path: Path) -> None:
    packs = _characters(tmp_path, "a", "b")
    ready = AtOnce(packs, lambda *_: None)
    assert ready("b")
    assert [pack.is_warm for pack in packs.values()] == [False, True]


def test_a_broken_one_is_told_and_somebody_gets_another(tmp_path: Path) -> None:
    packs = _characters(tmp_path, "a", "b")
    _break(packs["a"])
    told: dict[str, str] = {}
    wardrobe = Wardrobe(list(packs), ready=AtOnce(packs, told.__setitem__))
    assert wardrobe.choose([face_of()], {}, 0.0)[1].character == "b"
    assert list(told) == ["a"] and "broken PNG" in told["a"]
    _break(packs["b"])
    packs["b"].cool()
    with pytest.raises(PackError, match="broken PNG"):
        Wardrobe(["b"], ready=AtOnce(packs, told.__setitem__)).choose([face_of()], {}, 0.0)


def test_aside_is_ready_later(tmp_path: Path) -> None:
    packs = _characters(tmp_path, "a", "b")
    with Aside(packs) as ready:
        assert not ready("a")
        eventually(lambda: ready("a"))
        assert packs["a"].is_warm and not packs["b"].is_warm
        ready.keep_only({"b"})
        assert not packs["a"].is_warm
        assert not ready("a"), "it has to be decoded anew"


def test_aside_a_broken_one_is_told_once(tmp_path: Path) -> None:
    packs = _characters(tmp_path, "a", "b")
    _break(packs["a"])
    with Aside(packs) as ready:
        for _ in range(2):
            with pytest.raises(PackError):
                eventually(lambda: ready("a"))
        assert list(ready.take_broken()) == ["a"]
        assert ready.take_broken() == {}


def test_aside_the_only_one_is_never_ready_when_broken(tmp_path: Path) -> None:
    """A live program goes on without."""
    packs = _characters(tmp_path, "a")
    _break(packs["a"])
    with Aside(packs) as ready:
        ready("a")
        broken: dict[str, str] = {}
        eventually(lambda: bool(ready("a") or broken.update(ready.take_broken()) or broken))
        assert list(broken) == ["a"]
        assert not ready("a") and ready.take_broken() == {}
