"""How well the anchors stay on a face that is moved by a known transform, and how still on a still one.

    python -m benchmarks.registration PHOTO_OR_CLIP [--fps 30]

Takes a photo, or a clip's first frame, moves it (shift at up to 600 px/s, scale 0.5 to 1.6, roll by 40° each
way), and compares the tracked anchors with the same transform of the first frame's; then lets it stand with
camera noise of σ = 6. Prints the mean error as a share of the eyes' distance, the lag along the motion in
frames, and the movement on the still picture in px RMS; each for FaceMesh as it is and smoothed.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar_cam.sources.photos import is_photo, read_photo
from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.types import ANCHORS, Frame, Pixels

Points = NDArray[np.float64]
Motion = Callable[[float], Points]

SECONDS, STILL_FRAMES, SIGMA = 5.0, 200, 6.0


def motions(width: int, height: int) -> dict[str, Motion]:
    """Time in seconds → affine matrix (2, 3)."""
    middle = (width / 2, height / 2)
    swing = 600 / (2 * math.pi * 0.6)  # so wide that 0.6 Hz reaches 600 px/s

    def shift(time: float) -> Points:
        return np.array([[1, 0, swing * math.sin(2 * math.pi * 0.6 * time)], [0, 1, 0]])

    def scale(time: float) -> Points:
        low, high = math.log(0.5), math.log(1.6)
        # Begins at 1, where the swing between the two ends is.
        phase = math.asin(-(high + low) / (high - low))
        size = math.exp((high + low) / 2 + (high - low) / 2 * math.sin(2 * math.pi * 0.4 * time + phase))
        return np.asarray(cv2.getRotationMatrix2D(middle, 0, size), np.float64)

    def roll(time: float) -> Points:
        angle = 40 * math.sin(2 * math.pi * 0.4 * time)
        return np.asarray(cv2.getRotationMatrix2D(middle, angle, 1), np.float64)

    return {"shift": shift, "scale": scale, "roll": roll}


def moved(picture: Pixels, motion: Motion, fps: float) -> Iterator[tuple[Frame, Points]]:
    for index in range(round(SECONDS * fps)):
        matrix = motion(index / fps)
        size = (picture.shape[1], picture.shape[0])
        pixels = cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        yield Frame(np.asarray(pixels, np.uint8), index, index / fps), matrix


def still(picture: Pixels, fps: float) -> Iterator[Frame]:
    rng = np.random.default_rng(0)
    for index in range(STILL_FRAMES):
        noisy = picture + rng.normal(0, SIGMA, picture.shape)
        yield Frame(np.clip(noisy, 0, 255).astype(np.uint8), index, index / fps)


def anchors(landmarks: NDArray[np.float32]) -> Points:
    """Named points, (A, 2) px."""
    return np.array([landmarks[list(points), :2].mean(axis=0) for points in ANCHORS.values()], np.float64)


class _Both:
    """Anchors of each frame: FaceMesh's own and the tracker's, from one FaceMesh."""

    def __init__(self) -> None:
        self._mesh = FaceMesh()
        self._tracker = FaceTracker(self)
        self._found: list[NDArray[np.float32]] = []

    def find(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        self._found = self._mesh.find(pixels)
        return self._found

    def close(self) -> None:
        self._mesh.close()

    def __call__(self, frame: Frame) -> tuple[Points, Points]:
        face = self._tracker.track(frame)[0]
        return anchors(self._found[0]), anchors(face.landmarks)


def registration(picture: Pixels, motion: Motion, fps: float) -> list[tuple[float, float]]:
    """(mean error in eye distances, lag in frames), raw and smoothed."""
    track = _Both()
    seen, matrices = [], []
    for frame, matrix in moved(picture, motion, fps):
        seen.append(track(frame))
        matrices.append(matrix)
    track.close()
    results = []
    for which in (0, 1):
        tracked = np.array([both[which] for both in seen])
        truth = np.array([tracked[0] @ m[:, :2].T + m[:, 2] for m in matrices])
        eyes = np.linalg.norm(truth[:, 0] - truth[:, 1], axis=-1)[:, None]
        error = np.linalg.norm(tracked - truth, axis=-1) / eyes
        velocity = np.gradient(truth, axis=0)
        lag = float(((truth - tracked) * velocity).sum() / (velocity * velocity).sum())
        results.append((float(error.mean()), lag))
    return results


def stillness(picture: Pixels, fps: float) -> list[float]:
    """Movement of the anchors about their mean in px RMS, raw and smoothed."""
    track = _Both()
    seen = [track(frame) for frame in still(picture, fps)]
    track.close()
    results = []
    for which in (0, 1):
        points = np.array([both[which] for both in seen])
        results.append(float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=-1).mean())))
    return results


def first_picture(path: Path) -> Pixels:
    if is_photo(path):
        return read_photo(path)
    with VideoFile(path) as video:
        return next(iter(video)).pixels


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--fps", type=float, default=30.0)
    arguments = parser.parse_args()
    picture = first_picture(arguments.picture)
    for name, motion in motions(picture.shape[1], picture.shape[0]).items():
        (raw, raw_lag), (smooth, lag) = registration(picture, motion, arguments.fps)
        print(f"{name}: error {smooth:.2%} (raw {raw:.2%}), lag {lag:.3f} frames (raw {raw_lag:.3f})")
    raw_rms, rms = stillness(picture, arguments.fps)
    print(f"still: {rms:.2f} px RMS (raw {raw_rms:.2f})")


if __name__ == "__main__":
    main()
