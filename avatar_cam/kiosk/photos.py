"""Pictures that visitors take: shown, and where the owner wants that kept, and fetched by phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

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
        #: Which of those that are being saved is shown.
        self._ticket: int | None = None

    def take(self, photo: Pixels, today: Callable[[], datetime]) -> None:
        """A new picture was taken."""
        self.photo, self.address = photo, None
        self.keeping = "not kept" if self._album is None else "saving"
        self._ticket = self._album.take(photo, today()) if self._album is not None else None

    def forget(self) -> None:
        """The picture is not shown any more."""
        self.photo, self.address, self._ticket = None, None, None

    def poll(self, now: float) -> None:
        """See what was saved meanwhile."""
        if self._server is not None and self._server.keep_running():
            self._faults.note("the server of pictures", "its thread had ended, and was started anew", now)
        told = self._album.poll() if self._album is not None else None
        if told is not None:
            ticket, saved = told
            self._heed(saved, now, shown=ticket == self._ticket)

    def _heed(self, saved: Path | SinkError, now: float, *, shown: bool) -> None:
        """What became of a picture; that of the last visitor may come when this one's is `shown`."""
        if isinstance(saved, SinkError):
            self._faults.note("a picture was not kept", saved, now)
        if not shown:
            return
        self.keeping = "lost" if isinstance(saved, SinkError) else "kept"
        if self._server is not None and isinstance(saved, Path):
            self.address = self._offered(self._server, saved, now)

    def _offered(self, server: PhotoServer, saved: Path, now: float) -> str | None:
        """The address at which this picture can be fetched, if it can."""
        try:
            address = server.offer(saved.read_bytes())
        except OSError as error:
            self._faults.note("a picture cannot be fetched", error, now)
            return None
        if address is None:
            self._faults.note("a picture cannot be fetched", "this machine is on no network", now)
        return address

    def close(self) -> None:
        for part in (self._server, self._album):
            if part is not None:
                part.close()
