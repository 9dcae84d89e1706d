"""Characters are decoded when they are worn, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.characters.character import Character
from avatar_cam.characters.readiness import Aside, AtOnce
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import PackError
from tests.factories import MANIFEST, character, disc, face_of, hollow_png
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
        eventually(lambda: ready("b"))  # one after another: the thread is done with the first one
        ready.keep({"b"})
        assert packs["a"].is_warm, "there is room for it"
        packs["a"].cool()
        assert not ready("a"), "it has to be decoded anew"


def test_what_was_worn_last_is_kept_longest(tmp_path: Path) -> None:
    pictures = {f"{emotion}.png": disc(64) for emotion in EMOTIONS}
    tables = "".join(f'\n[emotions.{emotion}]\nimage = "{emotion}.png"\n' for emotion in EMOTIONS)
    manifest = MANIFEST.partition("[emotions")[0] + tables
    packs = {name: character(tmp_path / name, manifest, pictures) for name in "abc"}
    each = _memory(packs["a"])
    most = int(2.5 * each)
    with Aside(packs, most) as ready:
        for name in ("b", "a", "c"):
            eventually(lambda name=name: ready(name))
            ready.keep({name})
        assert [packs[name].is_warm for name in "abc"] == [True, False, True]
        # Of one as much as has to be.
        assert sum(pack.memory for pack in packs.values()) <= most
        assert 0 < packs["b"].memory < each
        ready.keep({"c"})
        assert not ready.keep({"c"}), "all is as it was"
        eventually(lambda: ready("b"))
        assert ready.keep({"a", "b", "c"})
        assert [pack.memory for pack in packs.values()] == [each] * 3, "all are worn"


def _memory(pack: Character) -> int:
    fresh = pack.fresh()
    fresh.warm()
    return fresh.memory


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
