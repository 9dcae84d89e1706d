"""Video files: pictures, times, orientation, colours, and what is wrong with them."""

from __future__ import annotations

import socket
import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from avatar_cam.errors import SourceError
from avatar_cam.sources.base import Source
from avatar_cam.sources.decoding import to_rgb
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Frame
from tests.sources.media import (
    BROADCAST_STARTS_S,
    UNSTEADY,
    cut,
    number_of,
    plain_yuv,
    quarters,
    steady,
    unsteady,
)

#: Levels that encoding at high quality may change a colour by.
LOSSY = 6
#: Levels that rounding between colour spaces may change one by.
ROUNDING = 2.5


def frames_of(path: Path) -> tuple[list[Frame], VideoFile]:
    with VideoFile(path) as video:
        return list(video), video


def test_gives_every_frame_in_order(tmp_path: Path) -> None:
    source: Source = VideoFile(steady(30).write(tmp_path / "a.mp4"))
    with source:
        frames = list(source)
    assert (source.name, source.size, source.fps, source.frame_count) == ("a.mp4", (64, 48), 25.0, 30)
    assert [frame.index for frame in frames] == list(range(30))
    assert [number_of(frame.pixels) for frame in frames] == list(range(30))
    assert [frame.time for frame in frames] == pytest.approx([0.04 * index for index in range(30)])
    assert source.warning is None


@pytest.mark.parametrize(
    ("codec", "pixel_format", "name"), [("libx264", "yuv420p", "a.mp4"), ("qtrle", "rgb24", "a.mov")]
)
def test_frames_have_memory_of_their_own(tmp_path: Path, codec: str, pixel_format: str, name: str) -> None:
    movie = replace(steady(6), codec=codec, pixel_format=pixel_format)
    frames, _ = frames_of(movie.write(tmp_path / name))
    frames[2].pixels[:] = 0
    assert [number_of(frame.pixels) for frame in frames] == [0, 1, -8, 3, 4, 5]


def test_a_frame_that_is_rgb_already_is_copied() -> None:
    frame = VideoFrame.from_ndarray(quarters(), "rgb24")
    frame.colorspace, frame.color_range = 6, ColorRange.JPEG
    to_rgb(frame, (64, 48), VideoReformatter())[:] = 0
    assert np.array_equal(frame.to_ndarray(), quarters())


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_unsteady_times_are_kept(tmp_path: Path, name: str) -> None:
    frames, video = frames_of(unsteady().write(tmp_path / name))
    milliseconds = [video.pts_of(frame.index) * video.time_base * 1000 for frame in frames]
    assert milliseconds == list(UNSTEADY)
    assert [frame.time for frame in frames] == pytest.approx([time / 1000 for time in UNSTEADY])


def test_durations_are_told_where_they_are_known(tmp_path: Path) -> None:
    frames, video = frames_of(replace(unsteady(), codec="mpeg4").write(tmp_path / "a.mp4"))
    durations = [video.duration_of(frame.index) * video.time_base * 1000 for frame in frames]
    assert durations[:-1] == list(np.diff(UNSTEADY))


def test_time_counts_from_the_first_frame(tmp_path: Path) -> None:
    frames, video = frames_of(replace(steady(5), pts=range(700, 900, 40)).write(tmp_path / "a.mp4"))
    assert frames[0].time == 0
    assert video.pts_of(0) * video.time_base == Fraction(7, 10)
    assert video.start == 0


def test_a_clock_that_starts_anywhere_starts_at_zero(tmp_path: Path) -> None:
    frames, video = frames_of(steady(5).write(tmp_path / "a.ts"))
    assert video.start >= BROADCAST_STARTS_S
    assert [video.pts_of(index) * video.time_base for index in range(5)] == [
        Fraction(index, 25) for index in range(5)
    ]
    assert frames[0].time == 0


@pytest.mark.parametrize("name", ["a.h264", "a.avi"])
def test_without_usable_times_the_nominal_rate_counts(tmp_path: Path, name: str) -> None:
    movie = replace(steady(20), pts=range(20), time_base=Fraction(1, 25))
    frames, _ = frames_of(movie.write(tmp_path / name))
    assert [number_of(frame.pixels) for frame in frames] == list(range(20))
    assert [frame.time for frame in frames] == pytest.approx([0.04 * index for index in range(20)])


