"""What is said on the screen, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from avatar_cam.sinks.view import Notice
from avatar_cam.types import Composite, Pixels

#: Seconds for which something that happened is said.
SAID_FOR = 4.0
#: Seconds without a face, or in the dark, before that is said.
PATIENCE = 2.0
#: A picture whose mean brightness (0 to 255) is below this is too dark to read a face well.
TOO_DARK = 40.0
#: Seconds between two looks at the brightness, and every how manieth pixel is looked at.
_LOOK_EVERY, _SPARSE = 0.5, 16


@dataclass(slots=True)
class _Lasting:
    """Something that is said once it has lasted a while."""

    since: float | None = None

    def lasts(self, true: bool, now: float) -> bool:
        self.since = (now if self.since is None else self.since) if true else None
        return self.since is not None and now - self.since >= PATIENCE


class Notices:
    """What there is to say now: what happened a moment ago, and what is wrong as long as it is.

    Times in seconds, of one clock.
    """

    def __init__(self) -> None:
        self._said: dict[str, tuple[Notice, float]] = {}
        self._nobody, self._dark = _Lasting(), _Lasting()
        self._brightness = 255.0
        self._looked: float | None = None

    def say(self, about: str, notice: Notice, now: float) -> None:
        """Show this for a moment, in place of what was last said `about` the same."""
        self._said.pop(about, None)
        self._said[about] = (notice, now + SAID_FOR)

    def at(self, now: float, composite: Composite | None, camera: str | None) -> tuple[Notice, ...]:
        """What is to be shown now; `camera` is what is wrong with the camera."""
        self._said = {about: said for about, said in self._said.items() if said[1] > now}
        wrong = [Notice(camera, "warning")] if camera else []
        if composite is not None:
            if self._dark.lasts(self._brightness < TOO_DARK, now):
                wrong.append(Notice("It is too dark here to read a face well: more light helps", "warning"))
            if not camera and self._nobody.lasts(not composite.faces, now):
                wrong.append(Notice("No face to be seen", "info"))
        return (*(notice for notice, _ in self._said.values()), *wrong)

    def look(self, pixels: Pixels, now: float) -> None:
        """See how bright the room is, in the picture as the camera gave it, (H, W, 3)."""
        if self._looked is None or now - self._looked >= _LOOK_EVERY:
            self._looked = now
            self._brightness = float(np.mean(pixels[::_SPARSE, ::_SPARSE]))
