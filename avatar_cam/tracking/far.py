"""Faces that FaceMesh does not find by itself: small ones, and one more than it was asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from avatar_cam.closing import Closing
from avatar_cam.tracking.closeup import CloseUp
from avatar_cam.tracking.doubt import Doubt
from avatar_cam.tracking.facemesh import FaceFinder
from avatar_cam.tracking.geometry import eye_distance
from avatar_cam.tracking.search import Search, Square, looks_at, square_around
from avatar_cam.types import Floats, Pixels

#: Close-ups that are read at a time, beside the whole picture.
_BESIDE = 2
#: While nobody is missing, only a face that is larger than another one by this factor is worth a close-up.
_LARGER = 1.3
#: While close-ups show everybody, and nobody is near, FaceMesh looks for near ones in every so many pictures
#: only: it takes long to find nobody.
_NEAR_EVERY = 5

#: Where a close-up looks that is not needed yet.
_NOWHERE: Square = (0, 0, 1)

Far = tuple[CloseUp, Floats]


class NearAndFar(Closing):
    """FaceMesh, and close-ups of the faces that it does not find but a search does.

    Where it finds fewer than `faces`, small ones are looked for: eagerly at first, and with next to no cost
    when nobody has come or gone for some seconds. Where it finds as many, there is a look every second or so
    for somebody who is nearer than one of those; then more than `faces` may be found, of which the `faces`
    nearest are the ones to take. Close-ups cost nothing while there are none. `near` is closed with it.

    A close-up is made when one is needed; with `ready` all that may ever be needed are made at once, so that
    a program that runs all day takes no more memory in the evening than in the morning.
    """

    def __init__(self, near: FaceFinder, faces: int = 1, *, still: bool = False, ready: bool = False) -> None:
        self._near, self._faces, self._still = near, faces, still
        self._search = Search()
        self._doubt = Doubt(self._search.everywhere if still else self._search.whole)
        self._following: list[CloseUp] = []
        self._idle = [CloseUp(_NOWHERE) for _ in range(faces)] if ready else []
        # Each has a graph of its own, which runs outside Python's lock.
        self._pool = ThreadPoolExecutor(_BESIDE, "close-up")
        self._present = 0
        self._without_near = 0  # pictures since somebody was near

    def find(self, pixels: Pixels) -> list[Floats]:
        """Landmarks of each face, float32 (478, 3) px of the whole picture; see `FaceFinder`."""
        reading = [self._pool.submit(one.read, pixels) for one in self._following]
        found = self._doubt.without(self._find_near(pixels), pixels)
        far: list[Far] = []
        for one, read in zip(self._following, reading, strict=True):
            landmarks = read.result()
            if landmarks is not None and not _is_among(one.square, found, far):
                far.append((one, landmarks))
            else:
                self._idle.append(one)
        far = self._nearest(found, self._joined(pixels, found, far))
        self._following = [one for one, _ in far]
        if self._still:
            self._idle, self._following = self._idle + self._following, []
            self._doubt.forget()
        return self._count(found + [landmarks for _, landmarks in far])

    def close(self) -> None:
        """Free all models; may be called twice."""
        self._pool.shutdown()
        self._near.close()
        self._search.close()
        for one in self._following + self._idle:
            one.close()

    def _find_near(self, pixels: Pixels) -> list[Floats]:
        if len(self._following) >= self._faces and self._without_near % _NEAR_EVERY:
            self._without_near += 1
            return []
        found = self._near.find(pixels)
        self._without_near = 0 if found else self._without_near + 1
        return found

    def _joined(self, pixels: Pixels, found: list[Floats], far: list[Far]) -> list[Far]:
        """The far faces, and those that a search has found besides."""
        far = list(far)
        for square in self._look(pixels, missing=len(found) + len(far) < self._faces):
            faces = found + [landmarks for _, landmarks in far]
            is_wanted = len(faces) < self._faces or square[2] > _LARGER * min(
                square_around(face)[2] for face in faces
            )
            if is_wanted and not _is_among(square, found, far):
                one = self._close_up(square)
                landmarks = one.read(pixels)
                if landmarks is None:
                    self._idle.append(one)
                else:
                    far.append((one, landmarks))
        return far

    def _look(self, pixels: Pixels, *, missing: bool) -> list[Square]:
        if self._still:
            return self._search.everywhere(pixels) if missing else self._search.whole(pixels)
        return self._search.now_and_then(pixels) if missing else self._search.seldom(pixels)

    def _close_up(self, square: Square) -> CloseUp:
        """One that is not in use, or a new one: most faces are near, and each takes 25 MB."""
        if not self._idle:
            return CloseUp(square, still=self._still)
        one = self._idle.pop()
        one.turn_to(square)
        return one

    def _nearest(self, found: list[Floats], far: list[Far]) -> list[Far]:
        """Those of the far faces that are among the nearest ones of all."""
        sizes = sorted(map(eye_distance, found + [landmarks for _, landmarks in far]), reverse=True)
        least = sizes[: self._faces][-1] if sizes else 0.0
        kept = [one for one in far if eye_distance(one[1]) >= least]
        self._idle += [one for one, landmarks in far if eye_distance(landmarks) < least]
        return kept

    def _count(self, found: list[Floats]) -> list[Floats]:
        """Search eagerly after somebody has come or gone."""
        if len(found) != self._present:
            self._present = len(found)
            self._search.start_anew()
        return found


def _is_among(square: Square, found: list[Floats], far: list[Far]) -> bool:
    """Whether one of the faces is what the square shows."""
    return any(looks_at(square, face) for face in found + [landmarks for _, landmarks in far])