def test_joined_recordings_go_on(tmp_path: Path) -> None:
    """The second half sets the clock back and has another size."""
    steady(15).write(tmp_path / "one.ts")
    replace(steady(15, (128, 96)), pts=range(0, 600, 40)).write(tmp_path / "two.ts")
    both = tmp_path / "both.ts"
    both.write_bytes((tmp_path / "one.ts").read_bytes() + (tmp_path / "two.ts").read_bytes())
    frames, video = frames_of(both)
    assert len(frames) == 30
    assert {frame.size for frame in frames} == {video.size} == {(64, 48)}
    steps = np.diff([frame.time for frame in frames])
    assert steps.min() > 0
    assert steps.max() < 0.1


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_is_turned_by_the_display_matrix(tmp_path: Path, turns: int, mirrored: bool) -> None:
    stored = quarters()
    movie = replace(steady(2), pictures=[stored], rotation=90 * turns, mirrored=mirrored)
    frames, video = frames_of(movie.write(tmp_path / "a.mp4"))
    shown = np.rot90(stored, turns)
    expected = np.fliplr(shown) if mirrored else shown
    assert video.size == frames[0].size == (expected.shape[1], expected.shape[0])
    assert np.abs(_inner(frames[0].pixels) - _inner(expected)).max() <= LOSSY


@pytest.mark.parametrize("turns", range(4))
def test_is_turned_as_another_reader_turns_it(tmp_path: Path, turns: int) -> None:
    path = replace(steady(2), pictures=[quarters()], rotation=90 * turns).write(tmp_path / "a.mp4")
    frames, _ = frames_of(path)
    reader = cv2.VideoCapture(str(path))
    reader.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    _, other = reader.read()
    reader.release()
    assert np.abs(_inner(frames[0].pixels) - _inner(other[:, :, ::-1])).max() <= LOSSY


@pytest.mark.parametrize("color_range", [0, 1, 2], ids=["untagged", "limited", "full"])
@pytest.mark.parametrize(
    ("size", "tag", "weights"),
    [
        ((64, 48), 2, (0.299, 0.114)),
        ((1280, 720), 2, (0.2126, 0.0722)),
        ((720, 1280), 2, (0.2126, 0.0722)),
        ((64, 48), 1, (0.2126, 0.0722)),
        ((1280, 720), 6, (0.299, 0.114)),
        ((64, 48), 9, (0.2627, 0.0593)),
    ],
    ids=["SD", "HD", "upright HD", "SD tagged 709", "HD tagged 601", "tagged 2020"],
)
def test_colours(
    tmp_path: Path, size: tuple[int, int], tag: int, weights: tuple[float, float], color_range: int
) -> None:
    frames, _ = frames_of(plain_yuv((110, 90, 180), size, tag, color_range, tmp_path / "a.mp4"))
    expected = _rgb((110, 90, 180), weights, full=color_range == 2)
    assert np.abs(frames[0].pixels[5, 7].astype(float) - expected).max() <= ROUNDING


@pytest.mark.parametrize("pixel_format", ["rgb24", "rgba", "gray"])
def test_colours_that_are_not_yuv_are_kept(tmp_path: Path, pixel_format: str) -> None:
    picture = np.full((48, 64, 3), 25, np.uint8) if pixel_format == "gray" else quarters()
    movie = replace(steady(2), pictures=[picture], codec="png", pixel_format=pixel_format)
    frames, _ = frames_of(movie.write(tmp_path / "a.mov"))
    assert np.abs(frames[0].pixels.astype(int) - picture).max() <= ROUNDING


def test_odd_size(tmp_path: Path) -> None:
    picture = quarters((65, 47))
    frames, _ = frames_of(
        replace(steady(2), pictures=[picture], pixel_format="yuv444p").write(tmp_path / "a.mp4")
    )
    assert frames[0].size == (65, 47)
    assert np.abs(_inner(frames[0].pixels) - _inner(picture)).max() <= LOSSY


@pytest.mark.parametrize(("rotation", "expected"), [(0, Fraction(4, 3)), (90, Fraction(3, 4))])
def test_pixels_that_are_not_square(tmp_path: Path, rotation: int, expected: Fraction) -> None:
    path = replace(steady(2), aspect=Fraction(4, 3), rotation=rotation).write(tmp_path / "a.mp4")
    with VideoFile(path) as video:
        assert video.sample_aspect_ratio == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names(tmp_path: Path, form: str) -> None:
    path = steady(3).write(tmp_path / "a.mp4").rename(tmp_path / unicodedata.normalize(form, "웃는 얼굴.mp4"))
    assert len(frames_of(path)[0]) == 3


def test_a_second_pass_is_the_same(tmp_path: Path) -> None:
    with VideoFile(unsteady().write(tmp_path / "a.mp4")) as video:
        next(iter(video))
        first = [(frame.time, number_of(frame.pixels)) for frame in video]
        assert [(frame.time, number_of(frame.pixels)) for frame in video] == first
        assert len(first) == len(UNSTEADY)


