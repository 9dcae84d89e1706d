"""The live loop, with a scripted camera and scripted models, in a window of SDL's dummy driver."""

from __future__ import annotations

import errno
import itertools
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.apps import packs as packs_module
from avatar_cam.apps import wishes as wishes_module
from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.live import LiveLoop
from avatar_cam.apps.notices import Notices
from avatar_cam.apps.on_lost import OnLost
from avatar_cam.apps.sending import Sending
from avatar_cam.characters import wardrobe as wardrobe_module
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.characters.readiness import Aside
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.controls import Hold, Switch, Wear, Wish
from avatar_cam.emotions.scripted import ScriptedEmotions
from avatar_cam.errors import CameraGone
from avatar_cam.overlay.requests import Request, Requests
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import Backdrop
from avatar_cam.rendering.portrait import portrait
from avatar_cam.schedule import Background
from avatar_cam.sinks.memory import MemorySink
from avatar_cam.sinks.memory_camera import MemoryCamera
from avatar_cam.sinks.view import View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.cameras import CameraInfo
from avatar_cam.sources.capture import Patience
from avatar_cam.sources.live import LiveSource
from avatar_cam.sources.scripted_camera import Event, ScriptedCamera, ScriptedDevice
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import Floats, Pixels
from tests.factories import MANIFEST, disc, hollow_png, landmarks, write_pack, write_png

SIZE = (320, 180)
FACE = landmarks((160, 90), 40)
#: A camera that is unplugged after a few pictures, and comes back.
FLAKY = "2"
#: One that does not come back for long.
BROKEN = "3"
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
    packs: Path
    stack: ExitStack
    #: Who is in every picture.
    faces: list[Floats]
    shown: MemorySink = field(default_factory=MemorySink)
    #: What other programs ask for.
    requests: Requests = field(default_factory=lambda: Requests(taken=True))
    on_lost: OnLost | None = None
    #: The virtual camera, for those who stream.
    virtual: MemoryCamera | None = None
    #: Set when the flaky camera is to be plugged in again.
    back: threading.Event = field(default_factory=threading.Event)

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
        sending = None
        if self.virtual is not None:
            virtual = self.virtual
            sending = self.stack.enter_context(Sending(lambda: virtual))
        loop = LiveLoop(
            self.source,
            self.live,
            screen,
            keeping,
            notices,
            requests=self.requests,
            on_lost=self.on_lost,
            sending=sending,
        )
        with loop:
            loop.run([self.shown])
        self.screen = screen
        return screen.views


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[_Booth]:
    with ExitStack() as stack:
        yield _booth(tmp_path, stack)


def _booth(tmp_path: Path, stack: ExitStack) -> _Booth:
    script: list[Event] = [*["picture"] * 5, "gone"]
    back = threading.Event()
    devices = {
        "0": ScriptedDevice((), SIZE, fps=200.0),
        "1": ScriptedDevice((), SIZE, fps=200.0),
        FLAKY: ScriptedDevice(script, SIZE, fps=200.0),
        BROKEN: ScriptedDevice([*["picture"] * 5, *["gone"] * 1000], SIZE, fps=200.0),
    }

    def opened(which: str) -> ScriptedCamera:
        if which == FLAKY and devices[which].opened and not back.is_set():
            raise CameraGone(f"{which} was unplugged")
        return devices[which].open(which)

    packs = tmp_path / "packs"
    for colour, name in enumerate(("bear", "dot"), start=1):
        manifest = MANIFEST.replace("Dot", name.capitalize())
        write_pack(packs / name, manifest, {"neutrality.png": disc(64, (100 * colour, 50, 200))})
    library = Library({}, {}, (packs,)).renewed()
    ready = Aside(library.characters, most=0)
    schedule = Background(ScriptedEmotions([{"pleasure": 0.9}]))
    wardrobe = Wardrobe(list(library.characters), ready=ready)
    backdrop = Backdrop(_Nobody)
    faces = [FACE]
    tracker = FaceTracker(ScriptedFaces(itertools.repeat(faces)))
    pipeline = stack.enter_context(Pipeline(tracker, schedule, wardrobe, library.characters, backdrop))
    live = Live(pipeline, schedule, wardrobe, backdrop, library, ready)
    source = stack.enter_context(LiveSource("0", opened, patience=Patience(first_pause=0.05)))
    return _Booth(source, live, tmp_path / "kept", packs, stack, faces, back=back)


def _until(screen: _Screen, wanted: Callable[[View], bool]) -> Iterator[Sequence[Wish]]:
    """Wish for nothing until something like that was shown."""
    start = len(screen.views)
    while not any(wanted(view) for view in screen.views[start:]):
        yield []


