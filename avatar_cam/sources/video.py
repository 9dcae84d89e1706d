"""Video files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.buffer import Buffer
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from avatar_cam.closing import Closing
from avatar_cam.errors import SourceError
from avatar_cam.sources.decoding import Clock, Decoding, open_media, to_rgb
from avatar_cam.sources.upright import Orientation
from avatar_cam.types import Frame

#: Where a file tells no rate, or one that no camera has.
_FALLBACK_RATE = Fraction(30)
_HIGHEST_RATE = 1000

#: FFmpeg's mark for formats whose clock starts anywhere, such as MPEG-TS: players take its start for 0.
_STARTS_ANYWHERE = 0x200


class VideoFile(Closing):
    """The pictures of a video file, a `Source`.

    Frames are turned the right way up by the display matrix; transparency is dropped. Colours without tags
    are taken as players take them: BT.709 from 720 lines on, BT.601 below, limited range. Pixels that are
    not square stay so (`sample_aspect_ratio`, width to height, as shown). Opening reads the first frame,
    and raises `SourceError` when there is none. A file that is cut off or damaged gives what is in it, and
    `warning` says what is not.

    A writer that keeps the frames' times asks for `time_base`, `pts_of` and `duration_of`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.warning: str | None = None
        self._stamps: list[tuple[int, int]] = []
        self._container: InputContainer | None = None
        with self._opened() as container:
            stream = self._stream(container)
            first = self._first(container, stream)
            self._orientation = _orientation(first)
            self._stored_size = (first.width, first.height)
            self.size: tuple[int, int] = self._orientation.size(self._stored_size)
            self.rate: Fraction = _rate(stream)
            self.time_base: Fraction = stream.time_base or 1 / self.rate
            self.sample_aspect_ratio: Fraction = _aspect(stream, self._orientation)
            #: Seconds between the zero of the file's clock and that of `pts_of`.
            self.start: Fraction = _start(container)
            self.frame_count: int | None = _frame_count(container, stream, self.rate)

    @property
    def fps(self) -> float:
        return float(self.rate)

    def pts_of(self, index: int) -> int:
        """When the frame is shown, in units of `time_base`; known once the frame was read."""
        return self._stamps[index][0]

    def duration_of(self, index: int) -> int:
        """How long the frame is shown, in units of `time_base`; nominal where the file does not say."""
        return self._stamps[index][1]

    def __iter__(self) -> Iterator[Frame]:
        self.warning = None
        self._stamps.clear()
        step = max(1, round(1 / self.rate / self.time_base))
        reformatter = VideoReformatter()
        with self._opened() as container:
            stream = self._stream(container)
            clock = Clock(stream, self.time_base, step, self.start)
            decoding = Decoding(container, stream)
            # Where frames are stored in another order than they are shown, so are their durations.
            reorders = stream.codec_context.has_b_frames
            for index, decoded in enumerate(decoding):
                pts = clock.read(decoded)
                self._stamps.append((pts, step if reorders else decoded.duration or step))
                pixels = self._orientation.apply(to_rgb(decoded, self._stored_size, reformatter))
                yield Frame(pixels, index, float((pts - self._stamps[0][0]) * self.time_base))
                if self._container is not container:
                    return  # closed meanwhile: FFmpeg does not bear being asked for more
            fault = decoding.fault(self._end())
            self.warning = f"{self.path} {fault}" if fault else None

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def _opened(self) -> InputContainer:
        self.close()
        self._container = open_media(self.path)
        return self._container

    def _stream(self, container: InputContainer) -> VideoStream:
        # A song's cover is a video stream of one picture to FFmpeg.
        streams = [
            stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic
        ]
        if not streams:
            if container.streams.audio:
                raise SourceError(f"{self.path} has sound but no picture in it: give a video")
            raise SourceError(
                f"{self.path} has no picture in it: it is no video, or was cut off; play it to check"
            )
        stream = streams[0]
        if stream.codec_context is None:
            raise SourceError(f"{self.path} is of a kind that cannot be decoded: convert it to H.264")
        stream.thread_type = "AUTO"
        return stream

    def _first(self, container: InputContainer, stream: VideoStream) -> VideoFrame:
        for frame in Decoding(container, stream):
            return frame
        raise SourceError(
            f"{self.path} has no frame that can be decoded: play it to check, or convert it to H.264"
        )

    def _end(self) -> Fraction:
        """When the last frame ends, in seconds of the file's clock."""
        if not self._stamps:
            return Fraction(0)
        pts, duration = self._stamps[-1]
        return (pts + duration) * self.time_base + self.start


def _orientation(frame: VideoFrame) -> Orientation:
    # PyAV's types name only one of the kinds that there are.
    matrix = cast(Mapping[str, Buffer], frame.side_data).get("DISPLAYMATRIX")
    return Orientation() if matrix is None else Orientation.from_display_matrix(bytes(matrix))


def _rate(stream: VideoStream) -> Fraction:
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= _HIGHEST_RATE:
            return rate
    return _FALLBACK_RATE


def _aspect(stream: VideoStream, orientation: Orientation) -> Fraction:
    ratio = stream.sample_aspect_ratio or Fraction(1)
    return 1 / ratio if orientation.transpose else ratio


def _start(container: InputContainer) -> Fraction:
    if container.start_time and container.format.flags & _STARTS_ANYWHERE:
        return Fraction(container.start_time, av.time_base)
    return Fraction(0)


def _frame_count(container: InputContainer, stream: VideoStream, rate: Fraction) -> int | None:
    if stream.frames:
        return stream.frames
    if stream.duration and stream.time_base:
        return round(stream.duration * stream.time_base * rate)
    if container.duration:
        return round(Fraction(container.duration, av.time_base) * rate)
    return None
