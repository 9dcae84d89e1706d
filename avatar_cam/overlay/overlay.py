"""Where composites go to be shown elsewhere, and wishes come from."""

from __future__ import annotations

from avatar_cam.closing import Closing
from avatar_cam.overlay.requests import Requests
from avatar_cam.types import Composite


class Overlay(Closing):
    """A sink. This one shows nothing to anybody: what there is without a port."""

    def __init__(self, *, commands: bool = False) -> None:
        #: What other programs ask for.
        self.requests = Requests(taken=commands)

    def write(self, composite: Composite) -> None:
        """Show this from now on; never raises, and does not wait."""

    def close(self) -> None:
        """Let go of everybody; may be called twice."""
