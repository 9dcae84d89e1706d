"""`avatar-cam stream`, from its command line, with a virtual camera in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from avatar_cam.apps import preview as preview_module
from avatar_cam.apps import run as run_module
from avatar_cam.apps import sending as sending_module
from avatar_cam.apps import stream as stream_module
from avatar_cam.apps.preview import Preview
from avatar_cam.apps.run import Outlet
from avatar_cam.apps.sending import Sending
from avatar_cam.controls import Keys, Wish
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.rendering.backdrop import CAMERA
from avatar_cam.settings import Settings, load_settings
from avatar_cam.sinks import virtual_camera
from avatar_cam.sinks.memory_camera import MemoryCamera
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sinks.view import View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.cameras import CameraInfo
from avatar_cam.sources.capture import CameraState
from avatar_cam.sources.performer import draw, score
from avatar_cam.types import Pixels
from tests.commands import run

Capture = pytest.CaptureFixture[str]

STREAM = ("stream", "--camera", "demo", "--size", "640x360", "--no-pose", "--character", "bear")
CARD = (44, 51, 66)
#: Whoever waits for something gives up after so many looks at the window.
MOST_LOOKS = 4000

Done = Callable[[View], bool]


class _Watcher(Window):
    """Wishes for something at first, and quits when what was waited for has been shown."""

    wish: Wish | None = None
    due: Callable[[], bool] = staticmethod(lambda: True)
    done: Done = staticmethod(lambda view: view.composite is not None)

    def __init__(self, title: str, size: tuple[int, int], *, keys: Keys, display: int) -> None:
        super().__init__(title, size, keys=keys, display=display)
        self.over, self.wished, self.looks = False, False, 0

    def actions(self) -> list[Wish]:
        super().actions()
        self.looks += 1
        assert self.looks < MOST_LOOKS, "what was waited for did not come"
        if self.over:
            return ["quit"]
        if self.wish is None or self.wished or not self.due():
            return []
        self.wished = True
        return [self.wish]

    def show(self, pixels: Pixels | None, view: View) -> None:
        super().show(pixels, view)
        self.over |= self.done(view)


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> list[MemoryCamera]:
    """The virtual cameras that were opened."""
    opened: list[MemoryCamera] = []

    def open_camera(
        size: tuple[int, int], fps: float, device: str | None = None, *, alpha: bool = False
    ) -> MemoryCamera:
        opened.append(MemoryCamera(size, alpha=alpha))
        return opened[-1]

    monkeypatch.setattr(virtual_camera, "PyVirtualCamera", open_camera)
    monkeypatch.setattr(virtual_camera, "check", lambda device, *, alpha: None)
    monkeypatch.setattr(run_module, "Window", _Watcher)
    monkeypatch.setattr(_Watcher, "wish", None)
    # However long threads are held up, their end is waited for.
    monkeypatch.setattr(sending_module, "_PATIENCE", 60.0)
    monkeypatch.setattr(preview_module, "_PATIENCE", 60.0)
    return opened


def _until(
    monkeypatch: pytest.MonkeyPatch,
    done: Done,
    wish: Wish | None = None,
    due: Callable[[], bool] = lambda: True,
) -> None:
    """Watch until `done`; `wish` once it is `due`."""
    monkeypatch.setattr(_Watcher, "done", staticmethod(done))
    monkeypatch.setattr(_Watcher, "wish", wish)
    monkeypatch.setattr(_Watcher, "due", staticmethod(due))


def _sent(cameras: list[MemoryCamera], wanted: Callable[[Pixels], bool]) -> Done:
    return lambda view: any(wanted(picture) for picture in cameras[0].pictures[-3:])


def _is_card(picture: Pixels) -> bool:
    return bool((picture[:40] == CARD).all())


def _is_covered(picture: Pixels) -> bool:
    """Whether there is something brown and round in the middle, and a sharp wall beside it."""
    red, green, blue = picture[100:250, 250:390].reshape(-1, 3).astype(int).T
    return float(((red > green + 30) & (green > blue + 20)).mean()) > 0.3 and not _is_card(picture)


def test_characters_reach_the_virtual_camera(
    here: Path, capfd: Capture, cameras: list[MemoryCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    _until(monkeypatch, _sent(cameras, _is_covered))
    done = run(capfd, "-v", *STREAM)
    assert done.status == 0
    assert "avatar-cam: sending 640x360 to memory" in done.said
    assert any("from the camera until they were sent" in line for line in done.said)
    assert _is_card(cameras[0].pictures[0]), "before the first picture of the camera"
    assert cameras[0].closed
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"virtual camera", "live loop"}


def test_the_panic_key_hides_the_picture(
    here: Path, capfd: Capture, cameras: list[MemoryCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    _until(monkeypatch, lambda view: view.hidden and _is_card(cameras[0].pictures[-1]), "panic")
    assert run(capfd, *STREAM, "--on-lost", "show").status == 0


def test_without_a_window(
    here: Path, capfd: Capture, cameras: list[MemoryCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupting(self: MemoryCamera, pixels: Pixels) -> None:
        original(self, pixels)
        if len(self.pictures) == 3:
            import _thread

            _thread.interrupt_main()

    original = MemoryCamera.send
    monkeypatch.setattr(MemoryCamera, "send", interrupting)
    monkeypatch.setattr(run_module, "Window", lambda *_, **__: pytest.fail("no window was asked for"))
    done = run(capfd, *STREAM, "--no-preview")
    assert done.status == 130
    assert cameras[0].closed


def _still(path: Path, size: tuple[int, int]) -> Pixels:
    """A clip of one picture of the performer, without loss, and that picture."""
    picture = draw(score(0.0), size)
    with av.open(path, "w") as container:
        video = container.add_stream("ffv1", rate=10, width=size[0], height=size[1], pix_fmt="bgr0")
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        for packet in [*video.encode(frame), *video.encode(None)]:
            container.mux(packet)
    return picture


def test_the_clean_picture(
    here: Path, capfd: Capture, cameras: list[MemoryCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[set[str]] = []

    def done(view: View) -> bool:
        if view.composite is None:
            return False
        said.append({notice.text for notice in view.notices})
        return len(cameras[0].pictures) > 3 and not _is_card(cameras[0].pictures[-1])

    _until(monkeypatch, done)
    picture = _still(here / "still.mkv", (320, 180))
    assert run(capfd, "stream", "--camera", here / "still.mkv", "--no-pose", "--clean").status == 0
    assert (cameras[0].pictures[-1] == picture).all()
    assert all("Sent without characters" in texts for texts in said)
    assert not any("Hidden" in text for texts in said for text in texts), "nothing is"


def test_the_clean_picture_is_hidden_by_the_panic_key_too(
    here: Path, capfd: Capture, cameras: list[MemoryCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    _until(
        monkeypatch,
        lambda view: view.hidden and _is_card(cameras[0].pictures[-1]),
        "panic",
        due=lambda: any(not _is_card(picture) for picture in cameras[0].pictures),
    )
    assert run(capfd, *STREAM, "--clean").status == 0
    assert any(not _is_card(picture) for picture in cameras[0].pictures)


@pytest.mark.parametrize(("background", "corner"), [("#102030", (16, 32, 48)), ("beach.png", (200, 100, 50))])
def test_another_background(
    here: Path,
    capfd: Capture,
    cameras: list[MemoryCamera],
    monkeypatch: pytest.MonkeyPatch,
    background: str,
    corner: tuple[int, int, int],
) -> None:
    write_photo(here / "beach.png", np.full((50, 50, 3), (200, 100, 50), np.uint8))

    def wanted(picture: Pixels) -> bool:
        return bool((np.abs(picture[:20, :20].astype(int) - corner).max() <= 2) and _is_covered(picture))

    _until(monkeypatch, _sent(cameras, wanted))
    assert run(capfd, *STREAM, "--background", background).status == 0


def test_people_on_nothing(
    here: Path, capfd: Capture, cameras: list[MemoryCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wanted(picture: Pixels) -> bool:
        return not picture[:20, :20, 3].any() and bool((picture[150:200, 300:340, 3] == 255).all())

    _until(monkeypatch, _sent(cameras, wanted))
    assert run(capfd, *STREAM, "--background", "transparent").status == 0
    assert cameras[0].alpha


def test_an_odd_size_loses_its_last_row_and_column(
    here: Path, capfd: Capture, cameras: list[MemoryCamera]
) -> None:
    _still(here / "odd.mkv", (321, 181))
    assert run(capfd, "stream", "--camera", here / "odd.mkv", "--no-pose").status == 0
    assert cameras[0].size == (320, 180)
    assert len(cameras[0].pictures) >= 1


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--background", "#12"], 2, "--background: must be camera, blur"),
        (["--background", "nowhere.png"], 2, "nowhere.png: is no file"),
        (["--background", "notes.txt"], 1, "notes.txt"),
        (["--background", "blur", "--clean"], 2, "leave --background out"),
        (["--on-lost", "blur", "--clean"], 2, "leave --on-lost out"),
        (["--on-lost", "panic"], 2, "--on-lost"),
        (["--camera", "notes.txt", "--device", "notes.txt"], 2, "notes.txt itself"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("cameras")
def test_what_cannot_be_streamed(
    here: Path, capfd: Capture, options: list[str], status: int, words: str
) -> None:
    (here / "notes.txt").write_text("no picture")
    done = run(capfd, *STREAM, *options)
    assert (done.status, words in done.error) == (status, True), done.error


def test_the_clean_picture_goes_with_what_changes_nothing(tmp_path: Path) -> None:
    assert stream_module.background(Settings(clean=True)) is CAMERA
    assert stream_module.background(Settings(clean=True, on_lost="show")) is CAMERA
    config = tmp_path / "config.toml"
    config.write_text('on-lost = "freeze"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="say --on-lost show"):
        stream_module.background(load_settings(config, {"clean": True}))
    settings = load_settings(config, {"clean": True, "on_lost": "show"})
    assert stream_module.background(settings) is CAMERA


def test_nobody_films_the_camera_that_turns_out_to_be_theirs(
    here: Path, capfd: Capture, cameras: list[MemoryCamera]
) -> None:
    """Without --device it is known only when it is open."""
    _still(here / "still.mkv", (320, 180))
    (here / "still.mkv").rename(here / MemoryCamera.name)
    done = run(capfd, "stream", "--camera", MemoryCamera.name, "--no-pose")
    assert (done.status, done.error) == (
        2,
        "the virtual camera memory is memory itself: give another --camera",
    )
    assert cameras[0].closed


@pytest.mark.parametrize(("listed", "same"), [("memory", True), ("Webcam", False)])
def test_a_camera_is_known_by_the_name_that_the_system_gives_it(
    monkeypatch: pytest.MonkeyPatch, listed: str, same: bool
) -> None:
    monkeypatch.setattr(stream_module, "list_cameras", lambda: [CameraInfo("3", listed, "usb-3")])
    settings = Settings(camera="3", size=(64, 36))
    camera = MemoryCamera((64, 36))
    with _opened(monkeypatch, settings, camera) as sending:
        assert (sending is None, camera.closed) == (same, same)


def test_a_slow_camera_that_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it will give is known by what was asked for alone."""
    for rotate, size in ((0, (640, 360)), (90, (360, 640)), (180, (640, 360)), (270, (360, 640))):
        settings = Settings.model_validate({"size": (640, 360), "rotate": rotate})
        with _opened(monkeypatch, settings) as sending:
            assert sending is not None and sending.size == size