def test_closes_in_every_way(tmp_path: Path) -> None:
    path = steady(10).write(tmp_path / "a.mp4")
    with VideoFile(path) as video:
        frames = iter(video)
        next(frames)
    video.close()
    assert list(frames) == []
    with VideoFile(path) as left:
        for _ in left:
            break
    path.unlink()


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_what_is_there_of_a_cut_off_file_is_given(tmp_path: Path, name: str) -> None:
    movie = replace(steady(35, (320, 240)), pts=range(0, 3500, 100), rate=10, sound="aac", sound_seconds=3.5)
    path = cut(movie.write(tmp_path / name), 0.7)
    with VideoFile(path) as video:
        assert video.warning is None
        frames = list(video)
        assert 5 < len(frames) < 30
        assert [number_of(frame.pixels) for frame in frames[:-1]] == list(range(len(frames) - 1))
        assert video.warning is not None
        assert video.warning.startswith(f"{path} is cut off: ")
        assert video.warning.endswith(" of 3.5 s could be read")


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_sound_that_outlasts_the_picture_is_no_fault(tmp_path: Path, name: str) -> None:
    path = replace(steady(10), sound="aac", sound_seconds=3).write(tmp_path / name)
    frames, video = frames_of(path)
    assert len(frames) == 10
    assert video.warning is None


def test_damage_in_the_middle_is_passed_over(tmp_path: Path) -> None:
    path = steady(40, (128, 96)).write(tmp_path / "a.mp4")
    with av.open(path) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        places = [(packet.pos, packet.size) for packet in packets[20:23]]
    content = bytearray(path.read_bytes())
    for position, size in places:
        assert position is not None
        content[position : position + size] = b"\xff" * size
    path.write_bytes(content)
    frames, video = frames_of(path)
    assert 30 <= len(frames) < 40
    assert number_of(frames[-1].pixels) == 39
    assert video.warning == f"{path} is damaged: {40 - len(frames)} of its 40 frames could not be read"


def _no_file(path: Path) -> None:
    pass


def _folder(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.touch()


def _text(path: Path) -> None:
    path.write_text("This is not a video.\n" * 50)


def _playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:1\nhttp://127.0.0.1:9/a.ts\n")


def _subtitles(path: Path) -> None:
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n\n")


def _beginning_only(path: Path) -> None:
    cut(steady(30).write(path), 0.1)


def _nothing_decodable(path: Path) -> None:
    content = steady(30).write(path).read_bytes()
    start = content.index(b"mdat") + 4
    path.write_bytes(content[:start] + b"\xff" * (len(content) - start))


def _sound_only(path: Path) -> None:
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        block = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), "s16", "mono")
        block.sample_rate, block.pts = 44_100, 0
        container.mux(stream.encode(block))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_no_file, "there is no file"),
        (_folder, "is a folder"),
        (_empty, "is empty"),
        (_text, "is not a video"),
        (_playlist, "is not a video"),
        (_subtitles, "no picture"),
        (_beginning_only, "cut off"),
        (_nothing_decodable, "no frame that can be decoded"),
        (_sound_only, "sound but no picture"),
    ],
)
def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path, make: object, says: str) -> None:
    path = tmp_path / "clip.mp4"
    assert callable(make)
    make(path)
    with pytest.raises(SourceError) as caught:
        VideoFile(path)
    message = str(caught.value)
    assert says in message
    assert str(path) in message
    assert "\n" not in message


def test_a_playlist_opens_no_network(tmp_path: Path) -> None:
    path = tmp_path / "clip.m3u8"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        path.write_text(
            f"#EXTM3U\n#EXTINF:1\nhttp://127.0.0.1:{server.getsockname()[1]}/a.ts\n#EXT-X-ENDLIST\n"
        )
        with pytest.raises(SourceError):
            VideoFile(path)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_song_with_a_cover_is_no_video(tmp_path: Path) -> None:
    tune = replace(steady(1), sound="aac").write(tmp_path / "tune.mp4")
    art = replace(steady(1), codec="mjpeg", pixel_format="yuvj420p").write(tmp_path / "art.mov")
    song = tmp_path / "song.mp4"
    with av.open(tune) as sound, av.open(art) as cover, av.open(song, "w") as container:
        inputs = (sound.streams.audio[0], cover.streams.video[0])
        outputs = [container.add_stream_from_template(stream) for stream in inputs]
        outputs[1].disposition = Disposition.attached_pic
        for stream, output in zip(inputs, outputs, strict=True):
            for packet in stream.container.demux(stream):
                if packet.size:
                    packet.stream = output
                    container.mux(packet)
    with pytest.raises(SourceError, match="sound but no picture"):
        VideoFile(song)


def _inner(pixels: np.ndarray) -> np.ndarray:
    """The middles of the four quarters, where their borders do not reach, int (4, 3)."""
    height, width = pixels.shape[:2]
    points = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return np.array([pixels[point] for point in points], int)


def _rgb(yuv: tuple[int, int, int], weights: tuple[float, float], *, full: bool) -> np.ndarray:
    """What the standards make of a colour, float (3,) 0 to 255."""
    red, blue = weights
    low, luma, chroma = (0, 255, 255) if full else (16, 219, 224)
    y, u, v = (yuv[0] - low) / luma, (yuv[1] - 128) / chroma, (yuv[2] - 128) / chroma
    r, b = y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u
    return np.clip(np.array([r, (y - red * r - blue * b) / (1 - red - blue), b]), 0, 1) * 255
