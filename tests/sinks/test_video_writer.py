"""Videos that were written, opened again: pictures, times, sound, and what happens when it fails."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.sound import Sound
from avatar_cam.sinks.video import VideoWriter
from avatar_cam.sources.memory import MemorySource
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Composite, Frame
from tests.sources.media import (
    QUARTERS,
    SAMPLE_RATE,
    TONE_HZ,
    TONE_STARTS_S,
    UNSTEADY,
    Movie,
    cut,
    number_of,
    numbered,
    quarters,
    steady,
    unsteady,
)

CONTAINERS = ["out.mp4", "out.m4v", "out.mov", "out.mkv"]

#: Levels that encoding may change a colour by.
LOSSY = 6


def rewritten(source: Path, output: Path) -> Path:
    """`source` written to `output` as `render` does, with nothing drawn in."""
    with VideoFile(source) as video, VideoWriter(output, video.size, video.fps, original=video) as writer:
        sink: Sink = writer
        for frame in video:
            sink.write(Composite(frame, (), {}, {}, ()))
    assert video.warning is None
    return output


def times_of(path: Path) -> list[Fraction]:
    """When each frame is shown, by PyAV."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        return sorted((frame.pts or 0) * stream.time_base for frame in container.decode(stream))


def sound_packets(path: Path) -> list[bytes]:
    with av.open(path) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def heard(path: Path) -> NDArray[np.float32]:
    """The sound as it is played, by its frames' own times, float32 (samples,) at SAMPLE_RATE."""
    with av.open(path) as container:
        resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)
        sound = np.zeros(6 * SAMPLE_RATE, np.float32)
        end = 0
        for decoded in container.decode(audio=0):
            for frame in resampler.resample(decoded):
                assert frame.pts is not None
                assert frame.time_base is not None
                start = round(frame.pts * frame.time_base * SAMPLE_RATE)
                block = frame.to_ndarray()[0][max(0, -start) :]
                start = max(start, 0)
                sound[start : start + len(block)] = block
                end = start + len(block)
    return sound[:end]


def tone_start(sound: NDArray[np.float32]) -> float:
    """When the tone begins, in seconds."""
    return float(np.argmax(np.abs(sound) > 0.1)) / SAMPLE_RATE


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("movie", [steady(30), unsteady()], ids=["steady", "unsteady"])
def test_frames_keep_their_times(tmp_path: Path, name: str, movie: Movie) -> None:
    source = replace(movie, sound="aac").write(tmp_path / "in.mp4")
    output = rewritten(source, tmp_path / name)
    assert times_of(output) == times_of(source)
    with VideoFile(output) as video:
        assert [number_of(frame.pixels) for frame in video] == list(range(len(movie.pts)))


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_a_late_start_is_kept(tmp_path: Path, name: str) -> None:
    source = replace(unsteady(), pts=[700 + time for time in UNSTEADY], sound="aac").write(
        tmp_path / "in.mkv"
    )
    assert times_of(rewritten(source, tmp_path / name)) == times_of(source)


def test_times_finer_than_a_millisecond_are_exact(tmp_path: Path) -> None:
    ntsc = replace(steady(20), pts=range(0, 20 * 1001, 1001), time_base=Fraction(1, 30_000), rate=30)
    late = replace(ntsc, pts=[pts + 7 for pts in ntsc.pts])
    for movie in (ntsc, late):
        source = movie.write(tmp_path / "in.mp4")
        assert times_of(rewritten(source, tmp_path / "out.mp4")) == times_of(source)
        assert times_of(source)[1] - times_of(source)[0] == Fraction(1001, 30_000)