def _pictures(booth: _Booth, count: int) -> Iterator[Sequence[Wish]]:
    """Wish for nothing until so many more pictures were shown; a turn of the loop may have none."""
    wanted = len(booth.shown.composites) + count
    while len(booth.shown.composites) < wanted:
        yield []


def _emotion(view: View) -> str | None:
    return view.composite.choices[1].emotion if view.composite else None


def _said(words: str) -> Callable[[View], bool]:
    return lambda view: any(words in notice.text for notice in view.notices)


def test_faces_wear_what_is_read_from_them(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: _worn(view) == "bear" and _emotion(view) == "pleasure")

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
        yield from _until(screen, lambda view: view.composite is not None and bool(view.thumbnails))
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


def test_other_programs_ask_for_the_same_and_are_answered(booth: _Booth) -> None:
    answers: list[tuple[str | None, str | None]] = []

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        def asked(*wishes: Wish) -> None:
            for wish in wishes:
                booth.requests.offer(Request(wish, lambda said, fault: answers.append((said, fault))))

        yield from _until(screen, lambda view: view.composite is not None)
        asked(Wear("dot"), Switch("overlay", True), Switch("overlay", False), Switch("overlay", False))
        yield from _until(screen, lambda view: view.worn == "dot" and not view.overlay)
        asked(Switch("mirror", False), Switch("record", True), Switch("record", True), Hold("anger"))
        yield from _until(screen, lambda view: _emotion(view) == "anger" and view.recording is not None)
        asked(Switch("record", False), Hold(None))
        yield from _until(screen, lambda view: view.held is None and view.recording is None)
        asked(Wear("nobody"), "character-9", "fullscreen")
        yield from _until(screen, lambda view: not view.mirror)

    booth.play(script)
    said, faults = zip(*answers, strict=True)
    assert said[0] == "Dot"
    assert said[1] == "Characters on", "it was already"
    assert said[2:5] == ("Characters off", "Characters off", "Mirror off")
    assert said[5] == said[6] == f"Recording, without sound, into {booth.folder}"
    assert said[7] == "Emotion held: anger"
    assert not any(faults[:-3])
    assert faults[-3:] == (
        "there is no character 'nobody'; there are bear, dot",
        "there is no character-9; there are 2",
        "fullscreen can be asked for in the window only",
    )


def test_other_programs_are_told_what_comes_of_what_takes_its_time(booth: _Booth) -> None:
    answers: list[str | None] = []

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        wishes: tuple[Wish, ...] = ("next", "next", "previous", "snapshot", "snapshot", "panic", "reload")
        yield from _until(screen, lambda view: view.worn == "bear")
        for wish in wishes:
            booth.requests.offer(Request(wish, lambda said, _: answers.append(said)))
        yield from _until(screen, lambda _: len(answers) == len(wishes))

    booth.play(script)
    assert answers == [
        "Dot",
        "Bear",
        "Dot",
        f"The picture will be taken in 3 s, and saved in {booth.folder}",
        "No picture will be taken",
        "The picture is hidden",
        "Characters are loaded anew",
    ]


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
            yield from _pictures(booth, 2)
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
    assert 0 < (figures.latency_ms or 0) < 1000 * booth.source.now(), "no longer than all of it took"


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
        yield from _until(screen, lambda view: (view.recording or 0) > 0.1)
        yield ["record"]
        # Either may be saved, and said, before the other.
        while not all(any(_saved(suffix, view) for view in screen.views) for suffix in (".mp4", ".png")):
            yield []

    booth.play(script)
    assert sorted(path.suffix for path in booth.folder.iterdir()) == [".mp4", ".png"]


def _saved(suffix: str, view: View) -> bool:
    return any(notice.text.startswith("Saved") and suffix in notice.text for notice in view.notices)


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
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.worn == "bear" and view.composite is not None)
        shutil.rmtree(booth.packs / "bear")
        write_pack(booth.packs / "cat", "name = 3\n")
        yield ["reload"]
        yield from _until(screen, _said("Characters loaded: dot"))
        assert any(_said("Left out: ")(view) and _said("cat")(view) for view in screen.views)
        yield []

    view = booth.play(script)[-1]
    assert view.worn == "dot", "what was worn is not there any more"
    assert [thumbnail.character for thumbnail in view.thumbnails] == ["dot"]


def test_packs_that_are_all_gone_are_said_and_the_old_ones_stay(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: _worn(view) == "bear")
        booth.packs.rename(booth.packs.with_name("gone"))  # all at once, or a look may find some of them
        yield ["reload"]
        yield from _until(screen, _said("no character to wear"))
        yield from itertools.repeat([], 3)

    assert booth.play(script)[-1].worn == "bear"
    assert _red(booth) == pytest.approx(100, abs=2)


