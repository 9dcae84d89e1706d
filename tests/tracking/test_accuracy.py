"""How well faces are followed: the project's own figures, with FaceMesh, on the drawn performer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_cam.sources.performer import Expression, Rig, draw, truth
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.types import ANCHORS, FaceTrack, Frame, Pixels

SIZE = (1280, 720)
FPS = 30.0

#: Mean error of the anchors under a known motion, in eye distances; and how many frames they lag.
REGISTRATION, LAG = 0.015, 0.25
#: Frames until FaceMesh follows a face as it will: the first frame's comes from its detector's rough box.
SETTLED = 15
#: Camera noise, and how far the anchors of a still face may then move, px RMS at 720p.
NOISE, STILLNESS = 6.0, 0.25
#: Mean error of yaw, pitch and roll within ±30°, degrees.
ANGLES = 6.0

Floats64 = NDArray[np.float64]


@pytest.fixture
def tracker() -> Iterator[FaceTracker]:
    tracker = FaceTracker(FaceMesh())
    yield tracker
    tracker.close()


@pytest.fixture(scope="module")
def photo() -> Pixels:
    """One picture of the performer."""
    return draw(Rig(expression=Expression(smile=0.4)), SIZE)


def _anchors(faces: tuple[FaceTrack, ...]) -> Floats64:
    (face,) = faces
    assert face.via == "face"
    return np.array([face.anchor(name) for name in ANCHORS], np.float64)


def _eyes(anchors: Floats64) -> float:
    names = list(ANCHORS)
    return float(np.linalg.norm(anchors[names.index("left_eye")] - anchors[names.index("right_eye")]))


def _shift(time: float) -> Floats64:
    """A swing to and fro, at most 600 px/s."""
    swing = 600 / (2 * np.pi * 0.8)
    return _about((640, 360), x=swing * np.sin(2 * np.pi * 0.8 * time))


def _scale(time: float) -> Floats64:
    """Away to half the size and near to 1.6 times."""
    share = (1 - np.cos(2 * np.pi * 0.4 * time)) / 2
    up = time % 5 >= 2.5
    return _about((640, 330), scale=1 + (0.6 if up else -0.5) * share)


def _roll(time: float) -> Floats64:
    return _about((640, 330), roll=40 * np.sin(2 * np.pi * 0.4 * time))


def _together(time: float) -> Floats64:
    """All at once: 600 px/s, 0.5 to 1.6 and ±40°; the smallest face is not the most rolled."""
    swing = 600 / (2 * np.pi * 0.8)
    wave = np.sin(2 * np.pi * 0.4 * time)
    return _about(
        (640, 330),
        x=swing * np.sin(2 * np.pi * 0.8 * time),
        scale=1 + (0.6 if wave > 0 else 0.5) * wave,
        roll=40 * np.cos(2 * np.pi * 0.4 * time),
    )


def _about(centre: tuple[float, float], x: float = 0.0, scale: float = 1.0, roll: float = 0.0) -> Floats64:
    """(2, 3): turned clockwise by `roll` degrees and scaled about `centre`, then shifted."""
    turn = np.radians(roll)
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    at = np.array(centre)
    return np.column_stack([linear, at + [x, 0] - linear @ at])


def _moved(photo: Pixels, motion: Callable[[float], Floats64], times: Iterable[float]) -> Iterator[Pixels]:
    # Its edge repeated around it: no frame, no second face.
    for time in times:
        yield np.asarray(
            cv2.warpAffine(photo, motion(time), SIZE, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )


@pytest.mark.parametrize("motion", [_together, _shift, _roll, _scale])
def test_registration(tracker: FaceTracker, photo: Pixels, motion: Callable[[float], Floats64]) -> None:
    """Anchors go where the picture goes.

    The error is measured against the first frame's anchors moved by the same transform, the lag along the
    motion: sum(error · velocity) / sum(velocity²), with the velocity in px a frame.
    """
    times = np.arange(0, 5, 1 / FPS)
    resting = np.zeros(SETTLED)
    seen = np.array(
        [
            _anchors(tracker.track(Frame(pixels, index, index / FPS)))
            for index, pixels in enumerate(_moved(photo, motion, [*resting, *times]))
        ]
    )[SETTLED:]
    start = np.column_stack([seen[0], np.ones(len(ANCHORS))]) @ np.linalg.pinv(_square(motion(0.0))).T
    wanted = np.array([start @ motion(time).T for time in times])
    eyes = np.array([_eyes(anchors) for anchors in wanted])

    errors = np.linalg.norm(seen - wanted, axis=2) / eyes[:, None]
    assert errors.mean() <= REGISTRATION

    velocity = np.gradient(wanted, axis=0)
    # Minus: what lags behind has its error against the motion.
    lag = -((seen - wanted) * velocity).sum() / (velocity**2).sum()
    assert abs(lag) <= LAG


def _square(matrix: Floats64) -> Floats64:
    return np.vstack([matrix, [0, 0, 1]])


def test_stillness(tracker: FaceTracker) -> None:
    """What moves is measured against where each anchor is on average, over all 200 frames."""
    rng = np.random.default_rng(5)
    picture = draw(Rig(), SIZE).astype(np.int16)
    # Noise shifted anew for each frame is as good as fresh, and far quicker.
    noise = np.round(rng.normal(0, NOISE, picture.shape)).astype(np.int16)
    seen = []
    for index in range(200):
        shifted = np.roll(noise, tuple(rng.integers(0, 500, 2)), axis=(0, 1))
        pixels = np.clip(picture + shifted, 0, 255).astype(np.uint8)
        seen.append(_anchors(tracker.track(Frame(pixels, index, index / FPS))))
    moves = np.array(seen) - np.mean(seen, axis=0)
    assert np.sqrt((moves**2).sum(axis=2).mean()) <= STILLNESS


def test_angles_of_the_performer(tracker: FaceTracker) -> None:
    """Through ±30° of yaw, ±30° of roll and as much pitch as a speaker has, one after the other and mixed."""
    rest = Rig(scale=0.9)
    swing = np.sin(np.linspace(0, 2 * np.pi, 24, endpoint=False))
    rigs = [
        *(replace(rest, yaw=30 * s) for s in swing),
        *(replace(rest, pitch=20 * s) for s in swing),
        *(replace(rest, roll=30 * s) for s in swing),
        *(replace(rest, yaw=20 * s, pitch=-12 * s, roll=15 * s) for s in swing),
    ]
    errors = []
    for index, rig in enumerate(rigs):
        (face,) = tracker.track(Frame(draw(rig, SIZE), index, index / FPS))
        known = truth(rig, SIZE)
        errors.append((face.head.yaw - known.yaw, face.head.pitch - known.pitch, face.head.roll - known.roll))
    assert np.abs(errors).mean(axis=0) == pytest.approx([0, 0, 0], abs=ANGLES)


def test_blink_and_mouth_of_the_performer(tracker: FaceTracker) -> None:
    """Eyes open, then closed, then one of them; mouth shut, then open."""
    faces = (
        (Expression(), 45),
        (Expression(close_left=1, close_right=1), 4),
        (Expression(), 6),
        (Expression(close_left=1), 4),
        (Expression(), 6),
        (Expression(mouth_open=1, jaw_drop=0.5), 6),
    )
    last = []
    index = 0
    for expression, count in faces:
        picture = draw(Rig(expression=expression), SIZE)
        for _ in range(count):
            (face,) = tracker.track(Frame(picture.copy(), index, index / FPS))
            index += 1
        last.append(face)
    opened, shut, opened_again, wink, _, speaking = last
    assert max(opened.blink) < 0.3 and max(opened_again.blink) < 0.3
    assert min(shut.blink) > 0.6
    assert wink.blink[0] > wink.blink[1] + 0.4, "left is the performer's own"
    assert opened.mouth_open < 0.1
    assert speaking.mouth_open > 0.3
