"""Recordings, opened again by two readers: what is in them, and whatever may end them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.sinks import recording
from avatar_cam.sinks.recording import Recording
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Composite, Frame, Pixels
from tests.sources.media import number_of, numbered, quarters
from tests.waiting import eventually

SIZE = (64, 48)
FPS = 25
#: Frames that the encoder may leave waiting: a test that writes more at once has to let it catch up.
WAITING = 6
#: Of times in the container, which has 90,000 of them in a second.
TICK = 1 / 90_000


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with much else to do is no disk that does not answer."""
    monkeypatch.setattr(recording, "_PATIENCE", 60.0)


def composite(index: int, time: float, pixels: Pixels | None = None) -> Composite:
    return Composite(Frame(numbered(index, SIZE) if pixels is None else pixels, index, time), (), {}, {}, ())


def noise(index: int) -> Pixels:
    """A picture that takes kilobytes, however it is encoded."""
    return np.random.default_rng(index).integers(0, 255, (SIZE[1], SIZE[0], 3)).astype(np.uint8)


def record(path: Path, times: list[float]) -> Recording:
    """Numbered frames at these times, none of them left out."""
    with Recording(path, SIZE, FPS) as made:
        for index, time in enumerate(times):
            write_in_time(made, composite(index, time))
    return made


def write_in_time(made: Recording, what: Composite) -> None:
    """As soon as there is room."""

    def written() -> bool:
        before = made.dropped
        made.write(what)
        return made.dropped == before

    eventually(written)


def frames_of(path: Path) -> list[Frame]:
    with VideoFile(path) as video:
        frames = list(video)
    assert video.warning is None
    return frames


def seen_by_opencv(path: Path) -> list[NDArray[Any]]:
    capture = cv2.VideoCapture(str(path))
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(read[1])
    return pictures


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """An encoder that waits in its first picture: (it has begun, it may go on)."""
    begun, go_on = Event(), Event()

    class Held(recording.H264):
        def encode(self, *args: Any, **keywords: Any) -> Any:
            begun.set()
            assert go_on.wait(10)
            return super().encode(*args, **keywords)

    monkeypatch.setattr(recording, "H264", Held)
    return begun, go_on


def test_frames_keep_their_times(tmp_path: Path) -> None:
    """Those of a live source: no steady rate, and a clock that was running before."""
    times = [100.0, 100.033, 100.07, 100.1, 100.45, 100.5, 101.9]
    made = record(tmp_path / "out.mp4", times)
    assert (made.fault, made.running) == (None, False)
    assert made.seconds == pytest.approx(1.9 + 1 / FPS, abs=2 * TICK)
    frames = frames_of(made.path)
    assert [number_of(frame.pixels) for frame in frames] == list(range(len(times)))
    assert [frame.time for frame in frames] == pytest.approx([time - 100 for time in times], abs=TICK)
    assert [number_of(picture) for picture in seen_by_opencv(made.path)] == list(range(len(times)))


def test_colours_and_tags(tmp_path: Path) -> None:
    picture = quarters(SIZE)
    with Recording(tmp_path / "out.mp4", SIZE, FPS) as made:
        made.write(composite(0, 0.0, picture))
    (frame,) = frames_of(made.path)
    assert np.abs(frame.pixels[4:20, 4:28].astype(int) - picture[4, 4]).max() <= 8
    with av.open(made.path) as container:
        (stream,) = container.streams
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        assert tags == (1, 1, 1, 1)


def test_an_odd_size(tmp_path: Path) -> None:
    with Recording(tmp_path / "out.mp4", (63, 47), FPS) as made:
        made.write(composite(0, 0.0, numbered(3, (63, 47))))
    (frame,) = frames_of(made.path)
    assert frame.size == (63, 47) and number_of(frame.pixels) == 3


@pytest.mark.parametrize("fps", [5, 30, 90])
def test_a_key_frame_every_half_second(tmp_path: Path, fps: int) -> None:
    """At whatever rate the frames come, by their times."""
    with Recording(tmp_path / "out.mp4", SIZE, fps) as made:
        for index in range(3 * fps):
            write_in_time(made, composite(0, index / fps))
    with av.open(made.path) as container:
        keys = [
            float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.is_keyframe
        ]
    assert keys[0] == 0 and max(np.diff([*keys, 3.0])) <= 0.5 + TICK
    assert len(keys) <= 8


def test_a_clock_that_starts_anew(tmp_path: Path) -> None:
    """As another camera's does: its first frame follows the last one."""
    made = record(tmp_path / "out.mp4", [7.0, 7.04, 0.0, 0.1])
    assert [frame.time for frame in frames_of(made.path)] == pytest.approx([0, 0.04, 0.08, 0.18], abs=TICK)