def test_the_last_frame_keeps_its_duration(tmp_path: Path) -> None:
    output = rewritten(steady(13).write(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    with av.open(output) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert stream.duration * stream.time_base == Fraction(13, 25)


@dataclass(frozen=True)
class LongStop:
    """An original whose last of three frames stays for half a second."""

    path: Path
    time_base: Fraction = Fraction(1, 1000)
    start: Fraction = Fraction(0)
    sample_aspect_ratio: Fraction = Fraction(1)

    def pts_of(self, index: int) -> int:
        return 40 * index

    def duration_of(self, index: int) -> int:
        return 500 if index == 2 else 40


def test_a_long_last_frame_stays_long(tmp_path: Path) -> None:
    original = LongStop(steady(3).write(tmp_path / "in.mp4"))
    output = tmp_path / "out.mkv"
    with VideoWriter(output, (64, 48), 25, original=original) as writer:
        for frame in MemorySource([numbered(index) for index in range(3)], fps=25):
            writer.write_frame(frame)
    with av.open(output) as container:
        assert container.streams.video[0].metadata["DURATION"] == "00:00:00.580000000"


def test_opens_in_another_reader(tmp_path: Path) -> None:
    source = replace(steady(5), pictures=[quarters()]).write(tmp_path / "in.mp4")
    reader = cv2.VideoCapture(str(rewritten(source, tmp_path / "out.mp4")))
    pictures = []
    while (read := reader.read())[0]:
        pictures.append(read[1][:, :, ::-1])
    assert reader.get(cv2.CAP_PROP_FPS) == 25
    reader.release()
    assert len(pictures) == 5
    assert pictures[0].shape == (48, 64, 3)


@pytest.mark.parametrize("size", [(64, 48), (65, 48), (64, 47), (65, 47)])
def test_size_and_colours_are_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    output = tmp_path / "out.mp4"
    with VideoWriter(output, size, 25) as writer:
        for frame in MemorySource([quarters(size)] * 3, fps=25):
            writer.write_frame(frame)
    with VideoFile(output) as video:
        pixels = next(iter(video)).pixels
        assert video.size == size
    points = [(y, x) for y in (size[1] // 4, 3 * size[1] // 4) for x in (size[0] // 4, 3 * size[0] // 4)]
    assert np.abs(np.array([pixels[point] for point in points], int) - np.array(QUARTERS)).max() <= LOSSY


def test_colours_are_tagged(tmp_path: Path) -> None:
    output = rewritten(steady(3).write(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    with av.open(output) as container:
        context = container.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        assert (*tags, context.name, context.pix_fmt) == (1, 1, 1, 1, "h264", "yuv420p")


def test_pixels_that_are_not_square_stay_so(tmp_path: Path) -> None:
    source = replace(steady(3), aspect=Fraction(4, 3), rotation=90).write(tmp_path / "in.mp4")
    with VideoFile(rewritten(source, tmp_path / "out.mp4")) as video:
        assert video.sample_aspect_ratio == Fraction(3, 4)
        assert video.size == (48, 64)


def test_what_was_turned_is_turned_once(tmp_path: Path) -> None:
    source = replace(steady(3), pictures=[quarters()], rotation=90).write(tmp_path / "in.mp4")
    with VideoFile(source) as before, VideoFile(rewritten(source, tmp_path / "out.mp4")) as after:
        difference = next(iter(before)).pixels.astype(int) - next(iter(after)).pixels
        assert before.size == after.size
    assert np.abs(difference)[12::24, 12::24].max() <= LOSSY


def test_without_an_original_frames_are_shown_at_their_time(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    with VideoWriter(output, (64, 48), 30) as writer:
        for index, time in enumerate((0.0, 1 / 30, 0.1, 0.1, 0.5)):
            writer.write_frame(Frame(numbered(index), index, time))
    times = times_of(output)
    assert times[:3] == [0, Fraction(1, 30), Fraction(1, 10)]
    assert times[3] == Fraction(1, 10) + Fraction(1, 90_000)
    assert times[4] == Fraction(1, 2)


def test_the_index_comes_first(tmp_path: Path) -> None:
    content = rewritten(steady(3).write(tmp_path / "in.mp4"), tmp_path / "out.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize(
    ("codec", "name", "output"),
    [
        ("aac", "in.mp4", "out.mp4"),
        ("aac", "in.mp4", "out.mov"),
        ("aac", "in.mkv", "out.mkv"),
        ("aac", "in.mkv", "out.mp4"),
        ("libmp3lame", "in.mkv", "out.mp4"),
        ("libopus", "in.mkv", "out.mp4"),
        ("flac", "in.mkv", "out.mkv"),
        ("pcm_s16le", "in.mov", "out.mov"),
        ("pcm_s16le", "in.mov", "out.mkv"),
    ],
)
def test_sound_is_copied(tmp_path: Path, codec: str, name: str, output: str) -> None:
    source = replace(steady(30), sound=codec).write(tmp_path / name)
    result = rewritten(source, tmp_path / output)
    assert sound_packets(result) == sound_packets(source)
    _assert_same_sound(source, result)


def test_sound_that_matroska_has_no_time_for_moves_nothing(tmp_path: Path) -> None:
    """AAC in MP4 begins before 0, which Matroska cannot: the pictures must not wait for it."""
    source = replace(steady(30), sound="aac").write(tmp_path / "in.mp4")
    result = rewritten(source, tmp_path / "out.mkv")
    assert sound_packets(result) == sound_packets(source)[1:]
    assert times_of(result) == times_of(source)
    _assert_same_sound(source, result)


@pytest.mark.parametrize(
    ("codec", "name", "output"),
    [("pcm_s16le", "in.mov", "out.mp4"), ("flac", "in.mkv", "out.mp4"), ("libopus", "in.mkv", "out.mov")],
)
def test_sound_that_cannot_be_copied_becomes_aac(tmp_path: Path, codec: str, name: str, output: str) -> None:
    source = replace(steady(30), sound=codec).write(tmp_path / name)
    result = rewritten(source, tmp_path / output)
    with av.open(result) as container:
        assert container.streams.audio[0].codec_context.name == "aac"
    _assert_same_sound(source, result)


@pytest.mark.parametrize("codec", ["aac", "mp2"])
def test_the_clock_of_a_broadcast_is_taken_off_the_sound_too(tmp_path: Path, codec: str) -> None:
    source = replace(steady(30), sound=codec).write(tmp_path / "in.ts")
    result = rewritten(source, tmp_path / "out.mp4")
    times = times_of(result)
    first = times_of(source)[0]
    assert [time - times[0] for time in times] == [time - first for time in times_of(source)]
    with VideoFile(source) as video:
        next(iter(video))
        assert times[0] == video.pts_of(0) * video.time_base < Fraction(1, 10)
    # What was encoded begins with the encoder's delay.
    assert tone_start(heard(result)) == pytest.approx(TONE_STARTS_S + float(times[0]), abs=0.03)


def test_sound_packets_lie_close(tmp_path: Path) -> None:
    """Matroska's milliseconds are not taken for gaps between packets of 1024 samples."""
    source = replace(steady(30), sound="aac").write(tmp_path / "in.mkv")
    with av.open(rewritten(source, tmp_path / "out.mp4")) as container:
        stream = container.streams.audio[0]
        times = [packet.pts for packet in container.demux(stream) if packet.size]
    assert stream.time_base == Fraction(1, SAMPLE_RATE)
    assert set(np.diff(times)) == {1024}


def test_sound_lies_beside_the_pictures(tmp_path: Path) -> None:
    movie = replace(steady(160), pictures=[numbered(0)], pts=range(0, 16_000, 100), rate=10, sound="aac")
    movie = replace(movie, sound_seconds=16)
    result = rewritten(movie.write(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    with av.open(result) as container:
        packets = sorted(
            (packet for packet in container.demux() if packet.size), key=lambda packet: packet.pos
        )
        times = {"video": 0.0, "audio": 0.0}
        for packet in packets:
            times[packet.stream.type] = float(packet.dts * packet.time_base)
            assert abs(times["video"] - times["audio"]) < 1.2


def test_several_sounds_are_kept(tmp_path: Path) -> None:
    one = replace(steady(10), sound="aac").write(tmp_path / "one.mkv")
    other = replace(steady(10), sound="flac").write(tmp_path / "other.mkv")
    source = tmp_path / "two.mkv"
    with av.open(one) as first, av.open(other) as second, av.open(source, "w") as container:
        streams = [first.streams.video[0], first.streams.audio[0], second.streams.audio[0]]
        outputs = [container.add_stream_from_template(stream) for stream in streams]
        for stream, output in zip(streams, outputs, strict=True):
            stream.container.seek(0)
            for packet in stream.container.demux(stream):
                if packet.size:
                    packet.stream = output
                    container.mux(packet)
    result = rewritten(source, tmp_path / "out.mp4")
    with av.open(result) as container:
        assert [stream.codec_context.name for stream in container.streams.audio] == ["aac", "aac"]


@pytest.mark.parametrize("codec", ["aac", "mp2"])
def test_sound_that_goes_back_is_said_and_the_pictures_stay(tmp_path: Path, codec: str) -> None:
    part = replace(steady(30), sound=codec).write(tmp_path / "part.ts").read_bytes()
    source = tmp_path / "joined.ts"
    source.write_bytes(part + part)
    with (
        VideoFile(source) as video,
        VideoWriter(tmp_path / "out.mp4", video.size, 25, original=video) as writer,
    ):
        for frame in video:
            writer.write_frame(frame)
    assert writer.warning is not None
    assert "goes back in time" in writer.warning
    assert len(times_of(tmp_path / "out.mp4")) == 60


def test_broken_sound_is_said_and_the_pictures_stay(tmp_path: Path) -> None:
    movie = replace(steady(30, (160, 120)), sound="aac", sound_seconds=1.2)
    path = cut(movie.write(tmp_path / "in.mp4"), 0.8)
    with (
        VideoFile(path) as video,
        VideoWriter(tmp_path / "out.mp4", video.size, 25, original=video) as writer,
    ):
        for frame in video:
            writer.write_frame(frame)
    assert video.warning is not None
    assert len(times_of(tmp_path / "out.mp4")) == frame.index + 1


def test_reading_the_sound_fails_midway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = replace(steady(10), sound="aac").write(tmp_path / "in.mp4")

    def demuxed(sound: Sound) -> Iterator[object]:
        packets = real(sound)
        yield next(packets)
        sound.warning = "the sound is broken and ends early"

    real = Sound._demuxed
    monkeypatch.setattr(Sound, "_demuxed", demuxed)
    with (
        VideoFile(source) as video,
        VideoWriter(tmp_path / "out.mp4", video.size, 25, original=video) as writer,
    ):
        for frame in video:
            writer.write_frame(frame)
    assert writer.warning == "the sound is broken and ends early"
    assert len(times_of(tmp_path / "out.mp4")) == 10


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names(tmp_path: Path, form: str) -> None:
    folder = tmp_path / unicodedata.normalize(form, "영상")
    folder.mkdir()
    output = folder / unicodedata.normalize(form, "웃는 얼굴.mp4")
    rewritten(steady(3).write(tmp_path / "in.mp4"), output)
    assert list(folder.iterdir()) == [output]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_midway_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    source = replace(steady(10), sound="aac").write(tmp_path / "in.mp4")
    output = tmp_path / "out.mp4"
    output.write_text("before")
    with pytest.raises(error):
        _fail_midway(source, output, error)
    assert output.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == [source, output]


def _fail_midway(source: Path, output: Path, error: type[BaseException]) -> None:
    with VideoFile(source) as video, VideoWriter(output, video.size, 25, original=video) as writer:
        for frame in video:
            writer.write_frame(frame)
            if frame.index == 5:
                raise error


_ENDLESS = """
import sys
from pathlib import Path
from avatar_cam.sinks.video import VideoWriter
from avatar_cam.types import Frame
from tests.sources.media import quarters
with VideoWriter(Path(sys.argv[1]), (64, 48), 25) as writer:
    for index in range(1_000_000):
        writer.write_frame(Frame(quarters(), index, index / 25))
        print(index, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has another Ctrl-C")
def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _ENDLESS, str(tmp_path / "out.mp4")]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(50):
            assert process.stdout.readline()
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=60)
    assert complaints.decode().rstrip().endswith("KeyboardInterrupt")
    assert list(tmp_path.iterdir()) == []


def test_ending_twice_does_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    with VideoWriter(output, (64, 48), 25) as writer:
        writer.write_frame(Frame(numbered(0), 0, 0.0))
        writer.close()
        writer.close()
    writer.discard()
    assert len(times_of(output)) == 1


def test_no_frames_are_no_video(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="no frames"), VideoWriter(tmp_path / "out.mp4", (64, 48), 25):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="does not fit"),
        VideoWriter(tmp_path / "a.mp4", (64, 48), 25) as writer,
    ):
        writer.write_frame(Frame(numbered(0, (48, 64)), 0, 0.0))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.mp4"):
        VideoWriter(tmp_path / "out.webm", (64, 48), 25)


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="there is no folder"):
        VideoWriter(tmp_path / "nowhere" / "out.mp4", (64, 48), 25)


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_a_full_disk(tmp_path: Path, name: str) -> None:
    """However much fits: one clear line, and nothing is left."""
    source = replace(steady(30), sound="aac").write(tmp_path / "in.mp4")
    whole = rewritten(source, tmp_path / name).stat().st_size
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only the superuser can mount a small disk")
    try:
        for kib in range(4, whole // 1024, 4):
            subprocess.run(["mount", "-o", f"remount,size={kib}k", str(disk)], check=True)
            with pytest.raises(SinkError, match="the disk is full"):
                rewritten(source, disk / name)
            assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_a_write_that_fails(tmp_path: Path, name: str) -> None:
    """As a full disk does, but for everybody: at every size, one clear line, and nothing is left."""
    resource = pytest.importorskip("resource", reason="Windows cannot limit the size of files")
    source = replace(steady(30), sound="aac").write(tmp_path / "in.mp4")
    folder = tmp_path / "folder"
    folder.mkdir()
    whole = rewritten(source, folder / name).stat().st_size
    (folder / name).unlink()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        for size in range(0, whole, whole // 10):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
            with pytest.raises(SinkError) as caught:
                rewritten(source, folder / name)
            assert str(caught.value) == f"{folder / name} cannot be written: {os.strerror(errno.EFBIG)}"
            assert list(folder.iterdir()) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _assert_same_sound(source: Path, result: Path) -> None:
    """The same tone from the same moment on, to the same end, give or take a packet's edge."""
    before, after = heard(source), heard(result)
    assert tone_start(before) == pytest.approx(TONE_STARTS_S, abs=0.03)
    assert tone_start(after) == pytest.approx(tone_start(before), abs=0.003)
    assert len(after) == pytest.approx(len(before), abs=2048)
    spectrum = np.abs(np.fft.rfft(after[SAMPLE_RATE * 6 // 10 : SAMPLE_RATE * 11 // 10]))
    assert np.argmax(spectrum) * 2 == TONE_HZ


@pytest.mark.parametrize("size", [(16386, 16), (16, 16386)])
def test_a_size_that_cannot_be_encoded(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(SinkError, match=f"{size[0]}x{size[1]} is too large"):
        VideoWriter(tmp_path / "out.mp4", size, 30)
    assert list(tmp_path.iterdir()) == []
