"""Small videos with known pictures, times and sound, made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from avatar_cam.types import Pixels

SAMPLE_RATE = 48_000
TONE_HZ = 440
#: From here on the tone is heard; before, there is silence.
TONE_STARTS_S = 0.5

#: What the clock of MPEG-TS files shows at their beginning.
BROADCAST_STARTS_S = 5

#: Frame times that no steady rate has, in milliseconds.
UNSTEADY = (0, 40, 45, 130, 300, 303, 500, 900, 901, 1200)

#: Colours of the quarters of `quarters()`: top left, top right, bottom left, bottom right.
QUARTERS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 220))


@dataclass(frozen=True)
class Movie:
    """What to write: one picture for each of `pts` (in `time_base`), the last again where they run out."""

    pictures: Sequence[Pixels]
    pts: Sequence[int]
    time_base: Fraction = Fraction(1, 1000)
    rate: int = 25
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    rotation: int | None = None
    mirrored: bool = False
    aspect: Fraction | None = None
    sound: str | None = None
    sound_seconds: float = 1.2

    def write(self, path: Path) -> Path:
        with av.open(path, "w", container_options=_options(path)) as container:
            self._write(container)
        return path

    def _write(self, container: OutputContainer) -> None:
        height, width = self.pictures[0].shape[:2]
        video = container.add_stream(self.codec, rate=self.rate, options=_quality(self.codec))
        video.width, video.height, video.pix_fmt = width, height, self.pixel_format
        video.time_base = video.codec_context.time_base = self.time_base
        if self.rotation is not None:
            video.set_display_rotation(self.rotation, hflip=self.mirrored)
        if self.aspect is not None:
            video.codec_context.sample_aspect_ratio = self.aspect
        audio = container.add_stream(self.sound, rate=SAMPLE_RATE, layout="mono") if self.sound else None
        container.start_encoding()
        for index, pts in enumerate(self.pts):
            frame = encodable(self.pictures[min(index, len(self.pictures) - 1)], self.pixel_format)
            frame.pts, frame.time_base = pts, self.time_base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            samples = tone(self.sound_seconds)
            for start in range(0, len(samples), 1024):
                block = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], "s16", "mono")
                block.sample_rate, block.pts, block.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
                container.mux(audio.encode(block))
            container.mux(audio.encode(None))


def steady(count: int = 30, size: tuple[int, int] = (64, 48)) -> Movie:
    """25 frames a second, told apart by `number_of`."""
    return Movie([numbered(index, size) for index in range(count)], range(0, 40 * count, 40))


def unsteady(size: tuple[int, int] = (64, 48)) -> Movie:
    """Frames at the times `UNSTEADY`."""
    return replace(steady(len(UNSTEADY), size), pts=UNSTEADY)


def numbered(index: int, size: tuple[int, int] = (64, 48)) -> Pixels:
    """A grey picture whose brightness tells its number, up to 40."""
    return np.full((size[1], size[0], 3), 40 + 5 * index, np.uint8)


def number_of(pixels: NDArray[np.uint8]) -> int:
    """The number of a `numbered` picture."""
    return round((float(pixels.mean()) - 40) / 5)


def quarters(size: tuple[int, int] = (64, 48)) -> Pixels:
    """A picture in which every quarter has another colour."""
    width, height = size
    picture = np.empty((height, width, 3), np.uint8)
    rows, columns = slice(None, height // 2), slice(None, width // 2)
    rest_rows, rest_columns = slice(height // 2, None), slice(width // 2, None)
    places = ((rows, columns), (rows, rest_columns), (rest_rows, columns), (rest_rows, rest_columns))
    for place, colour in zip(places, QUARTERS, strict=True):
        picture[place] = colour
    return picture


def tone(seconds: float) -> NDArray[np.int16]:
    """Silence, then a tone, int16 (samples,)."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * TONE_HZ * times) * 12_000 * (times >= TONE_STARTS_S)).astype(np.int16)


def encodable(picture: Pixels, pixel_format: str) -> VideoFrame:
    """The picture in `pixel_format`; BT.601 and limited range where it is not RGB, without tags."""
    frame = VideoFrame.from_ndarray(picture, "rgb24")
    converted = frame.reformat(
        format=pixel_format, dst_colorspace=Colorspace.ITU601, src_color_range="JPEG", dst_color_range="MPEG"
    )
    converted.colorspace, converted.color_range = 2, 0
    return converted


def plain_yuv(
    yuv: tuple[int, int, int], size: tuple[int, int], matrix: int, color_range: int, path: Path
) -> Path:
    """A lossless video of one stored colour, tagged with FFmpeg's numbers (2 and 0: untagged)."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = color_range
        frame = VideoFrame(*size, "yuv420p")
        for plane, value in zip(frame.planes, yuv, strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.colorspace, frame.color_range, frame.pts = matrix, color_range, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cut(path: Path, share: float) -> Path:
    """The file with only its first `share` left."""
    content = path.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])
    return path


def _options(path: Path) -> dict[str, str]:
    if path.suffix == ".ts":
        return {"output_ts_offset": str(BROADCAST_STARTS_S)}
    return {"movflags": "+faststart"} if path.suffix in (".mp4", ".mov") else {}


def _quality(codec: str) -> dict[str, str]:
    return {"crf": "4", "preset": "veryfast"} if codec == "libx264" else {}
