"""The live loop, with a scripted camera and scripted models, in a window of SDL's dummy driver."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.apps import wishes as wishes_module
from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.live import LiveLoop
from avatar_cam.apps.notices import Notices
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library, installed_folder
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.controls import Wear, Wish
from avatar_cam.emotions.scripted import ScriptedEmotions
from avatar_cam.errors import PackError
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import Backdrop
from avatar_cam.schedule import Background
from avatar_cam.sinks.memory import MemorySink
from avatar_cam.sinks.view import View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.cameras import CameraInfo
from avatar_cam.sources.capture import Patience
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.scripted_camera import Event, ScriptedDevice
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import Floats, Pixels
from tests.factories import disc, landmarks, write_pack

SIZE = (320, 180)
FACE = landmarks((160, 90), 40)
#: A camera that is unplugged after a few pictures, and comes back.
FLAKY = "2"
#: After so many nothing is waited for any more.
MOST_SHOWS = 2000


class _Screen(Window):
    """Wishes for what a script says, and remembers what it showed."""

    def __init__(self, script: Iterator[Sequence[Wish]]) -> None:
        super().__init__("test", SIZE)
        self._script = script
        self.views: list[View] = []
        self.pictures: list[bool] = []

    def actions(self) -> list[Wish]:
        super().actions()
        assert len(self.views) < MOST_SHOWS, "what was waited for did not come"
        return list(next(self._script))

    def show(self, pixels: Pixels | None, view: View) -> None:
        super().show(pixels, view)
        self.views.append(view)
        self.pictures.append(pixels is not None)


class _Nobody:
    """A segmentation that sees only room."""

    def person(self, pixels: Pixels) -> Floats:
        return np.zeros((9, 16), np.float32)

    def close(self) -> None:
        pass


@dataclass
class _Booth:
    """All that a loop needs."""

    source: LiveSource
    live: Live
    folder: Path
    stack: ExitStack
    #: Who is in every picture.
    faces: list[Floats]
    reload: Callable[[], Library] | None = None
    shown: MemorySink = field(default_factory=MemorySink)

    def play(self, script: Callable[[_Screen], Iterator[Sequence[Wish]]]) -> list[View]:
        """Run until the script ends, and give what was shown."""
        screens: list[_Screen] = []

        def wishes() -> Iterator[Sequence[Wish]]:
            yield from script(screens[0])
            yield ["quit"]

        screen = self.stack.enter_context(_Screen(wishes()))
        screens.append(screen)
        notices = Notices()
        self.keeping = keeping = self.stack.enter_context(Keeping(self.folder, lambda: 30.0, notices))
        reload = self.reload or (lambda: Library(self.live.characters, {}))
        with LiveLoop(self.source, self.live, screen, keeping, notices, reload) as loop:
            loop.run([self.shown])
        self.screen = screen
        return screen.views


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[_Booth]:
    with ExitStack() as stack:
        yield _booth(tmp_path, stack)


def _booth(tmp_path: Path, stack: ExitStack) -> _Booth:
    script: list[Event] = [*["picture"] * 5, "gone", "gone"]
    devices = {
        "0": ScriptedDevice((), SIZE, fps=200.0),
        "1": ScriptedDevice((), SIZE, fps=200.0),
        FLAKY: ScriptedDevice(script, SIZE, fps=200.0),
    }
    bear = Character.load(installed_folder() / "bear")
    dot = Character.load(write_pack(tmp_path / "packs" / "dot", pictures={"neutrality.png": disc(64)}))
    characters = {"bear": bear, "dot": dot}
    schedule = Background(ScriptedEmotions([{"pleasure": 0.9}]))
    wardrobe = Wardrobe(list(characters))
    backdrop = Backdrop(_Nobody)
    faces = [FACE]
    tracker = FaceTracker(ScriptedFaces(itertools.repeat(faces)))
    pipeline = stack.enter_context(Pipeline(tracker, schedule, wardrobe, characters, backdrop))
    live = Live(pipeline, schedule, wardrobe, backdrop, characters)
    source = stack.enter_context(
        LiveSource("0", lambda which: devices[which].open(which), patience=Patience(first_pause=0.05))
    )
    return _Booth(source, live, tmp_path / "kept", stack, faces)


def _until(screen: _Screen, wanted: Callable[[View], bool]) -> Iterator[Sequence[Wish]]:
    """Wish for nothing until something like that was shown."""
    start = len(screen.views)
    while not any(wanted(view) for view in screen.views[start:]):
        yield []


def _emotion(view: View) -> str | None:
    return view.composite.choices[1].emotion if view.composite else None


def _said(words: str) -> Callable[[View], bool]:
    return lambda view: any(words in notice.text for notice in view.notices)


def test_faces_wear_what_is_read_from_them(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None and bool(view.composite.readings))
        yield from itertools.repeat([], 3)

    booth.play(script)
    newest = booth.shown.composites[-1]
    assert newest.choices[1].emotion == "pleasure"
    assert newest.frame.pixels[60:120, 130:190].std() > 5, "the bear is in the picture"
    assert [one.frame.index for one in booth.shown.composites] == list(range(len(booth.shown.composites)))


@pytest.mark.parametrize("switch", ["mirror", "landmarks", "keys", "overlay"])
def test_a_key_turns_it_off_and_on(booth: _Booth, switch: Wish) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        yield [switch]
        yield []
        yield [switch]
        yield []

    views = booth.play(script)
    states = [getattr(view, str(switch)) for view in views]
    before = states[0]
    assert states[-4:-1] == [not before, before, before]


def test_figures_come_with_the_bars(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        assert screen.views[-1].figures is None
        yield ["figures"]
        yield from _until(screen, lambda view: view.figures is not None and view.figures.fps > 0)

    view = booth.play(script)[-1]
    assert view.bars
    assert view.figures is not None
    assert view.figures.latency_ms is not None
    assert set(view.figures.stages) >= {"track", "emotion", "compose"}
    assert view.figures.pose_fps is None, "nobody looks for bodies"


def test_choosing_characters(booth: _Booth) -> None:
    worn: list[str | None] = []

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        for wish in ("character-2", "character-1", "next", "previous", Wear("dot"), "character-9"):
            yield [wish]  # type: ignore[list-item]
            yield []
            worn.append(screen.views[-1].worn)

    views = booth.play(script)
    assert worn == ["dot", "bear", "dot", "bear", "dot", "dot"]
    assert [thumbnail.character for thumbnail in views[-1].thumbnails] == ["bear", "dot"]
    assert all(thumbnail.picture[..., 3].any() for thumbnail in views[-1].thumbnails)
    assert _said("no character 9")(views[-1])


def test_holding_an_emotion(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: bool(view.composite and view.composite.readings))
        yield ["hold"]
        yield from _until(screen, lambda view: view.held == "pleasure")
        yield ["hold"]
        yield from _until(screen, lambda view: view.held is None)

    booth.play(script)


def test_learning_a_neutral_face(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["neutral"]
        yield from _until(screen, _said("no face to learn"))
        yield from _until(screen, lambda view: bool(view.composite and view.composite.faces))
        yield ["neutral"]
        yield from _until(screen, _said("Look neutral"))
        yield from _until(screen, _said("Learnt"))
        yield from _until(
            screen,
            lambda view: view.composite is not None and view.composite.choices[1].emotion == "neutrality",
        )

    booth.play(script)


def test_somebody_who_leaves_during_the_lesson_is_not_learnt(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: bool(view.composite and view.composite.readings))
        yield ["neutral"]
        booth.faces.clear()
        yield from _until(screen, _said("Not learnt"))

    views = booth.play(script)
    assert not any(_said("Learnt: ")(view) for view in views)


def test_the_background(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        for background in ("blur", "plain", "camera"):
            yield ["background"]
            yield from _until(screen, _said(f"Background: {background}"))
            yield from itertools.repeat([], 2)
            corners.append(booth.shown.composites[-1].frame.pixels[0, 0].tolist())

    corners: list[list[int]] = []
    booth.play(script)
    assert corners[1] == [44, 51, 66], "the room is gone"
    assert corners[2] != corners[1]


def test_latency_is_measured(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["figures"]
        yield from _until(screen, lambda view: bool(view.figures and view.figures.latency_ms))

    figures = booth.play(script)[-1].figures
    assert figures is not None
    assert 0 < (figures.latency_ms or 0) < 1000


def test_what_is_saved_at_the_end_is_said_afterwards(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["record"]
        yield from _until(screen, lambda view: (view.recording or 0) > 0.1)

    booth.play(script)
    booth.stack.close()
    (notice,) = booth.keeping.unsaid
    assert notice.text.startswith(f"Saved {booth.folder}")


def test_snapshot_and_recording(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["record", "snapshot"]
        yield from _until(screen, lambda view: (view.recording or 0) > 0.1 and (view.countdown or 0) > 0)
        yield ["record"]
        yield from _until(screen, _said("Saved"))
        yield from _until(screen, lambda view: any(".png" in notice.text for notice in view.notices))

    booth.play(script)
    assert sorted(path.suffix for path in booth.folder.iterdir()) == [".mp4", ".png"]


def test_the_next_camera(booth: _Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        wishes_module, "list_cameras", lambda: [CameraInfo("0", "One", "/a"), CameraInfo("1", "Two", "/b")]
    )

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        yield ["camera"]
        yield from _until(screen, _said("Camera 1: Two"))
        assert booth.source.which == "1"
        monkeypatch.setattr(wishes_module, "list_cameras", lambda: [CameraInfo("1", "Two", "/b")])
        yield ["camera"]
        yield from _until(screen, _said("no other camera"))

    booth.play(script)


def test_packs_loaded_anew(booth: _Booth) -> None:
    dot = booth.live.characters["dot"]
    booth.reload = lambda: Library({"dot": dot}, {"cat": "cat/character.toml: line 1: name: is missing"})

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.worn == "bear" and view.composite is not None)
        yield ["reload"]
        yield from _until(screen, _said("Characters loaded: dot"))
        assert _said("Left out: cat/character.toml")(screen.views[-1])
        yield []

    view = booth.play(script)[-1]
    assert view.worn == "dot", "what was worn is not there any more"
    assert [thumbnail.character for thumbnail in view.thumbnails] == ["dot"]


def test_packs_that_cannot_be_loaded_are_said_and_the_old_ones_stay(booth: _Booth) -> None:
    def broken() -> Library:
        raise PackError("there is no character to wear")

    booth.reload = broken

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["reload"]
        yield from _until(screen, _said("there is no character to wear"))

    assert booth.play(script)[-1].worn == "bear"


def test_a_camera_that_goes_is_said_and_taken_up_again(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes_module, "list_cameras", lambda: [CameraInfo(FLAKY, "Flaky", "/c")])

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        yield ["camera"]
        yield from _until(screen, lambda view: view.composite is None and _said("unplugged")(view))
        yield from _until(screen, lambda view: view.composite is not None)

    booth.play(script)
    assert not all(booth.screen.pictures), "while it is gone no old picture is shown"
