"""From a media file to RGB pictures and their times, by FFmpeg through PyAV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from avatar_cam.errors import SourceError
from avatar_cam.files import is_folder
from avatar_cam.types import Pixels

#: FFmpeg's number for a frame's colour matrix, and swscale's name for the same.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}

#: How much earlier than its length says a video may end, where only lengths can be compared.
_TOLERANCE_S = Fraction(1, 2)


def open_media(path: Path) -> InputContainer:
    """The file, opened for reading; whoever calls closes it. Raises `SourceError`."""
    if is_folder(path):
        raise SourceError(f"{path} is a folder, not a video: name a file in it")
    try:
        if path.stat().st_size == 0:
            raise SourceError(f"{path} is empty: record or copy the video again")
        # An absolute path is never taken for a URL.
        return av.open(path.absolute(), "r", metadata_errors="replace")
    except FileNotFoundError as error:
        raise SourceError(f"there is no file {path}: check the path") from error
    except PermissionError as error:
        raise SourceError(f"{path} cannot be read: permission denied; change its permissions") from error
    except FFmpegError as error:
        raise SourceError(
            f"{path} is not a video, or was cut off before it was whole: play it to check"
        ) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error


class Decoding:
    """One pass through the frames of a video stream, which goes on past what cannot be decoded."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container = container
        self._stream = stream
        self._packets = 0
        self._broken = 0
        self._failed = False

    def __iter__(self) -> Iterator[VideoFrame]:
        for packet in self._demuxed():
            try:
                yield from self._stream.decode(packet)
            except FFmpegError:
                self._broken += 1

    def fault(self, end: Fraction) -> str | None:
        """After the pass, what was wrong with a file whose last frame ended at `end` seconds of its clock."""
        if self._is_cut_off(end):
            whole = _expected_end(self._container, self._stream)
            of = f" of {float(whole):.1f} s" if whole and whole > end else ""
            return f"is cut off: {float(end):.1f} s{of} could be read"
        if self._broken:
            return f"is damaged: {self._broken} of its {self._packets} frames could not be read"
        return None

    def _demuxed(self) -> Iterator[av.Packet[VideoStream] | None]:
        """The packets, then None, which makes the decoder give what it still holds."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                break
            except FFmpegError:
                self._failed = True
                break
            if packet.size:
                self._packets += 1
                yield packet
        yield None

    def _is_cut_off(self, end: Fraction) -> bool:
        if self._failed:
            return True
        if self._stream.frames and "mp4" in self._container.format.name:
            # The index at the file's beginning lists all frames, those too that are no longer there.
            return self._packets < len(self._stream.index_entries)
        whole = _expected_end(self._container, self._stream)
        return whole is not None and whole - end > _TOLERANCE_S


def _expected_end(container: InputContainer, stream: VideoStream) -> Fraction | None:
    """When the file says that the video ends, in seconds of its clock."""
    if stream.duration and stream.time_base:
        return ((stream.start_time or 0) + stream.duration) * stream.time_base
    # Matroska's; the file's own length will not do where there is sound, which may well be longer.
    tag = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    if tag:
        return int(tag[1]) * 3600 + int(tag[2]) * 60 + Fraction(tag[3])
    if container.duration and not container.streams.audio:
        return Fraction(container.duration + max(container.start_time or 0, 0), av.time_base)
    return None


class Clock:
    """Gives every frame its time, in units of `time_base`: the file's own wherever it makes sense.

    `start` seconds are taken off; `step` is the nominal time between frames. What comes out always grows.
    """

    def __init__(self, stream: VideoStream, time_base: Fraction, step: int, start: Fraction) -> None:
        self._step = step
        self._offset: int | None = -round(start / time_base)
        self._jump = round(1 / time_base)
        self._last: int | None = None
        # AVI stores an order of decoding and no times; shifted to its start, that is the order of the frames.
        self._counts = stream.container.format.name == "avi"
        if self._counts:
            self._offset = None

    def read(self, frame: VideoFrame) -> int:
        told = frame.dts if self._counts else frame.pts
        if self._offset is None:
            self._offset = -(told or 0)
        if told is None:
            pts = 0 if self._last is None else self._last + self._step
        else:
            pts = told + self._offset
            if self._last is not None and pts <= self._last:
                pts = self._repaired(pts, self._last)
        self._last = pts
        return pts

    def _repaired(self, pts: int, last: int) -> int:
        if last - pts < self._jump:
            return last + 1
        # The clock was set back, as where recordings were joined: from here on it is offset.
        assert self._offset is not None
        self._offset += last + self._step - pts
        return last + self._step


def to_rgb(frame: VideoFrame, size: tuple[int, int], reformatter: VideoReformatter) -> Pixels:
    """The frame's picture, uint8 (H, W, 3) RGB, full range, contiguous, in memory that nobody else uses.

    `size` is (width, height); a frame of another size is scaled.
    """
    width, height = size
    converted = reformatter.reformat(
        frame,
        width,
        height,
        "rgb24",
        src_colorspace=_matrix(frame),
        src_color_range=ColorRange.JPEG if _is_full_range(frame) else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        # More threads are slower: measured at 720p and 1080p.
        threads=1,
    )
    plane = converted.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:height, : 3 * width]
    pixels = np.ascontiguousarray(rows).reshape(height, width, 3)
    # What is RGB already comes back as it is, and the decoder may still need it.
    return pixels.copy() if converted is frame else pixels


def _matrix(frame: VideoFrame) -> Colorspace:
    is_high_definition = frame.height >= 720 or frame.width >= 1280
    guess = Colorspace.ITU709 if is_high_definition else Colorspace.ITU601
    return _MATRICES.get(frame.colorspace, guess)


def _is_full_range(frame: VideoFrame) -> bool:
    if frame.color_range != ColorRange.UNSPECIFIED:
        return frame.color_range == ColorRange.JPEG
    layout = frame.format
    return layout.is_rgb or layout.has_palette or layout.name.startswith(("yuvj", "gray"))
