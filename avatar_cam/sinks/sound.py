"""The sound of one media file, carried over into another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError

from avatar_cam.sources.decoding import open_media

AudioPacket: TypeAlias = "av.Packet[AudioStream]"

#: What is copied as it is: what the container allows and its players know.
_COMMON = frozenset({"aac", "mp3", "ac3", "eac3", "alac"})
_COPIED = {
    "mp4": _COMMON | {"opus"},
    "mov": _COMMON | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"},
    "matroska": _COMMON | {"opus", "flac", "vorbis", "pcm_s16le", "pcm_s24le", "pcm_f32le"},
}

#: Any other sound becomes AAC of these rates, or of the last.
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


class Sound:
    """Carries every sound stream of the file at `path` into `output`, which must not have begun yet.

    `start` seconds are taken off its times. Raises `SourceError` when the file cannot be opened. What
    cannot be read of the sound is left out, and `warning` says so; what FFmpeg raises comes from the
    output.
    """

    def __init__(self, path: Path, output: OutputContainer, start: Fraction) -> None:
        self.warning: str | None = None
        self._path = path
        self._output = output
        self._start = start
        self._input = open_media(path)
        self._tracks = dict(self._carried())
        self._packets = self._demuxed()
        self._next = next(self._packets, None)

    def write_until(self, time: Fraction) -> None:
        """Writes the sound up to `time`, in seconds of the output, so that it lies beside the pictures."""
        while self._next is not None and _begin(self._next) - self._start <= time:
            self._output.mux(self._tracks[self._next.stream_index].feed(self._next))
            self._next = next(self._packets, None)

    def finish(self) -> None:
        """Writes the rest."""
        while self._next is not None:
            self.write_until(_begin(self._next) - self._start)
        for track in self._tracks.values():
            self._output.mux(track.flush())

    def close(self) -> None:
        self._input.close()

    def _carried(self) -> Iterator[tuple[int, _Copy | _Encode]]:
        for stream in self._input.streams.audio:
            if stream.codec_context is None or not stream.codec_context.sample_rate:
                self.warning = f"a sound stream of {self._path} is of an unknown kind and is left out"
            elif stream.codec_context.codec.canonical_name in _COPIED[self._output.format.name]:
                yield stream.index, _Copy(stream, self._output, self._start)
            else:
                yield stream.index, _Encode(stream, self._output, self._start)

    def _demuxed(self) -> Iterator[AudioPacket]:
        streams = tuple(stream for stream in self._input.streams.audio if stream.index in self._tracks)
        if not streams:
            return
        newest: dict[int, int] = {}
        try:
            for packet in self._input.demux(streams):
                if not packet.size or packet.pts is None:
                    continue
                if packet.pts > newest.get(packet.stream_index, packet.pts - 1):
                    newest[packet.stream_index] = packet.pts
                    yield packet
                else:
                    self.warning = f"the sound of {self._path} goes back in time; what it repeats is left out"
        except FFmpegError:
            self.warning = f"the sound of {self._path} is broken and ends early"


def _begin(packet: AudioPacket) -> Fraction:
    return (packet.pts or 0) * packet.time_base


class _Copy:
    """A sound stream whose packets are copied, with times in units of a sample."""

    def __init__(self, source: AudioStream, output: OutputContainer, start: Fraction) -> None:
        self._stream = output.add_stream_from_template(source)
        self._unit = Fraction(1, source.codec_context.sample_rate)
        self._stream.time_base = self._unit
        self._frame_size = source.codec_context.frame_size
        self._start = start
        self._end: int | None = None
        # Matroska has no time before 0. What a decoder needs there before the first sample is either known as
        # the codec's delay, or all else, pictures too, would be moved to make room for it.
        self._drops_early = output.format.name == "matroska" and not source.codec_context.delay

    def feed(self, packet: AudioPacket) -> list[AudioPacket]:
        pts = round((_begin(packet) - self._start) / self._unit)
        length = self._frame_size or round((packet.duration or 0) * packet.time_base / self._unit)
        # Matroska counts in milliseconds: what is off by that is not a gap.
        if self._end is not None and length and abs(pts - self._end) <= packet.time_base / self._unit:
            pts = self._end
        self._end = pts + length
        if self._drops_early and pts < 0:
            return []
        packet.time_base = self._unit
        packet.pts = packet.dts = pts
        packet.duration = length
        packet.stream = self._stream
        return [packet]

    def flush(self) -> list[AudioPacket]:
        return []


class _Encode:
    """A sound stream that is decoded and made AAC, mono or stereo."""

    def __init__(self, source: AudioStream, output: OutputContainer, start: Fraction) -> None:
        context = source.codec_context
        rate = context.sample_rate if context.sample_rate in _AAC_RATES else _AAC_RATES[-1]
        layout = "mono" if context.channels == 1 else "stereo"
        self._stream = output.add_stream(
            "aac", rate=rate, layout=layout, bit_rate=96_000 * min(context.channels, 2)
        )
        self._start = start

    def feed(self, packet: AudioPacket) -> list[AudioPacket]:
        try:
            frames = packet.decode()
        except FFmpegError:
            return []
        packets = []
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None:
                frame.pts -= round(self._start / frame.time_base)
            packets += self._stream.encode(frame)
        return packets

    def flush(self) -> list[AudioPacket]:
        return self._stream.encode(None)
