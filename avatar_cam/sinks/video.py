"""Video files, H.264, encoded by FFmpeg through PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
from av.codec.context import Flags
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.files import sink_error
from avatar_cam.sinks.base import FileSink
from avatar_cam.sinks.sound import Sound
from avatar_cam.types import Composite, Frame

_CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}

#: FFmpeg's number for the BT.709 matrix (`Colorspace.ITU709` is swscale's).
_BT709 = 1

#: What the encoder takes.
_LONGEST_SIDE = 16_384

#: The clock of videos that have no original; common frame rates are whole numbers of it.
_CLOCK = Fraction(1, 90_000)


class Original(Protocol):
    """The video whose timing and sound an output keeps: `sources.video.VideoFile`."""

    @property
    def path(self) -> Path: ...

    @property
    def time_base(self) -> Fraction: ...

    @property
    def start(self) -> Fraction:
        """Seconds between the zero of the file's clock and that of `pts_of`."""

    @property
    def sample_aspect_ratio(self) -> Fraction:
        """Width to height of a pixel."""

    def pts_of(self, index: int) -> int: ...

    def duration_of(self, index: int) -> int: ...


class VideoWriter(FileSink):
    """Writes frames of `size` (width, height) as H.264 to an MP4, MOV or Matroska file.

    With an `original`, each frame gets exactly the time that the frame of its index has there (Matroska
    rounds to milliseconds), pixels keep its aspect ratio, and its sound comes along: copied where the
    container allows, else as AAC. Its metadata do not come along: among them may be where it was taken.
    Without an original, frames are shown at their own `time`, and there is no sound.

    Colours are BT.709, limited range, and tagged so. 4:2:0 needs even sides; a video with an odd one is
    written as 4:4:4, which keeps its size and every pixel (some players, mostly hardware ones, do not show
    it).

    Raises `UsageError` for a suffix that is no video's, `SinkError`, and `SourceError` when the original
    cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: float,
        *,
        original: Original | None = None,
        crf: int = 18,
        preset: str = "veryfast",
    ) -> None:
        if path.suffix.lower() not in _CONTAINERS:
            raise UsageError(
                f"{path}: a video can be written as {' '.join(_CONTAINERS)}; use one of these suffixes"
            )
        if max(size) > _LONGEST_SIDE:
            raise SinkError(
                f"{path} cannot be written: {size[0]}x{size[1]} is too large for a video, whose sides have "
                f"{_LONGEST_SIDE} pixels at most; make the original smaller"
            )
        super().__init__(path)
        self._size = size
        self._step = 1 / max(Fraction(fps).limit_denominator(1001), Fraction(1, 1001))
        self._original = original
        self._time_base = original.time_base if original else _CLOCK
        self._reformatter = VideoReformatter()
        #: The time of the newest frame, in units of the time base.
        self._last: int | None = None
        self._sound: Sound | None = None
        try:
            with self._explaining():
                self._container = self._opened_container()
                self._stream = self._video_stream({"crf": str(crf), "preset": preset})
                if original:
                    self._sound = Sound(original.path, self._container, original.start)
                    self._opened.callback(self._sound.close)
        except BaseException:
            self.discard()
            raise

    @property
    def warning(self) -> str | None:
        """What of the sound could not be kept, in one line; None when all was. True after `finish`."""
        return self._sound.warning if self._sound else None

    def write(self, composite: Composite) -> None:
        self.write_frame(composite.frame)

    def write_frame(self, frame: Frame) -> None:
        """Adds a picture; raises `ValueError` when it is not of the writer's size."""
        if frame.size != self._size:
            raise ValueError(f"a frame of {frame.size} does not fit a video of {self._size}")
        pts, duration = self._stamp(frame)
        self._last = pts
        self._encode(self._encodable(frame, pts, duration))

    def _stamp(self, frame: Frame) -> tuple[int, int]:
        """The frame's time and its duration, which counts for the last one, in units of the time base."""
        if self._original:
            return self._original.pts_of(frame.index), self._original.duration_of(frame.index)
        pts = round(Fraction(frame.time) / self._time_base)
        earliest = 0 if self._last is None else self._last + 1
        return max(pts, earliest), round(self._step / self._time_base)

    def _encodable(self, frame: Frame, pts: int, duration: int) -> VideoFrame:
        encodable = self._reformatter.reformat(
            VideoFrame.from_numpy_buffer(frame.pixels, "rgb24"),
            format=self._stream.pix_fmt,
            src_color_range=ColorRange.JPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        encodable.time_base = self._time_base
        encodable.pts = pts
        encodable.duration = duration
        return encodable

    def _encode(self, frame: VideoFrame | None) -> None:
        """Writes the frame, or after the last one what the encoder still holds, and the sound up to it."""
        with self._explaining():
            self._container.mux(self._stream.encode(frame))
            if self._sound and self._last is not None:
                self._sound.write_until(self._last * self._time_base)

    def _finish(self) -> None:
        if self._last is None:
            raise SinkError(f"{self.path} was not written: there were no frames for it")
        self._encode(None)
        with self._explaining():
            if self._sound:
                self._sound.finish()
            self._container.close()

    def _opened_container(self) -> OutputContainer:
        name = _CONTAINERS[self.path.suffix.lower()]
        options = {}
        if name != "matroska":
            # The index in front, so that it plays while it is still being downloaded.
            options = {"movflags": "+faststart", "movie_timescale": str(self._movie_clock())}
        container = av.open(self._temporary, "w", format=name, container_options=options)
        self._opened.callback(container.close)
        return container

    def _movie_clock(self) -> int:
        """Parts of a second in which an MP4 says when its streams begin: exact for the pictures."""
        clock = self._time_base.denominator
        return clock * -(-10_000 // clock)

    def _video_stream(self, options: dict[str, str]) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=1 / self._step, options=options)
        stream.time_base = self._time_base
        context = stream.codec_context
        context.time_base = self._time_base
        context.width, context.height = self._size
        context.pix_fmt = "yuv444p" if any(side % 2 for side in self._size) else "yuv420p"
        if self._original:
            context.sample_aspect_ratio = self._original.sample_aspect_ratio
        context.colorspace = _BT709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.color_range = ColorRange.MPEG
        context.flags |= Flags.frame_duration
        return stream

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise sink_error(error, self.path) from error
        except FFmpegError as error:
            raise SinkError(f"{self.path} cannot be written: {error.strerror or error}") from error