@contextmanager
def _opened(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, camera: MemoryCamera | None = None
) -> Iterator[Sending | None]:
    """What pictures go to as long as the filmed camera has given none; None when that is refused."""

    class _Slow:
        state = CameraState("opening", "", None, None, None)

        def wait_opened(self, timeout: float) -> bool:
            return False

    outlets: list[Outlet] = []
    monkeypatch.setattr(stream_module, "show_live", lambda _, outlet: outlets.append(outlet))
    stream_module.stream(settings, CAMERA, lambda size, fps: camera or MemoryCamera(size))
    try:
        sending = outlets[0].open(_Slow())  # type: ignore[arg-type]
    except UsageError:
        yield None
    else:
        with sending:
            yield sending


def test_a_missing_driver_is_said_before_anything_else(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(device: str | None, *, alpha: bool) -> None:
        raise SinkError("there is no virtual camera: sudo modprobe v4l2loopback")

    monkeypatch.setattr(virtual_camera, "check", missing)
    monkeypatch.setattr(stream_module, "show_live", lambda *_: pytest.fail("nothing is begun"))
    done = run(capfd, *STREAM, "--no-preview")
    assert (done.status, done.error) == (1, "there is no virtual camera: sudo modprobe v4l2loopback")


def test_a_preview_without_a_display(here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "--no-preview" in run(capfd, *STREAM).error


class _Hanging:
    """A window that hangs while it is dragged."""

    def __init__(self) -> None:
        self.held, self.go = threading.Event(), threading.Event()
        self.shown: list[object] = []

    def actions(self) -> list[Wish]:
        return []

    def show(self, pixels: Pixels | None, view: View) -> None:
        self.shown.append(view)
        self.held.set()
        assert self.go.wait(10)


def test_a_window_that_hangs_holds_nothing_up() -> None:
    window, preview = _Hanging(), Preview()
    shown = 0

    def work() -> None:
        nonlocal shown
        preview.show(None, View())
        assert window.held.wait(10)
        for _ in range(100):
            preview.show(None, View())
            shown += 1
        window.go.set()

    preview.play(window, work, lambda: None)
    assert shown == 100
    assert len(window.shown) <= 3


def test_what_the_work_raises_is_raised() -> None:
    def work() -> None:
        raise SinkError("the disk is full")

    with pytest.raises(SinkError, match="disk is full"):
        Preview().play(_Hanging(), work, lambda: None)


def test_a_window_that_fails_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class _Broken(_Hanging):
        def actions(self) -> list[Wish]:
            raise SinkError("the window is gone")

    ended = threading.Event()
    monkeypatch.setattr(preview_module, "_PATIENCE", 10.0)
    with pytest.raises(SinkError, match="window is gone"):
        Preview().play(_Broken(), lambda: ended.wait(10) and None, ended.set)
    assert ended.is_set()
