"""The body as a stand-in: where a face that cannot be seen must be, from the head points of Pose."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar_cam.tracking.geometry import eye_distance, place
from avatar_cam.tracking.person import Person
from avatar_cam.tracking.pose import face_of
from avatar_cam.tracking.smoothing import OneEuro
from avatar_cam.types import Floats, PoseTrack

#: A body older than this is not believed, seconds.
STALE = 0.3
#: BlazePose's points of the head: nose, eyes, ears, mouth.
_HEAD = slice(0, 11)
_NOSE, _LEFT_EYE, _RIGHT_EYE = 0, 2, 5
_SHOULDERS = slice(11, 13)
#: Mean visibility of the head's points of a body that is really there, and that of its better shoulder. The
#: shoulders tell: where the person left an empty room behind they fall from 0.86 and more to below 0.25,
#: while the head's points stay at 0.97; of someone whose face is covered one stays above 0.7. The head's fall
#: to 0.86 where someone walks out of the picture.
_HEAD_SEEN, _SHOULDER_SEEN = 0.9, 0.5
#: From one look at the body to the next the head moves by no more than so many eye distances, and so many
#: more a second, for at most so many seconds; and grows or shrinks by no more than this factor. A body that
#: is made up jumps: by 1.2 to 2.5 eye distances, and to half the size.
_JUMP, _SPEED, _ELAPSED, _STEP_SCALE = 0.4, 8.0, 0.15, 1.35
#: And in all, from the last look of the face, by no more than this factor.
_SCALE = 1.8


class Body:
    """Follows one body, and knows where it takes the face of its owner.

    What Pose says of a covered head is off by a tenth to a third of the eyes' distance, but always to the
    same side. So it is not asked where the head is but how it moves: the first head seen after the face was
    lost is paired with the last landmarks, moved on as the face was moving.
    """

    def __init__(self) -> None:
        self._carried: int | None = None
        self._start: tuple[Floats, Floats] = (np.zeros((0, 3), np.float32),) * 2
        self._head: Floats | None = None  # as it was last believed
        self._time = -math.inf
        self._newest = -math.inf
        self._smooth = OneEuro(beta=3.0)

    def carry(
        self,
        pose: PoseTrack | None,
        seen: Sequence[Person],
        lost: Sequence[Person],
        time: float,
        size: tuple[int, int],
    ) -> tuple[Person, Floats] | None:
        """The one of the `lost` whom the body stands for at `time`, and the face's landmarks; None without.

        `seen` are the people whose faces are seen, `size` is the picture's (width, height), px.
        """
        person = next((one for one in lost if one.id == self._carried), None)
        if person is None:
            self._carried = None
        if pose is None or time - pose.time > STALE or not _is_there(pose, size):
            return None
        if pose.time > self._newest:
            self._newest = pose.time
            person = self._look(pose, person, seen, lost)
        if person is None or self._time < self._newest:
            return None
        return person, self._smooth(self._moved(), time, eye_distance(person.track.landmarks))

    def _look(
        self, pose: PoseTrack, person: Person | None, seen: Sequence[Person], lost: Sequence[Person]
    ) -> Person | None:
        """Take in a body that was not looked at before: whose it is, or None where it is not believed."""
        head = pose.landmarks[_HEAD]
        if face_of(pose, [one.track for one in seen]) is not None:
            self._carried, self._head, self._time = None, head, pose.time
            return None
        known = person is not None or pose.time - self._time < STALE
        if known and not self._follows(head, pose.time):
            return None
        if person is None:
            person = next((one for one in lost if _fits(pose, one)), None)
            if person is None or pose.time <= person.last:
                return None
            self._carried = person.id
            self._start = head, _expected(person, pose.time)
            self._smooth.reset()
        elif not 1 / _SCALE < abs(_similarity(self._start[0], head)[0]) < _SCALE:
            return None
        self._head, self._time = head, pose.time
        return person

    def _follows(self, head: Floats, time: float) -> bool:
        """Whether a head can have moved from where it was last to there."""
        if self._head is None:
            return True
        turn, _ = _similarity(self._head, head)
        shift = float(np.linalg.norm((head - self._head)[:, :2].mean(axis=0)))
        eyes = max(_eyes(self._head), 1.0)
        far = _JUMP + _SPEED * min(time - self._time, _ELAPSED)
        return shift < far * eyes and 1 / _STEP_SCALE < abs(turn) < _STEP_SCALE

    def _moved(self) -> Floats:
        """The landmarks of the start, moved as the head has moved since."""
        assert self._head is not None
        before, landmarks = self._start
        turn, shift = _similarity(before, self._head)
        flat = turn * _complex(landmarks) + shift
        moved = np.stack([flat.real, flat.imag, landmarks[:, 2] * abs(turn)], axis=1)
        return np.asarray(moved, np.float32)


def _is_there(pose: PoseTrack, size: tuple[int, int]) -> bool:
    x, y, _ = pose.landmarks[_NOSE].tolist()
    inside = 0 <= x < size[0] and 0 <= y < size[1]
    head, shoulder = float(pose.visibility[_HEAD].mean()), float(pose.visibility[_SHOULDERS].max())
    return inside and head > _HEAD_SEEN and shoulder > _SHOULDER_SEEN


def _fits(pose: PoseTrack, person: Person) -> bool:
    """Whether this is the body of the face that was there last."""
    ratio = _eyes(pose.landmarks) / eye_distance(person.track.landmarks)
    return face_of(pose, [person.track]) is not None and 1 / _SCALE < ratio < _SCALE


def _eyes(head: Floats) -> float:
    return float(np.linalg.norm(head[_LEFT_EYE, :2] - head[_RIGHT_EYE, :2]))


def _expected(person: Person, time: float) -> Floats:
    """The last landmarks, moved on to where the face is expected at `time`."""
    landmarks = person.track.landmarks
    shift = np.subtract(person.expected(time), place(landmarks))
    return landmarks + np.array([*shift, 0], np.float32)


def _complex(points: Floats) -> NDArray[np.complex128]:
    flat: NDArray[np.complex128] = points[:, 0] + 1j * points[:, 1].astype(np.float64)
    return flat


def _similarity(source: Floats, target: Floats) -> tuple[complex, complex]:
    """(turn, shift) with target ≈ turn · source + shift in x + iy: a shift, scaling and roll.

    Least squares, reweighted three times by the residuals so that single points that jump count little
    (Holland, Welsch: Communications in Statistics A6, 1977).
    """
    at, to = _complex(source), _complex(target)
    weights = np.ones(len(at))
    for _ in range(4):
        from_mean, to_mean = (np.average(points, weights=weights) for points in (at, to))
        about = at - from_mean
        turn = complex((weights * about.conj() * (to - to_mean)).sum() / (weights * abs(about) ** 2).sum())
        residuals = abs(to - to_mean - turn * about)
        weights = 1 / np.maximum(residuals, 0.3 * np.median(residuals) + 1e-6)
    return turn, complex(to_mean - turn * from_mean)
