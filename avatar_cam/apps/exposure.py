"""Who wears a character, and whose face may be seen without it now."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from avatar_cam.rendering.placer import facing
from avatar_cam.tracking.geometry import apart, eye_distance
from avatar_cam.types import Composite, FaceTrack, SpriteChoice

#: A face counts as covered when it was found and covered for so long without a break, seconds: the first look
#: after a face was hidden is often off.
STEADY = 0.25
#: Who is missing is waited for so long, seconds, while one more face could have been found.
WAIT = 10.0
#: Who comes after so long, seconds, while one more face could have been found, is the missing one with
#: another id. Who is found at once was there before, and the missing one may still be.
ABSENCE = 0.5
#: Before that is believed they are covered for so long, seconds: what is taken for a face goes sooner.
SETTLED = 1.0
#: Visibility of its better shoulder from which on a body is really there (see `tracking.body`).
_SHOULDERS, _SHOULDER_SEEN = slice(11, 13), 0.5
#: A camera that stood still says nothing of who was there: longer gaps between two frames count as this, and
#: nobody's face counts as covered over them.
_GAP = 0.5
#: Somebody new within so many eye distances of where somebody is missing, and larger or smaller by no more
#: than that factor, is the missing one or sits before them.
_SAME_PLACE, _SAME_SIZE = 1.5, 1.6
#: How many people are remembered at most.
_MOST = 16


@dataclass(slots=True, eq=False)
class Wearer:
    """Somebody who wears a character: `face` as it was last found or carried by the body, at the time `seen`.

    They came at the time `first`. `choice` is what was last worn in full. `covered_since` is since when the
    face has been found and covered, None while it is not; `lost_since` is when it ceased to be.
    """

    face: FaceTrack
    choice: SpriteChoice
    first: float
    seen: float
    covered_since: float | None = None
    lost_since: float = 0.0
    #: Seconds for which nobody knows where they are, though one more face could have been found.
    away: float = 0.0
    #: Whether somebody who was missing is taken to be back in this one, and until when that is doubted.
    stands_in: bool = False
    doubted_until: float = -math.inf

    def is_safe(self, time: float, steady: float = STEADY) -> bool:
        """Whether the face is surely covered, and has been for so many seconds."""
        return self.covered_since is not None and time - self.covered_since >= steady


class Exposure:
    """Looks at composites, in order, and tells whose face may be bare in the newest.

    A face is covered while it is found, by itself and not from the body, and its character is drawn in full:
    one that fades, since the face was lost or is turned too far aside, is none. Up to `faces` faces can be
    found. Somebody who is missing may be anywhere, so nothing is safe until they are back, if under another
    id, or were waited for in vain while there was room for one more face and somebody else is safe.
    """

    def __init__(self, faces: int) -> None:
        self._faces = faces
        self._wearers: dict[int, Wearer] = {}
        self._time = 0.0

    def forget(self) -> None:
        """Begin anew: nobody has been seen."""
        self._wearers.clear()

    def look(self, composite: Composite) -> None:
        """Take in the next composite."""
        time = composite.frame.time
        gap, self._time = min(max(time - self._time, 0.0), _GAP), time
        if gap >= _GAP:
            for wearer in self._wearers.values():
                self._miss(wearer, 0.0, time)
        for face in composite.faces:
            self._see(face, composite.choices[face.id], time)
        present = {face.id: face for face in composite.faces if face.via != "held"}
        crowded = len([face for face in present.values() if face.via == "face"]) >= self._faces
        for id, wearer in self._wearers.items():
            if id not in present:
                self._miss(wearer, 0.0 if crowded else gap, time)
        self._give_up(present, time, faceless=_has_faceless_body(composite))

    @property
    def wearers(self) -> list[Wearer]:
        """All who were seen and not given up."""
        return list(self._wearers.values())

    @property
    def exposed(self) -> list[Wearer]:
        """Those whose face may be bare."""
        return [wearer for wearer in self._wearers.values() if not wearer.is_safe(self._time)]

    @property
    def safe(self) -> bool:
        """Whether somebody was seen, and all of them are surely covered."""
        return bool(self._wearers) and not self.exposed

    def _see(self, face: FaceTrack, choice: SpriteChoice, time: float) -> None:
        wearer = self._wearers.get(face.id)
        if wearer is None:
            wearer = self._wearers[face.id] = Wearer(face, choice, time, time, lost_since=time)
        if face.via == "held":
            return
        wearer.face, wearer.seen, wearer.away = face, time, 0.0
        drawn = choice.opacity >= 1
        if drawn or wearer.choice.opacity < 1:
            wearer.choice = choice
        if face.via == "face" and drawn and facing(face.head) >= 1:
            wearer.covered_since = time if wearer.covered_since is None else wearer.covered_since
        else:
            self._miss(wearer, 0.0, time)

    def _miss(self, wearer: Wearer, away: float, time: float) -> None:
        if wearer.covered_since is not None:
            wearer.covered_since, wearer.lost_since = None, time
        wearer.away += away

    def _give_up(self, present: Iterable[int], time: float, *, faceless: bool) -> None:
        """Forget who was waited for in vain, and who is back as somebody new.

        `faceless`: somebody's body is seen, and not their face, so that it may be the missing one's.
        """
        here = [self._wearers[id] for id in present]
        somebody = any(wearer.is_safe(time) for wearer in here)
        for id, wearer in list(self._wearers.items()):
            if wearer in here:
                continue
            newcomer = next((other for other in here if _is_back_as(other, wearer, time, faceless)), None)
            if newcomer is not None:
                newcomer.stands_in, newcomer.doubted_until = True, time + WAIT
            if newcomer is not None or (somebody and wearer.away >= WAIT):
                del self._wearers[id]
        for id in sorted(self._wearers, key=lambda id: self._wearers[id].seen)[:-_MOST]:
            del self._wearers[id]


def _is_back_as(new: Wearer, missing: Wearer, time: float, faceless: bool) -> bool:
    """Whether the missing one is back as this one, or hidden by them."""
    if new.stands_in or new.first < missing.lost_since:
        return False
    one, other = missing.face.landmarks, new.face.landmarks
    grown = eye_distance(other) / eye_distance(one)
    same_place = apart(one, other) < _SAME_PLACE and 1 / _SAME_SIZE < grown < _SAME_SIZE
    return same_place or (missing.away >= ABSENCE and new.is_safe(time, SETTLED) and not faceless)


def _has_faceless_body(composite: Composite) -> bool:
    pose = composite.pose
    return (
        pose is not None
        and composite.pose_face is None
        and float(pose.visibility[_SHOULDERS].max()) > _SHOULDER_SEEN
    )