def _red(booth: _Booth) -> int:
    """Of the character on the face, in the newest picture; while emotions fade, rounded twice."""
    return int(booth.shown.composites[-1].frame.pixels[95, 160, 0])


def test_a_file_that_changes_is_read_and_a_broken_one_is_said(booth: _Booth) -> None:
    """Nobody presses a key for it."""

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: _worn(view) == "bear" and bool(view.thumbnails))
        write_png(booth.packs / "bear" / "neutrality.png", disc(64, (7, 50, 200)))
        yield from _until(screen, _said("Loaded anew: Bear"))
        yield from _pictures(booth, 3)
        seen.append(_red(booth))
        (booth.packs / "bear" / "neutrality.png").write_bytes(b"\x89PNG")
        yield from _until(screen, _said("it stays as it was"))
        yield from _pictures(booth, 3)
        seen.append(_red(booth))

    seen: list[int] = []
    booth.play(script)
    assert seen == pytest.approx([7, 7], abs=2)


def test_only_what_is_worn_is_decoded(booth: _Booth) -> None:
    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: bool(view.thumbnails) and view.composite is not None)
        yield from _until(screen, lambda _: bear.is_warm)
        warm.append((bear.is_warm, dot.is_warm))
        yield ["next"]
        yield from _until(screen, lambda view: _worn(view) == "dot")
        yield from _until(screen, lambda _: not bear.is_warm)
        warm.append((bear.is_warm, dot.is_warm))

    bear, dot = booth.live.characters.values()
    warm: list[tuple[bool, bool]] = []
    booth.play(script)
    assert warm == [(True, False), (False, True)]


def _worn(view: View) -> str | None:
    """What is drawn, and not only meant."""
    choice = view.composite.choices.get(1) if view.composite else None
    return choice.character if choice is not None and choice.opacity > 0 else None


def test_a_pack_whose_pixels_are_broken_is_left_out_when_it_is_drawn(booth: _Booth) -> None:
    """Its chunks are whole, so that loading it found nothing."""
    (booth.packs / "dot" / "neutrality.png").write_bytes(hollow_png(64, 64))
    booth.live.offer(booth.live.library.renewed())
    assert set(booth.live.characters) == {"bear", "dot"}

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["next"]
        yield from _until(screen, _said("is a broken PNG picture"))
        yield from _until(screen, lambda view: _worn(view) == "bear")

    assert booth.play(script)[-1].worn == "bear"
    assert set(booth.live.characters) == {"bear"}


