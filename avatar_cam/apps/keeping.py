"""Snapshots and recordings of what is live, when the user asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from avatar_cam.apps.notices import Notices
from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.sinks.keepsakes import Snapshots, new_file
from avatar_cam.sinks.view import Notice
from avatar_cam.types import Composite

if TYPE_CHECKING:
    from avatar_cam.sinks.recording import Recording

#: Seconds from the key to the snapshot, and of the flash after it.
COUNTDOWN, FLASH = 3.0, 0.25
#: Seconds between two looks whether a recording's file is still there.
_LOOK_EVERY = 2.0


class Keeping(Closing):
    """Keeps pictures and videos in `folder`, or where the system keeps them, and says so in `notices`.

    `fps` gives the camera's nominal rate. Times in seconds, of one clock. Nothing here raises: what cannot be
    saved is said; what comes out only when it is closed is left in `unsaid`.
    """

    def __init__(self, folder: Path | None, fps: Callable[[], float], notices: Notices) -> None:
        self._fps = fps
        self._notices = notices
        self.unsaid: list[Notice] = []
        #: The folders of recordings, and of snapshots.
        self.videos = folder or platformdirs.user_videos_path() / "avatar-cam"
        self.pictures = folder or platformdirs.user_pictures_path() / "avatar-cam"
        self._snapshots = Snapshots(self.pictures)
        self._due: float | None = None
        self._taken: float | None = None
        self._wanted = False
        self._recording: Recording | None = None
        self._looked = 0.0
        #: Those that have ended, and whose files are being finished.
        self._ending: list[Recording] = []

    def snap(self, now: float) -> None:
        """Count down to a snapshot; asked again meanwhile, do not take it."""
        self._due = now + COUNTDOWN if self._due is None else None

    def toggle_recording(self, now: float) -> None:
        """Begin a recording with the next composite, or end the one that runs."""
        if self._recording is not None:
            self._end_recording(self._recording)
        else:
            self._wanted = not self._wanted

    def take(self, composite: Composite, now: float) -> None:
        """The next composite."""
        if self._due is not None and now >= self._due:
            self._due, self._taken = None, now
            self._snapshots.take(composite.frame.pixels, datetime.now())
        if self._wanted:
            self._begin_recording(composite, now)
        if self._recording is not None:
            self._recording.write(composite)
            if self._recording.fault:
                self._end_recording(self._recording)

    def poll(self, now: float) -> None:
        """Say what was saved meanwhile."""
        if (notice := self._snapshot()) is not None:
            self._notices.say("snapshot", notice, now)
        self._miss(now)
        for recording in [one for one in self._ending if not one.running]:
            self._ending.remove(recording)
            self._notices.say("recording", _outcome(recording), now)

    def countdown(self, now: float) -> float | None:
        """Seconds to the snapshot; None when none is due."""
        return None if self._due is None else max(self._due - now, 0.0)

    def flash(self, now: float) -> float:
        """How bright the flash of a snapshot still is, 0 to 1."""
        return 0.0 if self._taken is None else max(0.0, 1 - (now - self._taken) / FLASH)

    @property
    def recording(self) -> bool:
        """Whether something is being recorded, or will be from the next composite on."""
        return self._wanted or self._recording is not None

    @property
    def recorded(self) -> float | None:
        """Seconds recorded so far; None when nothing is being recorded."""
        return None if self._recording is None else self._recording.seconds

    def close(self) -> None:
        """Finish what is being saved."""
        if self._recording is not None:
            self._end_recording(self._recording)
        for recording in self._ending:
            recording.close()
            self.unsaid.append(_outcome(recording))
        self._ending.clear()
        self._snapshots.close()
        while (notice := self._snapshot()) is not None:
            self.unsaid.append(notice)

    def _begin_recording(self, composite: Composite, now: float) -> None:
        # FFmpeg is loaded when there is something for it to do.
        from avatar_cam.sinks.recording import Recording

        self._wanted = False
        try:
            path = new_file(self.videos, ".mp4", datetime.now())
        except SinkError as error:
            self._notices.say("recording", Notice(str(error), "warning"), now)
            return
        self._recording = Recording(path, composite.frame.size, self._fps())
        self._notices.say("recording", Notice(f"Recording, without sound, to {path}"), now)

    def _miss(self, now: float) -> None:
        """End a recording whose file is gone, rather than record into nothing."""
        if self._recording is not None and now - self._looked >= _LOOK_EVERY:
            self._looked = now
            if self._recording.seconds > 0 and not self._recording.path.exists():
                self._end_recording(self._recording)

    def _end_recording(self, recording: Recording) -> None:
        recording.finish()
        self._recording = None
        self._ending.append(recording)

    def _snapshot(self) -> Notice | None:
        """What became of the next snapshot that was saved, or not."""
        match self._snapshots.poll():
            case None:
                return None
            case _, SinkError() as error:
                return Notice(str(error), "warning")
            case _, saved:
                return Notice(f"Saved {saved}")


def _outcome(recording: Recording) -> Notice:
    if recording.fault:
        return Notice(recording.fault, "warning")
    left_out = f"; {recording.dropped} frames were left out" if recording.dropped else ""
    return Notice(f"Saved {recording.path}{left_out}")
