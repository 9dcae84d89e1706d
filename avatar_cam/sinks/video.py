"""Video files, H.264, encoded by FFmpeg through PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from avatar_cam.errors import SinkError, UsageError
from avatar_cam.sinks.base import FileSink
from avatar_cam.sinks.h264 import CLOCK, H264, check_size, explaining_ffmpeg, nominal_step
from avatar_cam.sinks.sound import Sound
from avatar_cam.types import Composite, Frame

_CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}


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

    How pictures are encoded is in `sinks.h264`.

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
        check_size(path, size)
        super().__init__(path)
        self._size = size
        self._step = nominal_step(fps)
        self._original = original
        self._time_base = original.time_base if original else CLOCK
        #: The time of the newest frame, in units of the time base.
        self._last: int | None = None
        self._sound: Sound | None = None
        try:
            with explaining_ffmpeg(path):
                self._container = self._opened_container()
                self._pictures = H264(
                    self._container,
                    size,
                    step=self._step,
                    time_base=self._time_base,
                    options={"crf": str(crf), "preset": preset},
                    aspect=original.sample_aspect_ratio if original else None,
                )
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
        with explaining_ffmpeg(self.path):
            self._mux(self._pictures.encode(frame.pixels, pts, duration))

    def _stamp(self, frame: Frame) -> tuple[int, int]:
        """The frame's time and its duration, which counts for the last one, in units of the time base."""
        if self._original:
            return self._original.pts_of(frame.index), self._original.duration_of(frame.index)
        pts = round(Fraction(frame.time) / self._time_base)
        earliest = 0 if self._last is None else self._last + 1
        return max(pts, earliest), round(self._step / self._time_base)

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        """Writes pictures, and the sound up to them."""
        self._container.mux(packets)
        if self._sound and self._last is not None:
            self._sound.write_until(self._last * self._time_base)

    def _finish(self) -> None:
        if self._last is None:
            raise SinkError(f"{self.path} was not written: there were no frames for it")
        with explaining_ffmpeg(self.path):
            self._mux(self._pictures.flush())
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
