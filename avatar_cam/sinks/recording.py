"""Recordings of what is live: MP4 files that can be played whatever ends them."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import av

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.sinks.h264 import CLOCK, H264, check_size, explaining_ffmpeg, nominal_step
from avatar_cam.types import Composite, Frame

#: Frames that wait for the encoder at most: a fifth of a second.
_WAITING = 6
#: Seconds from one key frame to the next, at most. A fragment ends there, and whatever ends the program takes
#: only the fragment that is being made with it.
_KEY_INTERVAL = Fraction(1, 2)
#: Seconds that `close` waits for the file to be finished.
_PATIENCE = 5.0

#: Fragments are written as they are made, and can be played with nothing behind them. When the file is
#: finished FFmpeg makes a plain MP4 of it in place, which more programs can seek in.
_CONTAINER = {"movflags": "+hybrid_fragmented+frag_keyframe", "flush_packets": "1"}

#: x264's look-ahead alone holds back more than a second: `zerolatency` is without. `ultrafast` takes 6 ms for
#: a picture of 1280x720, where `veryfast` takes 14 and needs two thirds of the space.
_ENCODER = {"preset": "ultrafast", "crf": "20", "tune": "zerolatency", "threads": "2"}


class Recording(Closing):
    """Records composites of `size` (width, height) px as an MP4: neither mirrored nor labelled, no sound.

    It is written straight under its name by a thread of its own: kill the program, and what is missing is the
    last half second. `write` never waits: where the encoder cannot keep up, frames are left out (`dropped`),
    and the others keep their times. It keeps references to the pixels of frames until they are encoded:
    nobody may draw into them after `write`.

    Nothing here raises. What goes wrong ends the recording, and `fault` says it in one line; what was
    recorded until then can be played. A recording without a single frame leaves no file.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        self.path = path
        #: Why it ended by itself, in one line; None when it did not.
        self.fault: str | None = None
        #: Frames that were left out.
        self.dropped = 0
        #: How long it is so far: what was encoded.
        self.seconds = 0.0
        self._size = size
        self._step = nominal_step(fps)
        self._ending = False
        self._waiting = SimpleQueue[Frame | None]()
        self._thread = Thread(target=self._work, name="recording", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether frames are still being written, or the file is being finished."""
        return self._thread.is_alive()

    def write(self, composite: Composite) -> None:
        """Record a composite; does nothing once the recording has ended."""
        frame = composite.frame
        if self._ending or self.fault:
            return
        if frame.size != self._size:
            (width, height), (new_width, new_height) = self._size, frame.size
            self.fault = (
                f"{self.path} ends here: the picture has changed from {width}x{height} to "
                f"{new_width}x{new_height}; record anew"
            )
            self.finish()
        elif self._waiting.qsize() < _WAITING:
            self._waiting.put(frame)
        else:
            self.dropped += 1

    def finish(self) -> None:
        """End the recording without waiting for its file; see `running`."""
        if not self._ending:
            self._ending = True
            self._waiting.put(None)

    def close(self) -> None:
        """End the recording and wait, not for ever, for its file; may be called twice."""
        self.finish()
        self._thread.join(_PATIENCE)
        if self.running and not self.fault:
            self.fault = f"{self.path} could not be finished in {_PATIENCE:.0f} s: its disk does not answer"

    def _work(self) -> None:
        try:
            with explaining_ffmpeg(self.path):
                check_size(self.path, self._size)
                self._encode_all()
            if self.seconds and not self.path.exists():
                self.fault = f"{self.path} is gone: it was moved or removed while it was recorded"
        except SinkError as error:
            self.fault = str(error)
        except Exception as error:  # in a thread of its own nobody else would hear of it
            self.fault = f"{self.path} cannot be written: {type(error).__name__}: {error}"
        if not self.seconds:
            with suppress(OSError):
                self.path.unlink()

    def _encode_all(self) -> None:
        clock, duration = _Clock(self._step), round(self._step / CLOCK)
        newest_key: int | None = None
        # PyAV begins the file with the first packet, which is as well: FFmpeg crashes when it has to finish
        # one of this kind without any.
        with av.open(self.path, "w", format="mp4", container_options=_CONTAINER) as container:
            pictures = H264(container, self._size, step=self._step, time_base=CLOCK, options=_ENCODER)
            for frame in iter(self._waiting.get, None):
                pts = clock.read(frame.time)
                key = newest_key is None or (pts + duration - newest_key) * CLOCK > _KEY_INTERVAL
                if key:
                    newest_key = pts
                container.mux(pictures.encode(frame.pixels, pts, duration, key=key))
                self.seconds = float((pts + duration) * CLOCK)
            container.mux(pictures.flush())


class _Clock:
    """The times of frames, in units of `CLOCK` from the first frame on.

    They always grow: where the source's clock starts anew, as that of another camera does, the next frame
    follows a step after the last.
    """

    def __init__(self, step: Fraction) -> None:
        self._step = round(step / CLOCK)
        self._shift: int | None = None
        self._last = 0

    def read(self, time: float) -> int:
        now = round(time / CLOCK)
        if self._shift is None:
            self._shift = -now
        elif now + self._shift <= self._last:
            self._shift = self._last + self._step - now
        self._last = now + self._shift
        return self._last
