"""Pictures as H.264: what videos and recordings share. Encoded by x264 in FFmpeg, through PyAV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from av.codec.context import Flags
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from avatar_cam.errors import SinkError
from avatar_cam.files import sink_error
from avatar_cam.types import Pixels

#: The clock of videos that have no original; common frame rates are whole numbers of it.
CLOCK = Fraction(1, 90_000)

#: FFmpeg's number for the BT.709 matrix (`Colorspace.ITU709` is swscale's).
_BT709 = 1

#: What the encoder takes.
_LONGEST_SIDE = 16_384


class H264:
    """The pictures of a video of `size` (width, height) px, which is a stream of `container`.

    Colours are BT.709, limited range, and tagged so. 4:2:0 needs even sides; a video with an odd one is
    written as 4:4:4, which keeps its size and every pixel (some players, mostly hardware ones, do not show
    it).

    `step` is the nominal time of a picture in seconds, `time_base` the unit of times and durations, `options`
    are x264's, `aspect` is a pixel's width to its height.
    """

    def __init__(
        self,
        container: OutputContainer,
        size: tuple[int, int],
        *,
        step: Fraction,
        time_base: Fraction,
        options: Mapping[str, str],
        aspect: Fraction | None = None,
    ) -> None:
        self._stream = container.add_stream("libx264", rate=1 / step, options=dict(options))
        self._stream.time_base = self._time_base = time_base
        context = self._stream.codec_context
        context.time_base = time_base
        context.width, context.height = size
        context.pix_fmt = "yuv444p" if any(side % 2 for side in size) else "yuv420p"
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        context.colorspace = _BT709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.color_range = ColorRange.MPEG
        context.flags |= Flags.frame_duration
        self._reformatter = VideoReformatter()

    def encode(
        self, pixels: Pixels, pts: int, duration: int, *, key: bool = False
    ) -> list[Packet[VideoStream]]:
        """What comes out when `pixels`, uint8 (H, W, 3) RGB, are shown at `pts` for `duration`.

        `key`: the picture is one from which a player can start, whatever came before.
        """
        picture = self._reformatter.reformat(
            VideoFrame.from_numpy_buffer(pixels, "rgb24"),
            format=self._stream.pix_fmt,
            src_color_range=ColorRange.JPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        picture.time_base = self._time_base
        picture.pts = pts
        picture.duration = duration
        if key:
            picture.pict_type = PictureType.I
        return self._stream.encode(picture)

    def flush(self) -> list[Packet[VideoStream]]:
        """What the encoder still holds after the last picture."""
        return self._stream.encode(None)


def check_size(path: Path, size: tuple[int, int]) -> None:
    """Raises `SinkError` when a video of `size` is more than the encoder takes."""
    if max(size) > _LONGEST_SIDE:
        raise SinkError(
            f"{path} cannot be written: {size[0]}x{size[1]} is too large for a video, whose sides have "
            f"{_LONGEST_SIDE} pixels at most; make the original smaller"
        )


def nominal_step(fps: float) -> Fraction:
    """Seconds of a picture at a rate that may be any number."""
    return 1 / max(Fraction(fps).limit_denominator(1001), Fraction(1, 1001))


@contextmanager
def explaining_ffmpeg(path: Path) -> Iterator[None]:
    """Turns what FFmpeg raises in the block into the `SinkError` that says what is wrong with `path`."""
    try:
        yield
    except OSError as error:
        raise sink_error(error, path) from error
    except FFmpegError as error:
        raise SinkError(f"{path} cannot be written: {error.strerror or error}") from error