def test_frames_that_come_too_fast_are_left_out(tmp_path: Path, held: tuple[Event, Event]) -> None:
    """`write` does not wait; the frames that are recorded keep their times."""
    begun, go_on = held
    with Recording(tmp_path / "out.mp4", SIZE, FPS) as made:
        made.write(composite(0, 0.0))
        assert begun.wait(10)
        for index in range(1, 11):
            made.write(composite(index, index / FPS))
        assert made.dropped == 10 - WAITING
        go_on.set()
        write_in_time(made, composite(20, 20 / FPS))
    numbers = [*range(WAITING + 1), 20]
    frames = frames_of(made.path)
    assert [number_of(frame.pixels) for frame in frames] == numbers
    assert [frame.time for frame in frames] == pytest.approx([n / FPS for n in numbers], abs=TICK)


def test_closing_does_not_wait_for_ever(
    tmp_path: Path, held: tuple[Event, Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_PATIENCE", 0.01)
    made = Recording(tmp_path / "out.mp4", SIZE, FPS)
    made.write(composite(0, 0.0))
    made.close()
    assert made.running
    assert made.fault is not None and "could not be finished" in made.fault
    held[1].set()
    monkeypatch.setattr(recording, "_PATIENCE", 60.0)
    made.close()
    assert not made.running and len(frames_of(made.path)) == 1


def test_another_size_ends_it(tmp_path: Path) -> None:
    with Recording(tmp_path / "out.mp4", SIZE, FPS) as made:
        made.write(composite(0, 0.0))
        made.write(composite(1, 0.04, numbered(1, (32, 24))))
        made.write(composite(2, 0.08))
    assert made.fault is not None and "changed from 64x48 to 32x24" in made.fault
    assert [number_of(frame.pixels) for frame in frames_of(made.path)] == [0]


def test_after_its_end_nothing_is_written(tmp_path: Path) -> None:
    made = record(tmp_path / "out.mp4", [0.0, 0.04])
    before = made.path.read_bytes()
    made.write(composite(2, 0.08))
    made.close()
    assert made.path.read_bytes() == before and made.fault is None


def test_without_a_frame_there_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.touch()
    with Recording(path, SIZE, FPS) as made:
        pass
    assert list(tmp_path.iterdir()) == [] and made.fault is None


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with Recording(tmp_path / "nowhere" / "out.mp4", SIZE, FPS) as made:
        made.write(composite(0, 0.0))
    assert made.fault is not None and "there is no folder" in made.fault


def test_a_file_that_is_removed(tmp_path: Path) -> None:
    with Recording(tmp_path / "out.mp4", SIZE, FPS) as made:
        made.write(composite(0, 0.0))
        eventually(lambda: made.seconds > 0)
        try:
            made.path.unlink()
        except PermissionError:
            pytest.skip("Windows keeps files that are open")
    assert made.fault is not None and "is gone" in made.fault


@pytest.mark.parametrize(
    ("error", "why"),
    [(OSError(errno.ENOSPC, "x"), "the disk is full"), (RuntimeError("broken"), "RuntimeError: broken")],
)
def test_what_fails_ends_the_recording_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    class Failing(recording.H264):
        encoded = 0

        def encode(self, *args: Any, **keywords: Any) -> Any:
            self.encoded += 1
            if self.encoded > 30:
                raise error
            return super().encode(*args, **keywords)

    monkeypatch.setattr(recording, "H264", Failing)
    made = record(tmp_path / "out.mp4", [index / FPS for index in range(40)])
    assert made.fault is not None and why in made.fault and "\n" not in made.fault
    assert len(frames_of(made.path)) == len(seen_by_opencv(made.path)) == 30


def test_a_write_that_fails(tmp_path: Path) -> None:
    """As a full disk does: what was written before it can be played."""
    resource = pytest.importorskip("resource", reason="Windows cannot limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
        with Recording(tmp_path / "out.mp4", SIZE, FPS) as made:
            for index in range(500):
                write_in_time(made, composite(index, index / FPS, noise(index)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert made.fault == f"{made.path} cannot be written: {os.strerror(errno.EFBIG)}"
    played = seen_by_opencv(made.path)
    assert 0.5 <= made.seconds - 0.5 - 1 / FPS <= len(played) / FPS <= made.seconds + 1 / FPS


KILLED = """
import sys
from pathlib import Path
from avatar_cam.sinks.recording import Recording
from tests.sinks.test_recording import FPS, SIZE, composite, write_in_time
from tests.waiting import eventually

made = Recording(Path(sys.argv[1]), SIZE, FPS)
for index in range(98):
    write_in_time(made, composite(index % 40, index / FPS))
eventually(lambda: made.seconds > 97.5 / FPS)
print("recorded", flush=True)
sys.stdin.read()
"""


def test_a_killed_program(tmp_path: Path) -> None:
    """kill -9: what is missing is the last half second. Where frames lie in time is whole."""
    path = tmp_path / "out.mp4"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"recorded"
        child.kill()
    played = seen_by_opencv(path)
    assert 98 / FPS - 0.5 - 1 / FPS <= len(played) / FPS < 98 / FPS
    with av.open(path) as container:
        times = [Fraction(frame.pts) * frame.time_base for frame in container.decode(video=0)]
    assert times == [Fraction(index, FPS) for index in range(len(played))]
