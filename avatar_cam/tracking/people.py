"""The people of one source: who is there, who was there, and what is shown of them."""

from __future__ import annotations

from avatar_cam.tracking.appearance import describe
from avatar_cam.tracking.body import Body
from avatar_cam.tracking.facemesh import FaceFinder
from avatar_cam.tracking.geometry import CLEAR, apart, distinct, eye_distance, is_clear
from avatar_cam.tracking.head import head_pose
from avatar_cam.tracking.matching import MEMORY, match
from avatar_cam.tracking.person import FADE, HOLD, Person
from avatar_cam.types import FaceTrack, Floats, Frame, Pixels, PoseTrack

#: With more people than may be shown, one who is shown counts as larger by this factor.
_STAYS = 1.25
#: Beside somebody else, nobody grows or shrinks by more than this factor within so many seconds.
_GROWTH, _SUDDEN = 1.3, 0.15
#: How many people who are away are remembered at most, for each one that may be shown.
_MEMORIES = 4


class FaceTracker:
    """Follows up to `faces` people through the frames of one source.

    `finder` is closed with the tracker. `still`: every frame is a picture of its own, with people of its own.
    """

    def __init__(self, finder: FaceFinder, faces: int = 1, *, still: bool = False) -> None:
        self._finder = finder
        self._faces = faces
        self._still = still
        self._people: list[Person] = []
        self._body = Body()
        self._shown: tuple[FaceTrack, ...] = ()
        self._next_id = 1

    @property
    def wants_pose(self) -> bool:
        """Whether somebody whose face was lost is still shown, and could be carried by the body."""
        return not self._still and any(face.via != "face" for face in self._shown)

    def track(self, frame: Frame, pose: PoseTrack | None = None) -> tuple[FaceTrack, ...]:
        """The faces of `frame`, the newest of the same source, by id; carried and held ones among them.

        `pose` is the newest known body, which may be of an earlier frame.
        """
        if self._still:
            self._people.clear()
        seen = self._see(frame)
        lost = [one for one in self._people if one not in seen and frame.time - one.last < HOLD + FADE]
        carried = self._body.carry(pose, seen, lost, frame.time, frame.size)
        if carried is not None:
            person, landmarks = carried
            person.carry(landmarks, frame.time)
        self._forget(frame.time)
        self._shown = self._chosen(frame.time)
        return self._shown

    def forget(self) -> None:
        """Take everybody who comes from now on for somebody new."""
        self._people.clear()
        self._shown, self._body = (), Body()

    def close(self) -> None:
        """Close the finder."""
        self._finder.close()

    def _see(self, frame: Frame) -> list[Person]:
        """Find the faces, and give each to its person."""
        found = distinct(self._finder.find(frame.pixels))
        owners = match(self._people, found, frame.time, lambda face: _describe(frame.pixels, face))
        ranked = sorted(zip(found, owners, strict=True), key=lambda pair: self._rank(*pair), reverse=True)
        seen = []
        for landmarks, owner in ranked[: self._faces]:
            if owner is None:
                owner = Person.new(self._next_id, landmarks, frame.time)
                self._people.append(owner)
                self._next_id += 1
            elif self._is_mixture(owner, landmarks, frame.time):
                continue
            else:
                owner.see(landmarks, frame.time)
            seen.append(owner)
            if not self._still and is_clear(landmarks, found):
                owner.look(frame.pixels, frame.time)
        return seen

    def _is_mixture(self, owner: Person, landmarks: Floats, time: float) -> bool:
        """Whether FaceMesh made one face of this one and another one beside it: it grows all of a sudden."""
        growth = eye_distance(landmarks) / eye_distance(owner.track.landmarks)
        return (
            not 1 / _GROWTH < growth < _GROWTH
            and time - owner.last < _SUDDEN
            and any(
                other is not owner
                and time - other.last < HOLD
                and apart(other.track.landmarks, landmarks) < CLEAR
                for other in self._people
            )
        )

    def _rank(self, landmarks: Floats, owner: Person | None) -> float:
        """The nearest, which are the largest, come first; but two of about one size do not take turns."""
        stays = owner is not None and any(face.id == owner.id for face in self._shown)
        return eye_distance(landmarks) * (_STAYS if stays else 1.0)

    def _forget(self, time: float) -> None:
        people = [person for person in self._people if time - person.last < MEMORY]
        newest = sorted(people, key=lambda person: person.last, reverse=True)[: self._faces * (1 + _MEMORIES)]
        self._people = [person for person in people if person in newest]

    def _chosen(self, time: float) -> tuple[FaceTrack, ...]:
        """What is shown of whom: those who are there, and of those who are not who left last."""
        latest = sorted(self._people, key=lambda person: person.last, reverse=True)
        shown = [face for person in latest if (face := person.shown(time)) is not None]
        return tuple(sorted(shown[: self._faces], key=lambda face: face.id))


def _describe(pixels: Pixels, landmarks: Floats) -> Floats | None:
    return describe(pixels, head_pose(landmarks))
