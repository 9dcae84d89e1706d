"""All that is on the booth's screen at one moment, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from avatar_cam.kiosk.performers import Performer
from avatar_cam.kiosk.states import Phase
from avatar_cam.types import Box, Pixels

#: What became of the picture: it is not to be kept, is being saved, was saved, or could not be.
Keeping = Literal["not kept", "saving", "kept", "lost"]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is to be shown; times are seconds."""

    phase: Phase
    #: The time by which everything moves, and since when this phase has been shown.
    now: float = 0.0
    since: float = 0.0
    #: The live picture, uint8 (H, W, 3) RGB, and the part of it that fills the screen.
    pixels: Pixels | None = None
    part: Box | None = None
    mirror: bool = True
    performer: Performer | None = None
    #: Since when it has performed.
    performing: float = 0.0
    #: Seconds until the picture is taken.
    countdown: float = 0.0
    #: Whether a smile asks for a picture, and how much of it there is, 0 to 1.
    smiles: bool = True
    smiled: float = 0.0
    #: The framed picture, uint8 (H, W, 3) RGB, what became of it, and where it can be fetched.
    photo: Pixels | None = None
    keeping: Keeping = "not kept"
    address: str | None = None
    minutes: int = 0
    #: What is wrong, for staff.
    note: str | None = None
    #: How many digits of a PIN were typed; None while nobody is asked for one.
    pin: int | None = None
