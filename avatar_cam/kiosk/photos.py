"""Pictures that visitors take: shown, and where the owner wants that kept, and fetched by phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from avatar_cam.closing import Closing
from avatar_cam.errors import SinkError
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.screen.scene import Keeping
from avatar_cam.kiosk.sharing import PhotoServer
from avatar_cam.sinks.keepsakes import Snapshots
from avatar_cam.types import Pixels


class Photos(Closing):
    """The newest picture, and what became of it.

    Without an `album` nothing is ever stored; without a `server` nothing can be fetched. Both are closed with
    it. What cannot be saved is noted and shown; it stops nothing.
    """

    def __init__(self, album: Snapshots | None, server: PhotoServer | None, faults: Faults) -> None:
        self._album, self._server, self._faults = album, server, faults
        #: The picture to show, uint8 (H, W, 3) RGB.
        self.photo: Pixels | None = None
        self.keeping: Keeping = "not kept"
        self.address: str | None = None

    def take(self, photo: Pixels, today: Callable[[], datetime]) -> None:
        """A new picture was taken."""
        self.photo, self.address = photo, None
        self.keeping = "not kept" if self._album is None else "saving"
        if self._album is not None:
            self._album.take(photo, today())

    def forget(self) -> None:
        """The picture is not shown any more."""
        self.photo, self.address = None, None

    def poll(self, now: float) -> None:
        """See what was saved meanwhile."""
        if self._server is not None and self._server.keep_running():
            self._faults.note("the server of pictures", "its thread had ended, and was started anew", now)
        try:
            path = self._album.poll() if self._album is not None else None
            if path is None:
                return
            self.keeping = "kept"
            if self._server is not None and self.photo is not None:
                self.address = self._server.offer(path.read_bytes())
                if self.address is None:
                    self._faults.note("a picture cannot be fetched", "this machine is on no network", now)
        except (SinkError, OSError) as error:
            self.keeping = "lost"
            self._faults.note("a picture was not kept", error, now)

    def close(self) -> None:
        for part in (self._server, self._album):
            if part is not None:
                part.close()
