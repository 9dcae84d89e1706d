"""What is remembered of one person: place, motion, looks, and the face as it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from avatar_cam.tracking.appearance import describe, learnt
from avatar_cam.tracking.features import Blink, mouth_open
from avatar_cam.tracking.geometry import eye_distance, place
from avatar_cam.tracking.head import head_pose
from avatar_cam.tracking.smoothing import OneEuro, low_pass_share
from avatar_cam.types import FaceTrack, Floats, Pixels

#: A lost face is held in place so long, then fades for so long; seconds.
HOLD, FADE = 0.4, 0.3
#: Velocities are low-passed at this rate, Hz; someone who is hidden slows down with this time constant, s.
_MOTION_CUTOFF, _SLOWING = 3.0, 0.6
#: Seconds between two looks at what someone looks like.
LOOKS_INTERVAL = 0.5


@dataclass(slots=True, eq=False)
class Person:
    """One person; `track` is the face as it was last seen or carried, at the time `last`."""

    id: int
    track: FaceTrack
    last: float
    velocity: tuple[float, float] = (0.0, 0.0)
    #: See `appearance.describe`; None until there was something to see.
    looks: Floats | None = None
    _looked: float = -math.inf
    _smooth: OneEuro = field(default_factory=OneEuro)
    _blink: Blink = field(default_factory=Blink)

    @classmethod
    def new(cls, id: int, landmarks: Floats, time: float) -> Person:
        """Somebody who was never seen before."""
        head = head_pose(landmarks)
        unread = FaceTrack(id, landmarks, head, (0.0, 0.0), 0.0, "held")
        person = cls(id, unread, time)
        person.see(landmarks, time)
        return person

    def see(self, landmarks: Floats, time: float) -> None:
        """The face was found."""
        if self.track.via != "face":
            self._smooth.reset()  # a face that was away is where it is, not between there and where it was
        smooth = self._smooth(landmarks, time, eye_distance(landmarks))
        head = head_pose(smooth)
        self._move(smooth, time)
        self.track = FaceTrack(
            id=self.id,
            landmarks=smooth,
            head=head,
            # Blinks are over in four frames: smoothing would swallow them.
            blink=self._blink(landmarks, head, time),
            mouth_open=mouth_open(smooth, head),
            via="face",
        )
        self.last = time

    def carry(self, landmarks: Floats, time: float) -> None:
        """The face was not found, but the body says that it is here."""
        self._move(landmarks, time)
        self.track = replace(
            self.track, landmarks=landmarks, head=head_pose(landmarks), via="pose", opacity=1.0
        )
        self.last = time

    def shown(self, time: float) -> FaceTrack | None:
        """The face at `time`: as it is, or held, fading; None when it is gone."""
        away = time - self.last
        if away <= 0:
            return self.track
        opacity = min(1.0, max(0.0, 1 - (away - HOLD) / FADE))
        self.track = replace(self.track, via="held", opacity=opacity)
        return self.track if away < HOLD + FADE else None

    def away(self, time: float) -> float:
        """Seconds without the face; 0 where the last picture showed it, however long ago that was taken."""
        return time - self.last if self.track.via == "held" else 0.0

    def expected(self, time: float) -> tuple[float, float]:
        """Between the eyes, px, where the face may be by now: on its way, slowing down."""
        reach = _SLOWING * (1 - math.exp(-max(0.0, time - self.last) / _SLOWING))
        x, y = place(self.track.landmarks)
        return x + self.velocity[0] * reach, y + self.velocity[1] * reach

    def look(self, pixels: Pixels, time: float) -> None:
        """Learn what the person looks like, now and then; the face has just been seen, and is not hidden."""
        due = time - self._looked >= LOOKS_INTERVAL
        if due and (seen := describe(pixels, self.track.head)) is not None:
            self.looks, self._looked = learnt(self.looks, seen), time

    def _move(self, landmarks: Floats, time: float) -> None:
        elapsed = time - self.last
        if elapsed <= 0:
            return
        share = low_pass_share(_MOTION_CUTOFF, elapsed)
        before, now = place(self.track.landmarks), place(landmarks)
        vx, vy = ((to - at) / elapsed for at, to in zip(before, now, strict=True))
        self.velocity = (
            self.velocity[0] + share * (vx - self.velocity[0]),
            self.velocity[1] + share * (vy - self.velocity[1]),
        )
