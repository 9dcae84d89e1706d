"""Whose face is whose, smoothing, and what happens to a face that is lost."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from avatar_cam.tracking.facemesh import FaceFinder
from avatar_cam.tracking.features import Blink, mouth_open
from avatar_cam.tracking.head import head_pose
from avatar_cam.tracking.smoothing import OneEuro
from avatar_cam.types import FaceTrack, Floats, Frame

#: A lost face is held in place so long, then fades for so long; seconds.
HOLD, FADE = 0.4, 0.3
#: Within this many eye distances of where it was last, a face is the same person's.
REACH = 2.5
#: Two faces whose eyes are nearer than this many eye distances are one that was found twice.
DUPLICATE = 0.8

_EYE_CORNERS = np.array((33, 133, 362, 263))
_BETWEEN_EYES = 168


@dataclass(slots=True, eq=False)
class _Person:
    """What is remembered of one face."""

    id: int
    smooth: OneEuro
    blink: Blink
    track: FaceTrack | None = None
    seen: float = 0.0


class FaceTracker:
    """Follows up to `faces` people through the frames of one source.

    `finder` is closed with the tracker. `still`: every frame is a picture of its own, with people of its own.
    """

    def __init__(self, finder: FaceFinder, faces: int = 1, *, still: bool = False) -> None:
        self._finder = finder
        self._faces = faces
        self._still = still
        self._people: list[_Person] = []
        self._next_id = 1

    def track(self, frame: Frame) -> tuple[FaceTrack, ...]:
        """The faces of `frame`, the newest of the same source, by id; held ones among them."""
        if self._still:
            self._people.clear()
        found = _nearest(_distinct(self._finder.find(frame.pixels)), self._faces)
        for person, landmarks in self._matched(found):
            self._see(person, landmarks, frame.time)
        self._people = [person for person in self._people if frame.time - person.seen < HOLD + FADE]
        return tuple(_held(person, frame.time) for person in self._people)

    def close(self) -> None:
        """Close the finder."""
        self._finder.close()

    def _matched(self, found: list[Floats]) -> list[tuple[_Person, Floats]]:
        """Each found face with its person, the closest pairs first; strangers become new people."""
        pairs = sorted(
            (distance, who, which)
            for who, person in enumerate(self._people)
            for which, landmarks in enumerate(found)
            if person.track is not None and (distance := _apart(person.track.landmarks, landmarks)) < REACH
        )
        whose: dict[int, _Person] = {}
        for _, who, which in pairs:
            if which not in whose and self._people[who] not in whose.values():
                whose[which] = self._people[who]
        for which in range(len(found)):
            if which not in whose and (stranger := self._newcomer(whose.values())) is not None:
                whose[which] = stranger
        return [(person, found[which]) for which, person in whose.items()]

    def _newcomer(self, present: Collection[_Person]) -> _Person | None:
        """A new person, in the place of a held one where there is no room; None when all are there."""
        if len(self._people) >= self._faces:
            held = [person for person in self._people if person not in present]
            if not held:
                return None
            self._people.remove(min(held, key=lambda person: person.seen))
        person = _Person(self._next_id, OneEuro(), Blink())
        self._next_id += 1
        self._people.append(person)
        return person

    def _see(self, person: _Person, landmarks: Floats, time: float) -> None:
        if person.track is None or person.track.via != "face":
            person.smooth.reset()  # a face that was away is where it is, not between there and where it was
        smooth = person.smooth(landmarks, time, _eye_distance(landmarks))
        head = head_pose(smooth)
        person.track = FaceTrack(
            id=person.id,
            landmarks=smooth,
            head=head,
            # Blinks are over in four frames: smoothing would swallow them.
            blink=person.blink(landmarks, head, time),
            mouth_open=mouth_open(smooth, head),
            via="face",
        )
        person.seen = time


def _held(person: _Person, time: float) -> FaceTrack:
    """The person's face as it is to be shown at `time`."""
    assert person.track is not None
    away = time - person.seen
    if away <= 0:
        return person.track
    opacity = 1.0 if away <= HOLD else max(0.0, 1 - (away - HOLD) / FADE)
    person.track = replace(person.track, via="held", opacity=opacity)
    return person.track


def _eye_distance(landmarks: Floats) -> float:
    """Distance between the eyes, px, in all three axes, so that a turned face counts in full."""
    right_outer, right_inner, left_inner, left_outer = landmarks[_EYE_CORNERS].tolist()
    left = [(a + b) / 2 for a, b in zip(left_inner, left_outer, strict=True)]
    right = [(a + b) / 2 for a, b in zip(right_outer, right_inner, strict=True)]
    return max(math.dist(left, right), 1.0)


def _apart(one: Floats, other: Floats) -> float:
    """Distance of two faces, between their eyes, in eye distances."""
    distance = math.dist(one[_BETWEEN_EYES, :2].tolist(), other[_BETWEEN_EYES, :2].tolist())
    return distance / max(_eye_distance(one), _eye_distance(other))


def _distinct(found: list[Floats]) -> list[Floats]:
    kept: list[Floats] = []
    for landmarks in found:
        if all(_apart(landmarks, other) > DUPLICATE for other in kept):
            kept.append(landmarks)
    return kept


def _nearest(found: list[Floats], faces: int) -> list[Floats]:
    """The largest faces, which are the nearest ones."""
    return sorted(found, key=_eye_distance, reverse=True)[:faces]