def test_whatever_goes_wrong_with_the_packs_the_picture_goes_on(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Library.look

    def failing(_: Library) -> None:
        raise RuntimeError("dictionary changed size\nduring iteration")

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        monkeypatch.setattr(Library, "look", failing)
        said = "The characters could not be read: RuntimeError: dictionary changed size during iteration"
        yield from _until(screen, _said(said))
        monkeypatch.setattr(Library, "look", look)
        write_png(booth.packs / "bear" / "neutrality.png", disc(64, (7, 50, 200)))
        yield from _until(screen, _said("Loaded anew: Bear"))

    booth.play(script)


def test_a_pack_may_be_left_out_while_the_thumbnails_are_drawn(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are drawn in another thread, which goes through the characters meanwhile."""
    drawing, left_out = threading.Event(), threading.Event()

    def slow(character: Character, side: int) -> Pixels:
        drawing.set()
        assert left_out.wait(60)
        return portrait(character, side)

    monkeypatch.setattr(packs_module, "portrait", slow)
    (booth.packs / "dot" / "neutrality.png").write_bytes(hollow_png(64, 64))
    booth.live.offer(booth.live.library.renewed())
    assert set(booth.live.characters) == {"bear", "dot"}

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda _: drawing.is_set())
        yield ["next"]
        yield from _until(screen, _said("is a broken PNG picture"))
        left_out.set()
        yield from _until(screen, lambda view: bool(view.thumbnails))

    try:
        view = booth.play(script)[-1]
    finally:
        left_out.set()
    assert [thumbnail.character for thumbnail in view.thumbnails] == ["bear"]


def test_who_is_lost_for_long_keeps_a_character_that_is_decoded(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wardrobe_module, "REMEMBER", 0.1)
    monkeypatch.setattr(wardrobe_module, "TURNED_AWAY", 0.1)
    live = booth.live
    booth.on_lost = OnLost("character", 1, lambda: live.characters, lambda: live.wardrobe.visible)

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: _worn(view) == "bear" and not _hiding(view))
        booth.faces.clear()
        yield from _until(screen, lambda _: "bear" not in live.wardrobe.in_use)
        yield from itertools.repeat([], 5)

    booth.play(script)
    assert live.characters["bear"].is_warm
    assert booth.shown.composites[-1].placements, "it is drawn"


def test_a_fault_that_ends_just_now_is_said_or_not(booth: _Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = itertools.cycle(["the virtual camera is gone", None])
    fault = property(lambda _: next(faults), lambda *_: None)
    monkeypatch.setattr(Sending, "fault", fault, raising=False)
    booth.virtual = MemoryCamera(SIZE)

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, _said("is gone"))
        yield from itertools.repeat([], 4)

    views = booth.play(script)
    assert all(isinstance(notice.text, str) for view in views for notice in view.notices)


def test_a_camera_that_goes_is_said_and_taken_up_again(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes_module, "list_cameras", lambda: [CameraInfo(FLAKY, "Flaky", "/c")])

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        yield ["camera"]
        yield from _until(screen, lambda view: view.composite is None and _said("unplugged")(view))
        booth.back.set()
        yield from _until(screen, lambda view: view.composite is not None)

    booth.play(script)
    assert not all(booth.screen.pictures), "while it is gone no old picture is shown"


def _is_card(pixels: Pixels) -> bool:
    return bool((pixels[:20] == (44, 51, 66)).all())


def test_the_picture_is_hidden_wherever_it_goes(booth: _Booth) -> None:
    virtual = booth.virtual = MemoryCamera(SIZE)

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None and bool(virtual.pictures))
        yield ["panic"]
        yield from _until(screen, lambda view: view.hidden and _said("The picture is hidden")(view))
        yield from _until(screen, lambda _: _is_card(virtual.pictures[-1]))
        start = len(booth.shown.composites)
        yield from _pictures(booth, 5)
        assert all(_is_card(one.frame.pixels) for one in booth.shown.composites[start:])
        assert screen.views[-1].composite is None, "neither landmarks nor emotions are shown"
        assert screen.pictures[-1]
        yield ["panic"]
        yield from _until(screen, lambda view: not view.hidden)
        yield from _pictures(booth, 3)

    booth.play(script)
    assert not _is_card(booth.shown.composites[-1].frame.pixels)
    assert not _is_card(virtual.pictures[0])


def test_the_picture_can_be_hidden_while_the_camera_gives_none(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual = booth.virtual = MemoryCamera(SIZE)
    monkeypatch.setattr(wishes_module, "list_cameras", lambda: [CameraInfo(BROKEN, "Broken", "/d")])

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None and bool(virtual.pictures))
        yield ["camera"]
        yield from _until(screen, _said("unplugged"))
        assert not _is_card(virtual.pictures[-1])
        yield ["panic"]
        for _ in range(100):
            if _is_card(virtual.pictures[-1]):
                break
            yield []

    booth.play(script)
    assert _is_card(virtual.pictures[-1])


def test_nobody_looks_through_the_camera_that_they_send_to(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.virtual = MemoryCamera(SIZE)
    own = CameraInfo("7", "Own", MemoryCamera.name)
    monkeypatch.setattr(wishes_module, "list_cameras", lambda: [CameraInfo("0", "One", "/a"), own])

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None)
        yield ["camera"]
        yield from _until(screen, _said("no other camera"))

    booth.play(script)


def test_another_camera_shows_nothing_before_a_face_is_covered(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.on_lost = OnLost("blur", 1, lambda: booth.live.characters, lambda: booth.live.wardrobe.visible)
    monkeypatch.setattr(wishes_module, "list_cameras", lambda: [CameraInfo("1", "Two", "/b")])

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield from _until(screen, lambda view: view.composite is not None and not _hiding(view))
        booth.faces.clear()
        yield ["camera"]
        start = len(booth.shown.composites)
        yield from _until(screen, _said("Camera 1"))
        while len(booth.shown.composites) < start + 5:
            yield []
        assert _hiding(screen.views[-1])
        for one in booth.shown.composites[start + 1 :]:
            assert np.abs(np.diff(one.frame.pixels.astype(int), axis=1)).max() < 20, "blurred"

    booth.play(script)


def _hiding(view: View) -> bool:
    return _said("Hidden until every face")(view)


def test_a_full_disk_ends_the_recording_and_not_the_picture(
    booth: _Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("avatar_cam.sinks.recording.H264.encode", full)
    booth.virtual = MemoryCamera(SIZE)

    def script(screen: _Screen) -> Iterator[Sequence[Wish]]:
        yield ["record"]
        yield from _until(screen, _said("the disk is full"))
        sent = len(booth.virtual.pictures)  # type: ignore[union-attr]
        yield from _until(screen, lambda view: view.recording is None)
        while len(booth.virtual.pictures) < sent + 3:  # type: ignore[union-attr]
            yield []

    booth.play(script)
